# SPDX-License-Identifier: PostgreSQL
"""A monitor that is killed goes on where it was; and a damaged state file stops nobody."""
from bdrsandbox import wait_for
from crashes import CrashTest
from support import binary


def cut(text):
    return text[:-7]


def flip_a_bit(text):
    return text[:40] + bytes([text[40] ^ 4]) + text[41:]


def another_format(text):
    return text.replace(b"format 1", b"format 9", 1)


class Crash(CrashTest):
    def test_a_killed_monitor_goes_on_with_its_command(self):
        self.kill_around_failovers(5)

    def test_a_damaged_state_file_is_set_aside_and_named(self):
        sandbox = self.prepare()
        state = self.state_path(sandbox)
        monitor = self.start(sandbox, 1)
        for damage, what in ((cut, "is damaged"), (flip_a_bit, "is damaged"),
                             (another_format, "is of another kind or format")):
            with self.subTest(damage=damage.__name__):
                monitor.kill()
                damaged = damage(state.read_bytes())
                state.write_bytes(damaged)
                monitor = sandbox.start_monitor(1, binary())
                self.addCleanup(self.stop, monitor)
                aside = monitor.wait_log(rf'file ".*/state" {what}; it is now "(.*/state\.damaged-\w+)"')[1]
                with open(aside, "rb") as file:
                    self.assertEqual(file.read(), damaged)
                for name in ("node1", "node2"):
                    monitor.wait_log(rf'node "{name}" \(ID: \d\) is up')
                wait_for("a new state file", state.exists, 10)

    def test_a_restart_keeps_what_the_monitor_knows(self):
        """A node that is down at the start is acted on if it was seen up before; a failure is not told twice; a pause
        stays a pause."""
        sandbox = self.prepare()
        monitor = self.start(sandbox, 1)
        wait_for("the decider to know both nodes",
                 lambda: "both_seen yes" in sandbox.run_monitor(1, binary(), "explain").stdout, 10)
        self.stop(monitor)
        sandbox.node("node2").kill()
        monitor = self.restart(sandbox)
        monitor.wait_log("bdr_failover command for node 2 succeeded")
        self.assertEqual(sandbox.run_monitor(1, binary(), "pause").returncode, 0)
        self.stop(monitor)
        monitor = self.restart(sandbox)
        monitor.wait_log(r'node "node2" \(ID: 2\) is down')
        self.assertIn("paused", sandbox.run_monitor(1, binary(), "status").stdout)
        self.assertEqual(sandbox.run_monitor(1, binary(), "unpause").returncode, 0)
        sandbox.node("node2").start()
        monitor.wait_log("bdr_recovery command for node 1 succeeded")
        self.stop(monitor)
        self.assertEqual(self.lines(sandbox, "end bdr_failover"), 1)
        self.assertEqual(self.lines(sandbox, "end bdr_recovery"), 1)

    def restart(self, sandbox):
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        return monitor
