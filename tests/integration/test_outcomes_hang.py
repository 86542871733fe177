# SPDX-License-Identifier: PostgreSQL
"""A worker that hangs where no deadline reaches: what it has said grows old, and an old word moves nothing.

libpq reads the service file at each connection. This one is a pipe, which is like a file on a server that is gone: once
nobody writes to it, whoever opens it waits for ever.
"""
import contextlib
import os
import threading
import time

from outcomes import node2
from support import SandboxTest, binary


class ServiceFile:
    """Writes the service to each reader until stop(). Use it with `with`."""

    def __init__(self, path, account, text):
        os.mkfifo(path)
        account.own(path)
        self.path, self.text = path, text
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.over.set()
        self.thread.join(5)

    def _write(self):
        while not self.over.wait(0.002):
            # nobody reads: ENXIO; or somebody has read enough: EPIPE
            with contextlib.suppress(OSError), open(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK), "wb") as pipe:
                pipe.write(self.text.encode())


class Hang(SandboxTest):
    def test_the_word_of_a_worker_that_hangs_grows_old_and_moves_nothing(self):
        bed = self.sandbox()
        words = node2(bed).replace(" ", "\n")
        path = bed.directory / "service"
        with ServiceFile(path, bed.account, f"[node2]\n{words}\n") as service:
            record = self.record(bed, 1, overrides={
                "monitor_interval_secs": "200ms", "reconnect_attempts": 2, "reconnect_interval": "200ms",
                "log_level": "DEBUG", "probe": {"timeout": "500ms", "fresh_connection_interval": "500ms"},
                "node node2": {"node_id": 2, "conninfo": "service=node2"}})
            monitor = bed.start_monitor(1, binary(), extra_environment={"PGSERVICEFILE": str(path)})
            self.addCleanup(self.stop, monitor)
            monitor.wait_log(r'node "node1" \(ID: 1\) is up')
            monitor.wait_log(r'node "node2" \(ID: 2\) is up')
            service.stop()
            monitor.wait_log(r'node "node2" \(ID: 2\): rule "unseen"')
            bed.node("node1").kill()
            monitor.wait_log(r'node "node1" \(ID: 1\): rule "no_target"')
            began = time.monotonic()
            self.stop(monitor)
            print(f"\nstopped in {1000 * (time.monotonic() - began):.0f} ms while a worker hangs")
            monitor.wait_log(r'the worker of node "node2" \(ID: 2\) does not end and is left behind')
            self.assertNotIn("bdr_failover", record.events())
