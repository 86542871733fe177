# SPDX-License-Identifier: PostgreSQL
"""What a move sets in PgBouncer for a moment, what is left of it when a monitor dies meanwhile, and what it costs."""
import os
import time
import unittest

from bdrsandbox import DeadlinePassed, Load, wait_for
from proxies import ProxyTest
from support import binary

SETTINGS = ("server_login_retry", "query_timeout")


def cpu_seconds(pid):
    """What a process has used so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class LongProxySettings(ProxyTest):
    def set_up(self, **own):
        """A cluster whose PgBouncer has settings of the site's own; and how these are."""
        self.box = self.cluster()
        self.proxy = self.box.pgbouncer
        return self.give(**own)

    def give(self, **own):
        with (self.proxy.home / "pgbouncer.ini").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in own.items())
        self.proxy.console("reload")
        return self.read()

    def read(self):
        settings = self.settings(self.proxy)
        return {name: settings[name] for name in SETTINGS}

    def wait_settings(self, before, timeout=20):
        try:
            wait_for("the settings as they were", lambda: self.read() == before, timeout)
        except DeadlinePassed:
            self.fail(f"{self.read()} instead of {before}")

    def share(self, seconds):
        """Of a core, that PgBouncer uses; so long is measured."""
        began, used = time.monotonic(), cpu_seconds(self.proxy.pid)
        time.sleep(seconds)
        return (cpu_seconds(self.proxy.pid) - used) / (time.monotonic() - began)

    def test_a_failure_of_which_nothing_can_be_moved_costs_no_processor(self):
        """The clients wait for a second before they come again: what their logins cost is not bdrmon's."""
        before = self.set_up()
        self.start_all(self.box)
        with Load(self.proxy.app_dsn(), idle=0, again=1.0) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            for node in self.box.nodes.values():
                node.kill()
            loaded = self.share(30)
            lost = sum(client.lost for client in load.clients)
        alone = self.share(5)
        print(f"\nboth nodes dead: PgBouncer uses {loaded:.1%} of a core, 20 clients being turned away {lost / 30:.1f} times"
              f" a second; {alone:.1%} without them", end="")
        self.assertLess(loaded, 3 * 0.1)
        self.assertLess(alone, 3 * 0.1)
        for node in self.box.nodes.values():
            node.start()
        with Load(self.proxy.app_dsn(), idle=0) as load:
            wait_for("all clients to go on", lambda: load.all_worked(0), 20)
        self.wait_settings(before)

    def crash(self, point, how, load=None):
        """A monitor that dies there while it moves the proxy; what it leaves."""
        monitor = self.box.start_monitor(1, binary(), extra_environment={"BDRMON_CRASH_AT": point})
        self.addCleanup(self.stop, monitor)
        self.wait_seen(self.box, 1, ["pgbouncer"])
        failed = self.box.node(self.proxy.route())
        if load:
            wait_for("the load to run", lambda: load.all_worked(time.monotonic() - 1), 10)
        getattr(failed, how)()
        wait_for("the end of the monitor", lambda: not monitor.pid, 20)
        left = self.read()
        self.assertEqual(self.proxy.route(), self.box.peer(failed).name)
        return failed, left

    def test_what_a_monitor_leaves_that_is_killed_while_it_moves_is_found_by_the_next(self):
        before = self.set_up()
        self.assertEqual(before, {"server_login_retry": "15", "query_timeout": "0"})
        for own in ({}, {"server_login_retry": 1, "query_timeout": 30}, {"server_login_retry": 0.2}):
            before = self.give(**own)
            with self.subTest(before=before):
                failed, left = self.crash("loaded", "kill")
                self.assertNotEqual(left["server_login_retry"], before["server_login_retry"])
                self.start_again(before)
                failed.start()
                self.stop(self.again)

    def test_a_limit_of_queries_that_a_monitor_has_left_ends_in_time(self):
        before = self.set_up(server_login_retry=2, query_timeout=20)
        with Load(self.proxy.app_dsn(), busy=3, idle=0) as load:
            failed, left = self.crash("released", "freeze", load)
            self.assertNotEqual(left["query_timeout"], before["query_timeout"])
            self.start_again(before)
            failed.thaw()

    def start_again(self, before):
        began = time.monotonic()
        self.again = self.box.start_monitor(1, binary())
        self.addCleanup(self.stop, self.again)
        self.wait_settings(before)
        print(f"\n{before} after {time.monotonic() - began:.1f} s", end="")


if __name__ == "__main__":
    unittest.main()
