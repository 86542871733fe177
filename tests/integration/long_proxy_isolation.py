# SPDX-License-Identifier: PostgreSQL
"""Three proxies: what is wrong with two of them does not delay the third, and they follow as soon as they can."""
import time
import unittest

from bdrsandbox import Load, wait_for
from proxies import HANG, ProxyTest
from support import binary


class LongProxyIsolation(ProxyTest):
    def fail_over(self, times):
        """Fails the node of the first proxy, so many times; the seconds until its applications go on."""
        took = []
        for _ in range(times):
            self.failed = self.box.node(self.box.pgbouncer.route())
            survivor = self.box.peer(self.failed)
            with Load(self.box.pgbouncer.app_dsn(), busy=5, idle=0) as load:
                wait_for("the load to run", lambda load=load: load.all_worked(0), 10)
                began = time.monotonic()
                self.failed.kill()
                wait_for("the applications to go on", lambda: load.first_success(began, survivor.number), 20)
                took.append(load.first_success(began, survivor.number) - began)
            wait_for("the failover", lambda: self.stages(self.box, survivor.number)[-1:] == ["done"], 20)
            if len(took) < times:
                self.recover()
        return took

    def recover(self):
        self.failed.start()
        survivor = self.box.peer(self.failed).number
        wait_for("the recovery", lambda: self.stages(self.box, survivor)[-1:] == ["closed"], 40)
        self.wait_seen(self.box, 1, ["pgbouncer"])

    def come_back(self):
        """Both are as they should be again; the seconds until each has moved."""
        took = {}
        self.assertEqual(self.afar.route(), self.failed.name)
        began = time.monotonic()
        self.off.unlink()
        self.dead.start()

        def all_moved():
            for proxy in (self.dead, self.afar):
                if proxy.route() == self.box.peer(self.failed).name:
                    took.setdefault(proxy.name, time.monotonic() - began)
            return len(took) == 2

        wait_for("the other two to be moved", all_moved, 20)
        return took

    def break_two(self):
        self.dead.stop()
        self.off.touch()

    def tell(self, how, took):
        print(f"\n{how}: {', '.join(f'{name} after {seconds:.3f} s' for name, seconds in took.items())}", end="")
        for seconds in took.values():
            self.assertLess(seconds, 3 * 2)

    def test_two_that_are_broken_do_not_delay_the_third_and_follow_as_soon_as_they_can(self):
        self.box = self.cluster()
        monitors = self.start_all(self.box)
        alone = self.fail_over(2)
        self.recover()
        for monitor in monitors:
            self.stop(monitor)
        self.dead, self.afar = (self.box.add_pgbouncer(name, "proxy") for name in ("dead", "afar"))
        command = self.box.bin / "hang"
        command.write_text(HANG, encoding="utf-8")
        command.chmod(0o755)
        self.off = command.with_name("hang.off")
        self.afar.more["command"] = command
        for number in (1, 2):
            self.box.write_config(number, {"failover": {"recovery_hold": "2s"}})
        self.start_all(self.box)
        three = []
        for _ in alone:
            self.break_two()
            three += self.fail_over(1)
            self.tell("back while the node is dead", self.come_back())
            self.recover()
            self.wait_seen(self.box, 1, ["pgbouncer", "dead", "afar"])
        print(f"\nalone moved in {min(alone):.3f} s, beside a dead one and one out of reach in {min(three):.3f} s", end="")
        self.assertLess(min(three), 3 * max(min(alone), 0.2))

        for number in (1, 2):
            self.box.write_config(number, {"failover": {"recovery_hold": "60s"}})
            self.assertEqual(self.box.run_monitor(number, binary(), "reload").returncode, 0)
        self.break_two()
        self.fail_over(1)
        self.failed.start()
        wait_for("the node to be seen up again",
                 lambda: all(sight["health"] != "down" for sight in self.told(self.box, 1)["afar"]["sees"]), 20)
        self.tell("back while the node has not recovered", self.come_back())
        self.assertEqual(self.stages(self.box, self.box.peer(self.failed).number)[-1], "done")


if __name__ == "__main__":
    unittest.main()
