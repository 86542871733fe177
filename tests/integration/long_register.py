# SPDX-License-Identifier: PostgreSQL
"""bdrmon register and unregister, on a real pglogical pair. Application rows go both ways all the time."""
from concurrent.futures import ThreadPoolExecutor

from registration import BAD_CONFIG, OK, OVERWRITE, RegistrationTest
from support import binary

NODES = ("select node_id, upstream_node_id, active, node_name, type, location, priority, conninfo, repluser, slot_name,"
         " config_file from repmgr.nodes order by node_id")
EVENTS = "select node_id, event, successful, details from repmgr.events order by event_timestamp"
TABLES = ("select table_schema || '.' || table_name from information_schema.tables"
          " where table_schema in ('repmgr', 'bdrmon') order by 1")
PLAIN = 'NOTICE: extension "repmgr" is not to be had; its tables will be in a plain schema "repmgr"\n'


class Register(RegistrationTest):
    def created(self, number):
        return f'NOTICE: node record created for node "node{number}" (ID: {number})\n' + self.registered(number)

    def registered(self, number):
        return f"NOTICE: BDR node {number} registered (conninfo: {self.conninfo(number)})\n"

    def test_both_nodes_are_registered_while_rows_travel(self):
        self.bed.wait_replicating()
        self.expect(1, "register", OK, PLAIN + self.created(1))
        self.bed.wait_replicating()
        self.expect(2, "bdr register", OK, self.created(2))
        self.bed.wait_replicating()
        self.assertEqual(self.both(NODES), [
            (number, None, True, f"node{number}", "bdr", "default", 100, self.conninfo(number), "repmgr", None,
             str(self.bed.config_path(number))) for number in (1, 2)])
        self.assertEqual(self.both(EVENTS), [
            (1, "cluster_created", True, None),
            (1, "bdr_register", True, 'node record created for node "node1" (ID: 1)'),
            (2, "bdr_register", True, 'node record created for node "node2" (ID: 2)')])
        self.both("select * from repmgr.events order by event_timestamp")
        self.assertEqual(self.both(TABLES), [("bdrmon.failure",), ("bdrmon.meta",), ("repmgr.events",),
                                             ("repmgr.nodes",), ("repmgr.show_nodes",)])
        self.assertEqual(self.both("select * from bdrmon.meta"), [("protocol", "1")])

    def test_repmgr_as_the_name_of_the_program_will_do(self):
        link = self.bed.bin / "repmgr"
        self.bed.bdrmon(binary())
        if not link.exists():
            link.symlink_to("bdrmon")
        done = self.as_account(link, "-f", self.bed.config_path(1), "bdr", "register")
        self.assertEqual((done.stderr, done.returncode), (PLAIN + self.created(1), OK))

    def test_a_superuser_gets_the_extension(self):
        user = f"host={self.bed.sockets} port={{}} dbname=bdrtest user=postgres"
        one, two = (user.format(self.bed.node(name).port) for name in ("node1", "node2"))
        self.bed.write_config(1, {"conninfo": one, "node node2": {"node_id": 2, "conninfo": two}})
        self.expect(1, "register", OK,
                    'NOTICE: attempting to install extension "repmgr"\n'
                    'NOTICE: "repmgr" extension successfully installed\n'
                    'NOTICE: node record created for node "node1" (ID: 1)\n'
                    f"NOTICE: BDR node 1 registered (conninfo: {one})\n")
        self.assertEqual(self.both("select extversion from pg_extension where extname = 'repmgr'"), [("5.3",)])
        self.bed.wait_replicating()

    def test_a_registered_node_is_overwritten_only_by_force(self):
        self.register()
        self.configure(1, priority=50, location="cellar")
        self.expect(1, "register", BAD_CONFIG, OVERWRITE)
        self.assertEqual(self.both("select priority, location from repmgr.nodes where node_id = 1"),
                         [(100, "default")])
        self.expect(1, "register --force", OK, self.registered(1))
        self.assertEqual(self.both("select priority, location from repmgr.nodes where node_id = 1"), [(50, "cellar")])
        self.expect(1, "register -F", OK, self.registered(1))
        self.assertEqual(self.both("select count(*) from repmgr.nodes"), [(2,)])
        self.assertEqual(self.both(EVENTS)[-1], (1, "bdr_register", True, 'node record updated for node "node1" (1)'))
        self.bed.wait_replicating()

    def test_what_is_on_one_node_only_is_completed_by_force(self):
        self.register()
        self.bed.sql("node2", "drop schema repmgr cascade")
        self.expect(1, "register --force", OK, self.registered(1))
        self.assertEqual(self.bed.sql("node2", "select node_id from repmgr.nodes"), [(1,)])

    def assert_changes_nothing(self, number, command):
        before = [self.dump(name) for name in self.bed.nodes]
        done = self.run_on(number, *command.split())
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual([self.dump(name) for name in self.bed.nodes], before)
        return done.stderr

    def test_a_dry_run_changes_nothing(self):
        said = self.assert_changes_nothing(1, "register --dry-run")
        self.assertIn('NOTICE: table repmgr.nodes would be created on node "node1" (ID: 1)\n', said)
        self.assertIn('NOTICE: table bdrmon.failure would be created on node "node2" (ID: 2)\n', said)
        self.assertTrue(said.endswith('NOTICE: node record would be created for node "node1" (ID: 1)\n'), said)
        self.register()
        said = self.assert_changes_nothing(1, "register --force --dry-run")
        self.assertEqual(said, 'NOTICE: node record would be updated for node "node1" (ID: 1)\n')
        said = self.assert_changes_nothing(1, "bdr unregister --node-id 2 --dry-run")
        self.assertEqual(said, 'NOTICE: node record would be deleted for node "node2" (ID: 2)\n')

    def test_a_node_is_unregistered_by_its_id_and_without_one_it_is_this_node(self):
        self.expect(1, "unregister", BAD_CONFIG, 'ERROR: repmgr is not installed on database "bdrtest"\n')
        self.register()
        self.bed.wait_replicating()
        self.expect(1, "bdr unregister --node-id 2", OK,
                    'NOTICE: bdr node "node2" (ID: 2) successfully unregistered\n')
        self.assertEqual(self.both("select node_id from repmgr.nodes"), [(1,)])
        self.assertEqual(self.both(EVENTS)[-1],
                         (1, "bdr_unregister", True, 'node record deleted for node "node2" (ID: 2)'))
        self.expect(1, "unregister --node-id 2", BAD_CONFIG, "ERROR: no record found for node 2\n")
        self.expect(1, "unregister", OK, 'NOTICE: bdr node "node1" (ID: 1) successfully unregistered\n')
        self.assertEqual(self.both("select node_id from repmgr.nodes"), [])
        self.bed.wait_replicating()
        self.expect(1, "register", OK, self.created(1))

    def test_a_dead_node_can_be_unregistered_and_its_own_table_is_named(self):
        self.register()
        self.bed.node("node2").kill()
        self.expect(1, "unregister --node-id 2", OK,
                    'WARNING: the record of node 2 remains on node "node2" (ID: 2): could not connect to node "node2"'
                    ' (ID: 2): Connection refused\n'
                    'NOTICE: bdr node "node2" (ID: 2) successfully unregistered\n')
        self.assertEqual(self.bed.sql("node1", "select node_id from repmgr.nodes"), [(1,)])

    def test_a_password_in_the_conninfo_is_not_shown(self):
        word = self.bed.passwords["repmgr"]
        self.configure(1, conninfo=self.conninfo(1).replace("passfile=", f"password={word} passfile="))
        done = self.run_on(1, "register")
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertNotIn(word, done.stderr)
        for command in (("show",), ("show", "--json"), ("event",)):
            self.assertNotIn(word, self.run_on(1, "cluster", *command).stdout)

    def test_two_that_register_at_once_do_not_disturb_each_other(self):
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda number: self.run_on(number, "register"), (1, 2)))
        self.assertEqual([each.returncode for each in done], [OK, OK], done)
        self.assertEqual(self.both("select node_id from repmgr.nodes order by 1"), [(1,), (2,)])
