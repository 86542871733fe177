# SPDX-License-Identifier: PostgreSQL
"""A node that accepts connections and never answers: found by our own deadlines, and no burden for the other node."""
import threading
import time

from support import SandboxTest

TIMEOUT, INTERVAL, ATTEMPTS, PAUSE = 2.0, 1.0, 2, 0.5


class Watch(threading.Thread):
    """Samples when the monitor last asked a node, as that node's server sees it."""

    def __init__(self, sandbox, name):
        super().__init__(daemon=True)
        self.sandbox, self.name_of_node, self.asked, self.over = sandbox, name, set(), threading.Event()

    def run(self):
        while not self.over.wait(0.02):
            rows = self.sandbox.sql(self.name_of_node, "select extract(epoch from query_start)::float8 from"
                                    " pg_stat_activity where usename = 'repmgr' and query_start is not null")
            self.asked.update(row[0] for row in rows)

    def longest_gap(self):
        moments = sorted(self.asked)
        return max(later - earlier for earlier, later in zip(moments, moments[1:]))


class Frozen(SandboxTest):
    def test_a_frozen_node_is_found_by_our_own_deadlines_alone(self):
        sandbox = self.sandbox(conninfo_options="", overrides={
            "monitor_interval_secs": INTERVAL, "reconnect_attempts": ATTEMPTS, "reconnect_interval": f"{PAUSE}s"})
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)
        watch = Watch(sandbox, "node1")
        watch.start()
        frozen = time.time()
        sandbox.node("node2").freeze()
        bound = (ATTEMPTS + 1) * TIMEOUT + (ATTEMPTS - 1) * PAUSE + INTERVAL + 3 * 0.5
        monitor.wait_log("bdr_failover command", 3 * bound)
        watch.over.set()
        watch.join(10)
        moment = next(moment for moment, values in record.runs() if values[1] == "bdr_failover")
        print(f"\nfrozen node: {moment - frozen:.2f} s to the command, at most {bound:.2f} allowed;"
              f" longest gap between probes of the other node {watch.longest_gap():.2f} s")
        self.assertLess(moment - frozen, bound)
        self.assertLess(watch.longest_gap(), 2 * INTERVAL)

    def test_a_monitor_stops_within_a_second_in_the_middle_of_a_probe(self):
        sandbox = self.sandbox(conninfo_options="", overrides={"reconnect_attempts": 50})
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").freeze()
        monitor.wait_log("attempt 1 of 50", 15)
        began = time.monotonic()
        self.assertEqual(monitor.stop(), 0)
        took = time.monotonic() - began
        print(f"\nstopped in {1000 * took:.0f} ms")
        self.assertLess(took, 3 * 1.0)

    def test_a_thawed_node_is_up_again(self):
        sandbox = self.sandbox(overrides={"reconnect_attempts": 50})
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").freeze()
        monitor.wait_log(r'node "node2" \(ID: 2\) is suspect: timeout', 15)
        monitor.wait_log("attempt 2 of 50", 15)
        sandbox.node("node2").thaw()
        monitor.wait_log("bdr_reconnect", 15)
