# SPDX-License-Identifier: PostgreSQL
"""bdrmon config check --live, with a real PgBouncer: what would go wrong when a node fails is said while all is well."""
import re
import textwrap

from support import SharedSandboxTest, binary

PROBES = "bdrmon_probe_{name} = host={host} port={port} dbname=bdrtest pool_size=1 pool_mode=transaction\n"

ADVISED = """server_login_retry = 1
server_connect_timeout = 2
tcp_user_timeout = 3000
"""

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


class Lint(SharedSandboxTest):
    """Each begins with a PgBouncer of which there is nothing to say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proxy = cls.bed.pgbouncer
        cls.main = cls.proxy.home / "pgbouncer.ini"
        cls.databases = cls.proxy.databases
        cls.as_installed = {file: file.read_text(encoding="utf-8") for file in (cls.main, cls.databases)}
        probes = "".join(PROBES.format(name=node.name, host=node.host.address, port=node.port)
                         for node in cls.bed.nodes.values())
        cls.as_advised = {cls.main: cls.as_installed[cls.main] + ADVISED,
                          cls.databases: cls.as_installed[cls.databases] + probes}

    def setUp(self):
        super().setUp()
        self.put(self.as_advised)

    def put(self, texts):
        """Writes PgBouncer's files, and has it start anew with them: some faults stay until then."""
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
        self.proxy.stop()
        self.proxy.start()

    def change(self, file, old, new):
        """Changes a file without a word to PgBouncer."""
        text = file.read_text(encoding="utf-8")
        self.assertIn(old, text)
        file.write_text(text.replace(old, new), encoding="utf-8")

    def check(self, section=None, code=0, settings=None, live=("--live",)):
        """Runs the command; (stdout, stderr)."""
        proxy = {"conninfo": self.proxy.console_dsn(), "probe_conninfo": self.proxy.app_dsn(),
                 "aliases": "bdrtest", "file": self.databases, **(section or {})}
        self.bed.write_config_of_both(1, {"event_notification_command": "/bin/true %n", **(settings or {}),
                                          "pgbouncer p1": proxy})
        done = self.bed.run_monitor(1, binary(), "config", "check", *live)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout, done.stderr

    def test_without_the_option_nothing_is_connected_to(self):
        self.proxy.stop()
        out, err = self.check(live=())
        self.assertEqual(err, "")
        self.assertNotIn("proxy", out)

    def test_of_a_file_with_errors_nothing_is_connected_to(self):
        out, err = self.check(settings={"monitor_interval_secs": "soon"}, code=1)
        self.assertNotIn("proxy", out + err)

    def test_what_is_installed_gives_warnings(self):
        self.put(self.as_installed)
        out, err = self.check()
        for text in ("its server_login_retry is 15 s", "its server_connect_timeout is 15 s",
                     "its tcp_user_timeout is 0 ms", "it has no probe aliases",
                     '"bdrmon pgbouncer adopt p1" adds "bdrmon_probe_node1" and "bdrmon_probe_node2"',
                     'Write "server_login_retry = 1" in section [pgbouncer] of pgbouncer.ini'):
            self.assertIn(text, err)
        self.assertNotIn("ERROR", err)
        self.assertIn("0 errors and 4 warnings", out)

    def test_what_the_hints_say_is_enough(self):
        before = {file: file.read_bytes() for file in (self.main, self.databases)}
        out, err = self.check()
        self.assertEqual(err, "")
        self.assertIn("0 errors and 0 warnings", out)
        self.assertIn('proxy "p1" points to node "node1"', out)
        self.assertEqual(before, {file: file.read_bytes() for file in before})

    def test_the_longest_outage_is_told_step_by_step(self):
        out, _ = self.check(settings={"reconnect_attempts": 3, "reconnect_interval": 4})
        steps = [float(number) for number in re.findall(r"^ +([0-9.]+) s  ", out, re.M)]
        self.assertEqual(steps, [1.0, 2.0, 8.0, 4.0, 0.5, 1.0, 16.5])

    def test_clients_may_be_thrown_out_before_a_move_is_over(self):
        _, err = self.check(settings={"reconnect_attempts": 12, "reconnect_interval": 15})
        self.assertIn("its query_wait_timeout is 120 s, but a move can take", err)

    def test_a_node_that_is_down_is_no_error_of_the_file(self):
        self.bed.node("node2").stop()
        _, err = self.check()
        self.assertIn('WARNING: node "node2": refused at connect', err)
        self.assertIn('WARNING: proxy "p1": node "node2" does not answer through its alias "bdrmon_probe_node2"', err)

    def test_a_node_that_does_not_let_us_in_is_one(self):
        _, err = self.check(settings={"node node2": {"node_id": 2,
                                                     "conninfo": self.bed.conninfo("node2") + " dbname=nobody"}},
                            code=1)
        self.assertIn('ERROR: node "node2": denied at login', err)

    def test_a_node_without_an_address_cannot_be_routed_to(self):
        node = self.bed.node("node1")
        path = f"host={self.bed.sockets} port={node.port} dbname=bdrtest user=repmgr passfile={self.bed.passfile}"
        _, err = self.check(settings={"conninfo": path}, code=1)
        self.assertIn('how proxy "p1" reaches node "node1"', err)
        self.assertIn('HINT: Set "targets" in section [pgbouncer p1]', err)

    def test_a_file_that_would_be_refused_is_named_with_its_line(self):
        self.change(self.databases, "dbname=bdrtest\n", "dbname=bdrtest\nother = host=x connect_timeout=2\n")
        self.proxy.console("reload")  # which answers with success
        _, err = self.check(code=1)
        self.assertRegex(err, r'ERROR: proxy "p1": PgBouncer would refuse its file .*: line \d+: ')

    def test_what_runs_may_be_another_thing_than_the_file(self):
        first, second = self.bed.nodes.values()
        self.change(self.databases, f"bdrtest = host={first.host.address} port={first.port}",
                    f"bdrtest = host={second.host.address} port={second.port}")
        _, err = self.check()
        self.assertRegex(err, r'points to node "node1", but its file .* says node "node2"')

    def test_an_alias_may_lead_to_neither_node(self):
        _, err = self.check({"targets": "node1=10.0.0.1:5432, node2=10.0.0.2:5432"}, code=1)
        self.assertIn("which is neither node", err)
        self.assertIn('All of "aliases" must have host=10.0.0.1 port=5432 (node "node1")', err)

    def test_a_console_that_refuses_is_told_why(self):
        dsn = self.proxy.console_dsn()
        for conninfo, hint in ((dsn + " password=wrong", 'as PgBouncer\'s "auth_file" has it'),
                               (dsn.replace("user=bdrmon", "user=app"), 'in "admin_users" of section [pgbouncer]'),
                               (dsn + " port=1", "must lead to its admin console")):
            with self.subTest(hint):
                _, err = self.check({"conninfo": conninfo}, code=1)
                self.assertIn("its admin console cannot be used: ", err)
                self.assertIn(hint, err)
                self.assertNotIn("wrong", err)

    def test_a_console_may_only_let_look(self):
        self.put({self.main: self.as_advised[self.main].replace("admin_users", "stats_users")})
        _, err = self.check(code=1)
        self.assertIn('the user of its "conninfo" may look, but not give orders', err)

    def test_a_test_that_says_nothing_of_the_node_is_an_error(self):
        _, err = self.check({"probe_conninfo": self.proxy.app_dsn() + " user=nobody"}, code=1)
        self.assertIn('ERROR: proxy "p1": a test through its alias "bdrmon_probe_node1" says nothing', err)

    def test_a_proxy_that_hangs_is_told_in_time(self):
        self.proxy.freeze()
        self.addCleanup(self.proxy.thaw)
        _, err = self.check(code=1)
        self.assertIn("its admin console cannot be used: ", err)

    def test_the_file_is_reached_as_configured(self):
        for section, text in (({"file": "/nowhere/databases.ini"}, "its file cannot be read: "),
                              ({"file": "/etc/passwd"}, 'cannot be replaced: directory "/etc/"'),
                              ({"command": "false"}, "Run the command by hand"),
                              ({"ssh": "nobody@host.invalid"}, "Run the command by hand")):
            with self.subTest(section):
                _, err = self.check(section, code=1)
                self.assertIn(text, err)
        _, err = self.check({"command": "env"})
        self.assertEqual(err, "")

    def test_the_script_that_repmgr_has_published_is_known(self):
        script = self.bed.bin / "bdr-pgbouncer.sh"
        script.write_text(PUBLISHED, encoding="utf-8")
        _, err = self.check(settings={"event_notification_command": f'{script} %n %e %s "%c" "%a"'})
        self.assertIn(f'script "{script}" re-points PgBouncer as the one that repmgr has published', err)
        self.assertEqual(err.count("DETAIL: "), 6, err)
