# SPDX-License-Identifier: PostgreSQL
"""The daemon among the other processes of its host: systemd, a second instance, limits."""
import os
import re
import signal
import socket
import time
from pathlib import Path

from bdrsandbox import wait_for
from support import SandboxTest, binary

WATCHDOG_US = 400000


class Systemd:
    """The socket that it listens on, and what came in."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o777)
        self.path = path
        self.told = []  # (when, text)

    def close(self):
        self.socket.close()
        self.path.unlink()

    def wait_for(self, pattern, timeout=10):
        """Reads on until a message comes that matches as a whole; returns it."""
        deadline = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            text = self.socket.recv(65536).decode()
            self.told.append((time.monotonic(), text))
            if re.fullmatch(pattern, text):
                return text

    def moments(self, text):
        return [when for when, told in self.told if told == text]


class Service(SandboxTest):
    @classmethod
    def setUpClass(cls):
        cls.box = SandboxTest.sandbox(cls())
        cls.home = cls.box.directory / "bdrmon1"

    @classmethod
    def tearDownClass(cls):
        cls.box.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def configure(self, number=1, **overrides):
        other = f"node{3 - number}"
        section = {"node_id": 3 - number, "conninfo": self.box.conninfo(other)}
        self.box.write_config(number, {f"node {other}": section, "event_notification_command": None,
                                       "event_notifications": None, **overrides})

    def assert_refused(self, pattern, number=1, **options):
        monitor = self.box.start_monitor(number, binary(), **options)
        code = wait_for("it to give up", monitor.process.poll, 10)
        self.assertNotEqual(code, 0)
        self.assertRegex(monitor.log_text(), pattern)

    # -- systemd

    def test_systemd_is_told_how_it_goes(self):
        systemd = Systemd(self.home / "notify")
        self.addCleanup(systemd.close)
        self.configure()
        monitor = self.box.start_monitor(1, binary(), extra_environment={
            "NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": str(WATCHDOG_US)})
        self.addCleanup(self.stop, monitor)
        systemd.wait_for("READY=1")
        systemd.wait_for(r"STATUS=BDRMON OK: 2 of 2 nodes up.*")
        before = time.monotonic_ns() // 1000
        os.kill(monitor.pid, signal.SIGHUP)
        began = systemd.wait_for(r"RELOADING=1\nMONOTONIC_USEC=\d+")
        self.assertIn(int(began.rpartition("=")[2]), range(before, time.monotonic_ns() // 1000 + 1))
        systemd.wait_for("READY=1")
        for _ in range(10):
            systemd.wait_for("WATCHDOG=1", 3 * WATCHDOG_US / 1e6)
        fed = systemd.moments("WATCHDOG=1")
        self.assertLess(max(b - a for a, b in zip(fed, fed[1:])), 3 * WATCHDOG_US / 1e6)
        self.stop(monitor)
        systemd.wait_for("STOPPING=1")

    def test_a_command_cannot_speak_to_systemd_for_us(self):
        systemd = Systemd(self.home / "notify")
        self.addCleanup(systemd.close)
        self.configure(event_notification_command=f"env > {self.home}/environment.new;"
                                                  f" mv {self.home}/environment.new {self.home}/environment")
        monitor = self.box.start_monitor(1, binary(), extra_environment={
            "NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": str(WATCHDOG_US)})
        self.addCleanup(self.stop, monitor)
        wait_for("the command", (self.home / "environment").exists, 10)
        text = (self.home / "environment").read_text(encoding="utf-8")
        self.assertIn("BDRMON_EVENT=repmgrd_start", text)
        self.assertNotRegex(text, "(?m)^(NOTIFY_SOCKET|WATCHDOG_USEC)=")

    # -- a second instance

    def test_a_second_monitor_with_the_same_state_is_refused(self):
        self.configure()
        monitor = self.start(self.box, 1)
        refused = rf'\[ERROR\] file ".*/state/lock" is held by another bdrmon, which is running with PID {monitor.pid}\n'
        self.assert_refused(refused + r".*\[HINT\] Give each monitor")
        self.assertTrue(monitor.pid)
        monitor.kill()  # what it leaves behind blocks nobody
        self.start(self.box, 1)

    def test_a_second_monitor_with_the_same_pid_file_is_refused(self):
        pid_file = self.box.sockets / "pid"  # a directory that both may write to
        for number in (1, 2):
            self.configure(number, repmgrd_pid_file=pid_file)
        monitor = self.start(self.box, 1)
        self.assertEqual(pid_file.read_text(encoding="ascii"), f"{monitor.pid}\n")
        self.assert_refused(rf'\[ERROR\] file "{pid_file}" is held by another bdrmon, which is running with PID '
                            rf"{monitor.pid}\n", number=2)
        self.assertEqual(pid_file.read_text(encoding="ascii"), f"{monitor.pid}\n")
        self.stop(monitor)
        self.assertFalse(pid_file.exists())

    # -- limits

    def test_too_few_descriptors_are_an_error_with_a_hint(self):
        self.configure()
        self.assert_refused(r"\[ERROR\] \d+ open files are needed, but only 60 are allowed\n"
                            r".*\[HINT\] Raise LimitNOFILE in the systemd unit", enter=("prlimit", "--nofile=60:60"))

    def test_a_soft_limit_is_raised_and_no_higher_than_needed(self):
        self.configure()
        monitor = self.box.start_monitor(1, binary(), enter=("prlimit", "--nofile=60:"))
        self.addCleanup(self.stop, monitor)
        monitor.wait_log("node2.* is up")
        limits = Path(f"/proc/{monitor.pid}/limits").read_text(encoding="ascii")
        soft, hard = map(int, re.search(r"Max open files +(\d+) +(\d+)", limits).groups())
        self.assertLess(60, soft)
        self.assertLess(soft, 1024)
        self.assertLess(soft, hard)
