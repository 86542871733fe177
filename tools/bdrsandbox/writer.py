# SPDX-License-Identifier: PostgreSQL
"""An application that writes all the time, to measure how long it could not."""
import threading
import time

import psycopg2

from .errors import DeadlinePassed, SandboxError, wait_for
from .session import Session

INSERT = "insert into public.app (note) values (%s) returning node"


class Writer:
    """A thread that inserts a row through PgBouncer every few ms.

    A connect or statement without an answer for `deadline` seconds counts as failed; it then connects anew, after a
    short pause, as an application with a connection pool would.
    """

    def __init__(self, dsn, interval_ms=5, deadline=1.0, label="writer"):
        self.dsn = dsn
        self.interval = interval_ms / 1000
        self.deadline = deadline
        self.label = label
        self.times = []  # time.monotonic() of each success
        self.acknowledged = []  # notes of the rows that the server confirmed
        self.errors = []  # (time, text) of each failure
        self.last_node = None  # number of the node that took the last row
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        self._thread.join(2 * self.deadline + 5)
        if self._thread.is_alive():
            raise SandboxError("the writer did not stop")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def successes(self):
        return len(self.times)

    @property
    def failures(self):
        return len(self.errors)

    def outage_ms(self):
        """The longest gap between two consecutive successes."""
        times = list(self.times)
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=0.0) * 1000

    def wait_success(self, after=None, node=None, timeout=10.0):
        """Waits for a success later than the moment `after` (default: now), on that node if one is given."""
        after = time.monotonic() if after is None else after
        what = "the writer to write again" + (f" on node{node}" if node else "")
        wait_for(what, lambda: self.times and self.times[-1] > after and node in (None, self.last_node), timeout)

    def _run(self):
        session, number = None, 0
        while not self._stop.is_set():
            try:
                session = session or Session(self.dsn, self.deadline)
                number += 1
                note = f"{self.label} {number}"
                rows = session.query(INSERT, [note], self.deadline)
                self.last_node = rows[0][0]
                self.times.append(time.monotonic())
                self.acknowledged.append(note)
            except (psycopg2.Error, DeadlinePassed) as error:
                self.errors.append((time.monotonic(), str(error).strip()))
                if session:
                    session.close()
                session = None
            self._stop.wait(self.interval)
        if session:
            session.close()
