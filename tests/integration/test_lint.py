# SPDX-License-Identifier: PostgreSQL
"""bdrmon config check --live, with a real PgBouncer: what would go wrong when a node fails is said while all is well."""
import re
import textwrap
from pathlib import Path

from support import SandboxTest, binary

PROBES = "bdrmon_probe_{name} = host={host} port={port} dbname=bdrtest pool_size=1\n"

# As repmgr has published it for two BDR nodes, in short.
PUBLISHED = textwrap.dedent("""\
    #!/bin/sh
    set -e
    # server_login_retry is not heard of here
    for HOST in $PGBOUNCER_HOSTS
    do
        psql -tc "pause" -h $HOST -U postgres pgbouncer
        echo "[databases]" > $PGBOUNCER_DATABASE_INI
        psql -tc "SELECT 'app= ' || conninfo FROM repmgr.nodes WHERE active" bdrtest >> $PGBOUNCER_DATABASE_INI
        rsync $PGBOUNCER_DATABASE_INI $HOST:/etc
        psql -tc "reload" -h $HOST -U postgres pgbouncer
        psql -tc "resume" -h $HOST -U postgres pgbouncer
    done
    """)


class Lint(SandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bed = cls.shared = None

    def setUp(self):
        self.bed = self.sandbox()
        self.proxy = self.bed.pgbouncer
        self.main = self.proxy.home / "pgbouncer.ini"
        self.section = {"conninfo": self.proxy.console_dsn(), "probe_conninfo": self.proxy.app_dsn(),
                        "aliases": "bdrtest", "file": self.proxy.databases}

    def check(self, section=None, code=0, settings=None, live=("--live",)):
        """Runs the command; (stdout, stderr)."""
        self.bed.write_config_of_both(1, {"pgbouncer p1": {**self.section, **(section or {})},
                                          "event_notification_command": "/bin/true %n",
                                          **(settings or {})})
        done = self.bed.run_monitor(1, binary(), "config", "check", *live)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout, done.stderr

    def rewrite(self, path, change):
        """Changes the text of a file, as its owner."""
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    def adopt(self):
        lines = "".join(PROBES.format(name=node.name, host=node.host.address, port=node.port)
                        for node in self.bed.nodes.values())
        self.rewrite(self.proxy.databases, lambda text: text + lines)
        self.proxy.console("reload")

    def recommend(self):
        """Does what the hints say."""
        for name, value in (("server_login_retry", 1), ("server_connect_timeout", 2), ("tcp_user_timeout", 3000)):
            self.rewrite(self.main, lambda text, n=name, v=value: text + f"{n} = {v}\n")
        self.proxy.console("reload")

    def test_findings(self):
        with self.subTest("nothing is connected to without --live"):
            out, err = self.check(live=())
            self.assertNotIn("proxy", out + err)
        with self.subTest("the defaults of PgBouncer, and no probe aliases"):
            out, err = self.check()
            for text in ("its server_login_retry is 15 s", "its server_connect_timeout is 15 s",
                         "its tcp_user_timeout is 0 ms", "it has no probe aliases",
                         '"bdrmon pgbouncer adopt p1" adds "bdrmon_probe_node1" and "bdrmon_probe_node2"',
                         'Write "server_login_retry = 1" in section [pgbouncer] of pgbouncer.ini'):
                self.assertIn(text, err)
            self.assertNotIn("ERROR", err)
            self.assertIn("0 errors and 4 warnings", out)
            self.assertIn('proxy "p1" points to node "node1"', out)
            steps = [float(number) for number in re.findall(r"^ +([0-9.]+) s  ", out, re.M)]
            self.assertAlmostEqual(sum(steps[:-1]), steps[-1])
        self.adopt()
        self.recommend()
        with self.subTest("what the hints say is enough"):
            out, err = self.check()
            self.assertEqual(err, "")
            self.assertIn("0 errors and 0 warnings", out)
        with self.subTest("clients are thrown out before a move is over"):
            out, err = self.check(settings={"reconnect_attempts": 12, "reconnect_interval": 15})
            self.assertIn("its query_wait_timeout is 120 s, but a move can take", err)
        with self.subTest("a node that is down is no error of the file"):
            self.bed.node("node2").stop()
            out, err = self.check()
            self.assertRegex(err, r'WARNING: node "node2": refused at connect')
            self.assertIn('node "node2" does not answer through its alias "bdrmon_probe_node2"', err)
            self.bed.node("node2").start()
        with self.subTest("PgBouncer would refuse the file, and says nothing of it"):
            good = self.proxy.databases.read_text(encoding="utf-8")
            self.proxy.databases.write_text(good + "other = host=x connect_timeout=2\n", encoding="utf-8")
            self.proxy.console("reload")
            out, err = self.check(code=1)
            self.assertRegex(err, r'ERROR: proxy "p1": PgBouncer would refuse its file .*line \d+')
            self.proxy.databases.write_text(good, encoding="utf-8")
        with self.subTest("what runs is not what the file says"):
            first, second = self.bed.nodes.values()
            self.rewrite(self.proxy.databases, lambda text: text.replace(
                f"bdrtest = host={first.host.address} port={first.port}",
                f"bdrtest = host={second.host.address} port={second.port}"))
            out, err = self.check()
            self.assertRegex(err, r'points to node "node1", but its file .* says node "node2"')
            self.proxy.databases.write_text(good, encoding="utf-8")
        with self.subTest("an alias that leads to neither node"):
            out, err = self.check({"targets": "node1=10.0.0.1:5432, node2=10.0.0.2:5432"}, code=1)
            self.assertIn("which is neither node", err)
            self.assertIn('All of "aliases" must have host=10.0.0.1 port=5432 (node "node1")', err)
        with self.subTest("the console's password is wrong"):
            out, err = self.check({"conninfo": self.proxy.console_dsn() + " password=wrong"}, code=1)
            self.assertIn("its admin console cannot be used: ", err)
            self.assertIn('as PgBouncer\'s "auth_file" has it', err)
            self.assertNotIn("wrong", err)
        with self.subTest("the console's user is not in admin_users"):
            out, err = self.check({"conninfo": self.proxy.console_dsn().replace("user=bdrmon", "user=app")}, code=1)
            self.assertIn('in "admin_users" of section [pgbouncer]', err)
        with self.subTest("the tests' role is not there"):
            out, err = self.check({"probe_conninfo": self.proxy.app_dsn() + " user=nobody"}, code=1)
            self.assertRegex(err, r'ERROR: proxy "p1": a test through its alias "bdrmon_probe_node1" says nothing')
        with self.subTest("the file is not there"):
            out, err = self.check({"file": "/nowhere/databases.ini"}, code=1)
            self.assertIn("its file cannot be read: ", err)
        with self.subTest("by way of a command, which fails"):
            out, err = self.check({"command": "false"}, code=1)
            self.assertIn("its file cannot be read: ", err)
            self.assertIn("Run the command by hand", err)
        with self.subTest("by way of a command"):
            out, err = self.check({"command": "env"})
            self.assertEqual(err, "")
        with self.subTest("repmgr's published script"):
            script = Path(self.bed.bin) / "bdr-pgbouncer.sh"
            script.write_text(PUBLISHED, encoding="utf-8")
            script.chmod(0o755)
            out, err = self.check(settings={"event_notification_command": f'{script} %n %e %s "%c" "%a"'})
            self.assertIn(f'script "{script}" re-points PgBouncer as the one that repmgr has published', err)
            self.assertEqual(err.count("DETAIL: "), 6, err)
        with self.subTest("the console's user may look only"):
            self.rewrite(self.main, lambda text: text.replace("admin_users = bdrmon", "stats_users = bdrmon"))
            self.proxy.stop()
            self.proxy.start()
            out, err = self.check(code=1)
            self.assertIn('the user of its "conninfo" may look, but not give orders', err)
            self.proxy.stop()
            out, err = self.check(code=1)
            self.assertIn("must lead to its admin console", err)
