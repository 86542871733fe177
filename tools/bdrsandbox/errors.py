# SPDX-License-Identifier: PostgreSQL
"""Errors and waits: every wait of the sandbox has a deadline, and says what it waited for when that has passed."""
import time

import psycopg2


class SandboxError(RuntimeError):
    """Something of the sandbox did not do what it should; the text is for a person."""


class DeadlinePassed(SandboxError):
    """A wait came to its end without what it waited for."""


def tail(path, lines=15):
    """The last lines of a log, indented, to be put under an error."""
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            last = log.read().splitlines()[-lines:]
    except OSError as error:
        return f"\n  (no log: {error})"
    return f"\n  last lines of {path}:" + "".join(f"\n    {line}" for line in last)


SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.25


def wait_for(what, probe, timeout, log=None, pause=None):
    """Calls probe() until it returns something true, and returns that.

    A database error in the probe means "not yet"; it is shown when the deadline passes. Many a probe starts a process or a
    server's backend: without a given PAUSE there is a tenth of the time so far between two of them.
    """
    began = time.monotonic()
    deadline = began + timeout
    why = ""
    while True:
        try:
            value = probe()
            if value:
                return value
        except (psycopg2.Error, DeadlinePassed) as error:
            why = f"; last answer: {str(error).strip()}"
        now = time.monotonic()
        if now >= deadline:
            raise DeadlinePassed(f"waited {timeout:g} s for {what}{why}{tail(log) if log else ''}")
        time.sleep(pause or min(max(SHORTEST_PAUSE, (now - began) / 10), LONGEST_PAUSE))
