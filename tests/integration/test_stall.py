# SPDX-License-Identifier: PostgreSQL
"""A monitor that was itself stopped for a while knows that it was, and acts on nothing that it knew before."""
import os
import re
import signal
import time

from bdrsandbox import wait_for
from bdrsandbox.processes import state
from support import SandboxTest

STALL = 10.0  # seconds; it is the stall itself that is tested


class Stall(SandboxTest):
    def setUp(self):
        self.bed = self.sandbox(overrides={"log_level": "DEBUG"})
        self.record_of = self.record(self.bed, 1)
        self.monitor = self.start(self.bed, 1)

    def stall(self, meanwhile=lambda: None):
        """Stops the monitor; what it logs from the moment on at which it goes on."""
        os.kill(self.monitor.pid, signal.SIGSTOP)
        wait_for("the monitor to stop", lambda: state(self.monitor.pid) == "T", 5)
        began = time.monotonic()
        meanwhile()
        time.sleep(max(0.0, began + STALL - time.monotonic()))
        logged = len(self.monitor.log_text())
        os.kill(self.monitor.pid, signal.SIGCONT)
        return logged

    def wait_log_since(self, logged, pattern):
        wait_for(f"/{pattern}/ in the log", lambda: re.search(pattern, self.monitor.log_text()[logged:]), 10,
                 self.monitor.log)

    def test_with_both_nodes_well_nothing_happens_but_a_line_that_says_why(self):
        logged = self.stall()
        for number in (1, 2):
            self.wait_log_since(logged, rf'\[WARNING\] node "node{number}" .* rule "late": this monitor was stopped')
            self.wait_log_since(logged, rf'node "node{number}" .* rule "well"')
        self.assertEqual(self.record_of.events(), ["repmgrd_start"])

    def test_a_node_that_died_meanwhile_is_left_on_fresh_evidence_only(self):
        logged = self.stall(self.bed.node("node2").kill)
        self.wait_log_since(logged, "bdr_failover command")
        text = self.monitor.log_text()[logged:]
        before = text[:text.index("bdr_failover: ")]
        self.assertIn('rule "late"', before)
        for number, outcome in ((1, "ok"), (2, "refused")):
            self.assertRegex(before, rf'node "node{number}" \(ID: {number}\): {outcome} at step')
        self.assertEqual(self.record_of.events(), ["repmgrd_start", "bdr_failover"])

    def test_a_node_that_died_and_came_back_meanwhile_is_not_left(self):
        def restart():
            self.bed.node("node2").kill()
            self.bed.node("node2").start()

        logged = self.stall(restart)
        self.wait_log_since(logged, 'rule "late"')
        self.wait_log_since(logged, r'node "node2" \(ID: 2\): ok at step query over a new session')
        self.wait_log_since(logged, r'node "node2" .* rule "well"')
        self.assertNotIn("bdr_failover", self.record_of.events())
