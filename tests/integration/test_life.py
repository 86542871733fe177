# SPDX-License-Identifier: PostgreSQL
"""The whole life of a cluster that pglogical replicates; long_life.py has the other kinds."""
from lives import LifeTest


class Life(LifeTest):
    def test_the_whole_life_of_a_cluster_with_pglogical(self):
        self.live("pglogical")
