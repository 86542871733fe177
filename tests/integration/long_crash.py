# SPDX-License-Identifier: PostgreSQL
"""The monitor is killed around many failovers. KILLS says how many; the default fits into tools/test --all."""
import os

from crashes import CrashTest

KILLS = int(os.environ.get("KILLS", "20"))


class LongCrash(CrashTest):
    def test_no_kill_loses_a_command(self):
        self.kill_around_failovers(KILLS)
