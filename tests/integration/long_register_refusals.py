# SPDX-License-Identifier: PostgreSQL
"""What bdrmon register refuses, on a real pglogical pair."""
from registration import BAD_CONFIG, DB_CONN, RegistrationTest


class Refusals(RegistrationTest):
    def test_register_needs_both_nodes(self):
        self.bed.node("node2").kill()
        before = self.dump("node1")
        self.expect(1, "register", DB_CONN,
                    'ERROR: could not connect to node "node2" (ID: 2): Connection refused\n')
        self.assertEqual(self.dump("node1"), before)
        self.bed.node("node2").start()
        self.bed.write_config(1)
        done = self.run_on(1, "register")
        self.assertEqual(done.returncode, BAD_CONFIG)
        self.assertIn("ERROR: the other node is not known\nHINT: Add a section [node NAME]", done.stderr)

    def test_names_must_be_those_of_the_replication(self):
        hint = 'HINT: "node_name" in repmgr.conf must match "node_name" in pglogical.node\n'
        self.configure(1, node_name="other")
        self.expect(1, "register", BAD_CONFIG,
                    f'ERROR: local node BDR node name is "node1", expected: "other"\n{hint}')
        same = self.conninfo(1).replace("127.0.0.1", "localhost")
        self.bed.write_config(1, {"node node2": {"node_id": 2, "conninfo": same}})
        self.expect(1, "register", BAD_CONFIG,
                    f'ERROR: the other node\'s BDR node name is "node1", expected: "node2"\n{hint}')

    def test_a_database_without_replication_is_refused(self):
        self.configure(1, conninfo=self.conninfo(1).replace("dbname=bdrtest", "dbname=postgres"))
        for command in ("register", "unregister"):
            done = self.run_on(1, command)
            self.assertEqual(done.returncode, BAD_CONFIG)
            self.assertIn('ERROR: database "postgres" is not BDR-enabled\n', done.stderr)

    def test_a_third_node_is_refused(self):
        self.bed.sql("node1", "insert into pglogical.node (node_id, node_name) values (99, 'node3')")
        self.addCleanup(self.bed.sql, "node1", "delete from pglogical.node where node_id = 99")
        self.expect(1, "register", BAD_CONFIG,
                    "ERROR: repmgr can only support BDR 2.x clusters with 2 nodes\n"
                    "HINT: this BDR cluster has 3 nodes\n")

    def test_a_third_row_is_refused(self):
        self.register()
        self.configure(1, node_id=3)
        done = self.run_on(1, "register")
        self.assertEqual(done.returncode, BAD_CONFIG)
        self.assertIn("repmgr can only support BDR 2.x clusters with 2 nodes", done.stderr)
        self.assertIn("repmgr.nodes holds 2 other nodes", done.stderr)

    def test_rows_of_another_kind_are_refused(self):
        self.register()
        self.bed.sql("node1", "update repmgr.nodes set type = 'standby' where node_id = 2")
        self.expect(1, "register -F", BAD_CONFIG,
                    "ERROR: repmgr metadatabase contains records for non-BDR nodes\n")

    def test_another_protocol_is_refused(self):
        self.register()
        self.bed.sql("node2", "update bdrmon.meta set value = '2'")
        done = self.run_on(1, "register", "-F")
        self.assertEqual(done.returncode, BAD_CONFIG)
        self.assertIn('ERROR: bdrmon.meta names protocol "2"', done.stderr)
