# SPDX-License-Identifier: PostgreSQL
"""A running monitor reads its configuration again, by request and by SIGHUP."""
import json
import os
import re
import signal
import socket
import unittest

from bdrsandbox import wait_for
from support import SandboxTest, binary


class Reload(SandboxTest):
    def test_settings_change_and_no_history_is_lost(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)

        def nodes():
            return json.loads(sandbox.run_monitor(1, binary(), "status", "--json").stdout)["nodes"]

        wait_for("some history", lambda: all(node["health_seconds"] > 1 for node in nodes()), 5)
        other = self.record(sandbox, 1, overrides={"reconnect_attempts": 3, "reconnect_interval": "200ms",
                                                   "log_level": "DEBUG"}, name="record2")
        done = sandbox.run_monitor(1, binary(), "reload")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        monitor.wait_log(r"\[DEBUG\] node .* over a held session")
        self.assertTrue(all(node["health_seconds"] > 1 for node in nodes()))
        sandbox.node("node2").kill()
        monitor.wait_log("attempt 3 of 3")
        wait_for("the new command's record", lambda: "bdr_failover" in other.events(), 5)
        self.assertNotIn("bdr_failover", record.events())
        self.assertIn("repmgrd_reload", other.events())

    def test_sighup_does_the_same(self):
        sandbox = self.sandbox()
        monitor = self.start(sandbox, 1)
        sandbox.write_config(1, {"log_level": "DEBUG"})
        os.kill(monitor.pid, signal.SIGHUP)
        monitor.wait_log("the configuration was reloaded")
        monitor.wait_log(r"\[DEBUG\] node .* over a held session")

    def test_a_bad_file_changes_nothing_and_is_told_everywhere(self):
        sandbox = self.sandbox()
        monitor = self.start(sandbox, 1)
        path = sandbox.write_config(1, {"reconnect_attempts": "many", "monitor_interval_secs": "0.1"})
        done = sandbox.run_monitor(1, binary(), "reload")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rf'^ERROR: {re.escape(str(path))}:\d+: invalid value for parameter .*\nHINT: .*\n$')
        os.kill(monitor.pid, signal.SIGHUP)
        monitor.wait_log(rf"\[ERROR\] {re.escape(str(path))}:\d+: invalid value for parameter \"reconnect_attempts\"")
        monitor.wait_log("the one before stays in force")
        # Its command line reads the same bad file, so the monitor itself is asked.
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(sandbox.directory / "bdrmon1/run/bdrmon.sock"))
            client.sendall(b"once\n")
            answer = client.makefile().read()
        self.assertTrue(answer.startswith("1 "), answer)
        self.assertIn("the changed configuration was rejected, and the one before is in force", answer)
        sandbox.write_config(1)
        self.assertEqual(sandbox.run_monitor(1, binary(), "reload").returncode, 0)
        self.assertEqual(sandbox.run_monitor(1, binary(), "--once").returncode, 0)

    def test_what_cannot_change_is_named_and_stays(self):
        sandbox = self.sandbox()
        monitor = self.start(sandbox, 1)
        sandbox.write_config(1, {"node_name": "other", "cluster": {"name": "another"}})
        os.kill(monitor.pid, signal.SIGHUP)
        for name in ("node_name", "name"):
            monitor.wait_log(rf'\[WARNING\] .*parameter "{name}" cannot change in a running monitor: ".*" stays in force')
        monitor.wait_log("the configuration was reloaded")

    def test_a_node_that_moves_is_followed(self):
        """The other node gets another connection string, and then is another node."""
        sandbox = self.sandbox()
        there = {"node node2": {"node_id": 2, "conninfo": sandbox.conninfo("node2")}}
        sandbox.write_config(1, there)
        monitor = self.start(sandbox, 1)
        there["node node2"]["conninfo"] += " user=postgres"
        sandbox.write_config(1, there)
        os.kill(monitor.pid, signal.SIGHUP)
        wait_for("a session with the new string", lambda: sandbox.node("node2").sql(
            "select 1 from pg_stat_activity where usename = 'postgres' and application_name like 'bdrmon%'"), 5)
        sandbox.write_config(1, {"node node3": {**there["node node2"], "node_id": 3}})
        os.kill(monitor.pid, signal.SIGHUP)
        monitor.wait_log(r'node "node3" \(ID: 3\) is up')
        wait_for("node3 in the status", lambda: '"name": "node3", "health": "up"' in sandbox.run_monitor(
            1, binary(), "status", "--json").stdout, 5)


if __name__ == "__main__":
    unittest.main()
