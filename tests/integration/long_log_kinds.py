# SPDX-License-Identifier: PostgreSQL
"""Where the log goes, what a rotation does to it, and that a log which hangs holds nothing up."""
import contextlib
import json
import os
import re
import signal
import socket
import time

from bdrsandbox import DeadlinePassed, wait_for
from bdrsandbox.root import need_root
from support import SharedSandboxTest, binary

ROTATIONS = 5

# The failure that one test leaves open must have an end before the next one.
SOON = {"failover": {"recovery_hold": "0s"}}

# A /dev of its own, with what every program needs.
PRIVATE_DEV = """
dev={directory}/dev && mkdir -p $dev && mount -t tmpfs -o mode=755 tmpfs $dev &&
for name in null zero full random urandom tty; do touch $dev/$name && mount --bind /dev/$name $dev/$name || exit; done &&
{more} mount --move $dev /dev && exec "$@"
"""


def private_dev(directory, more=""):
    """Words that run a command there; MORE is done to $dev before, in shell."""
    need_root("a /dev of our own")
    return ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c",
            PRIVATE_DEV.format(directory=directory, more=more), "private_dev"]


class Syslog:
    """What a syslog service has: a datagram socket. Give ENTER to a monitor, which then finds it at /dev/log."""

    def __init__(self, directory):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = directory / "log"
        self.socket.bind(str(self.path))
        self.path.chmod(0o777)
        self.socket.settimeout(10)
        self.enter = private_dev(directory, f"touch $dev/log && mount --bind {self.path} $dev/log &&")

    def read_until(self, pattern):
        """Reads until a record matches; all that came, one to a line."""
        records = ""
        while not re.search(pattern, records, re.MULTILINE):
            records += self.socket.recv(65536).decode() + "\n"
        return records

    def fill(self):
        """Takes all the room that it has, so that the next one that writes blocks."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect(str(self.path))
            with contextlib.suppress(BlockingIOError):
                while True:
                    client.send(b"filler")


class Log(SharedSandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.bed.directory / "bdrmon1"
        cls.other = {"node node2": {"node_id": 2, "conninfo": cls.bed.conninfo("node2")}}

    def configure(self, **overrides):
        self.bed.write_config(1, {**self.other, **overrides})

    def start_monitor(self, **options):
        monitor = self.bed.start_monitor(1, binary(), **options)
        self.addCleanup(self.stop, monitor)
        return monitor

    def wait_text(self, path, pattern):
        return wait_for(f"/{pattern}/ in {path}", lambda: path.exists() and re.search(
            pattern, path.read_text(encoding="utf-8"), re.MULTILINE), 10)

    def hang_up(self, monitor, path):
        """SIGHUP; waits until the log goes on in the file PATH."""
        os.kill(monitor.pid, signal.SIGHUP)
        self.wait_text(path, r"\[DEBUG\] node .* over a held session")

    # -- files

    def test_after_a_rotation_the_log_goes_on_in_a_new_file_and_nothing_is_missing(self):
        directory = self.home / "rotated"
        directory.mkdir()
        self.bed.account.own(directory)
        file = directory / "log"
        self.configure(log_file=file, log_level="DEBUG")
        monitor = self.start_monitor()
        self.wait_text(file, "node2.* is up")
        for number in range(1, ROTATIONS + 1):
            file.rename(directory / f"log.{number}")
            self.hang_up(monitor, file)
        self.assertEqual(file.stat().st_mode & 0o777 & ~0o640, 0)
        self.stop(monitor)
        texts = [path.read_text(encoding="utf-8") for path in [*directory.glob("log.*"), file]]
        self.assertEqual(len(texts), ROTATIONS + 1)
        self.assertIn("stopping", texts[-1])
        for told in ("reading configuration file", "the configuration was reloaded"):
            self.assertEqual(sum(text.count(told) for text in texts), ROTATIONS)
        for line in "".join(texts).splitlines():
            self.assertRegex(line, r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[[A-Z]+\] .")

    def test_a_file_that_cannot_be_opened_again_is_left_as_it_is_and_that_is_said(self):
        directory = self.home / "closed"
        directory.mkdir()
        self.bed.account.own(directory)
        self.configure(log_file=directory / "log", log_level="DEBUG")
        monitor = self.start_monitor()
        self.wait_text(directory / "log", "node2.* is up")
        (directory / "log").rename(directory / "log.1")
        directory.chmod(0o500)
        self.addCleanup(directory.chmod, 0o700)
        os.kill(monitor.pid, signal.SIGHUP)
        self.wait_text(directory / "log.1", r"\[WARNING\] the log stays where it was\n.*\[DETAIL\] could not open log file")
        self.assertFalse((directory / "log").exists())
        directory.chmod(0o700)
        self.hang_up(monitor, directory / "log")

    def test_a_reload_changes_the_level_and_the_place(self):
        self.configure()
        monitor = self.start_monitor()
        monitor.wait_log("node2.* is up")
        self.assertNotIn("[DEBUG]", monitor.log_text())
        file = self.home / "reloaded"
        self.configure(log_file=file, log_level="DEBUG")
        self.hang_up(monitor, file)
        self.assertNotIn("[DEBUG]", monitor.log_text())

    # -- the journal and syslog

    def test_in_the_journal_each_line_has_a_priority_and_no_time(self):
        self.configure()
        log = self.bed.directory / "bdrmon1.log"
        log.unlink(missing_ok=True)
        log.touch()
        ours = log.stat()  # here the journal is a file; what counts is that the numbers are those of stderr
        monitor = self.start_monitor(extra_environment={"JOURNAL_STREAM": f"{ours.st_dev}:{ours.st_ino}"})
        monitor.wait_log(r"^<5>\[NOTICE\] node .* is up")
        self.stop(monitor)
        for line in monitor.log_text().splitlines():
            self.assertRegex(line, r"^<[0-7]>\[[A-Z]+\] .")

    def test_syslog_gets_each_line_as_a_record_with_facility_and_priority(self):
        syslog = Syslog(self.home)
        self.addCleanup(syslog.path.unlink)
        self.addCleanup(syslog.socket.close)
        local3, daemon, notice, debug = 19, 3, 5, 7
        self.configure(log_facility="LOCAL3")
        monitor = self.start_monitor(enter=syslog.enter)
        records = syslog.read_until("node2.* is up")
        for record in records.splitlines():
            self.assertRegex(record, rf"^<\d+>[A-Z][a-z]+ +\d+ [\d:]+ bdrmon\[{monitor.pid}\]: \[[A-Z]+\] .")
        self.assertRegex(records, rf"(?m)^<{8 * local3 + notice}>.*\[NOTICE\] node")
        self.configure(log_facility="DAEMON", log_level="DEBUG")
        os.kill(monitor.pid, signal.SIGHUP)
        syslog.read_until(rf"^<{8 * daemon + debug}>.*\[DEBUG\] node .* over a held session")
        self.stop(monitor)
        self.assertEqual(monitor.log_text(), "")

    def test_without_a_syslog_the_monitor_says_so_and_does_not_start(self):
        self.configure(log_facility="USER")
        monitor = self.bed.start_monitor(1, binary(), enter=private_dev(self.home))
        self.assertNotEqual(monitor.process.wait(10), 0)
        self.assertRegex(monitor.log_text(), r'\[ERROR\] could not reach syslog at "/dev/log": No such file or directory\n'
                                             r'.*\[HINT\] Start a syslog service')

    # -- logs that hang

    def healths(self):
        done = self.bed.run_monitor(1, binary(), "status", "--json")
        nodes = json.loads(done.stdout)["nodes"] if done.stdout else []
        return ["failed" if node["failed"] else node["health"] for node in nodes]

    def assert_fails_over(self, monitor, record, hang):
        """Lets the log hang, and then a node fail: the command runs all the same, and the monitor can be stopped."""
        self.addCleanup(lambda: monitor.pid and monitor.kill())
        wait_for("the start's command", lambda: record.events() == ["repmgrd_start"], 10)
        wait_for("both nodes up", lambda: self.healths() == ["up", "up"], 10)
        hang()
        killed = time.time()
        self.bed.node("node2").kill()
        self.addCleanup(self.bed.node("node2").start)
        try:
            wait_for("the failover's command", lambda: "bdr_failover" in record.events(), 10)
        except DeadlinePassed as late:  # no log tells why
            self.fail(f"{late}\n{self.bed.run_monitor(1, binary(), 'explain').stdout}")
        moment = next(moment for moment, values in record.runs() if values[1] == "bdr_failover")
        print(f"\n{1000 * (moment - killed):.0f} ms from the kill to the command")
        self.assertLess(moment - killed, 3)  # without the thread it would be never
        began = time.monotonic()
        self.assertEqual(monitor.stop(), 0)
        self.assertLess(time.monotonic() - began, 3)

    def test_a_stderr_that_nobody_reads_delays_no_failover(self):
        fifo = self.bed.directory / "bdrmon1.log"
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo)
        self.addCleanup(fifo.unlink)
        pipe = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, pipe)
        record = self.record(self.bed, 1, overrides={**self.other, **SOON, "log_level": "DEBUG"},
                             name="stderr-record")
        monitor = self.bed.start_monitor(1, binary())

        def fill():
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(pipe, b"filler\n")

        self.assert_fails_over(monitor, record, fill)

    def test_a_syslog_that_reads_nothing_delays_no_failover(self):
        syslog = Syslog(self.home)
        self.addCleanup(syslog.path.unlink)
        self.addCleanup(syslog.socket.close)
        record = self.record(self.bed, 1, overrides={**self.other, **SOON, "log_facility": "LOCAL0",
                                                         "log_level": "DEBUG"}, name="syslog-record")
        monitor = self.bed.start_monitor(1, binary(), enter=syslog.enter)
        self.assert_fails_over(monitor, record, syslog.fill)
