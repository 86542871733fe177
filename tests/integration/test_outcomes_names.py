# SPDX-License-Identifier: PostgreSQL
"""A node is not given up because its name server is, it is found when it moves, and nobody waits for a name server."""
import json
import re
import time

from bdrsandbox import wait_for
from outcomes import name_server
from support import SharedSandboxTest, binary

NAME = "node2.bdrmon.test"
OVER_NEW = re.compile(r'node "node2" \(ID: 2\): ok at step query over a new session after (\d+) us')
KEPT = "The addresses of its last answer are used: 127.0.0.1."


class Names(SharedSandboxTest):
    def begin(self, inflicted, attempts=100):
        """A monitor that connects anew with each probe, and so asks for the name each time."""
        overrides = {"monitor_interval_secs": "200ms", "reconnect_attempts": attempts, "reconnect_interval": "200ms",
                     "log_level": "DEBUG",
                     "probe": {"timeout": "1s", "fresh_connection_interval": "100ms"},
                     "node node2": {"node_id": 2, "conninfo": inflicted.conninfo}}
        self.record_of = self.record(self.bed, 1, overrides=overrides, name=self.id())
        monitor = self.bed.start_monitor(1, binary(), enter=inflicted.enter)
        self.addCleanup(self.stop, monitor)
        return monitor

    def test_a_node_with_a_known_address_outlives_its_name_server(self):
        with name_server(self.bed) as (inflicted, server):
            server.answers[NAME] = "127.0.0.1"
            monitor = self.begin(inflicted)
            monitor.wait_log(r'node "node2" \(ID: 2\) is up')
            server.silent = True
            monitor.wait_log(KEPT)
            seen = len(OVER_NEW.findall(monitor.log_text()))
            wait_for("ten more connections", lambda: len(OVER_NEW.findall(monitor.log_text())) >= seen + 10, 20)
            text = monitor.log_text()
            self.assertEqual(text.count(KEPT), 1)
            self.assertNotIn("is suspect", text)
            server.silent = False
            server.answers.clear()  # "no such name" is no address, either
            asked = server.asked
            wait_for("more questions", lambda: server.asked > asked + 10, 20)
            self.assertNotIn("is suspect", monitor.log_text())
            self.assertEqual(self.record_of.events(), ["repmgrd_start"])

    def test_a_node_that_moves_is_found_by_its_next_connection(self):
        with name_server(self.bed) as (inflicted, server):
            server.answers[NAME] = "127.0.0.1"
            monitor = self.begin(inflicted)
            monitor.wait_log(r'node "node2" \(ID: 2\) is up')
            server.answers[NAME] = "127.0.0.2"  # where nobody listens
            monitor.wait_log(r'node "node2" \(ID: 2\) is suspect: refused at step connect')
            monitor.wait_log("attempt 2 of 100")
            server.answers[NAME] = "127.0.0.1"
            monitor.wait_log("bdr_reconnect")

    def test_a_stop_does_not_wait_for_a_name_server(self):
        with name_server(self.bed, silent=True) as (inflicted, server):
            monitor = self.begin(inflicted)
            monitor.wait_log(r'node "node2" \(ID: 2\) is suspect: timeout at step resolve')
            monitor.wait_log("attempt 1 of 100")
            began = time.monotonic()
            self.stop(monitor)
            print(f"\nstopped in {1000 * (time.monotonic() - began):.0f} ms while the name server is silent")
            self.assertNotIn("left behind", monitor.log_text())
            self.assertLessEqual(server.asked, 4, "one question at a time: for IPv4 and IPv6, once again after 5 s")

    def test_a_single_look_ends_with_its_time(self):
        with name_server(self.bed, silent=True) as (inflicted, _):
            self.bed.write_config(1, {"node node2": {"node_id": 2, "conninfo": inflicted.conninfo}})
            began = time.monotonic()
            done = self.bed.run_monitor(1, binary(), "--once", "--json", "-t", "1.5", enter=inflicted.enter)
            took = time.monotonic() - began
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn('no answer from node "node2" (ID: 2) before the time was over', json.loads(done.stdout)["reasons"][0])
            self.assertLess(took, 3 * 1.5)
