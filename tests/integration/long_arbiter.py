# SPDX-License-Identifier: PostgreSQL
"""A third PostgreSQL as arbiter: it consents to one failure at a time, by a key that is kept until that one is closed."""
import re
import unittest

from bdrsandbox import Session, wait_for
from bdrsandbox.victim import Victim
from claims import QUICK, ClaimTest
from support import binary

WAITS = {**QUICK, "probe": {"timeout": "2s"},
         "failover": {**QUICK["failover"], "lease": "2s", "on_no_quorum": "wait"}}
KEY = "select cluster, recorder, epoch from bdrmon.arbiter"


class Arbiter(ClaimTest):
    def setUp(self):
        """Who has no majority waits; the monitors have an arbiter, `third`, on a server of its own."""
        self.bed = self.cluster(overrides=WAITS, seconds=0.5)
        self.third = Victim(self.bed)
        self.third.__enter__()
        self.addCleanup(self.third.__exit__)
        self.without = {number: self.bed.config_path(number).read_text(encoding="utf-8") for number in (1, 2)}
        for number in (1, 2):
            self.name_arbiter(number, "third")

    def name_arbiter(self, number, *names):
        """Writes the monitor's file anew with the server under these names."""
        conninfo = f"host=127.0.0.1 port={self.third.port} dbname=bdrtest user=repmgr passfile={self.bed.passfile}"
        sections = "".join(f"\n[arbiter {name}]\nconninfo='{conninfo}'\n" for name in names)
        self.bed.config_path(number).write_text(self.without[number] + sections, encoding="utf-8")

    def start_all(self):
        """Both monitors; they hear each other and the arbiter, on which they may create the table."""
        self.third.sql("grant create on database bdrtest to repmgr")
        monitors = self.start_both(self.bed)
        for monitor in monitors:
            monitor.wait_log('arbiter "third" answers')
        return monitors

    def key(self):
        return self.third.sql(KEY)

    def statements(self, monitor, what):
        """What the monitor says that must be run on the arbiter, each with the two words that it begins with."""
        hint = monitor.wait_log(rf'arbiter "third" does not answer: {what} bdrmon.arbiter in database "bdrtest"\n'
                                r".*\[HINT\] Let a superuser run there: (.*);$", 30)[1]
        return [(re.match(r"\w+ \w+", statement)[0], statement) for statement in hint.split("; ")]

    def wait_free(self):
        wait_for("the key to be deleted", lambda: not self.key(), 10)

    def heard(self):
        """The monitors of which something is pinned up on the arbiter."""
        texts = self.third.sql("select application_name from pg_stat_activity where application_name like 'bdrmon/1 %'")
        return sorted(re.search(r"m=(\S+)", text)[1] for text, in texts)

    def test_a_crash_gives_one_confirmed_command_and_the_key_is_kept_until_the_node_has_recovered(self):
        self.start_all()
        self.assertEqual(self.heard(), ["node1", "node2"])
        self.bed.node("node2").kill()
        self.wait_stage(self.bed, 1, "done")
        self.assertEqual(self.key(), [("bdrtest", 1, 1)])
        self.wait_recovered(self.bed, 1)
        self.wait_free()
        self.assertEqual([(run.epoch, run.confirmed) for run in self.failovers()], [(1, True)])
        self.assertEqual([row[1:] for row in self.failures(self.bed, 1)], [("closed", 1, True)])

    def test_an_arbiter_that_is_reserved_for_another_failure_refuses_until_the_key_is_gone(self):
        monitors = self.start_all()
        self.third.sql("insert into bdrmon.arbiter values ('bdrtest', 2, 7)")
        monitors[1].kill()  # as if it was cut off together with its node
        self.bed.node("node2").freeze()
        monitors[0].wait_log('rule "no_majority"', 20)
        explained = self.bed.run_monitor(1, binary(), "explain").stdout
        self.assertRegex(explained, r'arbiter "third" .*refuses')
        self.assertEqual((self.failovers(), self.key()), ([], [("bdrtest", 2, 7)]))
        self.third.sql("delete from bdrmon.arbiter")
        self.wait_stage(self.bed, 1, "done")
        self.assertEqual([row[0] for row in self.third.sql("select recorder from bdrmon.arbiter")], [1])
        self.wait_recovered(self.bed, 1)
        self.wait_free()
        self.assertEqual([run.confirmed for run in self.failovers()], [True])

    def test_of_two_that_reserve_it_at_the_same_moment_one_gets_it(self):
        monitors = self.start_all()
        since = self.third.log.stat().st_size
        with Session(self.third.superuser_dsn()) as other:
            other.query("begin")
            other.query("insert into bdrmon.arbiter values ('bdrtest', 2, 7)")
            self.bed.node("node2").kill()  # it and its host are a majority without the arbiter
            wait_for("a monitor that reserves, too",
                     lambda: self.third.sql("select 1 from pg_locks where not granted"), 20)
            other.query("commit")
        self.third.wait_log("duplicate key value", since)
        for monitor in monitors:
            monitor.wait_log('arbiter "third" is reserved for failure 7, which the node with ID 2 has recorded')
        self.wait_stage(self.bed, 1, "done")
        self.assertEqual(self.key(), [("bdrtest", 2, 7)])

    def test_an_arbiter_that_was_down_when_the_failure_was_closed_is_free_when_it_is_back(self):
        self.start_all()
        self.bed.node("node2").kill()
        self.wait_stage(self.bed, 1, "done")
        self.assertEqual(self.key(), [("bdrtest", 1, 1)])
        self.third.kill()
        self.wait_recovered(self.bed, 1)
        self.third.start()
        self.wait_free()

    def test_a_reload_begins_with_an_arbiter_and_ends_with_it(self):
        self.third.sql("grant create on database bdrtest to repmgr")
        self.name_arbiter(1)
        monitor = self.start(self.bed, 1)
        for names, heard in ((["third"], ["node1"]), ([], [])):
            self.name_arbiter(1, *names)
            done = self.bed.run_monitor(1, binary(), "reload")
            self.assertEqual(done.returncode, 0, done.stderr)
            wait_for(f"{heard} on the arbiter", lambda heard=heard: self.heard() == heard, 10, monitor.log)

    def test_what_a_role_lacks_is_named_as_statements_that_mend_it(self):
        monitor = self.bed.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        creates = self.statements(monitor, "there is no table")
        self.assertEqual([kind for kind, _ in creates], ["CREATE SCHEMA", "CREATE TABLE", "GRANT USAGE", "GRANT SELECT"])
        for number in (1, 2):
            monitor.wait_log(rf'node "node{number}" .* is up')
        state = self.bed.run_monitor(1, binary(), "--once")
        self.assertEqual(state.returncode, 1, state)
        self.assertIn('arbiter "third" does not answer: there is no table bdrmon.arbiter', state.stdout)
        for _, statement in creates[:2]:
            self.third.sql(statement)
        self.assertEqual(self.statements(monitor, "there are no grants for us on table"), creates[2:])
        for _, statement in creates[2:]:
            self.third.sql(statement)
        monitor.wait_log('arbiter "third" answers', 30)
        wait_for("the status to be fine",
                 lambda: "arbiter" not in self.bed.run_monitor(1, binary(), "--once").stdout, 10)


if __name__ == "__main__":
    unittest.main()
