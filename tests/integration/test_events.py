# SPDX-License-Identifier: PostgreSQL
"""Rows of repmgr.events: written with their own time, and never twice."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from bdrsandbox import Session, wait_for
from registration import RegistrationTest

WHEN = "2000-01-01 00:00:00.123456+00"
DETAILS = "node \"node2\" (ID: 2) detected as failed; it's 'quoted' \\ and % é"


def appender():
    path = os.environ.get("APPEND_EVENT")
    if not path:
        raise RuntimeError("APPEND_EVENT must name the program append_event; ctest does that")
    return path


class Events(RegistrationTest):
    def setUp(self):
        super().setUp()
        self.register()
        self.program = self.bed.executable(appender())

    def start(self, when=WHEN):
        return subprocess.Popen([*self.bed.account.prefix(False), self.program, self.conninfo(1), when, DETAILS],
                                cwd=self.bed.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def append(self, when=WHEN):
        with self.start(when) as process:
            way, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, errors)
        return way.strip()

    def rows(self):
        return self.bed.sql("node1", "select event_timestamp at time zone 'UTC' = '2000-01-01 00:00:00.123456',"
                                     " details from repmgr.events where event = 'bdr_failover'")

    def test_an_event_that_is_told_twice_is_one_row(self):
        self.assertEqual(self.append(), "plain")
        self.append()
        self.assertEqual(self.rows(), [(True, DETAILS)])
        self.append("2000-01-01 00:00:00.123457+00")
        self.assertEqual(len(self.rows()), 2)

    def test_an_event_that_is_told_at_once_by_several_is_one_row(self):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: self.append(), range(8)))
        self.assertEqual(self.rows(), [(True, DETAILS)])

    def test_an_event_that_is_told_again_while_the_server_still_writes_it_is_one_row(self):
        waiting = "select count(*) = {} from pg_stat_activity where usename = 'repmgr' and wait_event_type = 'Lock'"
        with Session(self.bed.node("node1").superuser_dsn()) as blocker:
            blocker.query("begin; lock table repmgr.events in exclusive mode")
            first = self.start()
            wait_for("the first to write", lambda: self.bed.sql("node1", waiting.format(1))[0][0], 10)
            first.kill()
            first.communicate()
            with self.start() as second:
                wait_for("the second to wait for it", lambda: self.bed.sql("node1", waiting.format(2))[0][0], 10)
                blocker.query("commit")
                _, errors = second.communicate(timeout=30)
            self.assertEqual(second.returncode, 0, errors)
        self.assertEqual(self.rows(), [(True, DETAILS)])
