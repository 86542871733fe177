# SPDX-License-Identifier: PostgreSQL
"""The whole life of a cluster, whatever replicates it: registered, watched, failed over, recovered, unregistered."""
from bdrsandbox import Writer, wait_for
from registration import OK, grants
from support import SandboxTest, binary

NODE_STATUS = 25
# What a kind of replication needs beside what the sandbox has granted already, by README's words.
GRANTS = {"logical": "native logical", "logical17": "native logical"}
BDR_EVENTS = "select event, node_id from repmgr.events where event like 'bdr%' order by event_timestamp"
FLAGS = "select node_id, active from repmgr.nodes order by node_id"
NOTES = "select note from app where note like %s"


class LifeTest(SandboxTest):
    def run_on(self, sandbox, number, *command, code=OK):
        done = sandbox.run_monitor(number, binary(), *command)
        self.assertEqual(done.returncode, code, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def live(self, kind):
        """Application rows go both ways before, between and after each step; all that were confirmed are there in the end."""
        sandbox = self.sandbox(overrides={"failover": {"recovery_hold": "1s"}}, kind=kind, registered=False)
        for number in (1, 2):
            sandbox.write_config_of_both(number)
        for node in sandbox.nodes.values():
            node.sql("; ".join(grants(GRANTS[kind]) if kind in GRANTS else ["select 1"]))
        with Writer(sandbox.app_dsn()) as writer:
            writer.wait_success()
            for number in (1, 2):
                self.run_on(sandbox, number, "register")
                sandbox.wait_replicating()
            self.assertIn("* running", self.run_on(sandbox, 1, "cluster", "show"))
            self.assertIn("bdr_register", self.run_on(sandbox, 2, "cluster", "event"))
            sandbox.wait_replicating()
            monitor = self.start(sandbox, 1)
            monitor.wait_log("replication from the other node is up, to it up")
            sandbox.node("node2").kill()
            monitor.wait_log("bdr_failover:")
            shown = self.run_on(sandbox, 1, "cluster", "show", code=NODE_STATUS)
            self.assertRegex(shown, r"node2 +\| bdr +\| (\? unreachable|- failed)", shown)
            wait_for("the failed node's flag", lambda: sandbox.sql("node1", FLAGS) == [(1, True), (2, False)], 10)
            sandbox.node("node2").start()
            if kind == "bdr":
                sandbox.poke_replication()  # BDR tries by itself every 5 s; pglogical, which replicates here, may take 180
            monitor.wait_log("bdr_recovery:", 30)
            sandbox.wait_replicating()
            for node in sandbox.nodes:
                wait_for(f"the flags on {node}",
                         lambda node=node: sandbox.sql(node, FLAGS) == [(1, True), (2, True)], 10)
            rows = sandbox.sql("node1", BDR_EVENTS)
            self.assertEqual([row for row in rows if row[0] in ("bdr_failover", "bdr_recovery")],
                             [("bdr_failover", 2), ("bdr_recovery", 1)])
            self.stop(monitor)
            self.run_on(sandbox, 1, "unregister", "--node-id", "2")
            sandbox.wait_replicating()
            self.run_on(sandbox, 1, "unregister")
            self.assertEqual(sandbox.sql("node1", FLAGS), [])
            sandbox.wait_replicating()
            writer.wait_success()
        confirmed = set(writer.acknowledged)
        for node in sandbox.nodes:
            wait_for(f"all confirmed rows on {node}",
                     lambda node=node: confirmed <= {row[0] for row in sandbox.sql(node, NOTES, ["writer %"])}, 20)
        print(f"\n{kind}: {len(confirmed)} rows confirmed, all on both nodes; outage {writer.outage_ms():.0f} ms")
