# SPDX-License-Identifier: PostgreSQL
"""What a running monitor can be asked and told: status, pause, and clients that behave badly."""
import contextlib
import csv
import io
import json
import os
import select
import signal
import socket
import subprocess
import time

from bdrsandbox import wait_for
from support import Machine, ProbeWatch, SandboxTest, as_root, binary

OK, WARNING, CRITICAL = range(3)
NODE_STATUS, NO_DAEMON = 25, 27

# An answer is due in 50 ms; a deadline is asserted at three times its value.
ANSWER_SECONDS = 3 * 0.050


class Control(SandboxTest):
    """One sandbox with one monitor for all of them: none changes what another one relies on."""

    @classmethod
    def setUpClass(cls):
        cls.box = SandboxTest.sandbox(cls())
        cls.box.write_config_of_both(1)
        cls.monitor = cls.box.start_monitor(1, binary())
        for name in ("node1", "node2"):
            cls.monitor.wait_log(f'node "{name}" .* is up')
        cls.path = cls.box.directory / "bdrmon1/run/bdrmon.sock"

    @classmethod
    def tearDownClass(cls):
        cls.monitor.stop()
        cls.box.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def run_bdrmon(self, *words):
        done = self.box.run_monitor(1, binary(), *words)
        return done.returncode, done.stdout, done.stderr

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(5)
        client.connect(str(self.path))
        return client

    def ask(self, line):
        """One request by hand: code, body, and the time that it took."""
        began = time.monotonic()
        client = self.connect()
        client.sendall(line.encode() + b"\n")
        with client.makefile("rb") as stream:
            code, length = stream.readline().split()
            body = stream.read()
        self.assertEqual(len(body), int(length))
        return int(code), body.decode(), time.monotonic() - began

    def test_status_is_the_same_in_each_format(self):
        code, table, _ = self.run_bdrmon("status")
        self.assertEqual(code, 0, table)
        self.assertRegex(table, r"\n ID \| Name  \| Health ")
        self.assertRegex(table, r"\n 1  \| node1 \| up ")
        code, text, _ = self.run_bdrmon("status", "--json")
        status = json.loads(text)
        self.assertEqual((code, status["status"], status["monitor"]["name"]), (0, "OK", "node1"))
        self.assertEqual([node["health"] for node in status["nodes"]], ["up", "up"])
        code, text, _ = self.run_bdrmon("status", "--csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([(row["id"], row["name"], row["rule"]) for row in rows],
                         [("1", "node1", "well"), ("2", "node2", "well")])

    def test_once_asks_the_monitor_and_says_so(self):
        code, text, errors = self.run_bdrmon("--once")
        self.assertEqual((code, errors), (OK, ""), text)
        self.assertRegex(text, r'^BDRMON OK: 2 of 2 nodes up as monitor "node1" sees them \| nodes_down=0;0;1;0;2 '
                               r"node1_time=\d\.\d{6}s;;;0 node1_lag_bytes=\d+B;;;0 "
                               r"node2_time=\d\.\d{6}s;;;0 node2_lag_bytes=\d+B;;;0\n$")
        code, text, _ = self.run_bdrmon("--once", "-w", "@0", "--json")
        self.assertEqual((code, json.loads(text)["reasons"]), (WARNING, ["number of nodes down is 0, outside the range @0"]))
        code, text, _ = self.run_bdrmon("--once", "-c", "1:")
        self.assertEqual(code, CRITICAL, text)
        self.assertIn("nodes_down=0;0;1:;0;2", text)

    def test_a_pause_has_an_end(self):
        code, text, _ = self.run_bdrmon("pause", "--for", "5s")
        self.assertEqual((code, text), (0, 'monitor "node1" is paused for 5 s\n'))
        self.assertEqual(self.run_bdrmon("--once")[0], WARNING)
        code, text, _ = self.run_bdrmon("status", "--json")
        self.assertEqual(code, NODE_STATUS)
        status = json.loads(text)
        self.assertTrue(status["monitor"]["paused"])
        self.assertEqual([(node["rule"], node["rule_without_pause"]) for node in status["nodes"]],
                         [("paused", "well")] * 2)
        wait_for("the end of the pause", lambda: self.run_bdrmon("--once")[0] == OK, 15)
        self.assertEqual(self.run_bdrmon("pause")[:2], (0, 'monitor "node1" is paused until "bdrmon unpause"\n'))
        self.assertEqual(self.run_bdrmon("unpause")[:2], (0, 'monitor "node1" is not paused any more\n'))
        self.assertEqual(self.run_bdrmon("--once")[0], OK)

    def test_another_user_may_ask_but_not_tell(self):
        for directory in (self.box.directory / "bdrmon1", self.box.directory / "bdrmon1/run"):
            directory.chmod(0o755)
        script = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
                  "s.sendall(sys.argv[2].encode() + b'\\n'); print(s.makefile().read(), end='')")

        def as_nobody(request):
            return subprocess.run([*as_root(self), "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--",
                                   "/usr/bin/python3", "-c", script, str(self.path), request],
                                  capture_output=True, text=True, check=True, timeout=20, cwd="/").stdout

        self.assertTrue(as_nobody("status").startswith("0 "))
        for request in ("pause", "pause 1000", "unpause", "reload"):
            answer = as_nobody(request)
            self.assertTrue(answer.startswith("1 "), answer)
            self.assertIn(f'permission denied for "{request.split()[0]}"', answer)
        self.assertEqual(self.run_bdrmon("--once")[0], OK)

    def test_what_is_no_request_is_refused(self):
        for line in ("", "statu", "status a b c d e f", "pause 0", "pause -5", "pause x", "\xff\xfe"):
            code, body, _ = self.ask(line)
            self.assertEqual(code, 1, (line, body))
            self.assertTrue(body.startswith("ERROR: "), body)

    def test_a_request_that_is_too_long_or_never_ends_is_cut_off(self):
        client = self.connect()
        client.sendall(b"status" + b" " * 1000)
        with contextlib.suppress(ConnectionResetError):  # what was not read becomes a reset
            self.assertEqual(client.recv(10), b"")
        client = self.connect()
        client.sendall(b"stat")
        client.settimeout(3 * 2)
        self.assertEqual(client.recv(10), b"")

    def test_two_hundred_bad_clients_delay_nobody(self):
        """They say nothing, garbage, or half a line, and come again when they are cut off."""
        speeches = [b"", b"\x00\xff\x17" * 50, b"stat"]
        crowd = {}

        def join(speech):
            client = socket.socket(socket.AF_UNIX)
            client.setblocking(False)
            try:
                client.connect(str(self.path))
                client.send(speech)
            except BlockingIOError:
                client.close()  # the queue is full for the moment
                return
            crowd[client.fileno()] = (client, speech)

        def come_again():
            for speech in speeches * 70:
                if len(crowd) >= 200:
                    return
                join(speech)

        self.addCleanup(lambda: [client.close() for client, _ in crowd.values()])
        worst, asked, end = 0.0, 0, time.monotonic() + 5
        come_again()
        self.assertGreaterEqual(len(crowd), 150)
        with Machine() as machine, ProbeWatch(self.box.node("node2")) as watch:
            while time.monotonic() < end:
                for number in select.select(list(crowd), [], [], 0)[0]:
                    crowd.pop(number)[0].close()
                come_again()
                code, _, took = self.ask("status")
                self.assertIn(code, (0, NODE_STATUS))
                worst, asked = max(worst, took), asked + 1
                time.sleep(0.02)  # the crowd's rhythm, not a wait for something
        print(f"\n200 bad clients: {asked} times status, the slowest after {1000 * worst:.1f} ms; "
              f"longest gap between two probes of a node: {watch.longest_gap():.3f} s (interval 1 s); "
              f"the machine itself was late by {1000 * machine.late:.1f} ms")
        self.assertGreater(asked, 20)
        self.assertLess(worst, ANSWER_SECONDS + machine.late)
        self.assertLess(watch.longest_gap(), 1 + ANSWER_SECONDS + machine.late)


