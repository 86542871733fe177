# SPDX-License-Identifier: PostgreSQL
"""Three monitors, of which one is on a third host, and a network that is cut: who acts, and how often. TIMES says how often
each cut is made; the default fits into tools/test --all."""
import os
import unittest

from bdrsandbox import wait_for
from claims import QUICK, ClaimTest
from support import binary

TIMES = int(os.environ.get("TIMES", "2"))
OVERRIDES = {**QUICK, "cluster": {"name": "bdrtest", "monitors": "node1, node2, monitor3"}}


class Split(ClaimTest):
    def three(self):
        sandbox = self.cluster(overrides=OVERRIDES, hosts=["third"])
        sandbox.write_config(3, {
            "event_notifications": "bdr_failover,bdr_recovery",
            "event_notification_command": f"RECORD={self.record_path} SECONDS_LONG=0.1 {sandbox.bin}/command %e"})
        self.monitors = [*self.start_both(sandbox), sandbox.start_monitor(3, binary())]
        self.addCleanup(self.stop, self.monitors[2])
        self.wait_ready(sandbox, self.monitors[2])
        self.wait_agreed(sandbox)
        return sandbox

    def wait_agreed(self, sandbox):
        """All monitors hear each other, and nothing is wrong."""
        for number in (1, 2, 3):
            wait_for(f"monitor {number} to be well", lambda number=number: sandbox.run_monitor(
                number, binary(), "--once").returncode == 0, 40)

    def wait_event(self, monitor, pattern, count):
        wait_for(f"{pattern} number {count}", lambda: monitor.log_text().count(pattern) >= count, 20, monitor.log)

    def test_a_cut_between_the_nodes_hosts_moves_nothing(self):
        sandbox = self.three()
        for number in range(1, TIMES + 1):
            sandbox.network.cut("node1", "node2")
            for monitor in self.monitors[:2]:
                self.wait_event(monitor, "] bdr_partition: ", number)
            sandbox.network.heal()
            self.wait_agreed(sandbox)
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.failures(sandbox, 1) + self.failures(sandbox, 2), [])

    def test_a_node_that_is_cut_off_from_all_is_failed_over_once_and_its_own_monitor_does_nothing(self):
        """The monitor that is left beside it sees the node up, and the other one not."""
        sandbox = self.three()
        for number in range(1, TIMES + 1):
            sandbox.network.isolate("node2")
            self.wait_stage(sandbox, 1, "done", 30)
            self.assertEqual(self.failures(sandbox, 1)[-1][1:], ("done", 1, True))
            sandbox.network.heal()
            self.wait_recovered(sandbox, 1)
            self.wait_agreed(sandbox)
            self.assertEqual(len(self.failovers()), number)
        self.assertEqual(self.failures(sandbox, 2), [])
        self.assertNotIn("] bdr_failover: ", self.monitors[1].log_text())

    def test_the_death_of_a_host_is_confirmed_and_acted_on_once(self):
        """Its server and its monitor stop, and nothing of it answers."""
        sandbox = self.three()
        for number in range(1, TIMES + 1):
            sandbox.network.isolate("node2")
            sandbox.node("node2").kill()
            self.monitors[1].kill()
            self.wait_stage(sandbox, 1, "done", 30)
            self.assertEqual(self.failures(sandbox, 1)[-1][1:], ("done", 1, True))
            sandbox.network.heal()
            sandbox.node("node2").start()
            self.monitors[1] = sandbox.start_monitor(2, binary())
            self.addCleanup(self.stop, self.monitors[1])
            self.wait_recovered(sandbox, 1)
            self.wait_agreed(sandbox)
            self.assertEqual(len(self.failovers()), number)


if __name__ == "__main__":
    unittest.main()
