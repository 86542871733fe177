# SPDX-License-Identifier: PostgreSQL
"""What a failure leaves behind in the nodes' own tables, and how a node comes back: events, flags, replication."""
import time
import unittest

from bdrsandbox import Session, replication, wait_for
from support import SandboxTest, binary

EVENTS = "select event, node_id, details from repmgr.events where event like 'bdr%' order by event_timestamp"
FLAGS = "select node_id, active from repmgr.nodes order by node_id"
# pglogical starts a worker by itself 5 s after it has failed, if the poke came too early; else it is up within 2 s; without
# a poke it may take 180 s.
POKED_IN_VAIN_SECONDS = 5
WAITS = "select 1 from pg_stat_activity where usename = 'repmgr' and wait_event_type = 'Lock'"
BOTH_ACTIVE = [(1, True), (2, True)]


class Recovery(SandboxTest):
    def bed(self, **settings):
        return self.sandbox(overrides={"failover": {"recovery_hold": "1s"}, **settings})

    def wait_rows(self, sandbox, node, statement, expected, what, seconds=15):
        def found():
            rows = sandbox.sql(node, statement)
            return expected(rows) and (rows or True)
        return wait_for(what, found, seconds)

    def wait_events(self, sandbox, node, names):
        self.wait_rows(sandbox, node, EVENTS, lambda rows: [row[0] for row in rows] == names,
                       f"the events {names} on {node}")
        return sandbox.sql(node, EVENTS)

    def wait_flags(self, sandbox, node, flags):
        self.wait_rows(sandbox, node, FLAGS, lambda rows: rows == flags, f"the flags {flags} on {node}")

    def test_a_failure_and_its_end_stand_in_repmgrs_tables(self):
        sandbox = self.bed()
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        rows = self.wait_events(sandbox, "node1", ["bdr_failover"])
        self.assertEqual(rows[0][1], 2)
        self.assertIn('node "node2" (ID: 2) detected as failed', rows[0][2])
        self.wait_flags(sandbox, "node1", [(1, True), (2, False)])
        sandbox.node("node2").start()
        rows = self.wait_events(sandbox, "node1", ["bdr_failover", "bdr_recovery"])
        self.assertRegex(rows[1][2], r'node "node2" \(ID: 2\) has recovered after \d+ seconds')
        for node in ("node1", "node2"):
            self.wait_flags(sandbox, node, BOTH_ACTIVE)
        self.stop(monitor)
        self.start(sandbox, 1)  # what could not be written within the stop's second comes now
        self.wait_rows(sandbox, "node1", "select count(*) from repmgr.events where event = 'repmgrd_shutdown'",
                       lambda rows: rows == [(1,)], "the monitor's stop among the events")

    def test_a_node_that_dies_while_it_is_asked_for_its_replication_is_doubted_at_once(self):
        sandbox = self.sandbox(overrides={"monitor_interval_secs": 5})
        monitor = self.start(sandbox, 1)
        monitor.wait_log(r'node "node2" \(ID: 2\): replication is pglogical')
        with Session(sandbox.node("node2").superuser_dsn()) as session:
            session.query("begin")
            session.query("lock table pglogical.subscription in access exclusive mode")
            wait_for("a question that waits for the lock", lambda: sandbox.sql("node2", WAITS), 12)
            killed = time.monotonic()
            sandbox.node("node2").kill()
            monitor.wait_log("bdr_failover:", 10)
            self.assertLess(time.monotonic() - killed, 3 * 0.5)

    def test_the_failure_of_the_local_node_is_recorded_on_the_other_one(self):
        sandbox = self.bed()
        self.start(sandbox, 1)
        sandbox.node("node1").kill()
        self.wait_events(sandbox, "node2", ["bdr_failover"])
        self.wait_flags(sandbox, "node2", [(1, False), (2, True)])

    def test_replication_is_back_soon_after_the_node(self):
        sandbox = self.bed()
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        monitor.wait_log("bdr_failover command|bdr_failover:")
        sandbox.node("node2").start()
        began = time.monotonic()
        for writer, reader in (("node1", "node2"), ("node2", "node1")):
            replication.wait_beat(sandbox.node(writer), sandbox.node(reader), 20)
        seconds = time.monotonic() - began
        print(f"\nrows go both ways {seconds:.1f} s after the node accepts connections")
        self.assertLess(seconds, 3 * POKED_IN_VAIN_SECONDS)
        monitor.wait_log("bdr_recovery:")

    def test_a_node_that_does_not_replicate_is_told_after_bdr_recovery_timeout_and_recovers_all_the_same(self):
        sandbox = self.bed(bdr_recovery_timeout=3)
        monitor = self.start(sandbox, 1)
        replication.enable(sandbox.node("node1"), sandbox.node("node2"), False)
        sandbox.node("node2").kill()
        monitor.wait_log("bdr_failover:")
        began = time.monotonic()
        sandbox.node("node2").start()
        monitor.wait_log(r'\[WARNING\] node "node2" \(ID: 2\): rule "overdue": the failed node has been up for '
                         "bdr_recovery_timeout", 9)
        self.assertGreaterEqual(time.monotonic() - began, 3)
        self.assertNotIn("bdr_recovery:", monitor.log_text())
        replication.enable(sandbox.node("node1"), sandbox.node("node2"), True)
        monitor.wait_log("bdr_recovery:")

    def test_flags_that_contradict_what_is_so_are_set_right(self):
        sandbox = self.bed()
        sandbox.sql("node1", "update repmgr.nodes set active = false where node_id = 2")
        sandbox.sql("node2", "update repmgr.nodes set active = false where node_id = 1")
        self.start(sandbox, 1)
        for node in ("node1", "node2"):
            self.wait_flags(sandbox, node, BOTH_ACTIVE)

    def test_events_that_no_node_can_take_are_written_later_once_with_their_own_time(self):
        sandbox = self.bed()
        monitor = self.start(sandbox, 1)
        for node in sandbox.nodes.values():
            node.freeze()
        monitor.wait_log("bdr_no_failover:", 20)
        wait_for("the state file to hold the event", lambda: "event bdr_no_failover" in
                 (sandbox.directory / "bdrmon1" / "state" / "state").read_text(encoding="utf-8"), 10)
        monitor.kill()
        happened = time.time()
        for node in sandbox.nodes.values():
            node.thaw()
            sandbox.sql(node.name, "select 1", timeout=20)
        for _ in range(2):
            monitor = self.start(sandbox, 1)
            self.wait_rows(sandbox, "node1", EVENTS, lambda rows: "bdr_no_failover" in [row[0] for row in rows],
                           "the event on node1")
            self.stop(monitor)
        rows = sandbox.sql("node1", "select node_id, %s - extract(epoch from event_timestamp)::float8 from repmgr.events "
                                    "where event = 'bdr_no_failover' order by node_id", [happened])
        self.assertEqual([row[0] for row in rows], [1, 2])
        for _, age in rows:
            self.assertGreater(age, 0)

    def test_tables_that_are_missing_are_named_once(self):
        sandbox = self.bed()
        for node in ("node1", "node2"):
            sandbox.sql(node, "alter table repmgr.events rename to events_away")
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        monitor.wait_log("could not write to repmgr's tables on node \"node1\"")
        monitor.wait_log("repmgr.events")
        self.assertEqual(monitor.log_text().count("could not write to repmgr's tables on node \"node1\""), 1)
        for node in ("node1", "node2"):
            sandbox.sql(node, "alter table repmgr.events_away rename to events")
        self.stop(monitor)
        monitor = self.start(sandbox, 1)
        self.wait_rows(sandbox, "node1", "select event from repmgr.events where event = 'repmgrd_start'",
                       lambda rows: len(rows) == 2, "both starts in repmgr.events")


if __name__ == "__main__":
    unittest.main()
