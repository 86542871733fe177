# SPDX-License-Identifier: PostgreSQL
"""bdrmon cluster show and cluster event, also beside Debian's own repmgr, which reads the same tables."""
import json
import os
import time

from bdrsandbox import monitor
from registration import BAD_CONFIG, DB_CONN, NODE_STATUS, OK, RegistrationTest, grants

REPMGR = "/usr/lib/postgresql/15/bin/repmgr"
PROBE_TIMEOUT = 2.0


class ClusterCommands(RegistrationTest):
    def setUp(self):
        super().setUp()
        for node in self.bed.nodes.values():
            node.sql("; ".join(["create extension repmgr", *grants("extension repmgr")]))
        self.register()

    def columns(self, *command, code=OK):
        """The table that a command prints: its rule is right, and the cells without their padding."""
        done = self.run_on(1, *command)
        self.assertEqual(done.returncode, code, done.stderr)
        lines = done.stdout.rstrip("\n").split("\n")
        self.assertRegex(lines[1], r"^-+(\+-+)+$")
        self.assertEqual([at for at, letter in enumerate(lines[1]) if letter == "+"],
                         [at for at, letter in enumerate(lines[0]) if letter == "|"])
        return [[cell.strip() for cell in line.split("|")] for line in lines[:1] + lines[2:]], done.stderr

    def row(self, number, status, *rest):
        return [str(number), f"node{number}", "bdr", status, "", "default", "100", *rest]

    HEADINGS = ["ID", "Name", "Role", "Status", "Upstream", "Location", "Priority", "Connection string"]
    UNREACHABLE = 'WARNING: following issues were detected\n  - unable to connect to node "node2" (ID: 2)\n'

    def test_show_prints_both_nodes_as_repmgr_does(self):
        table, errors = self.columns("cluster", "show")
        self.assertEqual(table, [self.HEADINGS, self.row(1, "* running", self.conninfo(1)),
                                 self.row(2, "* running", self.conninfo(2))])
        self.assertEqual(errors, "")
        self.expect(1, "cluster show --csv", OK, "", "1,0,0\n2,0,0\n")
        table, _ = self.columns("cluster", "show", "--compact")
        self.assertEqual(table[0], self.HEADINGS[:6] + ["Prio."])
        self.assertEqual(table[1:], [self.row(1, "* running"), self.row(2, "* running")])

    def test_show_says_which_node_cannot_be_reached(self):
        self.bed.node("node2").kill()
        table, errors = self.columns("cluster", "show", code=NODE_STATUS)
        self.assertEqual(table[1:3], [self.row(1, "* running", self.conninfo(1)),
                                      self.row(2, "? unreachable", self.conninfo(2))])
        self.assertEqual(errors, self.UNREACHABLE)
        self.expect(1, "cluster show --csv", NODE_STATUS, "", "1,0,0\n2,-1,-1\n")
        told = json.loads(self.run_on(1, "cluster", "show", "--json").stdout)["nodes"]
        self.assertEqual([(node["id"], node["status"], node["reason"]) for node in told],
                         [(1, "running", None), (2, "unreachable", "Connection refused")])
        _, errors = self.columns("cluster", "show", "--verbose", code=NODE_STATUS)
        self.assertIn('when attempting to connect to node "node2" (ID: 2), following error encountered :\n'
                      '"Connection refused"', errors)
        self.bed.sql("node1", "update repmgr.nodes set active = false where node_id = 2")
        table, _ = self.columns("cluster", "show", code=NODE_STATUS)
        self.assertEqual(table[2][3], "- failed")

    def test_show_tells_of_replication_if_it_is_asked_to(self):
        self.bed.wait_replicating()
        told = json.loads(self.run_on(1, "cluster", "show", "--json").stdout)["nodes"]
        for node in told:
            replication = node["replication"]
            self.assertEqual(replication["kind"], "pglogical")
            self.assertTrue(replication["in"]["up"] and replication["out"]["up"], replication)
            self.assertEqual(replication["slot"], "safe")
            self.assertIsNone(replication["conflicts"])
        done = self.run_on(1, "cluster", "show", "--verbose")
        table = [[cell.strip() for cell in line.split("|")] for line in done.stdout.splitlines()[5:]]
        self.assertEqual(table[0], ["Name", "Replication", "Receives", "Sends", "Slot retention", "Conflicts"])
        self.assertEqual([row[0] for row in table[2:]], ["node1", "node2"])
        self.assertRegex(table[2][1], r"^pglogical 2\.")
        self.bed.node("node2").kill()
        told = json.loads(self.run_on(1, "cluster", "show", "--json").stdout)["nodes"]
        self.assertIsNone(told[1]["replication"])

    def test_show_says_that_a_node_which_runs_counts_as_inactive(self):
        self.bed.sql("node1", "update repmgr.nodes set active = false where node_id = 2")
        table, errors = self.columns("cluster", "show", code=NODE_STATUS)
        self.assertEqual(table[2][3], "! running")
        self.assertIn('node "node2" (ID: 2) is running but the repmgr node record is inactive', errors)

    def test_the_other_node_is_asked_when_this_one_is_down(self):
        self.bed.node("node1").kill()
        table, _ = self.columns("cluster", "show", code=NODE_STATUS)
        self.assertEqual([row[3] for row in table[1:3]], ["? unreachable", "* running"])
        self.assertIn("bdr_register", self.run_on(1, "cluster", "event").stdout)
        self.bed.node("node2").kill()
        for command in ("cluster show", "cluster event"):
            self.expect(1, command, DB_CONN,
                        'ERROR: could not connect to node "node1" (ID: 1): Connection refused\n')

    def test_a_frozen_node_costs_no_more_than_a_probe(self):
        self.bed.node("node2").freeze()
        self.addCleanup(self.bed.node("node2").thaw)
        began = time.monotonic()
        table, errors = self.columns("cluster", "show", code=NODE_STATUS)
        self.assertLess(time.monotonic() - began, 3 * PROBE_TIMEOUT)
        self.assertEqual(table[2][3], "? unreachable")
        self.assertEqual(errors, self.UNREACHABLE)

    def test_without_a_registration_both_say_so(self):
        for node in self.bed.nodes.values():
            node.sql("delete from repmgr.nodes")
        self.expect(1, "cluster show", BAD_CONFIG,
                    "ERROR: no node records were found\nHINT: ensure at least one node is registered\n")
        for node in self.bed.nodes.values():
            node.sql("drop extension repmgr cascade")
        for command in ("show", "event"):
            done = self.run_on(1, "cluster", command)
            self.assertEqual(done.returncode, BAD_CONFIG)
            self.assertIn('HINT: Register both nodes with "repmgr bdr register"', done.stderr)

    # -- events

    def add_event(self, name, when, event, node_id=1, details=None, successful=True):
        self.bed.sql(name, "insert into repmgr.events values (%s, %s, %s, %s, %s)",
                     [node_id, event, successful, when, details])

    def test_events_are_printed_as_repmgr_prints_them(self):
        table, errors = self.columns("cluster", "event")
        self.assertEqual(errors, "")
        self.assertEqual(table[0], ["Node ID", "Name", "Event", "OK", "Timestamp", "Details"])
        self.assertEqual([row[:4] + row[5:] for row in table[1:]], [
            ["2", "node2", "bdr_register", "t", 'node record created for node "node2" (ID: 2)'],
            ["1", "node1", "bdr_register", "t", 'node record created for node "node1" (ID: 1)'],
            ["1", "node1", "cluster_created", "t", ""]])
        self.assertRegex(table[1][4], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        when = table[1][4]
        self.assertEqual(self.run_on(1, "cluster", "event", "--csv", "--limit", "1").stdout,
                         f"2,node2,bdr_register,t,{when}\n")
        table, _ = self.columns("cluster", "event", "--compact")
        self.assertEqual(table[0], ["Node ID", "Name", "Event", "OK", "Timestamp"])

    def test_what_either_node_has_recorded_is_printed_once_the_newest_first(self):
        self.add_event("node1", "2000-01-01 00:00:01+00", "on_node1", details='a "b"')
        self.add_event("node2", "2000-01-01 00:00:02+00", "on_node2", successful=False)
        for name in self.bed.nodes:
            self.add_event(name, "2000-01-01 00:00:03+00", "on_both")
        told = json.loads(self.run_on(1, "cluster", "event", "--json").stdout)
        self.assertEqual([event["event"] for event in told[-3:]], ["on_both", "on_node2", "on_node1"])
        self.assertEqual((told[-2]["successful"], told[-1]["details"], told[-1]["node_name"]),
                         (False, 'a "b"', "node1"))
        self.assertEqual(len(told), 6)

    def test_the_filters_of_events(self):
        for second in range(30):
            self.add_event("node1", f"2000-01-01 00:00:{second:02}+00", "tick", node_id=1 + second % 2)

        def told(*options):
            text = self.run_on(1, "cluster", "event", "--csv", *options).stdout
            return [line.split(",") for line in text.splitlines()]

        self.assertEqual(len(told()), 20)
        self.assertEqual(len(told("--all")), 33)
        self.assertEqual(len(told("--limit", "25")), 25)
        self.assertEqual(len(told("--all", "--event", "tick")), 30)
        self.assertEqual({row[0] for row in told("--all", "--node-id", "2")}, {"2"})
        self.assertEqual(len(told("--all", "--node-name", "node2")), 16)
        self.expect(1, "cluster event --event nothing", OK, "", "no matching events found\n")
        self.expect(1, "cluster event --event nothing --json", OK, "", "[]\n")
        done = self.run_on(1, "cluster", "event", "--limit", "0")
        self.assertEqual((done.returncode, done.stdout), (BAD_CONFIG, ""))

    def test_details_cannot_look_like_another_event(self):
        self.add_event("node1", "2000-01-01", "odd", details="one\n 2 | node2 | \x1b[31mtwo")
        table, _ = self.columns("cluster", "event")
        self.assertEqual(len(table), 5)
        self.assertEqual(table[-1][5], "one  2")

    def test_debian_s_repmgr_lists_our_events(self):
        """Line by line the same, but for the end of the rule and the padding of the last column."""
        config = self.bed.directory / "repmgr.conf"
        config.write_text(monitor.as_ini({"node_id": 1, "node_name": "node1", "conninfo": self.conninfo(1),
                                          "data_directory": self.bed.node("node1").data}), encoding="utf-8")
        os.chmod(config, 0o644)
        self.add_event("node1", "2000-01-01", "bdr_failover", details="détails")
        self.run_on(1, "unregister", "--node-id", "2")
        for options in ((), ("--csv",), ("--compact",), ("--limit=2",), ("--event=bdr_register",), ("--node-id=1",)):
            with self.subTest(options=options):
                theirs = self.as_account(REPMGR, "-f", config, "cluster", "event", *options)
                ours = self.run_on(1, "cluster", "event", *options)
                self.assertEqual((theirs.returncode, ours.returncode), (OK, OK), theirs.stderr)
                self.assertIn("bdr_register", ours.stdout)
                self.assertEqual([line.rstrip(" -") for line in ours.stdout.splitlines()],
                                 [line.rstrip(" -") for line in theirs.stdout.splitlines()])
