# SPDX-License-Identifier: PostgreSQL
"""The whole life of a cluster for each kind of replication, and nodes that die many times. KILLS says how often; the default
fits into tools/test --all."""
import os
import unittest

from bdrsandbox import wait_for
from bdrsandbox.kinds import KINDS
from lives import LifeTest

KILLS = int(os.environ.get("KILLS", "10"))
COUNT = "select count(*), count(distinct (event_timestamp, details)) from repmgr.events where event = %s"


class LongLife(LifeTest):
    def test_the_whole_life_of_a_cluster_of_each_kind(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.live(kind)

    def test_each_death_of_a_node_leaves_one_pair_of_events(self):
        sandbox = self.sandbox(overrides={"failover": {"recovery_hold": "1s", "max_failovers": 0}})
        monitor = self.start(sandbox, 1)
        for number in range(1, KILLS + 1):
            # Each third time it is the local node, where the events went before.
            name = "node1" if number % 3 == 0 else "node2"
            sandbox.node(name).kill()
            wait_for(f"failover {number}", lambda: monitor.log_text().count("bdr_failover: node") == number, 20,
                     monitor.log)
            sandbox.node(name).start()
            wait_for(f"recovery {number}", lambda: monitor.log_text().count("bdr_recovery: node") == number, 40,
                     monitor.log)
        for event in ("bdr_failover", "bdr_recovery"):
            def rows():
                found = [sandbox.sql(node, COUNT, [event])[0] for node in ("node1", "node2")]
                return sum(row[0] for row in found), sum(row[1] for row in found)
            wait_for(f"{KILLS} rows of {event}", lambda: rows()[0] >= KILLS, 10)
            self.assertEqual(rows(), (KILLS, KILLS))


if __name__ == "__main__":
    unittest.main()
