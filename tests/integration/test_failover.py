# SPDX-License-Identifier: PostgreSQL
"""A node dies, and the notification command runs: once for each monitor, when it should, with the right values."""
import time
import unittest

from bdrsandbox import Writer, wait_for
from support import SandboxTest, binary


class FastFailover(SandboxTest):
    def test_a_killed_node_is_left_at_once_and_its_return_is_told_once(self):
        sandbox = self.sandbox(overrides={"failover": {"recovery_hold": "1s"}})
        records = [self.record(sandbox, number) for number in (1, 2)]
        monitors = [self.start(sandbox, number) for number in (1, 2)]
        killed = time.time()
        sandbox.node("node2").kill()
        for monitor, record in zip(monitors, records):
            monitor.wait_log("bdr_failover command")
            wait_for("the command's record", lambda record=record: "bdr_failover" in record.events(), 5)
            moment, values = next(run for run in record.runs() if run[1][1] == "bdr_failover")
            print(f"\nmonitor {monitor.number}: {1000 * (moment - killed):.0f} ms from the kill to the command")
            self.assertLess(moment - killed, 1.5)
            self.assertEqual(values[:3], ["2", "bdr_failover", "1"])
            self.assertRegex(values[4], r'^node "node2" \(ID: 2\) detected as failed; next available node is "node1" \(ID: 1\)'
                             r'; data at risk: \d+ bytes')
            self.assertEqual(values[5:], [sandbox.conninfo("node1"), "node1"])
        sandbox.node("node2").start()
        for monitor in monitors:
            monitor.wait_log(r'bdr_recovery: node "node2" \(ID: 2\) has recovered after \d+ seconds', 15)
        for number, (monitor, record) in enumerate(zip(monitors, records), 1):
            monitor.wait_log("bdr_recovery command")
            self.stop(monitor)
            values = next(values for _, values in record.runs() if values[1] == "bdr_recovery")
            self.assertEqual(values[:3], [str(number), "bdr_recovery", "1"])
            self.assertEqual(values[5:], [sandbox.conninfo("node2"), "node2"])
            self.assertEqual(sorted(record.events()),
                             ["bdr_failover", "bdr_recovery", "repmgrd_shutdown", "repmgrd_start"])

    def test_the_application_goes_on_through_the_same_port(self):
        sandbox = self.sandbox()
        for number in (1, 2):
            self.start(sandbox, number)
        with Writer(sandbox.app_dsn()) as writer:
            writer.wait_success()
            moment = sandbox.node("node1").kill()
            writer.wait_success(moment, node=2)
        print(f"\nclient outage: {writer.outage_ms():.0f} ms")
        self.assertLess(writer.outage_ms(), 3 * 500)
        self.assertEqual(sandbox.pgbouncer.route(), "node2")

    def test_a_short_restart_with_patient_settings_is_a_reconnect(self):
        sandbox = self.sandbox(overrides={"reconnect_attempts": 10, "reconnect_interval": "300ms"})
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        monitor.wait_log(r'node "node2" \(ID: 2\) is suspect')
        sandbox.node("node2").start()
        monitor.wait_log(r"bdr_reconnect: reconnected to node 2 after \d+ seconds")
        monitor.wait_log("bdr_reconnect command")
        self.assertEqual(record.events(), ["repmgrd_start", "bdr_reconnect"])

    def test_both_nodes_gone_moves_nothing(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)
        for node in sandbox.nodes.values():
            node.freeze()
        monitor.wait_log('rule "isolated"', 15)
        self.assertEqual(record.events(), ["repmgrd_start"])

    def test_only_named_events_reach_the_command(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1, overrides={"event_notifications": "bdr_recovery,bdr_failover"})
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        monitor.wait_log("bdr_failover command")
        self.stop(monitor)
        self.assertEqual(record.events(), ["bdr_failover"])

    def test_a_monitor_that_starts_beside_a_dead_node_never_acts_on_it(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1)
        sandbox.node("node2").kill()
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        monitor.wait_log(r'node "node2" \(ID: 2\) is down', 15)
        monitor.wait_log("has not been seen up yet", 15)
        self.assertEqual(record.events(), ["repmgrd_start"])



if __name__ == "__main__":
    unittest.main()
