# SPDX-License-Identifier: PostgreSQL
"""What the settings make of an outcome: restart_grace, act_on, fast_failover; against real servers."""
import os
import re
import signal
import time

import outcomes
from bdrsandbox import Session, wait_for
from bdrsandbox.victim import Victim
from support import SharedSandboxTest, binary

FRESH = {"fresh_connection_interval": "100ms"}


class Policy(SharedSandboxTest):
    def begin(self, number=1, node=None, **overrides):
        """A monitor that has seen both nodes up, and its command's record. NODE: node2's conninfo."""
        settings = {"monitor_interval_secs": "200ms", "reconnect_attempts": 2, "reconnect_interval": "200ms",
                    "log_level": "DEBUG", **overrides}
        if node and number == 1:
            settings["node node2"] = {"node_id": 2, "conninfo": node}
        elif node:
            settings["node node1"] = {"node_id": 1, "conninfo": self.bed.conninfo("node1")}
            settings["conninfo"] = node
        record = self.record(self.bed, number, overrides=settings, name=self.id())
        return self.start(self.bed, number), record

    def test_a_restart_within_its_grace_is_a_reconnect(self):
        """It takes more tries to be back than reconnect_attempts allows, but most of them were answered. A server that
        waits for its last client does not wait for the monitor."""
        attempts = 10
        monitor, record = self.begin(reconnect_attempts=attempts, reconnect_interval="500ms", probe=FRESH)
        node = self.bed.node("node2")
        with Session(node.superuser_dsn()):
            os.kill(node.pid, signal.SIGTERM)  # waits for that session
            wait_for("many tries", lambda: monitor.log_text().count(" is suspect: stopping at step") > attempts, 30,
                     monitor.log)
        wait_for("the server to stop", lambda: not node.pid, 10, node.log)
        node.start()
        monitor.wait_log("bdr_reconnect command")
        self.assertEqual(record.events(), ["repmgrd_start", "bdr_reconnect"])

    def test_a_server_that_stops_for_longer_than_its_grace_is_left(self):
        monitor, record = self.begin(probe=FRESH, failover={"restart_grace": "1s"})
        node = self.bed.node("node2")
        with Session(node.superuser_dsn()):
            began = time.monotonic()
            os.kill(node.pid, signal.SIGTERM)
            monitor.wait_log("bdr_failover command")
            self.assertGreaterEqual(time.monotonic() - began, 1.0)
        wait_for("the server to stop", lambda: not node.pid, 10, node.log)
        self.assertRegex(monitor.log_text(), r'node "node2" \(ID: 2\) is down: stopping at step login')
        self.assertEqual(record.events(), ["repmgrd_start", "bdr_failover"])

    def test_a_stopping_server_is_known_by_its_deeds_when_it_speaks_german(self):
        with Victim(self.bed, {"lc_messages": "C.UTF-8"}, environment={"LANGUAGE": "de"}) as victim:
            monitor, _ = self.begin(node=outcomes.conninfo(self.bed, victim.port), reconnect_attempts=100, probe=FRESH)
            with Session(victim.superuser_dsn()):
                os.kill(victim.pid, signal.SIGTERM)
                monitor.wait_log(r'node "node2" \(ID: 2\) is suspect: stopping at step login: .*herunter')

    def check_act_on(self, inflict, outcome, act_on):
        """Monitor 1 has act_on, monitor 2 has not, and the node gets the fault under their eyes. Neither knows of the other
        one: what is a fault for one of them would be a veto for the other."""
        with inflict(self.bed) as inflicted:
            acts, record = self.begin(1, inflicted.conninfo, failover={"act_on": act_on}, probe=FRESH,
                                      cluster={"monitors": "node1"})
            reports, quiet = self.begin(2, inflicted.conninfo, probe=FRESH, cluster={"monitors": "node2"})
            inflicted.strike()
            acts.wait_log("bdr_failover command")
            self.assertRegex(acts.log_text(), rf'node "node2" \(ID: 2\) is down: {outcome} at step')
            self.assertEqual(record.events(), ["repmgrd_start", "bdr_failover"])
            self.stop(acts)

            reports.wait_log(rf'node "node2" \(ID: 2\) is up: {outcome} at step')
            probe = re.compile(r'node "node2" \(ID: 2\): (\S+) at step')
            since = len(probe.findall(reports.log_text()))
            wait_for("ten probes", lambda: len(probe.findall(reports.log_text())) > since + 10, 20, reports.log)
            # a held session that still works does not hide the fault
            self.assertEqual(set(probe.findall(reports.log_text())[since:]), {outcome})
            self.assertEqual(quiet.events(), ["repmgrd_start"])
            self.stop(reports)

    def test_too_many_connections_are_a_failure_if_act_on_says_so_and_else_a_fault_in_sight(self):
        self.check_act_on(outcomes.too_many, "too-many-connections", "too-many-connections")

    def test_read_only_is_a_failure_if_act_on_says_so_and_else_a_fault_in_sight(self):
        self.check_act_on(outcomes.read_only, "read-only", "read-only, denied")

    def test_a_read_only_role_of_the_monitor_says_nothing_of_the_node(self):
        self.bed.sql("node2", "alter role repmgr set default_transaction_read_only = on")
        self.addCleanup(self.bed.sql, "node2", "alter role repmgr reset default_transaction_read_only")
        monitor, _ = self.begin()
        monitor.wait_log(r'node "node2" \(ID: 2\): ok at step query over a held session')
        # of the node; that what is to be written there waits, is told
        self.assertNotRegex(monitor.log_text(), r'node "node2".*read-only')

    def test_with_fast_failover_a_crash_needs_no_further_attempts(self):
        monitor, record = self.begin(monitor_interval_secs=1, reconnect_attempts=6, reconnect_interval=5,
                                     failover={"fast_failover": "on"})
        # A session that dies in the middle of a query is reset, and a reset proves nothing: an idle one is what counts.
        monitor.wait_log(r'node "node2" \(ID: 2\): ok at step query over a held session')
        killed = time.time()
        self.bed.node("node2").kill()
        monitor.wait_log("bdr_failover command")
        moment = next(moment for moment, values in record.runs() if values[1] == "bdr_failover")
        print(f"\nfast_failover: {1000 * (moment - killed):.0f} ms from the kill to the command, with 6 attempts 5 s apart")
        self.assertLess(moment - killed, 1.5)

    def test_with_fast_failover_silence_needs_all_attempts(self):
        monitor, record = self.begin(reconnect_attempts=3, reconnect_interval="300ms", failover={"fast_failover": "on"},
                                     probe={"timeout": "1s"})
        self.bed.node("node2").freeze()
        monitor.wait_log("bdr_failover command")
        self.assertRegex(monitor.log_text(), "attempt 3 of 3")
        self.assertEqual(record.events(), ["repmgrd_start", "bdr_failover"])

    def test_a_committed_write_disturbs_no_replication(self):
        self.bed.poke_replication()
        self.bed.wait_replicating()
        self.begin(probe={"write": "on"})
        before = self.bed.sql("node2", "select pg_current_wal_lsn()")
        wait_for("a write", lambda: self.bed.sql("node2", "select pg_current_wal_lsn()") != before, 10)
        self.bed.wait_replicating()

    def test_a_missing_table_of_nodes_is_asked_for_at_a_pace_of_its_own(self):
        log = self.bed.node("node1").log
        since = log.stat().st_size
        conninfo = self.bed.conninfo("node1").replace("dbname=bdrtest", "dbname=postgres")
        self.bed.write_config(1, {"monitor_interval_secs": "200ms", "log_level": "DEBUG", "conninfo": conninfo})
        monitor = self.bed.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        asked = re.compile(r'node "node1" \(ID: 1\): ok at step query')
        wait_for("20 probes", lambda: len(asked.findall(monitor.log_text())) > 20, 20, monitor.log)
        self.assertEqual(log.read_bytes()[since:].count(b'relation "repmgr.nodes" does not exist'), 1)