class WithoutMonitor(SandboxTest):
    def test_status_probes_by_itself_and_says_so(self):
        sandbox = self.sandbox()
        done = sandbox.run_monitor(1, binary(), "status")
        self.assertEqual(done.returncode, NODE_STATUS, done.stdout)
        self.assertIn("No monitor was asked", done.stdout)
        self.assertIn("no monitor runs here", done.stdout)
        self.assertEqual(sandbox.run_monitor(1, binary(), "status", "--probe").returncode, 0)
        done = sandbox.run_monitor(1, binary(), "--once")
        self.assertEqual(done.returncode, WARNING)
        self.assertIn("2 of 2 nodes up as probed now; no monitor runs here", done.stdout)
        for words in (("pause",), ("unpause",), ("reload",)):
            done = sandbox.run_monitor(1, binary(), *words)
            self.assertEqual(done.returncode, NO_DAEMON)
            self.assertRegex(done.stderr, r'^ERROR: could not connect to the monitor at ".*": .*\nHINT: .*\n$')

    def test_a_monitor_that_hangs_is_not_waited_for(self):
        sandbox = self.sandbox()
        monitor = self.start(sandbox, 1)
        os.kill(monitor.pid, signal.SIGSTOP)
        began = time.monotonic()
        done = sandbox.run_monitor(1, binary(), "--once")
        os.kill(monitor.pid, signal.SIGCONT)
        self.assertEqual(done.returncode, WARNING, done.stdout)
        self.assertIn("as probed now; no monitor runs here", done.stdout)
        self.assertLess(time.monotonic() - began, 3 * 2)  # a second for the monitor, and one for the nodes

    def test_a_socket_left_behind_is_taken_over_and_a_living_one_is_not(self):
        sandbox = self.sandbox()
        first = self.start(sandbox, 1)
        path = sandbox.directory / "bdrmon1/run/bdrmon.sock"
        first.kill()
        self.assertTrue(path.exists())
        second = self.start(sandbox, 1)
        self.assertEqual(sandbox.run_monitor(1, binary(), "status").returncode, 0)
        self.stop(second)
        self.assertFalse(path.exists())


