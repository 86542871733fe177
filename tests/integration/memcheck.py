# SPDX-License-Identifier: PostgreSQL
"""The programs under valgrind: what tools/qa/valgrind runs beside the unit tests.

Without a notification command, because valgrind 3.19 does not know pidfd_open(2). Nothing here depends on time: a
program is some twenty times slower there.
"""
import os
import signal
from pathlib import Path

from bdrsandbox import wait_for
from support import SandboxTest, binary

SUPPRESSIONS = Path(__file__).resolve().parents[2] / "tools/qa/valgrind.supp"
NO_COMMAND = {"event_notification_command": None, "event_notifications": None}
PATIENCE = 240
FOUND = 9  # the exit code for a finding; none of bdrmon's


class Memcheck(SandboxTest):
    def setUp(self):
        self.box = self.sandbox(conninfo_options="")  # its connect_timeout would bound the probes
        suppressions = self.box.bin / "valgrind.supp"  # the checkout may be closed to the account
        suppressions.write_bytes(SUPPRESSIONS.read_bytes())
        self.enter = ("valgrind", "--quiet", "--trace-children=yes", f"--error-exitcode={FOUND}", "--leak-check=full",
                      "--errors-for-leak-kinds=definite,possible", f"--suppressions={suppressions}")

    def assert_nothing_found(self, stderr):
        self.assertNotRegex(stderr, r"(?m)^==\d+==")

    def configure(self, **overrides):
        other = {"node node2": {"node_id": 2, "conninfo": self.box.conninfo("node2")}}
        self.box.write_config(1, {"probe": {"timeout": "1min"}, "failover": {"lease": "1min", "recovery_hold": "1s"}, **NO_COMMAND, **other, **overrides})

    def run_bdrmon(self, *words, code=0):
        done = self.box.run_monitor(1, binary(), *words, enter=self.enter, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assert_nothing_found(done.stderr)
        return done.stdout

    def test_a_monitor_through_a_failover_reloads_and_questions(self):
        self.configure()
        monitor = self.box.start_monitor(1, binary(), enter=self.enter)
        for name in ("node1", "node2"):
            monitor.wait_log(f'node "{name}" .* is up', PATIENCE)
        self.assertIn("node1", self.run_bdrmon("status"))
        self.run_bdrmon("pause", "--for", "1s")
        self.run_bdrmon("unpause")
        self.box.node("node2").kill()
        monitor.wait_log("bdr_failover: ", PATIENCE)
        self.run_bdrmon("--once", code=1)
        self.box.node("node2").start()
        monitor.wait_log("bdr_recovery: ", PATIENCE)
        self.configure(log_level="DEBUG", log_file=self.box.directory / "bdrmon1/log")
        self.run_bdrmon("reload")
        self.configure(log_level="LOUD")
        os.kill(monitor.pid, signal.SIGHUP)
        log = self.box.directory / "bdrmon1/log"
        wait_for("the refusal of the bad file", lambda: "was not reloaded" in log.read_text(encoding="utf-8"), PATIENCE)
        self.assertEqual(monitor.stop(PATIENCE), 0, monitor.log_text())
        self.assert_nothing_found(monitor.log_text())

    def test_checks_without_a_monitor(self):
        self.configure()
        for words in (("config", "check"), ("config", "print"), ("config", "sample")):
            self.run_bdrmon(*words)
        for words in (("--once", "-t", "120"), ("--once", "-t", "120", "--json")):
            self.run_bdrmon(*words, code=1)  # a warning: no monitor runs
        self.configure(reconect_attempts=3, conninfo="s3cret")
        self.run_bdrmon("config", "check", code=1)
        self.run_bdrmon("--once", code=3)
