# SPDX-License-Identifier: PostgreSQL
"""Two monitors and an arbiter on a third host, and a network that is cut: over the arbiter they hear each other, and it consents
for one side only. TIMES says how often each cut is made; the default fits into tools/test --all."""
import os
import unittest

from bdrsandbox import wait_for
from bdrsandbox.victim import Victim
from claims import QUICK, ClaimTest
from support import binary

TIMES = int(os.environ.get("TIMES", "2"))
OVERRIDES = {**QUICK, "failover": {**QUICK["failover"], "on_no_quorum": "wait"}}
KEY = "select recorder, epoch from bdrmon.arbiter"


class SplitArbiter(ClaimTest):
    def setUp(self):
        self.bed = self.cluster(overrides=OVERRIDES, hosts=["third"])
        self.third = Victim(self.bed, host=self.bed.network.hosts["third"])
        self.third.__enter__()
        self.addCleanup(self.third.__exit__)
        self.third.sql("grant create on database bdrtest to repmgr")
        conninfo = (f"host={self.third.host.address} port={self.third.port} dbname=bdrtest user=repmgr"
                    f" passfile={self.bed.passfile} connect_timeout=2")
        for number in (1, 2):
            with self.bed.config_path(number).open("a", encoding="utf-8") as file:
                file.write(f"\n[arbiter third]\nconninfo='{conninfo}'\n")
        self.monitors = self.start_both(self.bed)
        self.wait_agreed()

    def wait_agreed(self):
        for number in (1, 2):
            wait_for(f"monitor {number} to be well",
                     lambda number=number: self.bed.run_monitor(number, binary(), "--once").returncode == 0, 40)

    def test_who_hear_each_other_only_over_the_arbiter_move_nothing(self):
        for number in range(1, TIMES + 1):
            self.bed.network.cut("node1", "node2")
            for monitor in self.monitors:
                wait_for("a partition to be told", lambda monitor=monitor: monitor.log_text().count(
                    "] bdr_partition: ") >= number, 20, self.monitors[0].log)
            for one, other in (1, 2), (2, 1):
                explained = self.bed.run_monitor(one, binary(), "explain").stdout
                self.assertRegex(explained, rf'(?s)Node "node{other}": rule "vetoed".* peer "node{other}" .*vetoes')
            self.bed.network.heal()
            self.wait_agreed()
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.failures(self.bed, 1) + self.failures(self.bed, 2), [])
        self.assertEqual(self.third.sql(KEY), [])

    def test_who_is_left_with_the_arbiter_acts_once_and_who_is_cut_off_does_nothing(self):
        for number in range(1, TIMES + 1):
            self.bed.network.isolate("node2")
            self.wait_stage(self.bed, 1, "done", 30)
            self.assertEqual(self.failures(self.bed, 1)[-1][1:], ("done", 1, True))
            self.assertEqual([row[0] for row in self.third.sql(KEY)], [1])
            self.bed.network.heal()
            self.wait_recovered(self.bed, 1)
            self.wait_agreed()
            wait_for("the key to be deleted", lambda: not self.third.sql(KEY), 10)
            self.assertEqual(len(self.failovers()), number)
        self.assertEqual(self.failures(self.bed, 2), [])
        self.assertNotIn("] bdr_failover: ", self.monitors[1].log_text())


if __name__ == "__main__":
    unittest.main()
