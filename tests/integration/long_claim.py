# SPDX-License-Identifier: PostgreSQL
"""The claim, many times over: each crash gives one action. KILLS says how often; the default fits into tools/test --all."""
import os
import signal
import time
import unittest
from pathlib import Path

from bdrsandbox import Session, wait_for
from claims import EVENTS, QUICK, ClaimTest
from support import binary

KILLS = int(os.environ.get("KILLS", "6"))
SLEEP_SECONDS = int(os.environ.get("SLEEP_SECONDS", "5"))
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def when(step):
    """How the log shows the hour that a clock shows which was set by so many seconds."""
    return time.strftime("%Y-%m-%d %H:", time.localtime(time.time() + step))


class LongClaim(ClaimTest):
    def test_each_of_many_crashes_gives_one_command_and_one_recovery(self):
        """Both nodes in turns; counted are commands and rows of both monitors together."""
        sandbox = self.cluster(overrides=QUICK)
        self.start_both(sandbox)
        for number in range(KILLS):
            recorder = 1 + number % 2
            sandbox.node(f"node{3 - recorder}").kill()
            self.wait_stage(sandbox, recorder, "done")
            self.wait_recovered(sandbox, recorder)
        wait_for("the last command", lambda: len(self.runs()) == 2 * KILLS, 10)
        self.assertEqual([run.event for run in self.runs()], ["bdr_failover", "bdr_recovery"] * KILLS)
        self.assertEqual([run.epoch for run in self.failovers()], list(range(1, KILLS + 1)))
        rows = [row for node in sandbox.nodes for row in sandbox.sql(node, EVENTS)]
        self.assertEqual([rows.count((event,)) for event in ("bdr_failover", "bdr_recovery")], [KILLS, KILLS])

    def test_a_sight_that_another_role_forges_changes_nothing(self):
        sandbox = self.cluster(overrides=QUICK)
        self.start_both(sandbox)
        forged = "bdrmon/1 m=node1 c=00000000 1=uzzzzzzzz 2=uzzzzzzzz"
        with Session(f"{sandbox.node('node1').superuser_dsn()} application_name='{forged}'"):
            sandbox.node("node2").kill()
            self.wait_stage(sandbox, 1, "done")
            self.assertEqual([row[1:] for row in self.failures(sandbox, 1)], [("done", 1, True)])
        self.wait_recovered(sandbox, 1)

    def test_a_monitor_that_sleeps_through_a_failure_and_its_end_does_nothing_when_it_wakes(self):
        sandbox = self.cluster(overrides=QUICK)
        _, sleeper = self.start_both(sandbox)
        os.kill(sleeper.pid, signal.SIGSTOP)
        sandbox.node("node2").kill()
        self.wait_stage(sandbox, 1, "done")
        self.wait_recovered(sandbox, 1)
        wait_for("the last command", lambda: len(self.runs()) == 2, 10)
        asleep = time.monotonic() + SLEEP_SECONDS
        wait_for("the end of its sleep", lambda: time.monotonic() > asleep, SLEEP_SECONDS + 5)
        said = len(sleeper.log_text())
        os.kill(sleeper.pid, signal.SIGCONT)
        wait_for("it to be well", lambda: sandbox.run_monitor(2, binary(), "--once").returncode == 0, 15)
        self.assertNotRegex(sleeper.log_text()[said:], "bdr_(failover|recovery|partition)")
        self.assertEqual(len(self.runs()), 2)

    def test_a_clock_that_is_set_by_an_hour_changes_nothing(self):
        """Of the monitors' wall clock; while all is well, and in a failure."""
        if not FAKETIME.exists():
            self.fail(f"{FAKETIME} is missing: run tools/install-deps --tests")
        sandbox = self.cluster(overrides=QUICK)
        clock = sandbox.directory / "clock"
        clock.write_text("+0", encoding="utf-8")
        # Only bdrmon is to have it: what root began before, its user could not go on with.
        program = sandbox.bdrmon(binary()).with_name("bdrmon-with-another-clock")
        program.write_text(f'#!/bin/sh\nLD_PRELOAD={FAKETIME} FAKETIME_TIMESTAMP_FILE={clock} FAKETIME_NO_CACHE=1'
                           f' DONT_FAKE_MONOTONIC=1 exec {sandbox.bin}/bdrmon "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        monitors = self.start_both(sandbox, program)
        for number, step in enumerate(("+3600", "-3600"), 1):
            clock.write_text(step, encoding="utf-8")
            # What a monitor says twice in a row is only counted, so that something new must happen to it.
            for monitor in monitors:
                for word in ("pause", "unpause"):
                    sandbox.run_monitor(monitor.number, binary(), word)
                monitor.wait_log(rf"\[{when(int(step))}")
            self.assertEqual(len(self.runs()), 2 * number - 2)
            sandbox.node("node2").kill()
            self.wait_stage(sandbox, 1, "done")
            clock.write_text("+0", encoding="utf-8")
            self.wait_recovered(sandbox, 1)
            wait_for("the last command", lambda number=number: len(self.runs()) == 2 * number, 10)


if __name__ == "__main__":
    unittest.main()
