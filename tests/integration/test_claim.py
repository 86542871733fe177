# SPDX-License-Identifier: PostgreSQL
"""Two monitors, one action: they agree by the claim, whoever of them dies or stops in the middle of it."""
import unittest

from bdrsandbox import wait_for
from claims import EVENTS, QUICK, ClaimTest
from support import binary


class Claim(ClaimTest):
    def test_a_crash_gives_one_command_and_one_event_from_both_monitors(self):
        sandbox = self.cluster(overrides=QUICK)
        self.start_both(sandbox)
        for recorder in (1, 2):
            sandbox.node(f"node{3 - recorder}").kill()
            self.wait_stage(sandbox, recorder, "done")
            self.wait_recovered(sandbox, recorder)
            self.assertEqual([row[1:3] for row in self.failures(sandbox, recorder)], [("closed", 1)])
            # Usually confirmed; on a machine so slow that the other monitor is not heard in time it is not, rightly.
            if not self.failures(sandbox, recorder)[0][3]:
                print(sandbox.run_monitor(recorder, binary(), "explain", "--last").stdout)
            self.assertEqual(sandbox.sql(f"node{recorder}", EVENTS)[-2:], [("bdr_failover",), ("bdr_recovery",)])
        wait_for("the last command", lambda: len(self.runs()) == 4, 10)
        self.assertEqual([run.event for run in self.runs()], ["bdr_failover", "bdr_recovery"] * 2)
        self.assertEqual([run.epoch for run in self.failovers()], [1, 2])

    def test_a_holder_that_stops_loses_the_claim_to_the_other_monitor(self):
        """It stops right after its failure is commanded, and goes on when the other one has done it."""
        sandbox = self.cluster(overrides=QUICK, seconds=0.5)
        token = sandbox.directory / "token"
        token.touch()
        sandbox.account.own(sandbox.directory)
        monitors = self.start_both(sandbox, extra_environment={
            "BDRMON_STOP_AT": "commanded", "BDRMON_CRASH_TOKEN": str(token)})
        sandbox.node("node2").kill()
        self.wait_stage(sandbox, 1, "done", 30)
        self.assertFalse(token.exists())
        self.continue_all(monitors)
        self.wait_recovered(sandbox, 1)
        runs = self.failovers()
        self.assertGreaterEqual(len(runs), 1)
        self.assert_never_together(runs)
        self.assertEqual(len([row for row in sandbox.sql("node1", EVENTS) if row == ("bdr_failover",)]), 1)


if __name__ == "__main__":
    unittest.main()
