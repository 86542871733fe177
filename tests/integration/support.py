# SPDX-License-Identifier: PostgreSQL
"""What the integration tests share: the bdrmon to test, and a notification command that keeps a record."""
import os
import subprocess
import threading
import time
import unittest
from pathlib import Path

from bdrsandbox import Sandbox, Session

# One record for each run: when, then each value, in the three quoting contexts of a shell.
RECORDER = """#!/bin/sh
{ date +%s.%N; for value; do printf '%s\\n' "$value"; done; printf '\\n'; } >> "$RECORD"
"""


def binary():
    path = os.environ.get("BDRMON")
    if not path:
        raise RuntimeError("BDRMON must name the bdrmon to test; ctest and tools/test do that")
    return Path(path)


def as_root(test):
    """The words before a command that make it root's; the test fails where there is no way."""
    words = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if words and subprocess.run([*words, "true"], check=False).returncode:
        test.fail("this test needs root: run it so, or with a sudo that asks for no password")
    return words


class Record:
    """What the notification command of one monitor was called with."""

    def __init__(self, path):
        self.path = path

    def runs(self):
        """A list of (unix time, [values]) in the order of the runs."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        # What stands behind the last empty line is being written just now.
        blocks = [block.split("\n") for block in text.split("\n\n")[:-1]]
        return [(float(block[0]), block[1:]) for block in blocks]

    def events(self):
        return [values[1] for _, values in self.runs()]


class ProbeWatch:
    """Watches, from a server's own view, when monitors ask it. Use it with `with`."""

    SQL = ("select query_start from pg_stat_activity where application_name like 'bdrmon/%' "
           "and backend_type = 'client backend' and query_start is not null")

    def __init__(self, node):
        self.session = Session(node.superuser_dsn())
        self.moments = set()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.session.close()

    def longest_gap(self):
        """Seconds between two questions, the longest."""
        moments = sorted(self.moments)
        return max((b - a).total_seconds() for a, b in zip(moments, moments[1:]))

    def _watch(self):
        while not self.over.wait(0.01):
            self.moments.update(row[0] for row in self.session.query(self.SQL))


class Machine:
    """How late this machine wakes up a sleeper: on one that has no time to spare nobody is on time. Use it with `with`."""

    def __enter__(self):
        self.late, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _watch(self):
        wanted = time.monotonic() + 0.01
        while not self.over.wait(wanted - time.monotonic()):
            self.late = max(self.late, time.monotonic() - wanted)
            wanted = time.monotonic() + 0.01


class SandboxTest(unittest.TestCase):
    """A test with a sandbox of its own. One that fails shows what its servers and monitors have logged."""

    def sandbox(self, settings="fast", overrides=None, **options):
        sandbox = Sandbox(settings, overrides, **options)
        sandbox.__enter__()
        self.addCleanup(self._down, sandbox)
        recorder = sandbox.bin / "recorder"
        recorder.write_text(RECORDER, encoding="utf-8")
        recorder.chmod(0o755)
        return sandbox

    def _down(self, sandbox):
        result = self._outcome and self._outcome.result
        found = result.errors + result.failures if result else []
        if any(getattr(test, "test_case", test) is self for test, _ in found):
            print(sandbox.logs())
        sandbox.down()

    def record(self, sandbox, number, placeholders='%n %e %s "%t" "%d" "%c" "%a"', overrides=None, name="record"):
        """Gives monitor NUMBER a command that records all events."""
        path = sandbox.directory / f"bdrmon{number}" / name
        command = f"RECORD={path} {sandbox.bin}/recorder {placeholders}"
        sandbox.write_config(number, {"event_notification_command": command, "event_notifications": None,
                                      **(overrides or {})})
        return Record(path)

    def start(self, sandbox, number):
        """Starts a monitor and waits until it has seen both nodes."""
        monitor = sandbox.start_monitor(number, binary())
        for node in sandbox.nodes.values():
            monitor.wait_log(rf'node "{node.name}" \(ID: {node.number}\) is up')
        self.addCleanup(self.stop, monitor)
        return monitor

    def stop(self, monitor):
        """Stops a monitor: within a second (asserted at three), cleanly, and with nothing said by a sanitizer."""
        if monitor.pid:
            began = time.monotonic()
            self.assertEqual(monitor.stop(), 0, monitor.log_text())
            self.assertLess(time.monotonic() - began, 3)
        for word in ("Sanitizer", "runtime error:"):
            self.assertNotIn(word, monitor.log_text())


class SharedSandboxTest(SandboxTest):
    """Tests that share a sandbox, `bed`. Each leaves its nodes as they come out, and finds both up and no monitor's
    state."""

    @classmethod
    def setUpClass(cls):
        owner = SandboxTest()
        cls.addClassCleanup(owner.doCleanups)
        cls.bed = owner.sandbox()

    def setUp(self):
        for node in self.bed.nodes.values():
            if node.frozen:
                node.thaw()
            if not node.pid:
                node.start()
        for number in (1, 2):
            for file in (self.bed.directory / f"bdrmon{number}" / "state").iterdir():
                file.unlink()
