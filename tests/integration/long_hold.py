# SPDX-License-Identifier: PostgreSQL
"""early_pause: applications of a node in doubt wait at a real PgBouncer, and nobody waits for ever."""
import time
import unittest

from bdrsandbox import Load, wait_for
from proxies import ProxyTest
from support import binary

# Three seconds of doubt.
DOUBT = {"reconnect_attempts": 3, "reconnect_interval": 1,
         "failover": {"fast_failover": "off", "early_pause": "on", "early_pause_max": "6s", "recovery_hold": "300ms",
                      "max_failovers": 0, "lease": "1s"}}


class Hold(ProxyTest):
    def paused(self, sandbox):
        return [row[0] for row in sandbox.pgbouncer.console("show databases") if str(row[-2]) == "1"]

    def wait_paused(self, sandbox, names, timeout=10):
        wait_for(f"paused: {names}", lambda: self.paused(sandbox) == names, timeout)

    def test_who_asks_in_the_time_of_doubt_waits_and_is_not_turned_away(self):
        sandbox = self.cluster(DOUBT)
        self.start_all(sandbox)
        before = self.settings(sandbox.pgbouncer)["server_login_retry"]
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            began = time.monotonic()
            sandbox.node("node1").kill()
            self.wait_paused(sandbox, ["bdrtest"])
            wait_for("all clients to go on", lambda: load.all_worked(began, 2), 20)
            lost = [client.lost for client in load.busy]
            print(f"\n{sum(lost)} connections lost, last client after {load.last_recovery(began, 2) - began:.3f} s", end="")
            # A statement that was under way is lost, and nobody who comes again or waits.
            self.assertLessEqual(max(lost), 2, lost)
        self.wait_paused(sandbox, [])
        wait_for("server_login_retry as it was",
                 lambda: self.settings(sandbox.pgbouncer)["server_login_retry"] == before, 10)

    def test_after_a_false_alarm_all_go_on_and_no_pause_is_longer_than_its_limit(self):
        overrides = {**DOUBT, "reconnect_attempts": 20, "failover": {**DOUBT["failover"], "early_pause_max": "2s"}}
        sandbox = self.cluster(overrides)
        self.start_all(sandbox)
        node = sandbox.node("node1")
        node.freeze()
        self.wait_paused(sandbox, ["bdrtest"])
        began = time.monotonic()
        self.wait_paused(sandbox, [])
        self.assertLess(time.monotonic() - began, 3 * 2)
        node.thaw()
        for number in (1, 2):
            self.wait_well(sandbox, number)
        self.assertEqual((sandbox.pgbouncer.route(), self.paused(sandbox)), ("node1", []))

    def test_what_a_killed_monitor_has_left_is_ended_by_another_one_and_a_pause_by_hand_is_not(self):
        sandbox = self.cluster(DOUBT)
        first, = self.start_all(sandbox, (1,))
        sandbox.node("node1").freeze()
        self.wait_paused(sandbox, ["bdrtest"])
        first.kill()
        sandbox.node("node1").thaw()
        self.assertEqual(self.paused(sandbox), ["bdrtest"])
        second = sandbox.start_monitor(2, binary())
        self.addCleanup(self.stop, second)
        second.wait_log("RESUME, since applications were left held back", 3 * 9)
        self.assertEqual(self.paused(sandbox), [])
        self.wait_well(sandbox, 2)
        sandbox.pgbouncer.console("PAUSE bdrtest")
        second.wait_log('proxy "pgbouncer": alias "bdrtest" is paused', 10)
        sandbox.node("node1").freeze()
        second.wait_log("is down", 20)
        sandbox.node("node1").thaw()
        self.assertEqual(self.paused(sandbox), ["bdrtest"])
        self.assertIn("is paused", sandbox.run_monitor(2, binary(), "--once").stdout)

    def test_what_a_killed_monitor_has_left_is_ended_by_one_that_has_lived_all_the_time(self):
        sandbox = self.cluster({**DOUBT, "reconnect_attempts": 20})
        monitors = self.start_all(sandbox)
        sandbox.node("node1").freeze()
        self.wait_paused(sandbox, ["bdrtest"])
        holder = wait_for("somebody to hold", lambda: next(
            (monitor for monitor in monitors if "are held back" in monitor.log_text()), None), 5)
        holder.kill()
        sandbox.node("node1").thaw()
        self.wait_paused(sandbox, [], 3 * 9)

    def test_a_limit_of_connections_that_a_killed_monitor_has_left_is_set_back(self):
        """By one that knows what it was, and by one that was started later; a site's own stays."""
        sandbox = self.cluster()
        console = sandbox.pgbouncer.console
        for later, left, own in ((False, ["max_db_connections='1'"], "0"),
                                 (True, ["server_login_retry='0.21'", "max_db_connections='1'"], "0"),
                                 (True, ["max_db_connections='1'"], "1")):
            with self.subTest(later=later, left=left):
                for setting in left if later else ():
                    console(f"SET {setting}")
                monitor, = self.start_all(sandbox, (1,))
                for setting in () if later else left:
                    console(f"SET {setting}")
                began = time.monotonic()
                wait_for("the time in which it is set back", lambda: time.monotonic() > began + 5, 6)
                self.assertEqual(self.settings(sandbox.pgbouncer)["max_db_connections"], own)
                self.stop(monitor)
                sandbox.monitors.remove(monitor)

    def test_a_move_whose_proof_must_wait_is_told_when_it_is_there(self):
        """Nobody gets through an alias that is paused by hand."""
        sandbox = self.cluster()
        monitor, = self.start_all(sandbox, (1,))
        sandbox.pgbouncer.console("PAUSE bdrtest")
        done = sandbox.run_monitor(1, binary(), "repoint", "--to", "node2")
        self.assertEqual(done.returncode, 25, done.stderr)
        self.assertIn("not proven at step proof: ", done.stderr)
        self.assertEqual(sandbox.pgbouncer.route(), "node2")
        self.assertNotIn("bdr_route: ", monitor.log_text())
        sandbox.pgbouncer.console("RESUME bdrtest")
        monitor.wait_log('move from node "node1" to "node2", rule .*: proven now', 20)
        monitor.wait_log("bdr_route: ", 10)
        self.wait_well(sandbox, 1)


if __name__ == "__main__":
    unittest.main()
