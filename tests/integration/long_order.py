# SPDX-License-Identifier: PostgreSQL
"""The operator's word, and what explain says: failover, readmit, ack."""
import json
import unittest

from bdrsandbox import wait_for
from claims import QUICK, ClaimTest
from support import binary

OK, BAD_CONFIG = 0, 1
ORDERS = "select details from repmgr.events where event = 'bdrmon_order' order by event_timestamp"


def with_failover(**settings):
    return {**QUICK, "failover": {**QUICK["failover"], **settings}}


class Order(ClaimTest):
    def told(self, sandbox, *command, code=OK):
        done = sandbox.run_monitor(1, binary(), *command)
        self.assertEqual(done.returncode, code, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def test_a_failover_that_nobody_confirms_waits_for_the_operator(self):
        """The host of node2 is dead: its server says nothing, and its monitor neither."""
        sandbox = self.cluster(overrides=with_failover(on_no_quorum="wait"))
        monitor, other = self.start_both(sandbox)
        explained = self.told(sandbox, "explain")
        self.assertIn('peer "node2"', explained)
        self.assertIn("Two failure domains only", explained)
        other.kill()
        sandbox.node("node2").freeze()
        monitor.wait_log('rule "no_majority"', 15)
        self.assertEqual(self.failovers(), [])
        explained = json.loads(self.told(sandbox, "explain", "--json"))
        self.assertIn("no_majority", [node["rule"] for node in explained["nodes"]])
        self.assertIn('there is no node "node3"', self.told(sandbox, "failover", "--to", "node3", "--yes", code=BAD_CONFIG))
        self.assertIn("asks back", self.told(sandbox, "failover", "--to", "node1", code=BAD_CONFIG))
        self.assertIn('failover to node "node1"', self.told(sandbox, "failover", "--to", "node1", "--yes"))
        self.wait_stage(sandbox, 1, "done")
        self.assertEqual([(run.epoch, run.confirmed) for run in self.failovers()], [(1, True)])
        wait_for("the event", lambda: sandbox.sql("node1", ORDERS), 10)
        self.assertRegex(sandbox.sql("node1", ORDERS)[0][0], r'^failover to node "node1", ordered by "[^"]+" on "[^"]+"$')
        self.assertEqual(self.told(sandbox, "explain", "--event", "1"), self.told(sandbox, "explain", "--last"))
        self.assertEqual(self.told(sandbox, "explain", "--event", "7"), "no failure of number 7 is recorded\n")
        self.assertRegex(self.told(sandbox, "explain", "--last"), r'^failure of node 2, epoch 1, recorded on node 1 by monitor'
                         r' "node1", confirmed, stage "done", 1 run of the command\n')
        last = json.loads(self.told(sandbox, "explain", "--last", "--json"))
        self.assertEqual((last["epoch"], last["ended"]), (1, None))
        self.assertEqual(len(last["evidence"]["nodes"]), 2)
        self.wait_recovered(sandbox, 1)

    def test_the_death_of_a_host_that_nobody_confirms_is_acted_on_as_repmgrd_does_and_told_so(self):
        sandbox = self.cluster(overrides=QUICK)
        _, other = self.start_both(sandbox)
        other.kill()
        sandbox.node("node2").freeze()
        self.wait_stage(sandbox, 1, "done", 30)
        self.assertEqual([(run.epoch, run.confirmed) for run in self.failovers()], [(1, False)])
        self.wait_recovered(sandbox, 1)

    def test_a_node_that_is_up_is_not_failed_over_by_an_order(self):
        sandbox = self.cluster(overrides=QUICK)
        self.start_both(sandbox)
        self.told(sandbox, "failover", "--to", "node1", "--yes")
        sandbox.node("node1").kill()
        self.wait_stage(sandbox, 2, "done")
        self.wait_recovered(sandbox, 2)
        self.assertEqual(self.failures(sandbox, 1), [])

    def test_a_failed_node_is_taken_back_before_its_time(self):
        sandbox = self.cluster(overrides=with_failover(recovery_hold="1h"))
        self.start_both(sandbox)
        sandbox.node("node2").kill()
        self.wait_stage(sandbox, 1, "done")
        sandbox.node("node2").start()
        wait_for("node2 to recover", lambda: "recovering" in self.told(sandbox, "status", code=25), 15)
        self.told(sandbox, "readmit", "node2")
        self.wait_recovered(sandbox, 1)

    def test_after_too_many_failures_the_next_one_waits_for_a_word(self):
        sandbox = self.cluster(overrides=with_failover(max_failovers=1))
        monitor, _ = self.start_both(sandbox)
        for first in (True, False):
            sandbox.node("node2").kill()
            if not first:
                monitor.wait_log('rule "flapping"', 15)
                self.assertEqual(len(self.failovers()), 1)
                for number in (1, 2):
                    sandbox.run_monitor(number, binary(), "ack")
            wait_for("the failure", lambda first=first: len(self.failures(sandbox, 1)) == 2 - first, 20)
            self.wait_stage(sandbox, 1, "done")
            self.wait_recovered(sandbox, 1)
        self.assertEqual(len(self.failovers()), 2)


if __name__ == "__main__":
    unittest.main()