class Pause(SandboxTest):
    def test_a_paused_monitor_watches_and_acts_when_the_pause_ends(self):
        sandbox = self.sandbox()
        record = self.record(sandbox, 1)
        monitor = self.start(sandbox, 1)
        sandbox.run_monitor(1, binary(), "pause")
        sandbox.node("node2").kill()
        monitor.wait_log(r'node "node2" \(ID: 2\) is down')

        def node2():
            return json.loads(sandbox.run_monitor(1, binary(), "status", "--json").stdout)["nodes"][1]

        wait_for("the rule of a paused monitor", lambda: node2()["rule_without_pause"] == "failover", 5)
        self.assertEqual(node2()["rule"], "paused")
        self.assertNotIn("bdr_failover", record.events())
        sandbox.run_monitor(1, binary(), "unpause")
        wait_for("the failover", lambda: "bdr_failover" in record.events(), 5)

    def test_with_local_monitoring_only_the_other_node_is_left_to_its_own_monitor(self):
        sandbox = self.sandbox(overrides={"bdr_local_monitoring_only": "true"})
        records = [self.record(sandbox, number) for number in (1, 2)]
        monitors = [self.start(sandbox, number) for number in (1, 2)]
        sandbox.node("node2").kill()
        wait_for("the failover by node2's own monitor", lambda: "bdr_failover" in records[1].events(), 5)
        monitors[0].wait_log(r'node "node2" \(ID: 2\): rule "not_ours"')
        self.assertNotIn("bdr_failover", records[0].events())


class Restricted(SandboxTest):
    def test_without_a_place_for_the_socket_the_monitor_watches_all_the_same(self):
        sandbox = self.sandbox(overrides={"monitor": {"runtime_directory": "/proc/nowhere"}})
        monitor = self.start(sandbox, 1)
        monitor.wait_log(r'\[WARNING\] "bdrmon status" and the like cannot reach this monitor')
        monitor.wait_log(r"\[HINT\] Set runtime_directory in section \[monitor\]")
