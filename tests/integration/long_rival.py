# SPDX-License-Identifier: PostgreSQL
"""A repmgrd that runs against a node is seen once its session is too old for a command's."""
import time

from bdrsandbox import processes, wait_for
from rivals import RivalTest

AGE = 30  # seconds: RIVAL_AGE_MS

REPMGR_CONF = """
node_id=1
node_name='physical1'
conninfo='{conninfo}'
data_directory='{data}'
failover=manual
"""


class LongRival(RivalTest):
    def preload_repmgr(self):
        with open(self.node.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("shared_preload_libraries = 'pglogical,repmgr'\n")
        self.node.stop()
        self.node.start()

    def test_a_real_repmgrd_is_seen_and_its_end_too(self):
        """Of repmgr 5, which knows no BDR any more: on a database of its own it watches node1 as a physical primary."""
        account = self.shared.account
        home = self.shared.directory / "repmgrd"
        home.mkdir()
        account.own(home)
        self.preload_repmgr()
        self.node.sql("create database physical", database="postgres", timeout=20)
        config, log = home / "repmgr.conf", home / "log"
        dsn = self.dsn("postgres", database="physical")
        config.write_text(REPMGR_CONF.format(conninfo=dsn, data=self.node.data), encoding="utf-8")
        programs = self.node.kind.bin()
        processes.run([programs / "repmgr", "-f", config, "primary", "register"], account, home, log)
        look = self.looker(dsn)
        wait_for("the end of repmgr's own session", lambda: look() == ["none"], 5, log)
        repmgrd = processes.spawn([programs / "repmgrd", "-f", config, "--daemonize=false", "--no-pid-file"], account,
                                  home, log)
        self.addCleanup(repmgrd.wait)
        self.addCleanup(repmgrd.kill)
        wait_for("its session", lambda: look()[0] == "command", 10, log)
        found = wait_for("its session to count", lambda: (seen := look())[0] == "daemon" and seen, AGE + 10, log, 0.1)
        print(f"\na real repmgrd: {' '.join(found)}")
        self.assertIn(int(found[4]), range(1000 * AGE, 3 * 1000 * AGE))
        repmgrd.terminate()
        wait_for("its end to be seen", lambda: look() == ["none"], 10, log)

    def test_a_role_without_rights_learns_its_age_by_looking_again(self):
        """A session with repmgrd's name stands in for it."""
        session = self.session(self.dsn("repmgr", "application_name=repmgr"))
        pid = str(session.query("select pg_backend_pid()")[0][0])
        looks = {role: self.looker(self.dsn(role)) for role in ("repmgr", "stranger")}
        began = time.monotonic()
        for role, look in looks.items():
            self.assertEqual(look()[:3], ["command", pid, "repmgr"], role)
        for role, look in looks.items():
            wait_for(f"{role} to see it", lambda look=look: look()[:2] == ["daemon", pid], AGE + 10, pause=0.1)
        self.assertGreaterEqual(time.monotonic() - began, AGE - 0.5)
        self.assertEqual(self.looker(self.dsn("repmgr"))()[0], "daemon")  # its age is known at the first look
        self.assertEqual(self.looker(self.dsn("stranger"))()[0], "command")  # but not to everybody
