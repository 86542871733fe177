# SPDX-License-Identifier: PostgreSQL
"""A count of repeated messages is told after 30 s, though no other message comes."""
from datetime import datetime

from support import SandboxTest, binary

STAMP = r"^\[(.{19})\] "


class LongLog(SandboxTest):
    def test_a_count_is_told_when_its_time_is_over(self):
        sandbox = self.sandbox()
        # The status line comes at 20 s and is counted at 40 s; the next one would come at 60 s.
        sandbox.write_config(1, {"log_status_interval": 20, "event_notification_command": None,
                                 "event_notifications": None})
        monitor = sandbox.start_monitor(1, binary())
        self.addCleanup(self.stop, monitor)
        first = monitor.wait_log(STAMP + r"\[INFO\] BDRMON OK: 2 of 2 nodes up.*$", 30)
        told = monitor.wait_log(STAMP + r"\[INFO\] last message repeated 1 time$", 35)
        began, ended = (datetime.fromisoformat(found[1]) for found in (first, told))
        self.assertIn((ended - began).total_seconds(), range(30, 33))
        self.assertEqual(monitor.log_text().count("BDRMON OK"), 1)
