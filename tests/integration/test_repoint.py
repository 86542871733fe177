# SPDX-License-Identifier: PostgreSQL
"""bdrmon repoint: the operator moves real PgBouncers, by the running monitor. Without one: long_repoint."""
import unittest

from bdrsandbox import Load, wait_for
from proxies import ProxyTest
from support import binary

ORDERS = "select details from repmgr.events where event = 'bdrmon_order' order by event_timestamp"


class Repoint(ProxyTest):
    def test_the_monitor_moves_what_is_named_and_applications_go_on_also_in_a_pause(self):
        sandbox = self.cluster()
        other = sandbox.add_pgbouncer("second", "proxy")
        monitors = self.start_all(sandbox)
        proxy = sandbox.pgbouncer
        self.assertEqual(self.repoint(sandbox, "--to", "node3"),
                         (1, 2 * 'ERROR: there is no node "node3"\nHINT: "bdrmon status" shows those that there are.\n'))
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            self.assert_repointed(sandbox, proxy, "node2", "pgbouncer")
            self.assertEqual(other.route(), "node1")
            sandbox.run_monitor(1, binary(), "pause")
            self.assert_repointed(sandbox, proxy, "node1", "pgbouncer")
            sandbox.run_monitor(1, binary(), "unpause")
            text = self.assert_repointed(sandbox, proxy, "node2")
            self.assertIn('NOTICE: proxy "second" points to node "node2"', text)
            wait_for("all clients to work there", lambda: load.all_worked(0, 2), 10)
            # A login that is under way when PgBouncer reloads is lost, and who waits for it; without care it is 40.
            lost = sum(client.lost for client in load.clients)
            print(f"\n{lost} of {3 * len(load.busy)} clients lost their connection in three moves", end="")
            self.assertLessEqual(lost, 6, [client.errors for client in load.clients if client.errors])
        self.assertEqual(sorted((move[0], move[1], move[4]) for move in self.moves(monitors)),
                         [("pgbouncer", "switch", "ordered")] * 3 + [("second", "switch", "ordered")])
        wait_for("the orders to be recorded", lambda: len(sandbox.sql("node1", ORDERS)) == 4, 10)
        self.assertRegex(sandbox.sql("node1", ORDERS)[0][0], r'^proxy "pgbouncer" to node "node2", ordered by ".+" on ".+"$')

    def test_a_node_that_has_not_recovered_is_refused_but_to_who_insists(self):
        # A node that is only slow for a moment must not have failed for half a minute.
        sandbox = self.cluster({"failover": {"recovery_hold": "30s", "max_failovers": 0, "lease": "4s"},
                                "probe": {"timeout": "4s"}})
        self.start_all(sandbox, (1, 2))
        proxy = sandbox.pgbouncer
        sandbox.node("node1").kill()
        self.wait_route(proxy, "node2")
        wait_for("the failover", lambda: self.stages(sandbox, 2) == ["done"], 20)
        sandbox.node("node1").start()
        wait_for("the proxy to reach it", lambda: "recovering" in [
            sight["health"] for sight in self.told(sandbox, 1)["pgbouncer"]["sees"]], 20)
        code, text = self.repoint(sandbox, "--to", "node1")
        self.assertEqual((code, proxy.route()), (1, "node2"), text)
        self.assertRegex(text, r'ERROR: node "node1" has failed and not recovered yet\nHINT: .*--force')
        self.assert_repointed(sandbox, proxy, "node1", "--force")
        # And there it stays: its file says that the failure is known.
        for number in (1, 2):
            wait_for("the proxy in use", lambda number=number: self.told(sandbox, number)["pgbouncer"]["state"] == "in_use", 10)

    def test_what_cannot_be_is_refused_in_one_line(self):
        sandbox = self.cluster({"failover": {"failback": "auto"}, "pgbouncer pgbouncer": {"home": "node1"}})
        self.start_all(sandbox, (1,))
        for words, said in (
                (["--to", "node2"], 'ERROR: proxy "pgbouncer" would go home to node "node1" at once\n'),
                (["--to", "node1", "third"], 'has no section [pgbouncer third]\nHINT: There are "pgbouncer".'),
                ([], "ERROR: it is not said which node to move to\n")):
            with self.subTest(words=words):
                code, text = self.repoint(sandbox, *words)
                self.assertEqual(code, 1, text)
                self.assertIn(said, text)
        self.assertEqual(self.repoint(sandbox, "--to", "1"), (0, 'NOTICE: proxy "pgbouncer" points to node "node1"\n'))


if __name__ == "__main__":
    unittest.main()
