# SPDX-License-Identifier: PostgreSQL
"""What status, --once and explain say of the proxies: one that is well, one that does not answer, and one that is moved."""
import json

from bdrsandbox import wait_for
from support import SandboxTest, binary

OK, WARNING, CRITICAL = range(3)


class ProxiesTold(SandboxTest):
    def setUp(self):
        self.box = self.sandbox()
        self.proxy = self.box.pgbouncer
        self.box.write_config_of_both(1, {"event_notification_command": None, "pgbouncer p1": self.section()})

    def section(self, **changes):
        return {"conninfo": self.proxy.console_dsn(), "probe_conninfo": self.proxy.app_dsn(), "aliases": "bdrtest",
                "file": self.proxy.databases, **changes}

    def adopt(self):
        """Writes the probe aliases, as bdrmon pgbouncer adopt does."""
        with self.proxy.databases.open("a", encoding="utf-8") as file:
            for name, node in self.box.nodes.items():
                file.write(f"bdrmon_probe_{name} = host={node.host.address} port={node.port} dbname=bdrtest\n")
        self.proxy.console("RELOAD")

    def bdrmon(self, *words):
        done = self.box.run_monitor(1, binary(), *words)
        return done.returncode, done.stdout

    def told(self):
        """The proxies by name."""
        return {proxy["name"]: proxy for proxy in json.loads(self.bdrmon("status", "--json")[1])["proxies"]}

    def wait_told(self, name, **wanted):
        wait_for(f"{name} to be told as {wanted}",
                 lambda: wanted.items() <= self.told().get(name, {}).items(), 15)

    def test_what_is_told_is_what_is_so(self):
        self.start(self.box, 1)
        self.wait_told("p1", state="in_use", node="node1", problem='has no probe aliases yet: run "bdrmon pgbouncer adopt"')
        self.adopt()
        self.wait_told("p1", state="in_use", usable=True, problem=None)
        wait_for("both nodes seen through p1",
                 lambda: [sight["health"] for sight in self.told()["p1"]["sees"]] == ["up", "up"], 15)
        code, text = self.bdrmon("--once")
        self.assertEqual(code, OK, text)
        self.assertIn(" proxies_off=0;;0;0;1 ", text)
        self.assertRegex(self.bdrmon("status")[1], r"\nProxies\n Name \| Node  \|(.*\n){2} p1   \| node1 \| in_use ")
        self.assertRegex(self.bdrmon("explain")[1], r'(?s)Proxy "p1" on node "node1": rule "in_use".*\n Sees: node "node1" up, '
                                                    r'.*; node "node2" up, .*A proxy that cannot use its node, ')
        self.box.node("node1").kill()
        self.wait_told("p1", state="in_use", node="node2", moves=1, epoch=1)
        self.box.node("node2").kill()
        self.wait_told("p1", state="stuck", usable=False, problem="can use neither node")
        code, text = self.bdrmon("--once")
        self.assertEqual(code, CRITICAL, text)
        self.assertIn('; no proxy points to a node that can be used; proxy "p1" can use neither node; ', text)
        self.assertIn(" proxies_off=1;;0;0;1 ", text)
        self.proxy.stop()
        self.wait_told("p1", state="unreachable", answers=False)
        self.assertIsNone(json.loads(self.bdrmon("status", "--probe", "--json")[1])["proxies"])
