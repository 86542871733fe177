# SPDX-License-Identifier: PostgreSQL
"""What bdrmon learns of native logical replication between two real nodes."""
import os
import signal
import unittest

import replications
from replications import COMMON_GRANTS


class LogicalTest(replications.ReplicationTest):
    bed_kind = kind = "logical"
    has_names = False
    up_seconds = 3 * 5.0  # three times wal_retrieve_retry_interval
    worker = "logical replication apply"
    grants = COMMON_GRANTS

    def test_worker_that_hears_nothing_of_its_peer_is_no_link(self):
        asker = self.asker(self.node1)
        asker.wait_until(in_up="yes")
        self.set(self.node1, "wal_receiver_timeout = '2s'")
        worker = self.apply_worker(self.node1)
        os.kill(worker, signal.SIGSTOP)  # else it would end by itself, soon after
        try:
            asker.wait_until(in_up="no")
            self.assertEqual(self.node1.sql("select pid, received_lsn is null from pg_stat_subscription"),
                             [(worker, False)])
        finally:
            os.kill(worker, signal.SIGCONT)
            self.set(self.node1, "wal_receiver_timeout = default")
        asker.wait_until(30, in_up="yes", out_up="yes")

    def test_conflict_is_counted_where_it_arose(self):
        asker = self.asker(self.node1)
        before = int(asker.read()["conflicts"])
        self.node1.sql("insert into app (node, id, note) values (1, 1000000, 'here')")
        self.bed.wait_replicating()
        self.node2.sql("update app set note = 'there' where node = 1 and id = 1000000")
        asker.wait_until(conflicts=str(before + 1))

    def test_slot_of_somebody_else_makes_the_link_unknown_unless_both_agree(self):
        asker = self.asker(self.node1)
        asker.wait_until(out_up="yes")
        self.node1.sql("select pg_create_logical_replication_slot('somebody_else', 'pgoutput')")
        try:
            self.assertEqual(asker.read()["out_up"], "unknown")
        finally:
            self.node1.sql("select pg_drop_replication_slot('somebody_else')")
        self.assertEqual(asker.read()["out_up"], "yes")

    @staticmethod
    def set(node, setting):
        node.sql(f"alter system set {setting}")
        node.sql("select pg_reload_conf()")


class OlderTest(replications.SandboxTest):
    def test_older_server_counts_no_conflicts_and_its_links_are_up(self):
        bed = self.sandbox(kind="logical17")
        for node in bed.nodes.values():
            with replications.Asker(bed.conninfo(node.name), "logical") as asker:
                self.assertEqual(asker.detect()["set_up"], "yes")
                asker.wait_until(in_up="yes", out_up="yes", slot="safe", conflicts="-1")


class SlotTest(replications.SlotTest):
    bed_kind = "logical"


if __name__ == "__main__":
    unittest.main()
