# SPDX-License-Identifier: PostgreSQL
"""Proxies of which each is broken in its own way, when their node dies."""
import os
import re
import time
import unittest

from bdrsandbox import DeadlinePassed, root, wait_for
from proxies import HANG, ProxyTest
from support import binary

# Before what is to run where the file lies, as HANG: out of order it delivers a replacement 10 s late, and whoever waited for
# its end is gone by then.
LATE = """#!/bin/sh
[ -e "$0.off" ] || exec "$@"
script=$(mktemp "$HOME/late.XXXXXX")
cat >"$script"
grep -q "^until=" "$script" || exec "$@" <"$script"
setsid sh -c '>"$0.begun"; sleep 10; "$@" <"$0" >"$0.said" 2>&1; mv "$0.said" "$0.over"' "$script" "$@" >/dev/null 2>&1 &
sleep 1000
"""


class LongProxyFaults(ProxyTest):
    # What is told of each.
    TOLD = {
        "refused": r"failed at step read: .*connect_timeout",
        "unloadable": r"failed at step show: RELOAD did not take the file over",
        "missing": r'failed at step \w+: .*alias "bdrtest" is missing',
        "gone": r'there is no alias "bdrtest"',
        "password": r"does not answer: .*authentication failed",
        "owner": r"failed at step write: .*to the owner that it has",
        "directory": r"failed at step write: .*Permission denied",
        "full": r"failed at step write: .*No space left on device",
        "hang": r"failed at step read: .*had not ended at its deadline",
        "late": r"failed at step write: .*had not ended at its deadline",
    }

    def setUp(self):
        root.need_root("a disk that is full")
        self.box = self.cluster()
        self.proxy = {name: self.box.add_pgbouncer(name, "proxy") for name in self.TOLD}
        self.off = {name: self.make_command(name, text) for name, text in (("hang", HANG), ("late", LATE))}
        self.proxy["password"].more["conninfo"] = self.proxy["password"].console_dsn() + " password=wrong"
        self.disk = self.box.directory / "disk"
        self.disk.mkdir()
        root.run("mount", "-t", "tmpfs", "-o", f"size=64k,mode=755,uid={self.box.account.uid}", "tmpfs", str(self.disk))
        self.addCleanup(root.run, "umount", str(self.disk))
        file = self.proxy["full"].databases
        root.run("cp", "-p", str(file), str(self.disk))
        file.unlink()
        file.symlink_to(self.disk / file.name)
        self.box.write_config(1)

    def make_command(self, name, text):
        """Reaches a proxy's file by it. Gives the switch that puts it out of order."""
        command = self.box.bin / name
        command.write_text(text, encoding="utf-8")
        command.chmod(0o755)
        self.proxy[name].more["command"] = command
        return command.with_name(name + ".off")

    def break_all(self):
        """What mends each, by name."""
        mend = {}

        def edit(name, change, load=False):
            proxy = self.proxy[name]
            good = proxy.databases.read_text(encoding="utf-8")
            proxy.write_databases(change(good))
            if load:
                proxy.console("reload")
            mend[name] = lambda: (proxy.write_databases(good), load and proxy.console("reload"))

        edit("refused", lambda text: text + "broken = host=127.0.0.1 connect_timeout=2\n")
        edit("missing", lambda text: re.sub("(?m)^bdrtest =", "; bdrtest =", text))
        edit("gone", lambda text: re.sub("(?m)^bdrtest =", "; bdrtest =", text), load=True)
        ini = self.proxy["unloadable"].home / "pgbouncer.ini"
        good_ini = ini.read_text(encoding="utf-8")
        ini.write_text(f"%include {ini}.missing\n{good_ini}", encoding="utf-8")
        mend["unloadable"] = lambda: ini.write_text(good_ini, encoding="utf-8")
        owned, uid = self.proxy["owner"].databases, self.box.account.uid
        os.chown(owned, 0, -1)
        owned.chmod(0o644)
        mend["owner"] = lambda: os.chown(owned, uid, -1)
        home = self.proxy["directory"].home
        home.chmod(0o555)
        mend["directory"] = lambda: home.chmod(0o755)
        filler = self.disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        mend["full"] = filler.unlink
        for name, switch in self.off.items():
            switch.touch()
            mend[name] = switch.unlink
        return mend

    def untouched(self, names):
        """All that a move changes."""
        return {name: (self.proxy[name].databases.read_bytes(), self.proxy[name].databases.stat().st_ino,
                       [row[:4] for row in self.proxy[name].console("show databases")],
                       list(self.proxy[name].databases.resolve().parent.glob("*.new"))) for name in names}

    def wait_told(self, monitor):
        missing = []

        def all_told():
            told = self.told(self.box, 1)
            missing[:] = [(name, told[name]["problem"]) for name, why in self.TOLD.items()
                          if not re.search(why, told[name]["problem"] or "")]
            return not missing

        try:
            wait_for("the reasons in the status", all_told, 30)
        except DeadlinePassed:
            self.fail(f"told otherwise: {missing}")
        for name, why in self.TOLD.items():
            # The console's and the alias' faults are logged by other words than the status has.
            monitor.wait_log(rf'proxy "{name}": .*{why.replace("does not answer: ", "")}', 5)
        once = self.box.run_monitor(1, binary(), "--once")
        self.assertEqual(once.returncode, 2, once.stdout)
        for name in self.TOLD:
            self.assertIn(f'proxy "{name}"', once.stdout)

    def delivered(self):
        """What came of the replacements that were delivered late, and how many of them have begun."""
        home = self.box.directory / "bdrmon1"
        texts = [path.read_text(encoding="utf-8") for path in home.glob("late.*.over")]
        return texts, len(list(home.glob("late.*.begun")))

    def test_each_is_told_with_its_reason_and_left_as_it_is_until_it_is_mended(self):
        monitor = self.start(self.box, 1)
        self.wait_seen(self.box, 1, ["pgbouncer", *self.TOLD.keys() - {"password"}])
        mend = self.break_all()
        # RELOAD comes after the file, and the one that refuses it is tried again.
        whole = [name for name in self.TOLD if name != "unloadable"]
        before = self.untouched(whole)
        began = time.monotonic()
        self.box.node("node1").kill()
        self.wait_route(self.box.pgbouncer, "node2")
        print(f"\nthe one that is whole is moved in {time.monotonic() - began:.3f} s", end="")
        self.wait_told(monitor)
        self.assertEqual(self.proxy["unloadable"].route(), "node1")
        wait_for("a replacement that is late", lambda: self.delivered()[0], 30)
        self.assertEqual(self.untouched(whole), before)
        for undo in mend.values():
            undo()
        del self.proxy["password"].more["conninfo"]
        self.box.write_config(1)
        self.assertEqual(self.box.run_monitor(1, binary(), "reload").returncode, 0)
        for proxy in self.proxy.values():
            self.wait_route(proxy, "node2")
        moved = self.untouched(["late"])
        wait_for("all that is late", lambda: len(self.delivered()[0]) == self.delivered()[1], 30)
        texts, begun = self.delivered()
        print(f"\n{begun} replacements were delivered 10 s late", end="")
        for text in texts:
            self.assertRegex(text, r"\nbdrmon-\d+ late\n")
        self.assertEqual(self.untouched(["late"]), moved)


if __name__ == "__main__":
    unittest.main()
