# SPDX-License-Identifier: PostgreSQL
"""A PostgreSQL session in which every wait has a deadline in seconds.

psycopg2's blocking calls hang for ever on a server that is stopped but not dead, and libpq's connect_timeout knows
nothing below 2 s; so its asynchronous mode is used, with a clock of our own.
"""
import select
import time

import psycopg2
from psycopg2 import extensions

from .errors import DeadlinePassed


class Session:
    """One connection in autocommit. After a DeadlinePassed it is of no more use and must be closed."""

    def __init__(self, dsn, timeout=5.0):
        self.connection = psycopg2.connect(dsn, async_=True)
        try:
            self._wait("a connection", time.monotonic() + timeout)
        except BaseException:
            self.close()
            raise

    def query(self, sql, params=None, timeout=5.0):
        """Runs sql and returns its rows ([] when it returns none)."""
        cursor = self.connection.cursor()
        cursor.execute(sql, params)
        self._wait("an answer", time.monotonic() + timeout)
        return cursor.fetchall() if cursor.description else []

    def close(self):
        try:
            self.connection.close()
        except psycopg2.Error:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wait(self, what, deadline):
        while True:
            state = self.connection.poll()
            if state == extensions.POLL_OK:
                return
            descriptor = [self.connection.fileno()]
            read = descriptor if state == extensions.POLL_READ else []
            write = descriptor if state == extensions.POLL_WRITE else []
            ready = select.select(read, write, [], max(0.0, deadline - time.monotonic()))
            if not any(ready):
                raise DeadlinePassed(f"no {what.split()[-1]} in time")


def ask(dsn, sql, params=None, timeout=5.0):
    """Connects, runs one statement, closes; the timeout is for all of it."""
    deadline = time.monotonic() + timeout
    with Session(dsn, timeout) as session:
        return session.query(sql, params, max(0.001, deadline - time.monotonic()))
