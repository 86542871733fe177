# SPDX-License-Identifier: PostgreSQL
"""Two monitors of one registered cluster, and a notification command that keeps a record of when it ran: what the tests
of the claim share."""
import os
import signal
from dataclasses import dataclass

from bdrsandbox import DeadlinePassed, wait_for
from support import SandboxTest, binary

# Begin and end of each run; lines so short are appended whole.
COMMAND = """#!/bin/sh
echo "begin $1 $BDRMON_EPOCH $BDRMON_ATTEMPT $BDRMON_CONFIRMED $(date +%s.%N)" >> "$RECORD"
sleep $SECONDS_LONG
echo "end $1 $BDRMON_EPOCH $BDRMON_ATTEMPT $BDRMON_CONFIRMED $(date +%s.%N)" >> "$RECORD"
"""

QUICK = {
    "monitor_interval_secs": "500ms",
    "reconnect_attempts": 1,
    "reconnect_interval": "50ms",
    "probe": {"timeout": "1s"},
    "failover": {"lease": "1s", "recovery_hold": "300ms", "max_failovers": 0},
    "executor": {"deadline": "2s", "kill_after": "200ms"},
}
FAILURES = "select epoch, stage, runs, confirmed from bdrmon.failure where recorder = %s order by epoch"
FLAGS = "select node_id, active from repmgr.nodes order by node_id"
EVENTS = "select event from repmgr.events where event in ('bdr_failover', 'bdr_recovery') order by event_timestamp"


@dataclass
class Run:
    event: str
    epoch: int
    run: int
    confirmed: bool
    begin: float
    end: float = None


class ClaimTest(SandboxTest):
    def cluster(self, settings="fast", overrides=None, seconds=0.1, **options):
        """A registered cluster whose command takes so long. The command's record is self.record_path."""
        sandbox = self.sandbox(settings, overrides, registered=False, **options)
        self.record_path = sandbox.directory / "runs"
        self.record_path.touch()
        sandbox.account.own(self.record_path)
        command = sandbox.bin / "command"
        command.write_text(COMMAND, encoding="utf-8")
        command.chmod(0o755)
        sandbox.register(binary(), {
            "event_notifications": "bdr_failover,bdr_recovery",
            "event_notification_command":
                f"RECORD={self.record_path} SECONDS_LONG={seconds} {sandbox.bin}/command %e"})
        return sandbox

    def start_both(self, sandbox, program=None, **options):
        """Starts both monitors; they hear each other."""
        monitors = [sandbox.start_monitor(number, program or binary(), **options) for number in (1, 2)]
        for monitor in monitors:
            self.addCleanup(self.stop, monitor)
            self.wait_ready(sandbox, monitor)
        for number in (1, 2):
            wait_for(f"monitor {number} to hear the other one", lambda number=number: f'peer "node{3 - number}"' in
                     sandbox.run_monitor(number, program or binary(), "explain").stdout, 20)
        return monitors

    def wait_ready(self, sandbox, monitor):
        for node in sandbox.nodes.values():
            monitor.wait_log(rf'node "{node.name}" \(ID: {node.number}\) is up')
        monitor.wait_log("replication from the other node is up, to it up", 20)

    def runs(self):
        """All runs of the command so far, in the order of their begin."""
        runs = {}
        for line in self.record_path.read_text(encoding="utf-8").splitlines():
            what, event, epoch, run, confirmed, when = line.replace("  ", " - ").split(" ")[:6]
            key = event, epoch, run, len(runs) if what == "begin" else max(
                number for name, number_of_epoch, number_of_run, number in runs
                if (name, number_of_epoch, number_of_run) == (event, epoch, run))
            if what == "begin":
                runs[key] = Run(event, int(epoch) if epoch.isdigit() else 0, int(run) if run.isdigit() else 0,
                                confirmed == "1", float(when))
            else:
                runs[key].end = float(when)
        return list(runs.values())

    def failovers(self):
        return [run for run in self.runs() if run.event == "bdr_failover"]

    def failures(self, sandbox, recorder):
        return sandbox.sql(f"node{recorder}", FAILURES, [recorder])

    def wait_stage(self, sandbox, recorder, stage, timeout=20):
        """Waits until the last failure that this node has recorded is at this stage."""
        try:
            wait_for(f"stage {stage}", lambda: (self.failures(sandbox, recorder) or [(0, None)])[-1][1] == stage, timeout)
        except DeadlinePassed as late:
            why = "".join(sandbox.run_monitor(number, binary(), command).stdout
                          for number in (1, 2) for command in ("explain", "status"))
            raise AssertionError(f"{late}\n{self.failures(sandbox, recorder)}\n{why}") from late

    def wait_recovered(self, sandbox, recorder, timeout=40):
        """Brings the failed node back if need be, and waits until its failure is closed and both nodes say so."""
        failed = sandbox.node(f"node{3 - recorder}")
        if failed.frozen:
            failed.thaw()
        if not failed.pid:
            failed.start()
        self.wait_stage(sandbox, recorder, "closed", timeout)
        for name in sandbox.nodes:
            wait_for(f"the flags on {name}", lambda name=name: sandbox.sql(name, FLAGS) == [(1, True), (2, True)], 10)

    def assert_never_together(self, runs):
        """A run that has no end was killed; its guard has ended it by its deadline."""
        for earlier, later in zip(runs, runs[1:]):
            if earlier.end is not None:
                self.assertLessEqual(earlier.end, later.begin, runs)

    def continue_all(self, monitors):
        for monitor in monitors:
            if monitor.pid:
                os.kill(monitor.pid, signal.SIGCONT)
