# SPDX-License-Identifier: PostgreSQL
"""The PgBouncer of Debian 13 can end a single client: those that hang are released by that, and nobody else notices."""
import time
import unittest

from bdrsandbox import Load, newer_pgbouncer, wait_for
from proxies import ProxyTest


class NewerPgBouncer(ProxyTest):
    def test_only_who_hangs_on_the_silent_node_is_ended(self):
        if not newer_pgbouncer.is_there():
            self.fail(f"{newer_pgbouncer.program()} is missing: run tools/install-deps --tests")
        sandbox = self.cluster(pgbouncer_program=newer_pgbouncer.program())
        self.start_all(sandbox)
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            began = time.monotonic()
            sandbox.node("node1").freeze()
            wait_for("all clients to go on", lambda: load.all_worked(began, 2), 20)
            print(f"\nfreeze: last client after {load.last_recovery(began, 2) - began:.3f} s", end="")
            self.assertEqual([client.lost for client in load.idle], [0] * len(load.idle))
            self.assertLessEqual(max(client.lost for client in load.busy), 1)
            said = sandbox.pgbouncer.log.read_text(encoding="utf-8")
            self.assertIn("admin forced disconnect", said)
            self.assertFalse("query_timeout" in said, "a pulse of query_timeout, which ends the queries of others, too")
            sandbox.node("node1").thaw()
            for number in (1, 2):
                self.wait_well(sandbox, number)
            began = time.monotonic()
            sandbox.node("node2").kill()
            wait_for("all clients to go on", lambda: load.all_worked(began, 1), 20)
            print(f"\nkill: last client after {load.last_recovery(began, 1) - began:.3f} s", end="")


if __name__ == "__main__":
    unittest.main()
