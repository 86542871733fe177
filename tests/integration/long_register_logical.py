# SPDX-License-Identifier: PostgreSQL
"""bdrmon register with native logical replication of all tables, which any row of ours that travels would stop."""
import os

from bdrsandbox import wait_for
from registration import BAD_CONFIG, OK, RegistrationTest, grants

ORIGIN_GRANTS = grants("native logical")
ERRORS = "select sum(apply_error_count + sync_error_count) from pg_stat_subscription_stats"
REFRESH = "alter subscription sub_from_{} refresh publication with (copy_data = false)"
OURS = ("select nspname from pg_namespace where nspname in ('repmgr', 'bdrmon')"
        " union all select roname from pg_replication_origin where roname = 'bdrmon'")


class RegisterLogical(RegistrationTest):
    bed_kind = "logical"
    needed = [*grants(), *ORIGIN_GRANTS]

    def setUp(self):
        super().setUp()
        self.errors = [node.sql(ERRORS) for node in self.bed.nodes.values()]

    def assert_rows_travel(self):
        self.bed.wait_replicating()
        self.assertEqual([node.sql(ERRORS) for node in self.bed.nodes.values()], self.errors)

    def refresh(self):
        """Both nodes subscribe to our tables, too: from now on each row of them that has no origin travels."""
        for node in self.bed.nodes.values():
            node.sql(REFRESH.format(self.bed.peer(node).name), timeout=20)

    def append_event(self, number):
        program = self.bed.executable(os.environ["APPEND_EVENT"])
        done = self.as_account(program, self.conninfo(number), "2000-01-01 00:00:00+00", "details")
        self.assertEqual((done.returncode, done.stdout), (OK, "apart\n"), done.stderr)

    def test_the_application_s_rows_travel_before_between_and_after_each_step(self):
        self.assert_rows_travel()
        self.assertEqual(self.run_on(1, "register").returncode, OK)
        self.assert_rows_travel()
        self.refresh()
        for number, command in ((2, ["bdr", "register"]), (1, ["register", "--force"]), (2, ["register", "-F"])):
            done = self.run_on(number, *command)
            self.assertEqual(done.returncode, OK, done.stderr)
            self.assert_rows_travel()
        self.assertEqual(len(self.both("select * from repmgr.nodes order by node_id")), 2)
        self.assertEqual(len(self.both("select * from repmgr.events order by event_timestamp")), 5)
        self.assertEqual(self.run_on(1, "unregister", "--node-id", "2").returncode, OK)
        self.assert_rows_travel()
        self.assertEqual(self.both("select node_id from repmgr.nodes"), [(1,)])

    def test_an_event_stays_on_its_node_and_is_one_row(self):
        self.register()
        self.refresh()
        for number in (1, 1, 2):
            self.append_event(number)
        self.assert_rows_travel()
        self.assertEqual(self.both("select count(*) from repmgr.events where event = 'bdr_failover'"), [(1,)])

    def test_without_the_origin_it_would_travel(self):
        """Shows that the other tests can fail."""
        self.register()
        self.refresh()
        self.bed.sql("node1", "insert into bdrmon.meta values ('control', '')")
        wait_for("the row on the other node",
                 lambda: self.bed.sql("node2", "select 1 from bdrmon.meta where key = 'control'"), 10)

    def test_a_dry_run_makes_no_origin(self):
        self.assertEqual(self.run_on(1, "register", "--dry-run").returncode, OK)
        self.assertEqual(self.both(OURS), [])

    def test_without_the_grants_for_the_origin_it_refuses_and_names_them(self):
        for grant in ORIGIN_GRANTS:
            with self.subTest(grant=grant):
                self.bed.sql("node2", grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))
                done = self.run_on(1, "register")
                self.assertEqual(done.returncode, BAD_CONFIG)
                self.assertIn(f"{grant};", done.stderr)
                self.assertIn('on node "node2" (ID: 2)\n', done.stderr)
                self.assertEqual(self.both(OURS), [])
                self.bed.sql("node2", grant)

    def test_where_few_tables_are_published_they_are_not_needed(self):
        for node in self.bed.nodes.values():
            node.sql(f"drop publication pub_{node.name}; create publication pub_{node.name} for table app, beat")
            self.addCleanup(node.sql, f"drop publication pub_{node.name};"
                                      f" create publication pub_{node.name} for all tables")
            for grant in ORIGIN_GRANTS:
                node.sql(grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))
        self.register()
        self.assertEqual(self.both(OURS + " order by 1"), [("bdrmon",), ("repmgr",)])
        self.assert_rows_travel()
