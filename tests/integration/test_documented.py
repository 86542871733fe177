# SPDX-License-Identifier: PostgreSQL
"""The settings of repmgr's documentation do what they did with repmgrd."""
import time
import unittest

from bdrsandbox import wait_for
from support import SandboxTest


class DocumentedSettings(SandboxTest):
    def test_a_crash_takes_25_seconds_and_gives_one_command_for_each_monitor(self):
        sandbox = self.sandbox("seed")
        records = [self.record(sandbox, number) for number in (1, 2)]
        monitors = [self.start(sandbox, number) for number in (1, 2)]
        killed = time.time()
        sandbox.node("node1").kill()
        for monitor, record in zip(monitors, records):
            monitor.wait_log("bdr_failover command", 40)
            wait_for("the command's record", lambda record=record: "bdr_failover" in record.events(), 5)
            moments = [moment for moment, values in record.runs() if values[1] == "bdr_failover"]
            self.assertEqual(len(moments), 1)
            print(f"\nmonitor {monitor.number}: {moments[0] - killed:.3f} s from the kill to the command")
            self.assertGreaterEqual(moments[0] - killed, 25.0)
            self.assertLess(moments[0] - killed, 25.0 + 3 * 1.0)


if __name__ == "__main__":
    unittest.main()
