# SPDX-License-Identifier: PostgreSQL
"""Whoever has the claim may fall at whatever point: the command runs, and never twice at the same time. TIMES says how often
each point is tried; the default fits into tools/test --all."""
import os
import unittest

from bdrsandbox import wait_for
from claims import EVENTS, QUICK, ClaimTest

TIMES = int(os.environ.get("TIMES", "1"))
POINTS = ("granted", "claimed", "commanded", "running", "done", "closed")


class ClaimFalls(ClaimTest):
    def test_a_holder_may_die_at_any_point(self):
        self.fall_at_each_point("BDRMON_CRASH_AT")

    def test_a_holder_may_stop_at_any_point_and_go_on_later(self):
        self.fall_at_each_point("BDRMON_STOP_AT")

    def test_the_session_of_the_claim_may_be_ended_at_any_point(self):
        """A holder that has stopped for a moment finds its session ended."""
        self.fall_at_each_point("BDRMON_STOP_AT", end_session=True)

    def fall_at_each_point(self, how, end_session=False):
        sandbox = self.cluster(overrides=QUICK, seconds=0.5)
        sandbox.account.own(sandbox.directory)
        for point in POINTS:
            for number in range(TIMES):
                with self.subTest(point=point, number=number):
                    self.fall_once(sandbox, how, point, end_session)

    def fall_once(self, sandbox, how, point, end_session):
        token = sandbox.directory / "token"
        token.touch()
        before, epochs = len(self.failovers()), len(self.failures(sandbox, 1))
        monitors = self.start_both(sandbox, extra_environment={how: point, "BDRMON_CRASH_TOKEN": str(token)})
        sandbox.node("node2").kill()
        if point == "closed":
            self.wait_stage(sandbox, 1, "done")
            sandbox.node("node2").start()
        wait_for(f"somebody at point {point}", lambda: not token.exists(), 30)
        if end_session:
            sandbox.sql("node1", "select pg_terminate_backend(pid) from pg_stat_activity"
                                 " where application_name = 'bdrmon claim' and pid in (select pid from pg_locks"
                                 " where locktype = 'advisory' and objsubid = 2)")
            self.continue_all(monitors)
        if point != "closed":
            self.wait_stage(sandbox, 1, "done", 30)
        self.continue_all(monitors)
        self.wait_recovered(sandbox, 1)
        runs = self.failovers()[before:]
        rows = self.failures(sandbox, 1)[epochs:]
        self.assertGreaterEqual(len(runs), 1)
        self.assert_never_together(runs)
        self.assertEqual([row[1] for row in rows if row[1] != "abandoned"], ["closed"], rows)
        events = sandbox.sql("node1", EVENTS)
        self.assertEqual(events.count(("bdr_failover",)), len([row for row in self.failures(sandbox, 1)
                                                               if row[1] == "closed"]))
        for monitor in monitors:
            self.stop(monitor)
            sandbox.monitors.remove(monitor)


if __name__ == "__main__":
    unittest.main()
