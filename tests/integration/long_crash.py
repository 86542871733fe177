# SPDX-License-Identifier: PostgreSQL
"""The monitor is killed fifty times around fifty failovers."""
from crashes import CrashTest


class LongCrash(CrashTest):
    def test_fifty_kills_lose_no_command(self):
        self.kill_around_failovers(50)
