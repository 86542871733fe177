# SPDX-License-Identifier: PostgreSQL
"""Nothing that a value holds is ever run by the shell that bdrmon starts."""
from bdrsandbox import wait_for
from support import SandboxTest, binary

HOSTILE = """x"; touch PWNED; $(touch PWNED) `touch PWNED` ' & touch PWNED"""


class Hostile(SandboxTest):
    def run_failover(self, placeholders):
        """A failover of node1 to a node2 whose name and conninfo are an attack; the values that the command got."""
        sandbox = self.sandbox()
        quoted = HOSTILE.replace("\\", "\\\\").replace("'", "\\'")
        conninfo = f"{sandbox.conninfo('node2')} application_name='{quoted}'"
        sandbox.sql("node1", "update repmgr.nodes set node_name = %s, conninfo = %s where node_id = 2",
                    [HOSTILE, conninfo])
        record = self.record(sandbox, 1, f"{placeholders} -- %n %e", {"event_notifications": "bdr_failover"})
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        monitor.wait_log(r"node1.* is up", 10)
        monitor.wait_log(r"\(ID: 2\) is up", 10)
        sandbox.node("node1").kill()
        monitor.wait_log("bdr_failover command")
        wait_for("the command's record", record.runs, 5)
        self.assertEqual(list(sandbox.directory.rglob("PWNED")), [])
        return record.runs()[0][1], conninfo

    def test_in_double_quotes_each_value_arrives_as_it_is(self):
        values, conninfo = self.run_failover('"%a" "%c"')
        self.assertEqual(values, [HOSTILE, conninfo, "--", "1", "bdr_failover"])

    def test_in_single_quotes_each_value_arrives_as_it_is(self):
        values, conninfo = self.run_failover("'%a' 'in front %c behind'")
        self.assertEqual(values, [HOSTILE, f"in front {conninfo} behind", "--", "1", "bdr_failover"])

    def test_bare_a_value_is_split_at_blanks_and_nothing_else(self):
        values, conninfo = self.run_failover("%a %c")
        self.assertEqual(values, [*HOSTILE.split(), *conninfo.split(), "--", "1", "bdr_failover"])

    def test_a_servers_error_message_is_text_and_one_line_in_the_log(self):
        sandbox = self.sandbox()
        role = HOSTILE.replace("'", "\\'")
        port = sandbox.node("node1").port
        sandbox.write_config(1, {"conninfo": f"host={sandbox.sockets} port={port} dbname=bdrtest user='{role}'",
                                 "node node2": {"node_id": 2, "conninfo": sandbox.conninfo("node2")}})
        done = sandbox.run_monitor(1, binary(), "--once")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("denied at login", done.stdout)
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        monitor.wait_log("denied at step login: .*touch PWNED")
        self.assertEqual(list(sandbox.directory.rglob("PWNED")), [])
