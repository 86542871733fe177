# SPDX-License-Identifier: PostgreSQL
"""PgBouncers, nodes and monitors on hosts of their own, and a network that is cut: which proxy is moved, and which is not.
TIMES says how often each cut is made; the default fits into tools/test --all."""
import os
import re
import time
import unittest

from bdrsandbox import Load, wait_for
from claims import QUICK
from proxies import ProxyTest

TIMES = int(os.environ.get("TIMES", "1"))
INTERVAL = float(QUICK["monitor_interval_secs"].removesuffix("ms")) / 1000
WAIT = {"failover": {**QUICK["failover"], "on_no_quorum": "wait"}}
FAILED_OVER = "select count(*) from repmgr.events where event = 'bdr_failover'"


def other(node):
    return "node2" if node == "node1" else "node1"


class LongProxies(ProxyTest):
    def pair(self, overrides=None):
        """Two proxies, each on a host that is no node's; all runs and is well."""
        self.box = self.cluster(overrides, hosts=["second"])
        self.first = self.box.pgbouncer
        self.second = self.box.add_pgbouncer("second", "second")
        self.hosts = {self.first: "proxy", self.second: "second"}
        self.own = [self.set_for_moves(proxy) for proxy in self.hosts]
        self.monitors = self.start_all(self.box)

    def set_for_moves(self, proxy):
        """What is set for a while when a proxy cannot use its node."""
        settings = self.settings(proxy)
        return [settings[name] for name in ("server_login_retry", "query_timeout")]

    # -- what is done to the network

    def cut(self, one, *others):
        """Gives the moment of it."""
        began = time.monotonic()
        self.box.network.cut(one, *others)
        return began

    def split(self):
        """{node1, first} from {node2, second}. Gives the moment of it."""
        began = self.cut("node1", "node2", "second")
        self.cut("proxy", "node2", "second")
        return began

    def heal(self):
        self.box.network.heal()
        for number in (1, 2):
            self.wait_well(self.box, number, 60)
        wait_for("the proxies' settings to be their own",
                 lambda: [self.set_for_moves(proxy) for proxy in self.hosts] == self.own, 10)

    def lead(self, proxy, node):
        """Has a proxy point to a node: it is moved there, if need be, because it does not reach the other one."""
        if proxy.route() != node:
            self.cut(self.hosts[proxy], other(node))
            self.wait_route(proxy, node)
            self.heal()

    # -- what is waited for

    def arrive(self, began, **wanted):
        """Waits until the proxies of these names point to these nodes. Seconds from the moment BEGAN."""
        for proxy in self.hosts:
            if proxy.name in wanted:
                self.wait_route(proxy, wanted[proxy.name])
        return time.monotonic() - began

    def wait_looked(self, since):
        """Both monitors have looked through each proxy at both nodes, two intervals after that, and found them up."""
        def looked(number):
            began = time.monotonic()
            sights = [sight for proxy in self.told(self.box, number).values() for sight in proxy["sees"]]
            return all(sight["health"] == "up" and began - sight["evidence_seconds"] > since + 2 * INTERVAL
                       for sight in sights)
        for number in (1, 2):
            wait_for(f"two looks of monitor {number} through all proxies", lambda number=number: looked(number), 20,
                     pause=0.1)

    def logged(self, text):
        """How often each monitor has logged it."""
        return [monitor.log_text().count(text) for monitor in self.monitors]

    def wait_logged(self, text, before):
        """Each monitor has, once more than BEFORE."""
        wait_for(f'"{text}" in both logs', lambda: all(now > then for now, then in zip(self.logged(text), before)), 20)

    # -- what must be so

    def assert_routes(self, first, second):
        self.assertEqual((self.first.route(), self.second.route()), (first, second))

    def new_moves(self, before):
        """Since BEFORE, which is a result of moves()."""
        moved = self.moves(self.monitors)
        for move in before:
            moved.remove(move)
        return moved

    def assert_moved(self, before, *names):
        """Since then just these proxies were moved, once each."""
        moved = self.new_moves(before)
        self.assertEqual(sorted(move[0] for move in moved), sorted(names), moved)

    def assert_no_failover(self):
        """There is no trace of one: in the logs, among the failures, and among the events."""
        self.assertEqual(self.logged("] bdr_failover: "), [0, 0])
        self.assertEqual([self.stages(self.box, number) for number in (1, 2)], [[], []])
        self.assertEqual([self.box.sql(name, FAILED_OVER)[0][0] for name in self.box.nodes], [0, 0])

    # -- clients

    def move_clients(self, load, proxy, cut):
        """CUT takes its node, which it is given, away from a proxy. All its clients go on at the other one, and only those
        that have a statement in flight lose their connection. Gives the node's name."""
        wait_for("the load to run", lambda begun=time.monotonic(): load.all_worked(begun), 20)
        failed = self.box.node(proxy.route())
        survivor = self.box.peer(failed)
        before, lost = self.moves(self.monitors), [client.lost for client in load.clients]
        began = cut(failed.name)
        wait_for("all clients to go on", lambda: load.all_worked(began, survivor.number), 20)
        first, last = load.first_success(began, survivor.number), load.last_recovery(began, survivor.number)
        more = [client.lost - then for client, then in zip(load.clients, lost)]
        print(f"\nfirst client {first - began:.2f} s, last {last - began:.2f} s after the cut, "
              f"{last - proxy.move_began(survivor, began):.2f} s after the move's begin; {sum(more)} connections lost"
              f"\n  {self.steps(proxy, before)}", end="")
        self.assertEqual([client.lost for client in load.idle], [0] * len(load.idle))
        self.assertLessEqual(max(more), 1, more)
        return failed.name

    def steps(self, proxy, before):
        """Of its only move that is not one of those."""
        moves = wait_for("the proof of the move",
                         lambda: [move for move in self.new_moves(before) if move[0] == proxy.name], 10)
        self.assertEqual(len(moves), 1, moves)
        return moves[0][-1]

    def wake_idle(self, load):
        load.wake_idle()
        wait_for("the idle clients' answers", lambda: all(len(client.times) > 1 for client in load.idle), 5)

    def isolate(self, node):
        began = time.monotonic()
        self.box.network.isolate(node)
        return began

    def test_clients_of_a_node_that_is_cut_off_go_on_at_the_other_one(self):
        self.pair()
        with Load(self.first.app_dsn()) as load:
            for _ in range(TIMES):
                failed = self.move_clients(load, self.first, self.isolate)
                self.wait_route(self.second, other(failed))
                self.heal()
                self.assert_routes(other(failed), other(failed))
            self.wake_idle(load)

    def test_clients_of_a_proxy_that_does_not_reach_its_node_go_on_and_those_of_the_other_one_notice_nothing(self):
        self.pair()
        with Load(self.second.app_dsn()) as load, Load(self.first.app_dsn(), 2, 1) as beside:
            for _ in range(TIMES):
                failed = self.move_clients(load, self.second, lambda node: self.cut("second", node))
                self.heal()
                self.wait_looked(time.monotonic())
                self.assert_routes("node1", other(failed))
            self.wake_idle(load)
            self.assertEqual([client.lost for client in beside.clients], [0] * len(beside.clients))
        self.assertEqual([move[0] for move in self.moves(self.monitors)], ["second"] * TIMES)
        self.assert_no_failover()

    # -- proxies that do not reach a node

    def test_only_the_proxy_that_does_not_reach_its_node_is_moved_and_it_stays_where_it_is(self):
        self.pair()
        for _ in range(TIMES):
            before, beside, old = self.moves(self.monitors), self.first.route(), self.second.route()
            began = self.cut("second", old)
            seconds = self.arrive(began, second=other(old))
            self.heal()
            self.wait_looked(time.monotonic())
            self.assert_routes(beside, other(old))
            self.assert_moved(before, "second")
            print(f"\none path cut: {seconds:.2f} s", end="")
        self.assert_no_failover()

    def test_all_proxies_leave_a_node_that_none_of_them_reaches_and_its_monitor_vetoes_a_failover(self):
        self.pair()
        for _ in range(TIMES):
            for left in ("node1", "node2"):
                before = self.moves(self.monitors)
                began = self.cut(left, *self.hosts.values())
                seconds = self.arrive(began, pgbouncer=other(left), second=other(left))
                self.heal()
                self.wait_looked(time.monotonic())
                self.assert_routes(other(left), other(left))
                self.assert_moved(before, "pgbouncer", "second")
                print(f"\nall paths to {left} cut: {seconds:.2f} s", end="")
        self.assert_no_failover()

    def test_a_proxy_that_nobody_reaches_and_that_reaches_nobody_is_not_moved_then_or_later(self):
        self.pair()
        for _ in range(TIMES):
            self.cut("second", "node1", "node2")
            for number in (1, 2):
                wait_for(f"monitor {number} to miss it",
                         lambda number=number: self.told(self.box, number)["second"]["state"] == "unreachable", 20)
            self.heal()
            self.wait_looked(time.monotonic())
        self.assertEqual(self.moves(self.monitors), [])
        self.assert_routes("node1", "node1")
        self.assert_no_failover()

    def test_a_cut_between_the_nodes_moves_no_proxy_that_reaches_both(self):
        self.pair()
        for _ in range(TIMES):
            told = self.logged("] bdr_partition: ")
            began = self.cut("node1", "node2")
            self.wait_logged("] bdr_partition: ", told)
            self.wait_looked(began)
            self.heal()
        self.assertEqual(self.moves(self.monitors), [])
        self.assert_routes("node1", "node1")
        self.assert_no_failover()

    # -- splits

    def go_through_split(self, crossed, told, settled):
        """Each proxy points to the node of its side, or with CROSSED to the other one, when all is split. SETTLED waits until
        both sides have done what they will; TOLD gives what it goes by."""
        for proxy, node in zip(self.hosts, ("node2", "node1") if crossed else ("node1", "node2")):
            self.lead(proxy, node)
        before, said = self.moves(self.monitors), told()
        began = self.split()
        seconds = self.arrive(began, pgbouncer="node1", second="node2")
        settled(said)
        self.heal()
        self.wait_looked(time.monotonic())
        self.assert_routes("node1", "node2")
        self.assert_moved(before, *(("pgbouncer", "second") if crossed else ()))
        print(f"\nsplit, {'crossed' if crossed else 'straight'}: {seconds:.2f} s", end="")

    def test_in_a_split_each_proxy_ends_on_the_node_that_it_reaches(self):
        self.pair(WAIT)
        refusal = 'by rule "no_majority"'
        for _ in range(TIMES):
            for crossed in (True, False):
                self.go_through_split(crossed, lambda: self.logged(refusal), lambda said: self.wait_logged(refusal, said))
        self.assert_no_failover()

    def test_in_a_split_each_side_fails_the_other_one_over_if_it_may_act_and_moves_nothing_when_it_heals(self):
        self.pair()

        def wait_done(_):
            for number in (1, 2):
                wait_for("each side's failover", lambda number=number: self.stages(self.box, number)[-1:] == ["done"], 20,
                         pause=0.1)
        for number in range(1, TIMES + 1):
            for crossed in (True, False):
                self.go_through_split(crossed, lambda: None, wait_done)
            for recorder in (1, 2):
                self.assertEqual(self.stages(self.box, recorder), ["closed"] * 2 * number)


if __name__ == "__main__":
    unittest.main()
