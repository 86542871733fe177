# SPDX-License-Identifier: PostgreSQL
"""What bdrmon learns of pglogical between two real nodes, and does for it."""
import os
import subprocess
import unittest

import psycopg2
import replications
from bdrsandbox import replication
from replications import COMMON_GRANTS


class PglogicalTest(replications.ReplicationTest):
    # Not poked, the worker would start again 5 s after its end at the earliest, and 180 s at the latest.
    bed_kind = kind = "pglogical"
    worker = "pglogical apply"
    grants = {
        "usage on schema pglogical": "permission denied for schema pglogical",
        "select on pglogical.subscription, pglogical.node, pglogical.local_node": "permission denied for table",
        **COMMON_GRANTS,
    }

    def test_poke_leaves_disabled_what_an_operator_disabled(self):
        asker = self.asker(self.node1)
        replication.enable(self.node1, self.node2, False)
        try:
            asker.wait_until(in_up="no")
            self.assertEqual(asker.detect()["active"], "no")
            asker.poke()
            self.assertEqual(replication.status(self.node1), [("sub_from_node2", "disabled")])
        finally:
            replication.enable(self.node1, self.node2, True)
        asker.wait_until(in_up="yes", out_up="yes")


    def test_statements_for_servers_that_no_test_has_are_sql(self):
        """They name what is not there; so much is known of them, and no more."""
        for kind, version in (("pglogical", "90600"), ("spock", "150000"), ("pgd", "150000")):
            asked = subprocess.run([os.environ["ASK_REPLICATION"], "--sql", kind, version], capture_output=True,
                                   text=True, check=True).stdout
            with self.subTest(kind=kind), self.assertRaises(psycopg2.ProgrammingError) as caught:
                self.node1.sql(asked.splitlines()[1])
            self.assertNotIsInstance(caught.exception, psycopg2.errors.SyntaxError)


class SlotTest(replications.SlotTest):
    bed_kind = "pglogical"


if __name__ == "__main__":
    unittest.main()
