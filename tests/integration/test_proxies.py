# SPDX-License-Identifier: PostgreSQL
"""bdrmon moves a real PgBouncer with default settings, under load: from a node that is gone, and from no other."""
import time
import unittest

from bdrsandbox import Load, wait_for
from proxies import ProxyTest
from support import binary


class Proxies(ProxyTest):
    def fail_routed(self, sandbox, load, how):
        """Fails the routed node; all busy clients go on at the other one. Seconds until the first and the last did."""
        routed = sandbox.node(sandbox.pgbouncer.route())
        survivor = sandbox.peer(routed)
        began = time.monotonic()
        getattr(routed, how)()
        wait_for("all clients to go on", lambda: load.all_worked(began, survivor.number), 20)
        self.assertEqual([client.lost for client in load.idle], [0] * len(load.idle))
        return load.first_success(began, survivor.number) - began, load.last_recovery(began, survivor.number) - began

    def wait_own_settings(self, sandbox, before):
        """What was set for the move is as it was before."""
        for name in ("server_login_retry", "query_timeout"):
            wait_for(f"{name} as it was",
                     lambda name=name: self.settings(sandbox.pgbouncer)[name] == before[name], 10)

    def test_a_proxy_leaves_a_node_that_dies_and_one_that_hangs_and_no_client_is_left_behind(self):
        sandbox = self.cluster()
        monitors = self.start_all(sandbox)
        before = self.settings(sandbox.pgbouncer)
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            for how, undo in (("kill", "start"), ("freeze", "thaw")):
                failed = sandbox.node(sandbox.pgbouncer.route())
                first, last = self.fail_routed(sandbox, load, how)
                print(f"\n{how}: first client {first:.3f} s, last {last:.3f} s after it", end="")
                self.wait_own_settings(sandbox, before)
                getattr(failed, undo)()
                for number in (1, 2):
                    self.wait_well(sandbox, number)
                # It is back, and nobody is moved to it.
                self.assertEqual(sandbox.pgbouncer.route(), sandbox.peer(failed).name)
            load.wake_idle()
            wait_for("the idle clients' answers", lambda: all(len(client.times) > 1 for client in load.idle), 5)
        # Adopted, and written once for each failure, by two monitors that both would.
        self.assertEqual(self.told(sandbox, 1)["pgbouncer"]["epoch"], 3)
        moved = self.moves(monitors)
        self.assertIn(len(moved), (1, 2), moved)  # on a slow machine a proof may come too late to be one
        self.assertEqual(sum(monitor.log_text().count("] bdr_route: ") for monitor in monitors), len(moved))

    def test_a_proxy_that_comes_back_with_an_old_file_leaves_the_node_that_has_failed(self):
        """It was away in the failover, and its node is back before it is."""
        sandbox = self.cluster({"failover": {"recovery_hold": "300ms", "max_failovers": 0, "lease": "1s"}})
        other = sandbox.add_pgbouncer("second", "proxy")
        monitors = self.start_all(sandbox)
        other.stop()
        old = other.databases.read_text(encoding="utf-8")
        sandbox.node("node1").kill()
        self.wait_route(sandbox.pgbouncer, "node2")
        wait_for("the failover", lambda: self.stages(sandbox, 2) == ["done"], 20)
        other.write_databases(old)
        sandbox.node("node1").start()
        other.start()
        self.wait_route(other, "node2")
        wait_for("the recovery", lambda: self.stages(sandbox, 2) == ["closed"], 40)
        wait_for("the proof of both moves", lambda: len({move[0] for move in self.moves(monitors)}) == 2, 20)
        self.assertEqual({move[0] for move in self.moves(monitors)}, {"pgbouncer", "second"})
        self.assertEqual(self.stages(sandbox, 1), [])

    def test_a_move_that_cannot_be_made_says_why_and_is_made_when_it_can_be(self):
        sandbox = self.cluster()
        monitors = self.start_all(sandbox, (1,))
        proxy = sandbox.pgbouncer
        # PgBouncer takes no file with such a line, and RELOAD says nothing of it.
        good = proxy.databases.read_text(encoding="utf-8")
        proxy.write_databases(good + "broken = host=127.0.0.1 connect_timeout=2\n")
        sandbox.node("node1").kill()
        monitors[0].wait_log(r'move away from node "node1".* failed at step read: .*connect_timeout', 20)
        self.assertEqual(sandbox.run_monitor(1, binary(), "--once").returncode, 2)
        self.assertEqual(proxy.route(), "node1")
        proxy.write_databases(good)
        self.wait_route(proxy, "node2")


if __name__ == "__main__":
    unittest.main()
