# SPDX-License-Identifier: PostgreSQL
"""The network between the nodes' hosts is cut and heals: each side fails the other one over, and then both agree again."""
import json
import time
import unittest

from bdrsandbox import wait_for
from support import SandboxTest, binary

CUTS = 5
AGREE_SECONDS = 5.0  # from rows that go both ways again to flags that agree: what is promised
FLAGS = "select node_id, active from repmgr.nodes order by node_id"
ALONE = {"node1": [(1, True), (2, False)], "node2": [(1, False), (2, True)]}
AGREED = dict.fromkeys(ALONE, [(1, True), (2, True)])
SENDERS = "select 1 from pg_stat_replication"
SOON = {"failover": {"recovery_hold": "1s", "max_failovers": 0}}


class Partition(SandboxTest):
    def flags(self, sandbox):
        return {name: sandbox.sql(name, FLAGS) for name in sandbox.nodes}

    def well(self, sandbox, *numbers):
        """Are both nodes well, and their failures over, for each of these monitors?"""
        said = [json.loads(sandbox.run_monitor(number, binary(), "status", "--json").stdout) for number in numbers]
        return all(node["health"] == "up" and not node["failed"] for status in said for node in status["nodes"])

    def write(self, sandbox, note):
        """One row of an application on each side."""
        for name in sandbox.nodes:
            sandbox.sql(name, "insert into app (note) values (%s)", [note])

    def arrived(self, sandbox, note):
        """On how many nodes both rows are."""
        return sum(len(sandbox.sql(name, "select 1 from app where note = %s", [note])) == 2 for name in sandbox.nodes)

    def test_after_a_cut_both_nodes_agree_soon_after_replication_runs_again(self):
        """Every second cut lasts until both nodes have given up to send to the other one. They agree when no monitor has a
        reason any more to write something else."""
        sandbox = self.sandbox(hosts=(), overrides=SOON, registered=False)
        sandbox.register(binary())
        for number in (1, 2):
            self.start(sandbox, number)
        for cut in range(1, CUTS + 1):
            note = f"written during cut {cut}"
            sandbox.network.cut("node1", "node2")
            wait_for("each side to leave the other one", lambda: self.flags(sandbox) == ALONE, 30)
            self.write(sandbox, note)
            if cut % 2 == 0:
                wait_for("the nodes to give up", lambda: not any(sandbox.sql(name, SENDERS) for name in sandbox.nodes), 30)
            self.assertEqual(self.arrived(sandbox, note), 0)
            sandbox.network.heal()
            healed = time.monotonic()
            wait_for("the rows of each side to arrive on the other one", lambda: self.arrived(sandbox, note) == 2, 60)
            running = time.monotonic()
            wait_for("both nodes to agree", lambda: self.well(sandbox, 1, 2) and self.flags(sandbox) == AGREED, 30)
            seconds = time.monotonic() - running
            print(f"\ncut {cut}: rows go both ways {running - healed:.1f} s after the healing,"
                  f" the nodes agree {seconds:.1f} s later")
            self.assertLess(seconds, 3 * AGREE_SECONDS)

    def test_a_monitor_on_a_third_host_that_is_cut_off_from_one_node_is_alone_with_what_it_sees(self):
        sandbox = self.sandbox(hosts=["third"], overrides=SOON)
        beside = sandbox.add_pgbouncer("pgbouncer3", "third")
        sandbox.write_config(3, {"failover": {"on_no_quorum": "wait"}})
        monitors = [self.start(sandbox, number) for number in (1, 2, 3)]
        sandbox.network.cut("third", "node2")
        monitors[2].wait_log(r'node "node2" \(ID: 2\) is down')
        self.assertEqual(beside.route(), "node1")
        sandbox.network.heal()
        wait_for("monitor 3 to see that all is well", lambda: self.well(sandbox, 3), 10)
        for monitor in monitors[:2]:
            self.assertNotRegex(monitor.log_text(), r'node "node2" .* is (suspect|down)')


if __name__ == "__main__":
    unittest.main()
