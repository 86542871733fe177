# SPDX-License-Identifier: PostgreSQL
"""A planned move where a login to a server takes long: a RELOAD would end it, and turn away all who wait for it."""
import unittest

from bdrsandbox import Load, wait_for
from proxies import ProxyTest
from support import binary


class LongRepoint(ProxyTest):
    def test_a_move_waits_for_a_login_that_takes_a_second(self):
        sandbox = self.cluster()
        self.start_all(sandbox)
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            for node in sandbox.nodes.values():
                node.sql("alter system set pre_auth_delay = 1")
                node.sql("select pg_reload_conf()")
            for number in (2, 1, 2):
                done = sandbox.run_monitor(1, binary(), "repoint", "--to", f"node{number}")
                self.assertEqual(done.returncode, 0, done.stderr)
                # Of the twenty logins, one after the other, the next one is under way then.
                wait_for("a client to work there", lambda number=number: number in [
                    client.nodes[-1] for client in load.busy], 10)
            errors = [client.errors for client in load.clients if client.errors]
            self.assertEqual(errors, [])


if __name__ == "__main__":
    unittest.main()
