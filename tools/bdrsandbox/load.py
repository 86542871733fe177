# SPDX-License-Identifier: PostgreSQL
"""Many applications behind one PgBouncer: busy ones, which write and read all the time, and idle ones, which hold a
connection and ask now and then nothing at all."""
import select
import threading
import time

import psycopg2
from psycopg2 import extensions

INSERT = "insert into public.app (note) values ('load') returning node"


class Client:
    """One connection, asynchronous. It never gives a statement up: an application without a deadline of its own."""

    def __init__(self, dsn, busy, again):
        self.dsn = dsn
        self.busy = busy
        self.again = again  # seconds until it connects anew
        self.connection = None
        self.running = False  # a statement is
        self.due = 0.0  # when to go on after a pause
        self.times = []  # of each success
        self.nodes = []  # that it was on
        self.lost = 0  # connections that ended against its will
        self.errors = []

    def step(self, now):
        """Goes on; gives what to wait for: (descriptor, for writing?) or None for a pause."""
        if now < self.due:
            return None
        try:
            if self.connection is None:
                self.connection = psycopg2.connect(self.dsn, async_=True)
            state = self.connection.poll()
            if state == extensions.POLL_OK:
                self._advance(now)
                return None
            return self.connection.fileno(), state == extensions.POLL_WRITE
        except psycopg2.Error as error:
            self._lose(now, error)
            return None

    def _advance(self, now):
        if self.running:
            self.running = False
            self.times.append(now)
            self.nodes.append(self.cursor.fetchall()[0][0])
            self.due = now + (0.02 if self.busy else 1e9)
            return
        self.cursor = self.connection.cursor()
        self.cursor.execute(INSERT)
        self.running = True

    def _lose(self, now, error):
        self.lost += 1
        self.errors.append((now, str(error).strip()))
        self.close()
        self.due = now + self.again

    def close(self):
        if self.connection is not None:
            try:
                self.connection.close()
            except psycopg2.Error:
                pass
        self.connection = None
        self.running = False


class Load:
    """Use it with `with`; it runs in a thread of its own."""

    def __init__(self, dsn, busy=20, idle=5, again=0.02):
        self.clients = [Client(dsn, True, again) for _ in range(busy)] + [Client(dsn, False, again) for _ in range(idle)]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(5)
        for client in self.clients:
            client.close()

    @property
    def busy(self):
        return [client for client in self.clients if client.busy]

    @property
    def idle(self):
        return [client for client in self.clients if not client.busy]

    def all_worked(self, since, node=None):
        """Has each busy client succeeded after that moment, on that node if one is given? And each idle one at all: before
        that it is not idle."""
        return all(client.times for client in self.idle) and \
            all(client.times and client.times[-1] > since and node in (None, client.nodes[-1]) for client in self.busy)

    def first_success(self, since, node):
        """When the first client got an answer from that node after that moment; None: none yet."""
        moments = [moment for client in self.clients for moment, where in zip(list(client.times), list(client.nodes))
                   if moment > since and where == node]
        return min(moments, default=None)

    def last_recovery(self, since, node):
        """When the last busy client got its first answer from that node after that moment."""
        return max(min(moment for moment, where in zip(client.times, client.nodes) if moment > since and where == node)
                   for client in self.busy)

    def wake_idle(self):
        for client in self.idle:
            client.due = 0.0

    def _run(self):
        while not self._stop.is_set():
            now = time.monotonic()
            waits = [client.step(now) for client in self.clients]
            read = [wait[0] for wait in waits if wait and not wait[1]]
            write = [wait[0] for wait in waits if wait and wait[1]]
            select.select(read, write, [], 0.002)
