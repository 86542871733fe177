# SPDX-License-Identifier: PostgreSQL
"""What bdrmon learns of BDR 1, asked of the stand-in for it: BDR's catalog over two nodes with pglogical."""
import os
import subprocess
import unittest

import replications


class BdrTest(replications.ReplicationTest):
    bed_kind = kind = "bdr"
    tells_received = False
    worker = "pglogical apply"
    grants = {
        "usage on schema bdr": "permission denied for schema bdr",
        "select on bdr.bdr_nodes": "permission denied for table bdr_nodes",
        "select on bdr.bdr_node_slots": "permission denied for view bdr_node_slots",
        "select on bdr.pg_stat_bdr": "permission denied for table pg_stat_bdr",
        "usage on schema pglogical": "permission denied for schema pglogical",  # the stand-in's own need
        "pg_read_all_stats": "permission denied: the role must be a member of pg_read_all_stats",
    }

    def connect_again(self):
        # BDR tries by itself every 5 s; pglogical, which replicates for the stand-in, may take 180.
        self.bed.poke_replication()

    def test_conflicts_of_all_kinds_are_counted(self):
        asker = self.asker(self.node1)
        self.node1.sql("update bdr.pg_stat_bdr set nr_insert_conflict = 1, nr_update_conflict = 2,"
                       " nr_delete_conflict = 4")
        self.assertEqual(asker.read()["conflicts"], "7")

    def test_node_that_has_left_is_none_of_the_nodes_and_a_third_one_is_counted(self):
        for status, nodes in (("k", "2"), ("r", "3")):
            self.node1.sql("insert into bdr.bdr_nodes values ('1', 1, 1, %s, 'node3')", [status])
            self.asker(self.node1)
            self.node1.sql("delete from bdr.bdr_nodes where node_name = 'node3'")
            self.assertEqual(self.found["nodes"], nodes)

    def test_node_that_is_not_ready_is_not_active(self):
        self.node1.sql("update bdr.bdr_nodes set node_status = 'i' where node_name = 'node1'")
        self.asker(self.node1)
        self.node1.sql("update bdr.bdr_nodes set node_status = 'r' where node_name = 'node1'")
        self.assertEqual((self.found["set_up"], self.found["active"]), ("yes", "no"))

    def test_what_is_asked_of_9_4_says_the_same_as_what_is_asked_of_newer_servers(self):
        statements = subprocess.run([os.environ["ASK_REPLICATION"], "--sql", "bdr", "90400"], capture_output=True, text=True,
                                    check=True).stdout.splitlines()
        setup, state = (self.node1.sql(statement) for statement in statements)
        self.assertEqual(setup[0][:3], (True, True, "node1"))
        said = self.asker(self.node1).wait_until(in_up="yes", out_up="yes")
        self.assertEqual(state[0][:4], (said["in_name"], True, said["out_name"], True))


class SlotTest(replications.SlotTest):
    bed_kind = "bdr"


if __name__ == "__main__":
    unittest.main()
