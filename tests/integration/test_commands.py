# SPDX-License-Identifier: PostgreSQL
"""Notification commands that misbehave: each is ended with all it has started, and the next one runs."""
import time

from bdrsandbox import processes, wait_for
from support import Record, SandboxTest

DEADLINE, KILL_AFTER, OUTPUT_MAX = 1.0, 0.5, 4096

# It and a child and a grandchild in a session of its own obey nothing, and it writes without end.
MONSTER = """#!/bin/sh
[ "$2" = bdr_failover ] || exec "$0-tame" "$@"
trap '' TERM
echo $$ >> "$HOME/pids"
sh -c 'echo $$ >> "$HOME/pids"; sleep 1000; :' &
setsid sh -c 'trap "" TERM; echo $$ >> "$HOME/pids"; sleep 1000; :' &
while :; do echo flood; done
"""

RECORD = """#!/bin/sh
{ date +%s.%N; printf '%s\\n' "$@" "$BDRMON_ATTEMPT"; echo; } >> "$HOME/record"
"""
# In the end it succeeds.
UNSURE = RECORD + '[ "$BDRMON_ATTEMPT" = 2 ] || exit 75\n'


class Commands(SandboxTest):
    def prepare(self, script, **settings):
        sandbox = self.sandbox(overrides={"failover": {"recovery_hold": "100ms"}})
        for name, text in (("command", script), ("command-tame", RECORD)):
            path = sandbox.bin / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        sandbox.write_config(1, {"event_notification_command": f"{sandbox.bin}/command %n %e",
                                 "event_notifications": "bdr_failover,bdr_recovery", **settings})
        return sandbox, sandbox.directory / "bdrmon1"

    def monster(self):
        return self.prepare(MONSTER, executor={"deadline": f"{DEADLINE}s", "kill_after": f"{KILL_AFTER}s",
                                               "output_max": f"{OUTPUT_MAX // 1024}kB"})

    def await_monster(self, home):
        """The process IDs of all three, as soon as all run."""
        path = home / "pids"

        def pids():
            words = path.read_text(encoding="utf-8").split() if path.exists() else []
            return len(words) == 3 and [int(word) for word in words]

        return wait_for("the command and its children", pids, 10)

    def assert_gone(self, pids, since):
        """All are gone when the time that they have is over, or soon after."""
        wait_for("the end of the command and its children",
                 lambda: all(processes.state(pid) in (None, "Z") for pid in pids),
                 3 * (DEADLINE + KILL_AFTER))
        took = time.monotonic() - since
        print(f"\nended with all its children after {took:.2f} s; deadline and kill_after are {DEADLINE + KILL_AFTER} s")
        self.assertGreaterEqual(took, DEADLINE + KILL_AFTER - 0.2)

    def test_a_command_that_obeys_nothing_is_ended_with_all_its_children(self):
        sandbox, home = self.monster()
        monitor = self.start(sandbox, 1)
        began = sandbox.node("node2").kill()
        pids = self.await_monster(home)
        self.assert_gone(pids, began)
        monitor.wait_log("bdr_failover command for node 2 failed")
        monitor.wait_log(r"It did not end within 1000 ms, and was ended with all that it had started, after \d+ ms")
        monitor.wait_log(r"bdr_failover command: \d+ more bytes of its output were dropped")
        flood = [line for line in monitor.log_text().splitlines() if line.endswith("bdr_failover command: flood")]
        self.assertLessEqual(len(flood) * len("flood\n"), OUTPUT_MAX)
        self.assertGreater(len(flood), 0)
        sandbox.node("node2").start()
        monitor.wait_log("bdr_recovery command for node 1 succeeded", 20)

    def test_its_deadline_is_kept_though_the_monitor_is_killed(self):
        sandbox, home = self.monster()
        monitor = self.start(sandbox, 1)
        began = sandbox.node("node2").kill()
        pids = self.await_monster(home)
        monitor.kill()
        self.assert_gone(pids, began)

    def test_a_command_that_asks_for_it_is_run_again(self):
        sandbox, home = self.prepare(UNSURE)
        monitor = self.start(sandbox, 1)
        sandbox.node("node2").kill()
        monitor.wait_log(r"bdr_failover command for node 2 failed")
        monitor.wait_log(r"It exited with code 75, after \d+ ms. Attempt 2 of 4 follows in 1000 ms.")
        monitor.wait_log("bdr_failover command for node 2 succeeded")
        runs = Record(home / "record").runs()
        self.assertEqual([values for _, values in runs], [["2", "bdr_failover", "1"], ["2", "bdr_failover", "2"]])
        pause = runs[1][0] - runs[0][0]
        print(f"\nsecond attempt {pause:.2f} s after the first one")
        self.assertGreaterEqual(pause, 1.0)
        self.assertLess(pause, 3 * 1.0)
