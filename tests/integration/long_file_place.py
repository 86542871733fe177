# SPDX-License-Identifier: PostgreSQL
"""The file with a proxy's aliases by way of a real sshd, over one connection that is kept open."""
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from bdrsandbox import wait_for

SSHD = "/usr/sbin/sshd"
USER = "postgres"
OLD = "[databases]\nshop = host=a\n"

# A shell that gets all that is for the host, and passes it on a second later.
LATE = 'f() { cat >"$LATE_FILE"; sleep 1; "$@" <"$LATE_FILE"; }; f'


class FilePlace(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.fail("this test needs root, to log in as another user")
        if not Path(SSHD).exists():
            self.fail(f"{SSHD} is missing: run tools/install-deps --tests")
        self.directory = Path(tempfile.mkdtemp(prefix="bdrmon-ssh-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.directory.chmod(0o755)
        (self.directory / "home").mkdir()
        self.file = self.directory / "home" / "it's pgbouncer.ini"
        self.lock = Path(f"{self.file}.bdrmon.lock")
        self.file.write_text(OLD, encoding="utf-8")
        self.user = pwd.getpwnam(USER)
        for path in (self.file.parent, self.file):
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        self.start_sshd()
        self.write_client()
        self.addCleanup(self.end_masters)

    def key(self, name):
        path = self.directory / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
        return path

    def start_sshd(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        os.makedirs("/run/sshd", exist_ok=True)
        config = self.directory / "sshd_config"
        config.write_text(f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.key('host')}\n"
                          f"AuthorizedKeysFile {self.key('key')}.pub\nUsePAM yes\nStrictModes no\nPidFile none\n"
                          "PasswordAuthentication no\nKbdInteractiveAuthentication no\n", encoding="utf-8")
        with open(self.directory / "sshd.log", "wb") as log:
            self.sshd = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stderr=log)
        self.addCleanup(self.end_sshd)
        wait_for("sshd", self.answers, 10)

    def answers(self):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def end_sshd(self):
        if self.sshd.poll() is None:
            self.sshd.send_signal(signal.SIGCONT)
            self.sshd.terminate()
        self.sshd.wait()

    def write_client(self):
        """An ssh that knows our key: the command is the one that bdrmon makes."""
        (self.directory / "ssh_config").write_text(
            f"IdentityFile {self.directory}/key\nIdentitiesOnly yes\nStrictHostKeyChecking no\n"
            f"UserKnownHostsFile {self.directory}/known\n", encoding="utf-8")
        bin_directory = self.directory / "bin"
        bin_directory.mkdir()
        ssh = bin_directory / "ssh"
        ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {self.directory}/ssh_config "$@"\n', encoding="utf-8")
        ssh.chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{bin_directory}:{os.environ['PATH']}",
                            "LATE_FILE": str(self.directory / "late")}

    def masters(self):
        """The connections that are kept open, by the sockets of them."""
        return {path.name: self.ask_master(path, "check") for path in self.directory.glob("ssh-*")}

    def ask_master(self, path, word):
        run = subprocess.run(["ssh", "-O", word, "-S", path, "any"], stderr=subprocess.PIPE, text=True, check=False)
        return run.stderr.strip()

    def end_masters(self):
        for path in self.directory.glob("ssh-*"):
            self.ask_master(path, "exit")

    def place(self, rounds=1, window=5000, deadline=5000, command="", user=USER):
        """The lines that place_file says: of each round [ms, ms, what came of it]."""
        words = [os.environ["PLACE_FILE"], f"ssh://{user}@127.0.0.1:{self.port}", self.directory, self.file, str(rounds),
                 str(window), str(deadline), command]
        run = subprocess.run(words, env=self.environment, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
        return [line.split(" ", 2) for line in run.stdout.splitlines()]

    def hold_lock(self):
        lock = open(self.lock, "w", encoding="utf-8")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def waits_there(self):
        words = ["pgrep", "-u", USER, "-f", "flock -E 75"]
        return subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode == 0

    def connections(self):
        """The processes of sshd that serve one each: two for each connection."""
        def below(pid):
            children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            return children + [deeper for child in children for deeper in below(child)]
        return below(self.sshd.pid)

    def assert_untouched(self):
        self.assertEqual(self.file.read_text(encoding="utf-8"), OLD)

    def test_it_is_replaced_over_one_connection_that_stays(self):
        began = time.monotonic()
        first = self.place()
        # The connection in the background holds nobody.
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(first[0][2], "won")
        before = self.masters()
        rounds = self.place(20)
        self.assertEqual([words[2] for words in rounds], ["won"] * 20)
        self.assertEqual(len(before), 1)
        self.assertEqual(self.masters(), before)
        for name, column in (("read", 0), ("replace", 1)):
            times = sorted(float(words[column]) for words in rounds)
            print(f"{name}: {first[0][column]} ms at first, then {times[0]} to {times[-1]} ms, median {times[10]}")
        self.assertEqual(self.file.stat().st_uid, self.user.pw_uid)

    def test_a_deadline_ends_the_command_and_not_the_connection(self):
        self.place()
        before = self.masters()
        self.file.write_text(OLD, encoding="utf-8")
        lock = self.hold_lock()
        began = time.monotonic()
        self.assertTrue(self.place(deadline=1000, window=3000)[0][2].startswith("timeout: "))
        self.assertLess(time.monotonic() - began, 3 * 2)
        self.assertEqual(self.masters(), before)
        # Until its window is over, the script waits there for the lock, and then ends by itself.
        wait_for("the end of the script", lambda: not self.waits_there(), 9)
        lock.close()
        self.assert_untouched()
        self.assertEqual(self.place()[0][2], "won")
        self.assertEqual(self.masters(), before)

    def test_a_connection_that_was_not_finished_in_time_is_tried_anew(self):
        for deadline in (1, 20, 50, 100):
            self.place(deadline=deadline)
        self.assertEqual(self.place()[0][2], "won")
        self.assertEqual(self.place()[0][2], "won")
        self.assertEqual(len(self.masters()), 1)

    def test_a_connection_that_died_is_opened_anew(self):
        self.place()
        (said,) = self.masters().values()
        os.kill(int("".join(filter(str.isdigit, said))), signal.SIGKILL)
        self.assertEqual(self.place()[0][2], "won")

    def test_a_connection_that_is_dead_without_a_word_is_given_up(self):
        self.place()
        for pid in self.connections():
            os.kill(pid, signal.SIGSTOP)
            self.addCleanup(os.kill, pid, signal.SIGCONT)
        self.assertIn("timeout: ", " ".join(self.place(deadline=500)[0]))
        # It is asked every 2 seconds, and may be silent for 2 of them.
        wait_for("another connection", lambda: self.place(deadline=1000)[0][-1] == "won", 3 * 6)

    def test_what_is_delivered_late_changes_nothing(self):
        self.place()
        self.file.write_text(OLD, encoding="utf-8")
        self.assertEqual(self.place(window=900, command=LATE)[0][2], "late")
        self.assert_untouched()
        self.assertEqual(self.place(window=5000, command=LATE)[0][2], "won")

    def test_a_file_of_another_user_is_not_taken_from_him(self):
        os.chown(self.file, 0, 0)
        self.file.chmod(0o666)
        self.assertIn("to the owner that it has", self.place()[0][2])
        self.assert_untouched()
        self.assertEqual(self.place(command="", user="root", window=20000, deadline=20000)[0][2], "won")
        self.assertEqual(self.file.stat().st_uid, 0)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o666)

    def test_a_host_that_does_not_answer_is_an_error_in_time(self):
        self.sshd.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        self.assertIn("timeout: ", " ".join(self.place(deadline=1000)[0]))
        self.assertLess(time.monotonic() - began, 3)
        self.end_sshd()
        self.assertIn("Connection refused", " ".join(self.place()[0]))
        self.assert_untouched()


if __name__ == "__main__":
    unittest.main()
