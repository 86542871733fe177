# SPDX-License-Identifier: PostgreSQL
"""The sandbox's network itself: what is cut loses every packet, and nothing of it is left behind."""
import contextlib
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from bdrsandbox import SandboxError, wait_for
from bdrsandbox.network import HERE, Network

# A host that can be reached refuses, because nobody listens there.
REFUSED, SILENT = "ConnectionRefusedError", "TimeoutError"
CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), 0.5)
except OSError as error:
    print(type(error).__name__, end="")
"""
KILLED = """
import os, signal
from bdrsandbox.network import Network
with Network("one") as network:
    print(network.router, end="", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def answer(network, one, other):
    """What one host meets when it connects to another one."""
    argv = [*network.hosts[one].enter, sys.executable, "-c", CONNECT, network.hosts[other].address]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


class NetworkTest(unittest.TestCase):
    def wait_gone(self, router):
        """The kernel takes its time with the card."""
        wait_for("the card to go", lambda: not Path(f"/sys/class/net/{router}").exists(), 10)
        self.assertEqual([name for name in os.listdir("/run/netns") if name.split("-")[0] == router], [])

    def check(self, network, *expected):
        for one, other, what in expected:
            with self.subTest(one=one, other=other):
                self.assertEqual((answer(network, one, other), answer(network, other, one)), (what, what))

    def test_what_is_cut_is_silent_both_ways_until_it_heals(self):
        with Network("one", "two") as network:
            self.check(network, ("one", "two", REFUSED), (HERE, "one", REFUSED))
            network.cut("one", "two")
            network.cut("two", "one")
            self.check(network, ("one", "two", SILENT), (HERE, "one", REFUSED), (HERE, "two", REFUSED))
            network.heal()
            self.check(network, ("one", "two", REFUSED))

    def test_an_isolated_host_reaches_nobody_and_the_others_go_on(self):
        with Network("one", "two", "three") as network:
            network.isolate("one")
            self.check(network, ("one", "two", SILENT), ("one", "three", SILENT), ("one", HERE, SILENT),
                       ("two", "three", REFUSED))

    def test_two_networks_are_strangers(self):
        with Network("one") as network, Network("one") as stranger:
            self.assertNotEqual(network.hosts["one"], stranger.hosts["one"])
            network.isolate("one")
            self.check(stranger, (HERE, "one", REFUSED))

    def test_nothing_is_left_after_the_end_or_an_error_inside(self):
        for wrong in (None, ZeroDivisionError):
            with self.subTest(wrong=wrong), contextlib.suppress(ZeroDivisionError), Network("one") as network:
                if wrong:
                    raise wrong
            self.wait_gone(network.router)

    def test_nothing_is_left_of_a_network_that_could_not_be_made(self):
        network = Network("one", "longer-than-the-name-of-a-card-may-be")
        with self.assertRaises(SandboxError), network:
            pass
        self.wait_gone(network.router)

    def test_nothing_is_left_by_a_test_that_was_killed(self):
        done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
        self.wait_gone(done.stdout)


if __name__ == "__main__":
    unittest.main()
