# SPDX-License-Identifier: PostgreSQL
"""Each fault has its outcome, step and reason within the probe's deadline, and the other node is asked on time."""
import json
import os
import re
import time
from datetime import datetime

from bdrsandbox import wait_for
from outcomes import FAULTS
from support import Machine, SandboxTest, binary

INTERVAL, TIMEOUT, ALLOWED = 0.1, 1.0, 0.05  # seconds
ROUNDS = 8  # of the other node's probes, that have to be on time under each fault

PROBE = re.compile(r'node "node2" \(ID: 2\): (\S+) at step (\S+) over a (\w+) session after (\d+) us(?:: (.*))?$', re.M)


class Other:
    """When node1 was asked, by its own log. A probe over a new connection begins with that."""

    LINE = re.compile(r"^(\S+ \S+) \S+ \[(\d+)\] (?:.*LOG:  (connection received)|"
                      r"repmgr@bdrtest LOG:  statement: S.*transaction_read_only)", re.M)

    def __init__(self, sandbox):
        self.log = sandbox.node("node1").log
        sandbox.sql("node1", "alter role repmgr set log_statement = 'all'")
        sandbox.sql("node1", "alter system set log_connections = on")
        sandbox.sql("node1", "select pg_reload_conf()")

    def size(self):
        return self.log.stat().st_size

    def moments(self, since):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(since)
            found = self.LINE.findall(log.read())
        moments, received = [], {}
        for stamp, pid, connection in found:
            moment = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").timestamp()
            if connection:
                received[pid] = moment
            else:
                moments.append(received.pop(pid, moment))
        return sorted(moments)

    def lateness(self, since):
        """How much later than its interval each probe since then was, the latest one last."""
        moments = self.moments(since)
        return sorted(later - earlier - INTERVAL for earlier, later in zip(moments, moments[1:]))


class Outcomes(SandboxTest):
    def setUp(self):
        self.bed = self.sandbox()
        self.other = Other(self.bed)
        self.rows = []

    def configure(self, inflicted):
        # Each attempt has the other node asked over a new connection, which is slower than the interval: one a second.
        settings = {"monitor_interval_secs": f"{INTERVAL}s", "reconnect_attempts": 100, "log_level": "DEBUG",
                    "reconnect_interval": "1s", "event_notification_command": None, "event_notifications": None,
                    "probe": {"timeout": f"{TIMEOUT}s", **(inflicted.settings or {}).get("probe", {})},
                    "node node2": {"node_id": 2, "conninfo": inflicted.conninfo}}
        self.bed.write_config(1, settings)

    def watch(self, fault, inflicted):
        """Runs the daemon until it has met the fault; what it made of it, and how late the other node's probes were."""
        monitor = self.bed.start_monitor(1, binary(), enter=inflicted.enter)
        try:
            monitor.wait_log(r'node "node1" \(ID: 1\) is up')
            met = 0
            if inflicted.strike:
                # now it does nothing but probe: what else it asks of a node is asked with the first answer
                monitor.wait_log(r'node "node2" \(ID: 2\): ok at step query over a held session')
                met = len(PROBE.findall(monitor.log_text()))
            since = self.other.size()
            if inflicted.strike:
                inflicted.strike()

            def probes():
                return PROBE.findall(monitor.log_text())[met:]

            wait_for(f"{fault.outcome} at {fault.step}",
                     lambda: any(probe[:2] == (fault.outcome, fault.step) for probe in probes()), 10, monitor.log)
            wait_for("the other node's probes", lambda: len(self.other.moments(since)) > ROUNDS, 10, monitor.log)
            return probes(), self.other.lateness(since)
        finally:
            self.stop(monitor)

    def look(self, fault, inflicted, machine):
        """--once says the same, as soon."""
        done = self.bed.run_monitor(1, binary(), "--once", "--json", enter=inflicted.enter)
        node = json.loads(done.stdout)["nodes"][1]
        self.assertEqual((node["outcome"], node["step"]), (fault.outcome, fault.step))
        self.assertRegex(node["reason"], fault.reason)
        self.assertLessEqual(node["time"], TIMEOUT + ALLOWED + machine.late)

    def check(self, fault):
        with Machine() as machine, fault.inflict(self.bed) as inflicted:
            self.configure(inflicted)
            probes, late = self.watch(fault, inflicted)
            if fault.once:
                self.look(fault, inflicted, machine)
        outcome, step, _, took, reason = next(probe for probe in probes if probe[:2] == (fault.outcome, fault.step))
        self.rows.append((fault.name, outcome, step, reason, int(took) / 1000, 1000 * late[-1], 1000 * machine.late))
        self.assertRegex(reason, fault.reason)
        for probe in probes:
            self.assertLessEqual(int(probe[3]) / 1e6, TIMEOUT + ALLOWED + machine.late, probe)
        # If it had waited for the faulty node it would be late by TIMEOUT. One that is late by less had to connect anew.
        self.assertLessEqual(late[len(late) // 2], 3 * (ALLOWED + machine.late))
        self.assertLess(late[-1], 0.8 * TIMEOUT)

    def test_each_fault_has_its_outcome_within_the_deadline(self):
        chosen = os.environ.get("FAULT", "")
        began = time.monotonic()
        for fault in FAULTS:
            if chosen in fault.name:
                with self.subTest(fault=fault.name):
                    self.check(fault)
        print(f"\n{'fault':30}{'outcome':22}{'step':9}{'time':>10}{'other node late':>18}{'machine late':>15}  reason")
        for name, outcome, step, reason, *milliseconds in self.rows:
            took, late, machine = (f"{value:.1f} ms" for value in milliseconds)
            print(f"{name:30}{outcome:22}{step:9}{took:>10}{late:>18}{machine:>15}  {reason}")
        print(f"deadline {1000 * TIMEOUT:.0f} ms, interval {1000 * INTERVAL:.0f} ms; {time.monotonic() - began:.0f} s")
