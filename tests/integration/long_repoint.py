# SPDX-License-Identifier: PostgreSQL
"""bdrmon repoint without a monitor, failback, and a planned move where a login to a server takes long: a RELOAD would end it,
and turn away all who wait for it."""
import unittest
from unittest.mock import ANY

from bdrsandbox import Load, wait_for
from claims import QUICK
from proxies import ProxyTest
from support import binary


class LongRepoint(ProxyTest):
    def test_without_a_monitor_the_same_is_done(self):
        sandbox = self.cluster()
        proxy = sandbox.pgbouncer
        text = self.assert_repointed(sandbox, proxy, "node2")
        self.assertRegex(text, r"DETAIL: test of the new node \d.*, proof \d")
        self.assertIn("points already", self.repoint(sandbox, "--to", "node2")[1])
        sandbox.node("node2").kill()
        self.assert_repointed(sandbox, proxy, "node1")
        code, text = self.repoint(sandbox, "--to", "node2")
        self.assertEqual((code, proxy.route()), (25, "node1"), text)
        self.assertIn("the new node cannot be used at step test of the new node: ", text)
        self.start_all_but_well(sandbox)
        self.assertEqual(proxy.route(), "node1")
        self.assert_repointed(sandbox, proxy, "node2")  # by the monitor
        self.assertEqual(self.repoint(sandbox, "--to", "node2", command="switchover")[0], 0)

    def start_all_but_well(self, sandbox):
        """A monitor finds nothing to mend in what was done without it."""
        sandbox.node("node2").start()
        self.assertEqual(self.moves(self.start_all(sandbox, (1,))), [])

    def test_a_proxy_goes_home_by_order(self):
        sandbox = self.cluster({"pgbouncer pgbouncer": {"home": "node1"}})
        other = sandbox.add_pgbouncer("second", "proxy")
        self.assert_repointed(sandbox, sandbox.pgbouncer, "node2")
        self.assertEqual(self.repoint(sandbox, command="failback"), (0, ANY))  # without a monitor
        self.start_all(sandbox, (1,))
        self.assert_repointed(sandbox, sandbox.pgbouncer, "node2")
        self.assertEqual(self.repoint(sandbox, command="failback"),
                         (0, 'NOTICE: proxy "pgbouncer" points to node "node1"\n'))
        self.assertEqual((sandbox.pgbouncer.route(), other.route()), ("node1", "node2"))
        code, text = self.repoint(sandbox, "second", command="failback")
        self.assertEqual(code, 1)
        self.assertIn('ERROR: proxy "second" has no home\nHINT: Set "home" in section [pgbouncer second]', text)

    def test_a_move_waits_for_a_login_that_takes_a_second(self):
        # A test that gives up before such a login is done ends it, and two monitors can do that to each other without end.
        sandbox = self.cluster({"probe": {"timeout": "5s"}, "failover": {**QUICK["failover"], "lease": "5s"}})
        self.start_all(sandbox)
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            for node in sandbox.nodes.values():
                node.sql("alter system set pre_auth_delay = 1")
                node.sql("select pg_reload_conf()")
            for number in (2, 1, 2):
                # The proof waits for its turn, which may be later than the order waits for it.
                wait_for(f"the proof that node{number} is reached",
                         lambda node=f"node{number}": self.repoint(sandbox, "--to", node)[0] == 0, 40)
                # Of the twenty logins, one after the other, the next one is under way then.
                wait_for("a client to work there", lambda number=number: number in [
                    client.nodes[-1] for client in load.busy], 10)
            errors = [client.errors for client in load.clients if client.errors]
            self.assertEqual(errors, [])


if __name__ == "__main__":
    unittest.main()
