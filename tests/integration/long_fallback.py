# SPDX-License-Identifier: PostgreSQL
"""A PgBouncer that has no alias but the fallback, "*": it makes a database of it for whoever comes."""
import time
import unittest

from bdrsandbox import Load, newer_pgbouncer, wait_for
from claims import QUICK
from proxies import ProxyTest
from support import binary


class LongFallback(ProxyTest):
    def by_fallback(self, **options):
        """A registered cluster with such a PgBouncer, adopted."""
        sandbox = self.sandbox(overrides=QUICK, registered=False, proxies=binary(), **options)
        proxy = sandbox.pgbouncer
        plain = proxy.plain_databases(sandbox.node("node1"))
        proxy.write_databases(plain.replace("bdrtest =", "* =").replace(" dbname=bdrtest", ""))
        proxy.stop()
        proxy.start()
        proxy.more["aliases"] = "*"
        sandbox.register(binary())
        return sandbox

    def follow(self, sandbox):
        """Its applications follow when it is moved for a failure, and by order."""
        monitors = self.start_all(sandbox)
        proxy = sandbox.pgbouncer
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            began = sandbox.node("node1").kill()
            wait_for("all clients to go on", lambda: load.all_worked(began, 2), 20)
            self.assertEqual([client.lost for client in load.idle], [0] * len(load.idle))
            self.assertIn(f"\n* = host=127.0.0.1 port={sandbox.node('node2').port}",
                          proxy.databases.read_text(encoding="utf-8"))
            sandbox.node("node1").start()
            for number in (1, 2):
                self.wait_well(sandbox, number)
            lost = sum(client.lost for client in load.clients)
            done = sandbox.run_monitor(1, binary(), "repoint", "--to", "node1")
            self.assertEqual(done.returncode, 0, done.stderr)
            began = time.monotonic()
            wait_for("all clients to work there", lambda: load.all_worked(began, 1), 10)
            print(f"\n{sum(client.lost for client in load.clients) - lost} of 20 lost their connection by order", end="")
            # Those that hang on a node that is frozen are found, too, whatever their database.
            wait_for("the monitors to see it", lambda: self.told(sandbox, 2)["pgbouncer"]["node"] == "node1", 10)
            began = sandbox.node("node1").freeze()
            wait_for("all clients to go on", lambda: load.all_worked(began, 2), 30)
        wait_for("the proof of the last move", lambda: len(self.moves(monitors)) > 2, 20)
        # Each by one monitor, and told by it alone. By which rule the node that it cannot use is left is not what this is
        # about: the failure may be done, and its node be fenced, before the proxy has found out.
        self.assertEqual(sorted((old, new, rule == "ordered") for _, _, old, new, rule, _ in self.moves(monitors)),
                         [("node1", "node2", False), ("node1", "node2", False), ("node2", "node1", True)])

    def test_applications_that_come_by_it_follow(self):
        self.follow(self.by_fallback())

    def test_so_do_those_of_a_newer_pgbouncer(self):
        if not newer_pgbouncer.is_there():
            self.fail(f"{newer_pgbouncer.program()} is missing: run tools/install-deps --tests")
        self.follow(self.by_fallback(pgbouncer_program=newer_pgbouncer.program()))

    def test_where_it_leads_to_is_seen_without_any_application(self):
        sandbox = self.by_fallback()
        self.start_all(sandbox, (1,))
        self.assertEqual(self.told(sandbox, 1)["pgbouncer"]["node"], "node1")
        sandbox.pgbouncer.stop()
        sandbox.pgbouncer.start()  # and has no database but its own
        began = time.monotonic()
        self.wait_seen(sandbox, 1, ["pgbouncer"])
        wait_for("the route", lambda: self.told(sandbox, 1)["pgbouncer"]["node"] == "node1", 10)
        self.assertLess(time.monotonic() - began, 10)
        self.wait_well(sandbox, 1)


if __name__ == "__main__":
    unittest.main()
