# SPDX-License-Identifier: PostgreSQL
"""A PgBouncer whose console takes a unix account's word instead of a password: "peer"."""
import unittest

from bdrsandbox import Load, wait_for
from claims import QUICK
from proxies import ProxyTest
from support import binary

HBA = """local pgbouncer {account} peer
host all app,bdrmon 127.0.0.1/32 scram-sha-256
"""


class LongPeer(ProxyTest):
    def by_peer(self, proxy, account):
        """Its console wants a password from all who come over the network, and none from that account."""
        ini, hba = proxy.home / "pgbouncer.ini", proxy.home / "hba"
        proxy.stop()
        hba.write_text(HBA.format(account=account), encoding="utf-8")
        ini.write_text(ini.read_text(encoding="utf-8")
                       .replace("[pgbouncer]\n", f"[pgbouncer]\nauth_type = hba\nauth_hba_file = {hba}\n")
                       .replace("admin_users = bdrmon", f"admin_users = bdrmon, {account}"), encoding="utf-8")
        with open(proxy.home / "users.txt", "a", encoding="utf-8") as users:
            users.write(f'"{account}" ""\n')
        proxy.start()

    def test_a_console_without_a_password_is_adopted_and_moved(self):
        sandbox = self.sandbox(overrides=QUICK, registered=False, proxies=binary())
        proxy, account = sandbox.pgbouncer, sandbox.account.name
        self.by_peer(proxy, account)
        proxy.more["conninfo"] = f"host={sandbox.sockets} port={proxy.port} dbname=pgbouncer user={account}"
        sandbox.register(binary())
        monitors = self.start_all(sandbox)
        with Load(sandbox.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            sandbox.node("node1").kill()
            wait_for("all clients to work there", lambda: load.all_worked(0, 2), 20)
        wait_for("the proof of the move", lambda: self.moves(monitors), 20)
        self.assertEqual([move[:4] for move in self.moves(monitors)], [("pgbouncer", "away", "node1", "node2")])


if __name__ == "__main__":
    unittest.main()
