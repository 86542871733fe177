# SPDX-License-Identifier: PostgreSQL
"""repmgr's sessions are seen; a psycopg2 session with repmgr's name stands in for one. long_rival.py has the real one."""
from bdrsandbox import wait_for
from rivals import RivalTest


class Rival(RivalTest):
    def test_a_young_session_is_one_of_a_command(self):
        session = self.session(self.dsn("repmgr", "application_name=repmgr"))
        pid = str(session.query("select pg_backend_pid()")[0][0])
        for role in ("repmgr", "stranger"):
            look = self.looker(self.dsn(role))
            with self.subTest(role=role):
                self.assertEqual(look()[:4], ["command", pid, "repmgr", "[]"])

    def test_where_it_comes_from_is_seen_by_its_own_role(self):
        self.session(f"{self.shared.conninfo('node1')} application_name=repmgr")
        self.assertEqual(self.looker(self.dsn("repmgr"))()[3], "[127.0.0.1]")
        self.assertEqual(self.looker(self.dsn("stranger"))()[3], "[]")

    def test_its_end_is_seen(self):
        look = self.looker(self.dsn("repmgr"))
        with self.session(self.dsn("repmgr", "application_name=repmgr")):
            self.assertEqual(look()[0], "command")
        wait_for("the end of its server process", lambda: look() == ["none"], 5)

    def test_other_sessions_are_no_rivals(self):
        for extra in ("application_name=bdrmon", "application_name=repmgr2", ""):
            self.session(self.dsn("repmgr", extra))
        self.session(self.dsn("postgres", "application_name=repmgr", "postgres"))
        self.assertEqual(self.looker(self.dsn("repmgr"))(), ["none"])

    def test_who_has_that_name_does_not_see_a_rival_in_its_like(self):
        self.session(self.dsn("repmgr", "application_name=repmgr"))
        self.assertEqual(self.looker(self.dsn("repmgr", "application_name=repmgr"))(), ["none"])
