# SPDX-License-Identifier: PostgreSQL
"""A registered cluster whose monitors move the PgBouncers themselves: what the tests of that share."""
import json
import re

from bdrsandbox import DeadlinePassed, wait_for
from claims import FAILURES, QUICK
from support import SandboxTest, binary

MOVE = re.compile(r'proxy "(\w+)": move (?:(\w+) )?from node "(\w+)" to "(\w+)", rule "(\w+)": '
                  r"(?:done\n[^\n]*\[DETAIL\] (.*)|proven now)")

# A command before what is to run where the file lies. With a file of its name and .off it is out of order: it hangs with all
# that it is asked for.
HANG = """#!/bin/sh
[ -e "$0.off" ] && sleep 1000
exec "$@"
"""


class ProxyTest(SandboxTest):
    def cluster(self, overrides=None, **options):
        sandbox = self.sandbox(overrides={**QUICK, **(overrides or {})}, registered=False, proxies=binary(), **options)
        sandbox.register(binary())
        return sandbox

    def start_all(self, sandbox, numbers=(1, 2)):
        """Starts these monitors, and waits until all is well for each of them."""
        monitors = [sandbox.start_monitor(number, binary()) for number in numbers]
        for monitor in monitors:
            self.addCleanup(self.stop, monitor)
        for number in numbers:
            self.wait_well(sandbox, number)
        return monitors

    def wait_well(self, sandbox, number, timeout=40):
        """Nothing is wrong, and each proxy sees both nodes."""
        said = []

        def well():
            done = sandbox.run_monitor(number, binary(), "--once")
            told = self.told(sandbox, number)
            said[:] = done.stdout + done.stderr, told
            seen = all(sight["health"] == "up" for proxy in told.values() for sight in proxy["sees"])
            return done.returncode == 0 and seen
        try:
            wait_for(f"monitor {number} to be well", well, timeout)
        except DeadlinePassed:
            self.fail(f"monitor {number} was not well after {timeout} s: {said}")

    def wait_seen(self, sandbox, number, names, timeout=40):
        """Each of these proxies sees both nodes, whatever else is."""
        def seen():
            told = self.told(sandbox, number)
            return told and all(sight["health"] == "up" for name in names for sight in told[name]["sees"])
        wait_for(f"{', '.join(names)} to see both nodes", seen, timeout)

    def told(self, sandbox, number):
        """What a monitor says of the proxies, by name."""
        report = json.loads(sandbox.run_monitor(number, binary(), "status", "--json").stdout)
        return {proxy["name"]: proxy for proxy in report["proxies"] or ()}

    def wait_route(self, proxy, node, timeout=20):
        wait_for(f"{proxy.name} to point to {node}", lambda: proxy.route() == node, timeout, pause=0.05)

    def moves(self, monitors):
        """All that have their proof: (proxy, kind, from, to, rule, steps); of one that got it later kind and steps are "late"."""
        return [match.groups("late") for monitor in monitors for match in MOVE.finditer(monitor.log_text())]

    def repoint(self, sandbox, *words, command="repoint"):
        """Gives the exit code and all that is said."""
        done = sandbox.run_monitor(1, binary(), command, *words)
        return done.returncode, done.stdout + done.stderr

    def assert_repointed(self, sandbox, proxy, node, *words):
        code, text = self.repoint(sandbox, "--to", node, *words)
        self.assertEqual((code, proxy.route()), (0, node), text)
        self.assertIn(f'NOTICE: proxy "{proxy.name}" points to node "{node}"', text)
        return text

    def stages(self, sandbox, recorder):
        """Of the failures that a node has recorded."""
        return [row[1] for row in sandbox.sql(f"node{recorder}", FAILURES, [recorder])]

    def settings(self, proxy):
        return {row[0]: row[1] for row in proxy.console("show config")}
