# SPDX-License-Identifier: PostgreSQL
"""A monitor that was itself stopped for a while knows that it was, and acts on nothing that it knew before."""
import contextlib
import os
import re
import signal
import time

import outcomes
from bdrsandbox import wait_for
from bdrsandbox.processes import state
from bdrsandbox.victim import Victim
from support import SharedSandboxTest

LONG, SHORT = 10.0, 4.0  # seconds of being stopped; it is that which is tested. More than tilt after the next decision is due


class Stall(SharedSandboxTest):
    def begin(self, number, **overrides):
        record = self.record(self.bed, number, overrides={"log_level": "DEBUG", **overrides}, name=self.id())
        return self.start(self.bed, number), record

    @contextlib.contextmanager
    def stopped(self, seconds, *monitors):
        """Stops the monitors for so long, around the block. Gives each one's size of the log when it goes on."""
        sizes = {}
        for monitor in monitors:
            os.kill(monitor.pid, signal.SIGSTOP)
        wait_for("the monitors to stop", lambda: all(state(monitor.pid) == "T" for monitor in monitors), 5)
        began = time.monotonic()
        yield sizes
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        for monitor in monitors:
            sizes[monitor] = len(monitor.log_text())
            os.kill(monitor.pid, signal.SIGCONT)

    def wait_log(self, monitor, sizes, pattern):
        wait_for(f"/{pattern}/ in the log", lambda: re.search(pattern, monitor.log_text()[sizes[monitor]:]), 10,
                 monitor.log)

    def test_ten_seconds(self):
        """Monitor 1 has a node that dies meanwhile; both nodes of monitor 2 stay well."""
        with Victim(self.bed) as victim:
            dies = {"node_id": 2, "conninfo": outcomes.conninfo(self.bed, victim.port)}
            bereaved, acts = self.begin(1, **{"node node2": dies})
            happy, quiet = self.begin(2)
            with self.stopped(LONG, bereaved, happy) as sizes:
                victim.kill()

            for number in (1, 2):
                self.wait_log(happy, sizes, rf'\[WARNING\] node "node{number}" .* rule "late": this monitor was stopped')
                self.wait_log(happy, sizes, rf'node "node{number}" .* rule "well"')
            self.assertEqual(quiet.events(), ["repmgrd_start"])

            self.wait_log(bereaved, sizes, "bdr_failover command")
            text = bereaved.log_text()[sizes[bereaved]:]
            before = text[:text.index("bdr_failover: ")]
            self.assertIn('rule "late"', before)
            for number, outcome in ((1, "ok"), (2, "refused")):
                self.assertRegex(before, rf'node "node{number}" \(ID: {number}\): {outcome} at step')
            self.assertEqual(acts.events(), ["repmgrd_start", "bdr_failover"])

    def test_a_node_that_died_and_came_back_meanwhile_is_not_left(self):
        monitor, record = self.begin(1)
        node = self.bed.node("node2")
        with self.stopped(SHORT, monitor) as sizes:
            node.kill()
            node.start()
        self.wait_log(monitor, sizes, 'rule "late"')
        self.wait_log(monitor, sizes, r'node "node2" \(ID: 2\): ok at step query over a new session')
        self.wait_log(monitor, sizes, r'node "node2" .* rule "well"')
        self.assertNotIn("bdr_failover", record.events())
