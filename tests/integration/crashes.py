# SPDX-License-Identifier: PostgreSQL
"""A monitor that is killed at any moment around a failover, and what its next start makes of it."""
import time
import zlib

from bdrsandbox import wait_for
from support import SandboxTest, binary

RUN_SECONDS = 0.3  # of the command
SPREAD = 1.3  # moments of the kill: so many times the command's run

# One line for each begin and end; and one if the command before still runs.
COMMAND = """#!/bin/sh
mkdir "$HOME/running" || echo "overlap $2 $1" >> "$HOME/record"
echo "begin $2 $1 $BDRMON_ATTEMPT" >> "$HOME/record"
sleep {seconds}
echo "end $2 $1 $BDRMON_ATTEMPT" >> "$HOME/record"
rmdir "$HOME/running"
"""


class State:
    """The state file as it lies there, checked."""

    def __init__(self, path):
        self.text = path.read_bytes()
        body, _, foot = self.text.rpartition(b"checksum ")
        self.whole = (body.startswith(b"bdrmon state, format 1\n") and body.endswith(b"\n")
                      and foot == b"%08x\n" % zlib.crc32(body))

    def has_seen(self, node):
        return f"node {node} seen_up 1 ".encode() in self.text

    def has_failed(self, node):
        return f"node {node} seen_up 1 failed 1 ".encode() in self.text


class CrashTest(SandboxTest):
    def prepare(self):
        sandbox = self.sandbox(overrides={"failover": {"recovery_hold": "100ms"}})
        command = sandbox.bin / "slow"
        command.write_text(COMMAND.format(seconds=RUN_SECONDS), encoding="utf-8")
        command.chmod(0o755)
        sandbox.write_config(1, {"event_notification_command": f"{command} %n %e",
                                 "event_notifications": "bdr_failover,bdr_recovery"})
        return sandbox

    def state_path(self, sandbox):
        return sandbox.directory / "bdrmon1" / "state" / "state"

    def lines(self, sandbox, text):
        path = sandbox.directory / "bdrmon1" / "record"
        record = path.read_text(encoding="utf-8") if path.exists() else ""
        return sum(line.startswith(text) for line in record.splitlines())

    def kill_around_failovers(self, rounds):
        """The moments are spread from the decision to behind the command's end; every fourth one from the node's death,
        so that some come before the decision."""
        sandbox = self.prepare()
        self.start(sandbox, 1)
        # Of a node that dies before that was written down, the next start knows nothing, and does nothing.
        path = self.state_path(sandbox)
        wait_for("both nodes to be kept", lambda: path.exists() and all(State(path).has_seen(node) for node in (1, 2)), 10)
        moments = {"before the decision": 0, "before the start": 0, "while it runs": 0, "after its end": 0}
        for number in range(rounds):
            after = SPREAD * RUN_SECONDS * number / (rounds - 1)
            with self.subTest(round=number, after=after):
                moments[self.one_round(sandbox, after, number % 4 != 3)] += 1
        print(f"\n{rounds} kills of the monitor, of its command: {moments}")
        self.assertGreater(moments["while it runs"], 0)

    def kill_monitor(self, sandbox, after, await_decision):
        """Kills node2, and the monitor so long after; gives whether it had decided."""
        monitor = sandbox.monitors[-1]
        decided = monitor.log_text().count("bdr_failover: ")
        sandbox.node("node2").kill()
        if await_decision:
            wait_for("the decision", lambda: monitor.log_text().count("bdr_failover: ") > decided, 10, monitor.log,
                     pause=0.001)
        time.sleep(after)
        monitor.kill()
        return monitor.log_text().count("bdr_failover: ") > decided

    def one_round(self, sandbox, after, await_decision):
        begun, ended = self.lines(sandbox, "begin bdr_failover"), self.lines(sandbox, "end bdr_failover")
        recovered = self.lines(sandbox, "end bdr_recovery")
        decided = self.kill_monitor(sandbox, after, await_decision)
        state = State(self.state_path(sandbox))
        running = self.lines(sandbox, "begin bdr_failover") - begun
        done = self.lines(sandbox, "end bdr_failover") - ended
        self.assertTrue(state.whole, state.text)

        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        if not state.has_failed(2):  # it had no time to write that down, and decides again
            monitor.wait_log("bdr_failover command for node 2 succeeded", 20)
        wait_for("the command's end", lambda: self.lines(sandbox, "end bdr_failover") > ended, 20, monitor.log)
        sandbox.node("node2").start()
        wait_for("the recovery", lambda: self.lines(sandbox, "end bdr_recovery") > recovered, 20, monitor.log)
        self.assertEqual(self.lines(sandbox, "overlap"), 0)
        runs = self.lines(sandbox, "end bdr_failover") - ended
        self.assertEqual(self.lines(sandbox, "begin bdr_failover") - begun, runs)
        if state.has_failed(2):  # the decision was written down, so it is not taken again
            self.assertEqual(runs, 1)
        self.assertLessEqual(runs, 2)
        self.assertNotIn("damaged", monitor.log_text())
        if done or running:
            return "after its end" if done else "while it runs"
        return "before the start" if decided else "before the decision"
