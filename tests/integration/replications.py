# SPDX-License-Identifier: PostgreSQL
"""What has to hold of the replication between two real nodes, of whatever kind it is."""
import os
import signal
import time

from bdrsandbox import Session, replication, wait_for
from replication_asker import Asker
from support import SandboxTest

DOWN_SECONDS = 1.0  # from the other node's death to a link that is said to be down
LAG_BYTES = 1_000_000


class ReplicationTest(SandboxTest):
    """The tests of a kind are a class of that kind's file, and share a sandbox. Each leaves it as it was."""

    bed_kind = None  # of the sandbox
    kind = None  # as bdrmon finds it
    has_names = True
    tells_received = True
    up_seconds = 2.0  # from a poke of a node whose peer has returned to a link that is up
    worker = None  # of the other node's changes: what its backend_type begins with
    grants = {}  # what a role needs, each with what is said if it is missing

    @classmethod
    def setUpClass(cls):
        owner = SandboxTest()
        cls.addClassCleanup(owner.doCleanups)
        cls.bed = owner.sandbox(kind=cls.bed_kind)
        cls.node1, cls.node2 = cls.bed.nodes.values()

    def setUp(self):
        for node in self.bed.nodes.values():
            if not node.pid:
                node.start()

    def asker(self, node, conninfo=None, wanted="none"):
        """A session with a node that has found out what it is."""
        asker = Asker(conninfo or self.bed.conninfo(node.name), wanted)
        asker.__enter__()
        self.addCleanup(asker.__exit__)
        self.found = asker.detect()
        return asker

    def apply_worker(self, node):
        """Its process id, or None."""
        rows = node.sql("select pid from pg_stat_activity where backend_type like %s", [self.worker + "%"])
        return rows[0][0] if rows else None

    def connect_again(self):
        """What the replication does by itself when a node is back, and the sandbox's own does not."""

    def test_node_is_set_up_and_active_under_its_name(self):
        for node in self.bed.nodes.values():
            self.asker(node)
            self.assertEqual((self.found["kind"], self.found["set_up"], self.found["active"], self.found["node"]),
                             (self.kind, "yes", "yes", node.name if self.has_names else ""))
            self.assertEqual(self.found["nodes"], "2" if self.has_names else "0")
            if self.has_names:
                self.assertEqual({self.found["name1"], self.found["name2"]}, set(self.bed.nodes))
            self.assertRegex(self.found["version"], r"^[0-9]+\.[0-9]")

    def test_links_are_up_both_ways_and_the_slot_is_safe(self):
        for node in self.bed.nodes.values():
            said = self.asker(node).wait_until(in_up="yes", out_up="yes")
            self.assertEqual(said["slot"], "safe")
            self.assertTrue(said["in_name"] and said["out_name"], said)
            self.assertGreater(int(said["written_lsn"]), int(said["out_lag_bytes"]))

    def test_what_was_received_is_told_in_positions_of_the_other_node(self):
        if not self.tells_received:
            self.assertEqual(self.asker(self.node2).read()["received_lsn"], "0")
            return
        before = int(self.asker(self.node1).read()["written_lsn"])
        replication.wait_beat(self.node1, self.node2, 10)
        receiver = self.asker(self.node2)
        received = wait_for("the position to be told", lambda: int(receiver.read()["received_lsn"]), 5)
        self.assertGreater(received, before)
        self.assertLess(received, int(self.asker(self.node1).read()["written_lsn"]) + LAG_BYTES)

    def test_lag_is_told_by_the_sender_while_the_worker_of_the_other_side_stands_still(self):
        sender = self.asker(self.node1)
        worker = self.apply_worker(self.node2)
        os.kill(worker, signal.SIGSTOP)
        try:
            self.node1.sql("insert into app (note) select repeat('x', 1000) from generate_series(1, 1500)")
            wait_for("the lag to show", lambda: int(sender.read()["out_lag_bytes"]) > LAG_BYTES, 10)
            self.assertEqual(self.asker(self.node2).read()["in_up"], "yes")
        finally:
            os.kill(worker, signal.SIGCONT)
        wait_for("the lag to go", lambda: int(sender.read()["out_lag_bytes"]) < LAG_BYTES, 10)

    def test_links_are_down_when_the_other_node_is_killed_and_up_at_once_when_poked_after_its_return(self):
        asker = self.asker(self.node1)
        asker.wait_until(in_up="yes", out_up="yes")
        self.node2.kill()
        said = asker.wait_until(DOWN_SECONDS * 3, in_up="no", out_up="no", slot="safe")
        self.assertEqual(int(said["received_lsn"]) > 0, self.tells_received)
        self.node2.start()
        self.asker(self.node2).poke()
        self.assertNotIn("failure", asker.poke())
        self.connect_again()
        began = time.monotonic()
        asker.wait_until(self.up_seconds, in_up="yes", out_up="yes")
        print(f"links up {1000 * (time.monotonic() - began):.0f} ms after a poke")
        self.bed.wait_replicating()

    def test_poke_of_links_that_are_up_leaves_their_workers_alone(self):
        asker = self.asker(self.node1)
        asker.wait_until(in_up="yes")
        worker = self.apply_worker(self.node1)
        self.assertEqual(asker.poke(), {"usable": "yes"})
        self.assertEqual((asker.read()["in_up"], self.apply_worker(self.node1)), ("yes", worker))

    def test_worker_that_still_tries_to_connect_is_no_link(self):
        asker = self.asker(self.node1)
        asker.wait_until(in_up="yes")
        self.node2.freeze()
        try:
            # Not only ended: it would start again when its launcher likes, with pglogical after 180 s.
            replication.enable(self.node1, self.node2, False)
            asker.wait_until(in_up="no")
            wait_for("the worker's end", lambda: not self.apply_worker(self.node1), 10)
            replication.enable(self.node1, self.node2, True)
            wait_for("a new worker", lambda: self.apply_worker(self.node1), 10)
            self.assertEqual(asker.read()["in_up"], "no")
        finally:
            self.node2.thaw()
        asker.wait_until(in_up="yes", out_up="yes")

    def test_database_without_replication_is_none(self):
        asker = self.asker(self.node1, self.bed.conninfo("node1").replace("dbname=bdrtest", "dbname=postgres"))
        self.assertEqual((self.found["kind"], self.found["set_up"]), ("none", "no"))
        self.assertEqual((asker.read()["in_up"], asker.poke()), ("unknown", {"usable": "yes"}))

    def test_kind_that_is_wanted_and_not_there_is_none(self):
        self.asker(self.node1, wanted="spock")
        self.assertEqual(self.found["kind"], "none")

    def test_grant_that_is_missing_is_named(self):
        with Session(self.node1.superuser_dsn()) as session:
            for missing, reason in [(None, None), *self.grants.items()]:
                session.query("create role few login")
                for grant in self.grants:
                    if grant != missing:
                        session.query(f"grant {grant} to few")
                try:
                    with self.subTest(missing=missing), \
                            Asker(f"host={self.bed.sockets} port={self.node1.port} dbname=bdrtest user=few") as asker:
                        said = {**asker.detect(), **asker.read()}
                        self.assertEqual(said["usable"], "yes")
                        self.assertIn(f"denied: {reason}" if reason else "none", said.get("failure", "none"))
                finally:
                    session.query("drop owned by few")
                    session.query("drop role few")


class SlotTest(SandboxTest):
    """A node that may not keep for ever what the other one lacks."""

    bed_kind = None

    def test_slot_is_at_risk_and_then_lost(self):
        bed = self.sandbox(kind=self.bed_kind)
        node1, node2 = bed.nodes.values()
        with Asker(bed.conninfo("node1")) as asker:
            asker.detect()
            asker.wait_until(out_up="yes", slot="safe")
            node2.kill()
            asker.wait_until(out_up="no", slot="safe")
            node1.sql("alter system set max_slot_wal_keep_size = '1MB'")
            node1.sql("select pg_reload_conf()")
            for _ in range(3):
                node1.sql("insert into app (note) values ('one more segment')")
                node1.sql("select pg_switch_wal()")
            asker.wait_until(slot="at risk")
            node1.sql("checkpoint")
            asker.wait_until(slot="lost", out_up="no")


# Everywhere: to see other roles' sessions, and how far the other node's changes were applied.
COMMON_GRANTS = {
    "pg_read_all_stats": "permission denied: the role must be a member of pg_read_all_stats",
    "select on pg_replication_origin_status": "permission denied for view pg_replication_origin_status",
    "execute on function pg_show_replication_origin_status()":
        "permission denied for function pg_show_replication_origin_status",
}
