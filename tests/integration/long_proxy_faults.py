# SPDX-License-Identifier: PostgreSQL
"""What goes wrong at the proxies themselves: they are dead, cannot be changed, or a monitor dies while it moves one."""
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


class Settings(ProxyTest):
    """What a move sets in PgBouncer for a moment, and what is left of it."""

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

    def test_a_failure_of_which_nothing_can_be_moved_costs_no_processor(self):
        before = self.set_up()
        self.start_all(self.box)
        with Load(self.proxy.app_dsn()) as load:
            wait_for("the load to run", lambda: load.all_worked(0), 10)
            for node in self.box.nodes.values():
                node.kill()
            began, used = time.monotonic(), cpu_seconds(self.proxy.pid)
            time.sleep(30)  # so long is measured
            share = (cpu_seconds(self.proxy.pid) - used) / (time.monotonic() - began)
            lost = sum(client.lost for client in load.clients)
            print(f"\nboth nodes dead: PgBouncer uses {share:.1%} of a core, {lost} times a client is turned away", end="")
            self.assertLess(share, 0.3)
            began = time.monotonic()
            for node in self.box.nodes.values():
                node.start()
            wait_for("all clients to go on", lambda: load.all_worked(began), 20)
        self.wait_settings(before)

    def crash(self, point, how, load=None):
        """A monitor that dies there while it moves the proxy; what it leaves."""
        monitor = self.box.start_monitor(1, binary(), extra_environment={"BDRMON_CRASH_AT": point})
        self.addCleanup(self.stop, monitor)
        self.wait_well(self.box, 1)
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
        for own in ({}, {"server_login_retry": 1, "query_timeout": 30}, {"server_login_retry": 0.2},
                    {"server_login_retry": 0}):
            before = self.give(**own)
            with self.subTest(before=before):
                failed, left = self.crash("loaded", "kill")
                self.assertNotEqual(left["server_login_retry"], before["server_login_retry"])
                self.start_again(before)
                failed.start()
                self.stop_again()

    def test_a_limit_of_queries_that_a_monitor_has_left_ends_in_time(self):
        before = self.set_up(server_login_retry=2, query_timeout=20)
        with Load(self.proxy.app_dsn(), busy=3, idle=0) as load:
            failed, left = self.crash("released", "freeze", load)
            self.assertNotEqual(left["query_timeout"], before["query_timeout"])
            self.start_again(before)
            failed.thaw()
            self.stop_again()

    def start_again(self, before):
        began = time.monotonic()
        self.again = self.box.start_monitor(1, binary())
        self.addCleanup(self.stop, self.again)
        self.wait_settings(before)
        print(f"\n{before} after {time.monotonic() - began:.1f} s", end="")

    def stop_again(self):
        self.wait_well(self.box, 1)
        self.stop(self.again)


if __name__ == "__main__":
    unittest.main()
