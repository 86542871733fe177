# SPDX-License-Identifier: PostgreSQL
"""bdrmon --once, as Nagios calls it."""
import json
import time

from support import SandboxTest, binary

OK, WARNING, CRITICAL, UNKNOWN = range(4)


class Once(SandboxTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = SandboxTest.sandbox(cls())

    @classmethod
    def tearDownClass(cls):
        cls.shared.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def setUp(self):
        """Both nodes are named in the file, so that neither is needed to know the other; both replicate."""
        self.shared.poke_replication()
        self.shared.wait_replicating()
        self.other = {"node node2": {"node_id": 2, "conninfo": self.shared.conninfo("node2")}}

    def once(self, *options, limit=10.0, **overrides):
        """Runs it with these settings; checks what must always hold; returns code and text."""
        self.shared.write_config(1, {**self.other, **overrides})
        began = time.monotonic()
        done = self.shared.run_monitor(1, binary(), "--once", "--probe", *options)
        self.assertLess(time.monotonic() - began, limit)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.count("\n"), 1, done.stdout)
        self.assertTrue(done.stdout.endswith("\n"))
        return done.returncode, done.stdout.rstrip("\n")

    def own(self, **changes):
        """node1's conninfo with other values."""
        words = dict(word.split("=", 1) for word in self.shared.conninfo("node1").split())
        return " ".join(f"{key}={value}" for key, value in {**words, **changes}.items())

    def test_two_nodes_up(self):
        code, text = self.once()
        self.assertEqual(code, OK, text)
        self.assertRegex(text, r"^BDRMON OK: 2 of 2 nodes up as probed now \| nodes_down=0;0;1;0;2 "
                               r"node1_time=0\.\d{6}s;;;0 node1_lag_bytes=\d+B;;;0 "
                               r"node2_time=0\.\d{6}s;;;0 node2_lag_bytes=\d+B;;;0$")

    def test_the_other_node_is_found_in_repmgr_nodes(self):
        self.other = {}
        code, text = self.once()
        self.assertEqual(code, OK, text)

    def test_one_node_down_is_a_warning(self):
        self.shared.node("node2").kill()
        self.addCleanup(self.shared.node("node2").start)
        code, text = self.once()
        self.assertEqual(code, WARNING, text)
        self.assertIn('; node "node2" (ID: 2) refused at connect: Connection refused | nodes_down=1;', text)

    def test_two_nodes_down_are_critical(self):
        for node in self.shared.nodes.values():
            node.kill()
            self.addCleanup(node.start)
        code, text = self.once()
        self.assertEqual(code, CRITICAL, text)
        self.assertIn("BDRMON CRITICAL: 0 of 2 nodes up", text)

    def test_a_frozen_node_is_a_warning_after_the_time_of_a_probe(self):
        self.shared.node("node2").freeze()
        self.addCleanup(self.shared.node("node2").thaw)
        code, text = self.once(limit=3 * 2.0)
        self.assertEqual(code, WARNING, text)
        self.assertRegex(text, r'node "node2" \(ID: 2\) timeout at (tls|login): no answer')

    def test_the_given_time_is_never_exceeded(self):
        self.shared.node("node2").freeze()
        self.addCleanup(self.shared.node("node2").thaw)
        code, text = self.once("-t", "1", limit=3 * 1)
        self.assertEqual(code, UNKNOWN, text)
        self.assertRegex(text, r'^BDRMON UNKNOWN: no answer from node "node2" \(ID: 2\)')

    def test_what_a_wrong_setting_gives(self):
        cases = (
            ({"passfile": "/dev/null", "password": "wrong"}, WARNING, "denied at login: password authentication failed"),
            ({"dbname": "nope"}, WARNING, 'denied at login: database "nope" does not exist'),
            ({"port": "1"}, WARNING, "refused at connect: Connection refused"),
            ({"host": "nowhere.invalid"}, WARNING, "unreachable at resolve: could not translate host name"),
            ({"host": "/nowhere"}, WARNING, "refused at connect: No such file or directory"),
            ({"sslmode": "require"}, WARNING, "broken at tls: server does not support SSL"),
            ({"port": "0x"}, WARNING, "broken at connect: invalid integer value"),
        )
        for change, expected, words in cases:
            with self.subTest(change=change):
                code, text = self.once(conninfo=self.own(**change))
                self.assertEqual(code, expected, text)
                self.assertIn(f'node "node1" (ID: 1) {words}', text)

    def test_what_nobody_can_read_is_unknown(self):
        cases = (
            ({"reconnect_attempts": "many"}, 'invalid value for parameter "reconnect_attempts"'),
            ({"reconect_attempts": 3}, 'unrecognized configuration parameter "reconect_attempts"'),
            ({"conninfo": "host=a,b"}, "names more than one host"),
            ({"conninfo": "s3cret"}, "invalid connection string"),
            ({"conninfo": None}, "conninfo"),
        )
        for change, words in cases:
            with self.subTest(change=change):
                code, text = self.once(**change)
                self.assertEqual(code, UNKNOWN, text)
                self.assertIn(words, text)
                self.assertTrue(text.startswith("BDRMON UNKNOWN: "))
                self.assertNotIn("s3cret", text)

    def test_a_bad_option_is_unknown_too(self):
        for option in ("--frobnicate", "-t", "-t0", "-t1h", "extra"):
            with self.subTest(option=option):
                code, text = self.once(option)
                self.assertEqual(code, UNKNOWN, text)
                self.assertTrue(text.startswith("BDRMON UNKNOWN: "))

    def test_json_says_the_same(self):
        self.shared.node("node2").kill()
        self.addCleanup(self.shared.node("node2").start)
        code, text = self.once("--json")
        told = json.loads(text)
        self.assertEqual((code, told["status"], told["code"]), (WARNING, "WARNING", WARNING))
        self.assertEqual([(node["name"], node["outcome"]) for node in told["nodes"]],
                         [("node1", "ok"), ("node2", "refused")])
        code, text = self.once("--json", reconnect_attempts="many")
        self.assertEqual((code, json.loads(text)["status"]), (UNKNOWN, "UNKNOWN"))
