# SPDX-License-Identifier: PostgreSQL
"""The monitor as a process: systemd, locks, limits, root."""
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from bdrsandbox import wait_for
from support import SandboxTest, as_root, binary


class Daemon(SandboxTest):
    @classmethod
    def setUpClass(cls):
        cls.box = SandboxTest.sandbox(cls())

    @classmethod
    def tearDownClass(cls):
        cls.box.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def setUp(self):
        self.box.write_config(1)

    def begin(self, *arguments, **options):
        monitor = self.box.start_monitor(1, binary(), arguments, **options)
        self.addCleanup(self.stop, monitor)
        return monitor

    def refused(self, *arguments, **options):
        """Starts one that must not run; what it said."""
        monitor = self.box.start_monitor(1, binary(), arguments, **options)
        wait_for("its end", lambda: monitor.pid is None, 10, monitor.log)
        self.assertIn(monitor.process.returncode, (1, 13), monitor.log_text())
        return monitor.log_text()

    def test_systemd_is_told_from_start_to_stop(self):
        path = self.box.directory / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(path))
            path.chmod(0o777)
            listener.settimeout(10)
            told = []

            def hear(wanted):
                while not any(line.startswith(wanted) for line in told):
                    told.extend(listener.recv(4096).decode().splitlines())
                found = next(line for line in told if line.startswith(wanted))
                told.clear()
                return found

            monitor = self.begin(extra_environment={"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "2000000"})
            hear("READY=1")
            wait_for("both nodes in the status", lambda: "OK: 2 of 2 nodes up" in hear("STATUS="), 10)
            beats = []
            for _ in range(3):
                hear("WATCHDOG=1")
                beats.append(time.monotonic())
            self.assertLess(max(b - a for a, b in zip(beats, beats[1:])), 2)
            os.kill(monitor.pid, signal.SIGHUP)
            hear("RELOADING=1")
            hear("READY=1")
            self.box.node("node2").kill()
            self.addCleanup(self.box.node("node2").start)
            wait_for("the dead node in the status", lambda: "WARNING: 1 of 2 nodes up" in hear("STATUS="), 10)
            monitor.process.send_signal(signal.SIGTERM)
            hear("STOPPING=1")

    def test_a_command_cannot_speak_to_systemd_for_us(self):
        path, fresh = (self.box.directory / f"bdrmon1/{name}" for name in ("environment", "environment.new"))
        self.box.write_config(1, {"event_notification_command": f"env > {fresh}; mv {fresh} {path}",
                                  "event_notifications": "repmgrd_start"})
        self.begin(extra_environment={"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "2000000"})
        wait_for("the command", path.exists, 10)
        environment = path.read_text(encoding="utf-8")
        self.assertIn("BDRMON_EVENT=repmgrd_start\n", environment)
        self.assertNotRegex(environment, "(?m)^(NOTIFY_SOCKET|WATCHDOG_USEC)=")

    def test_a_second_monitor_with_the_same_state_directory_is_refused(self):
        monitor = self.begin()
        monitor.wait_log("repmgrd_start")
        text = self.refused()
        self.assertRegex(text, rf'\[ERROR\] .*"{self.box.directory}/bdrmon1/state/lock".*{monitor.pid}')
        self.assertIn("[HINT] Give each monitor on this host a state_directory of its own", text)
        self.assertIsNotNone(monitor.pid)

    def test_the_pid_file_holds_the_pid_and_goes_with_the_monitor(self):
        path = self.box.directory / "bdrmon1/run/pid"
        path.write_text("99999999\n", encoding="ascii")  # left by one that was killed
        self.box.account.own(path)
        self.box.write_config(1, {"repmgrd_pid_file": path})
        monitor = self.begin()
        wait_for("the pid file", lambda: path.read_text(encoding="ascii") == f"{monitor.pid}\n", 10)
        # Another state directory, and yet the same pid file.
        other = self.box.directory / "bdrmon2/state"
        text = self.refused("--pid-file", path, extra_environment={"STATE_DIRECTORY": str(other)})
        self.assertRegex(text, rf'\[ERROR\] .*"{path}".*{monitor.pid}')
        self.stop(monitor)
        self.assertFalse(path.exists())

    def test_too_few_descriptors_are_said_at_the_start(self):
        text = self.refused(enter=["prlimit", "--nofile=32:32"])
        self.assertRegex(text, r"\[ERROR\] \d+ open files are needed, but only 32 are allowed")
        self.assertIn("[HINT]", text)

    def test_a_soft_limit_is_raised(self):
        monitor = self.begin(enter=["prlimit", "--nofile=32:4096"])
        monitor.wait_log("repmgrd_start")
        limits = Path(f"/proc/{monitor.pid}/limits").read_text(encoding="ascii")
        self.assertGreater(int(re.search(r"Max open files +(\d+)", limits)[1]), 32)

    def test_root_is_refused(self):
        done = subprocess.run([*as_root(self), self.box.bdrmon(binary()), "--config", self.box.config_path(1)], capture_output=True,
                              text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\[ERROR\] bdrmon cannot be run as root\n.*\[HINT\] .*\n$")

    def test_without_a_state_directory_it_watches_and_says_what_is_lost(self):
        monitor = self.begin(extra_environment={"STATE_DIRECTORY": "/proc/nowhere"})
        monitor.wait_log(r"\[WARNING\] nothing will be remembered over a restart")
        monitor.wait_log(r"\[HINT\] Set state_directory in section \[monitor\]")
        monitor.wait_log(r'node "node2" \(ID: 2\) is up')

    def test_options_of_repmgrd(self):
        monitor = self.begin("--daemonize=false")
        monitor.wait_log("repmgrd_start")
        done = self.box.run_monitor(1, binary(), "--daemonize=true")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^ERROR: bdrmon stays in the foreground\nHINT: .*\n$")

    def test_the_status_stands_in_the_log(self):
        self.box.write_config(1, {"log_status_interval": "1s"})
        monitor = self.begin()
        # A failure that another test has left open holds the node back for recovery_hold, 10 s.
        monitor.wait_log(r'\[INFO\] BDRMON OK: 2 of 2 nodes up as monitor "node1" sees them *$', 30)


class Restart(SandboxTest):
    def test_a_pause_and_an_open_failure_outlive_a_restart(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        wait_for("the failover", lambda: "bdr_failover" in record.events(), 5)
        sandbox.run_monitor(1, binary(), "pause")
        self.stop(monitor)
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        wait_for("a paused monitor", lambda: '"paused": true' in sandbox.run_monitor(1, binary(), "status", "--json").stdout, 5)
        sandbox.run_monitor(1, binary(), "unpause")
        monitor.wait_log(r'node "node2" \(ID: 2\) is down')
        status = sandbox.run_monitor(1, binary(), "status", "--json").stdout
        node2 = json.loads(status)["nodes"][1]
        self.assertEqual((node2["failed"], node2["rule"]), (True, "already"))
        self.assertEqual(record.events().count("bdr_failover"), 1)
