# SPDX-License-Identifier: PostgreSQL
"""The same moves with the PgBouncer of Debian 13, which can end a single client: those that hang are released by that."""
import time
import unittest

import test_proxies
from bdrsandbox import Load, newer_pgbouncer, wait_for


class NewerPgBouncer(test_proxies.Proxies):
    def cluster(self, overrides=None, **options):
        if not newer_pgbouncer.is_there():
            self.fail(f"{newer_pgbouncer.program()} is missing: run tools/install-deps --tests")
        return super().cluster(overrides, pgbouncer_program=newer_pgbouncer.program(), **options)

    def test_only_who_hangs_on_the_silent_node_is_ended(self):
        sandbox = self.cluster()
        self.start_all(sandbox)
        proxy = sandbox.pgbouncer
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            began = time.monotonic()
            sandbox.node("node1").freeze()
            wait_for("all clients to go on", lambda: load.all_worked(began, 2), 20)
            print(f"\nlast client after {load.last_recovery(began, 2) - began:.3f} s", end="")
            self.assertEqual([client.lost for client in load.idle], [0] * len(load.idle))
            self.assertLessEqual(max(client.lost for client in load.busy), 1)
        said = proxy.log.read_text(encoding="utf-8")
        self.assertIn("admin forced disconnect", said)
        self.assertFalse("query_timeout" in said, "a pulse of query_timeout, which ends the queries of others, too")
        sandbox.node("node1").thaw()


if __name__ == "__main__":
    unittest.main()
