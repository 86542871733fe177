# SPDX-License-Identifier: PostgreSQL
"""The grants that README lists are enough, and each of them is named when it is missing."""
from registration import BAD_CONFIG, OK, RegistrationTest, grants


class Grants(RegistrationTest):
    def superuser(self, statement):
        for node in self.bed.nodes.values():
            node.sql(statement)

    def refusal(self):
        done = self.run_on(1, "register", "--dry-run")
        self.assertEqual(done.returncode, BAD_CONFIG, done.stderr)
        return done.stderr

    def test_a_role_with_these_grants_only_can_do_everything(self):
        self.register()
        for command in (["register", "-F"], ["cluster", "show"], ["cluster", "show", "--verbose"],
                        ["cluster", "event"], ["--once", "--probe"], ["status", "--probe"],
                        ["unregister", "--node-id", "2"], ["unregister"]):
            done = self.run_on(1, *command)
            self.assertEqual(done.returncode, OK, f"{command}: {done.stdout}{done.stderr}")
        self.bed.wait_replicating()

    def test_each_missing_grant_is_named(self):
        for grant in self.needed:
            with self.subTest(grant=grant):
                self.superuser(grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))
                said = self.refusal()
                self.assertIn("ERROR: role repmgr lacks privileges in database bdrtest", said)
                self.assertIn(f"{grant};", said)
                self.superuser(grant)
        self.assertEqual(self.run_on(1, "register", "--dry-run").returncode, OK)

    def test_a_role_without_any_is_told_all_of_them(self):
        self.superuser("drop owned by repmgr cascade; revoke pg_read_all_stats from repmgr")
        said = self.refusal()
        for grant in self.needed:
            self.assertIn(f"{grant};", said)
        self.assertIn('on node "node1" (ID: 1)\n', said)

    def test_an_extension_of_somebody_else_needs_grants_of_its_own(self):
        self.superuser("create extension repmgr")
        said = self.refusal()
        wanted = grants("extension repmgr")
        for grant in wanted:
            self.assertIn(f"{grant};", said)
        for grant in wanted:
            self.superuser(grant)
        self.register()

    def test_a_grant_that_only_the_other_node_lacks_is_named_with_that_node(self):
        self.bed.sql("node2", "revoke create on database bdrtest from repmgr")
        said = self.refusal()
        self.assertIn('on node "node2" (ID: 2)\n', said)
        self.assertIn("GRANT CREATE ON DATABASE bdrtest TO repmgr;", said)
