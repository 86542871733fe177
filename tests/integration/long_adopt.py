# SPDX-License-Identifier: PostgreSQL
"""bdrmon pgbouncer adopt and show, with real PgBouncers: what changes, what stays, and what is refused."""
import json
import re
import threading

from bdrsandbox import Session, session
from support import SandboxTest, binary

OK, BAD_CONFIG, DB_CONN, DB_QUERY, SYSTEM, NODE_STATUS = 0, 1, 6, 7, 13, 25

# A file as people write them: comments, indentation, aliases of others.
GROWN = """; who has written this is not known
  [databases]
# the shop
bdrtest  =  host={address} port={port}   dbname=bdrtest
	other = host=10.255.0.9 port=1 dbname=other pool_size=3

; the end, without a line end"""


class Adopt(SandboxTest):
    """They share a sandbox; each finds the PgBouncer as nobody has adopted it, pointing to node1."""

    @classmethod
    def setUpClass(cls):
        owner = SandboxTest()
        cls.addClassCleanup(owner.doCleanups)
        cls.bed = owner.sandbox(proxies=binary())

    def setUp(self):
        self.proxy = self.bed.pgbouncer
        for node in self.bed.nodes.values():
            if not node.pid:
                node.start()
        self.give(self.plain("node1"))
        self.bed.write_config(1)
        self.assertEqual(self.proxy.route(), "node1")

    # -- what it works with

    def plain(self, node):
        return self.proxy.plain_databases(self.bed.node(node))

    def grown(self):
        node = self.bed.node("node1")
        return GROWN.format(address=node.host.address, port=node.port)

    def give(self, text, load=True):
        """Writes the file that holds the aliases, and loads it."""
        self.proxy.write_databases(text)
        if load:
            self.proxy.console("reload")

    def configure(self, **settings):
        self.bed.write_config(1, {f"pgbouncer {self.proxy.name}": settings})

    def run_command(self, *words):
        return self.bed.run_monitor(1, binary(), "pgbouncer", *words)

    def adopt(self, *words, code=OK):
        done = self.run_command("adopt", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def state(self):
        """All that adopting could change."""
        status = self.proxy.databases.stat()
        return (self.proxy.databases.read_bytes(), status.st_ino, status.st_mode, status.st_uid,
                [row[:4] for row in self.proxy.console("show databases")])

    def show(self, code):
        done = self.run_command("show", "--json")
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)["proxies"]

    def added(self):
        """The lines that adopting adds."""
        nodes = self.bed.nodes.values()
        return ["; bdrmon/1 epoch=1 node=1 heeds=1:0,2:0 (written by bdrmon: it compares this line, leave it)",
                *(f"bdrmon_probe_{node.name} = host={node.host.address} port={node.port} dbname=bdrtest pool_size=1 pool_mode=transaction"
                  for node in nodes)]

    # -- what changes

    def test_a_rehearsal_shows_the_lines_and_changes_nothing(self):
        before = self.state()
        done = self.adopt("--dry-run")
        lines = [line for line in done.stdout.splitlines() if not line.startswith(("---", "+++", "@@"))]
        self.assertEqual(lines, ["+" + line for line in self.added()])
        self.assertIn(f"+++ {self.proxy.databases}\n", done.stdout)
        self.assertEqual(done.stderr, 'NOTICE: proxy "pgbouncer" would be adopted\n')
        self.assertEqual(self.state(), before)

    def test_a_rehearsal_shows_no_password(self):
        self.give(self.plain("node1").rstrip() + " user=app password=hush_hush\n", load=False)
        done = self.adopt("--dry-run")
        self.assertEqual(done.stdout.count("password=***"), 2)
        self.assertNotIn("hush", done.stdout + done.stderr)

    def test_every_other_byte_stays_and_the_route_too(self):
        self.give(self.grown())
        old, _, mode, owner, aliases = self.state()
        done = self.adopt()
        self.assertEqual(done.stderr, 'NOTICE: proxy "pgbouncer" adopted; it still points to node "node1" (ID: 1),'
                         ' epoch 1\nNOTICE: proxy "pgbouncer": node "node1" (ID: 1) answers\n'
                         'NOTICE: proxy "pgbouncer": node "node2" (ID: 2) answers\n')
        new, _, new_mode, new_owner, new_aliases = self.state()
        text = new.decode()
        for line in self.added():
            self.assertEqual(text.count(line + "\n"), 1, text)
            text = text.replace(line + "\n", "")
        self.assertEqual((text.encode(), new_mode, new_owner), (old, mode, owner))
        self.assertEqual([row for row in new_aliases if not row[0].startswith("bdrmon_probe_")], aliases)
        for node in self.bed.nodes.values():
            self.assertIn((f"bdrmon_probe_{node.name}", node.host.address, node.port, "bdrtest"), new_aliases)

    def test_aliases_in_the_main_file_that_a_command_leads_to(self):
        main, node = self.proxy.home / "pgbouncer.ini", self.bed.node("node1")
        with_include = main.read_text(encoding="utf-8")
        self.addCleanup(main.write_text, with_include, encoding="utf-8")
        settings = with_include.split("\n", 1)[1]
        main.write_text(f"{settings}\n[databases]\nbdrtest = host={node.host.address} port={node.port} dbname=bdrtest\n",
                        encoding="utf-8")
        self.proxy.console("reload")
        self.configure(file=main, command="env")
        self.adopt()
        self.assertEqual(main.read_text(encoding="utf-8").splitlines()[-4:-2],
                         [self.added()[0], f"bdrtest = host={node.host.address} port={node.port} dbname=bdrtest"])
        self.assertEqual(self.proxy.databases.read_text(encoding="utf-8"), self.plain("node1"))
        self.assertEqual([shown["adopted"] for shown in self.show(OK)], [True])

    def test_clients_are_not_disturbed(self):
        over, failed = threading.Event(), []

        def work():
            with Session(self.proxy.app_dsn()) as client:
                while not over.is_set():
                    client.query("select 1")

        def note_failure():
            try:
                work()
            except Exception as failure:  # pylint: disable=broad-except
                failed.append(failure)

        busy = threading.Thread(target=note_failure)
        with Session(self.proxy.app_dsn()) as client:
            busy.start()
            client.query("begin")
            server = client.query("select pg_backend_pid()")
            self.adopt()
            self.assertEqual(client.query("select pg_backend_pid()"), server)
            client.query("commit")
            over.set()
            busy.join()
        self.assertEqual(failed, [])

    def test_adopted_twice_is_adopted_once(self):
        self.adopt()
        before = self.state()
        done = self.bed.run_monitor(2, binary(), "pgbouncer", "adopt")
        self.assertEqual(done.stderr, 'NOTICE: proxy "pgbouncer" is adopted already\n')
        for words in ([], ["--dry-run"], ["pgbouncer"]):
            done = self.adopt(*words)
            self.assertEqual((done.stdout, done.stderr), ("", 'NOTICE: proxy "pgbouncer" is adopted already\n'))
        self.assertEqual(self.state(), before)

    def test_what_was_written_and_not_loaded_is_loaded(self):
        self.adopt()
        adopted = self.proxy.databases.read_text(encoding="utf-8")
        self.give(self.plain("node1"))
        self.give(adopted, load=False)
        self.assertEqual([shown["adopted"] for shown in self.show(NODE_STATUS)], [False])
        self.assertIn("by a RELOAD alone", self.adopt("--dry-run").stderr)
        self.assertIn("epoch 1\n", self.adopt().stderr)
        self.assertEqual(self.proxy.databases.read_text(encoding="utf-8"), adopted)
        self.assertEqual([shown["adopted"] for shown in self.show(OK)], [True])

    def test_aliases_that_somebody_has_changed_are_taken_as_they_are(self):
        self.adopt()
        first, second = (f"bdrtest = host={node.host.address} port={node.port}" for node in self.bed.nodes.values())
        self.give(self.proxy.databases.read_text(encoding="utf-8").replace(first, second))
        self.assertIn("somebody has changed them", self.show(NODE_STATUS)[0]["odd"])
        self.assertIn('still points to node "node2" (ID: 2), epoch 2\n', self.adopt().stderr)
        self.assertIn("epoch=2 node=2 ", self.proxy.databases.read_text(encoding="utf-8"))
        self.assertEqual(self.proxy.route(), "node2")

    def test_a_node_that_does_not_answer_is_told(self):
        self.bed.node("node2").kill()
        done = self.adopt(code=NODE_STATUS)
        self.assertIn('NOTICE: proxy "pgbouncer": node "node1" (ID: 1) answers\n', done.stderr)
        self.assertRegex(done.stderr, r'WARNING: proxy "pgbouncer": node "node2" \(ID: 2\) does not answer: .+\n')

    def test_show(self):
        self.assertEqual(self.show(NODE_STATUS), [{"name": "pgbouncer", "route": "node1", "file_node": "node1",
                                                   "epoch": None, "adopted": False, "console": True, "odd": None}])
        table = self.run_command("show")
        self.assertRegex(table.stdout, r"(?m)^ pgbouncer +\| node1 +\| node1 +\| +\| no +\| answers ")
        self.assertIn("HINT: ", table.stderr)
        self.adopt()
        done = self.run_command("show", "--csv", "pgbouncer")
        self.assertEqual((done.stdout, done.returncode), (
            "name,route,file_node,epoch,adopted,console,odd\npgbouncer,node1,node1,1,1,1,\n", OK), done.stderr)

    # -- what is refused

    def refused(self, code, error, hint):
        """One error with a hint, and nothing has changed."""
        before = self.state()
        for words in (["--dry-run"], []):
            done = self.run_command("adopt", *words)
            self.assertRegex(done.stderr, rf'\AERROR: proxy "pgbouncer": {error}\nHINT: {hint}\n\Z')
            self.assertEqual((done.stdout, done.returncode), ("", code))
        self.assertEqual(self.state(), before)

    def test_an_alias_that_is_missing(self):
        self.configure(aliases="bdrtest, shop")
        self.refused(BAD_CONFIG, r'file ".*/databases\.ini": alias "shop" is missing', r"It must stand in .*")
        self.assertIn('alias "shop"', self.show(NODE_STATUS)[0]["odd"])

    def test_an_alias_that_points_elsewhere(self):
        self.give(re.sub(r"port=\d+", "port=1", self.plain("node1")), load=False)
        self.refused(BAD_CONFIG, r'file ".*/databases\.ini": line 2: alias "bdrtest" points to neither node',
                     r'Write "host=127\.0\.0\.1 port=\d+" or .*')
        self.proxy.console("reload")
        self.give(self.plain("node1"), load=False)
        self.refused(BAD_CONFIG, r'in what runs, alias "bdrtest" points to 127\.0\.0\.1 port 1, which is neither node',
                     r"See SHOW DATABASES, .*")

    def test_a_fallback_that_another_alias_hides(self):
        plain = self.plain("node1")
        self.give(plain.replace("bdrtest =", "* =") + plain.splitlines()[1].replace("bdrtest =", "postgres =") + "\n")
        self.configure(aliases="*")
        self.refused(BAD_CONFIG, r'file ".*": line 3: alias "postgres" hides the fallback', r".* Name this one .*")

    def test_aliases_that_point_to_different_nodes(self):
        other = self.plain("node2").splitlines()[1].replace("bdrtest =", "shop =")
        self.give(self.plain("node1") + other + "\n")
        self.configure(aliases="bdrtest, shop")
        self.refused(BAD_CONFIG, r'file ".*": its aliases point to different nodes', r"Point all of them .*")

    def test_a_file_that_says_another_node_than_what_runs(self):
        self.give(self.plain("node2"), load=False)
        self.refused(BAD_CONFIG, r'file ".*" points to node 2 \(127\.0\.0\.1 port \d+\), but what runs to node 1 .*',
                     r"Change the file, or load it .*")
        self.assertEqual(self.show(NODE_STATUS)[0]["odd"], "what runs and the file differ")

    def test_a_file_that_pgbouncer_would_refuse(self):
        self.give(self.plain("node1") + "nonsense\n", load=False)
        self.refused(BAD_CONFIG, r'file ".*": line 3.*', r"PgBouncer refuses the whole file\. .*")

    def test_a_file_that_pgbouncer_does_not_read(self):
        copy = self.proxy.home / "copy.ini"
        copy.write_text(self.plain("node1"), encoding="utf-8")
        self.bed.account.own(copy)
        self.configure(file=copy)
        before = self.state(), copy.read_bytes()
        done = self.adopt(code=DB_QUERY)
        self.assertRegex(done.stderr, r'\AERROR: proxy "pgbouncer": RELOAD did not take file ".*copy\.ini" over\n'
                         r"HINT: The file is as it was\. .*\n\Z")
        self.assertEqual((self.state(), copy.read_bytes()), before)

    def test_a_file_that_is_not_there(self):
        self.configure(file=self.proxy.home / "nothing")
        self.refused(SYSTEM, r".*nothing.*: No such file or directory", r'It is "file" in section .*')
        self.assertIn("No such file", self.show(NODE_STATUS)[0]["odd"])

    def test_a_console_that_does_not_let_us_in(self):
        self.configure(conninfo=self.proxy.console_dsn() + " password=wrong")
        self.refused(DB_CONN, r"SHOW DATABASES on its console failed: .*", r'See "conninfo" in section .*admin_users\.')
        self.configure(conninfo=self.proxy.console_dsn().replace("user=bdrmon", "user=app"))
        self.refused(DB_CONN, r"SHOW DATABASES on its console failed: .*not allowed.*", r'See "conninfo" in section .*')
        shown = self.show(NODE_STATUS)[0]
        self.assertEqual((shown["console"], shown["route"], shown["file_node"]), (False, None, "node1"))

    def test_a_directory_that_cannot_be_written(self):
        before = self.state()
        self.proxy.home.chmod(0o555)
        self.addCleanup(self.proxy.home.chmod, 0o755)
        done = self.adopt(code=SYSTEM)
        self.assertRegex(done.stderr, r'\AERROR: proxy "pgbouncer": could not .*Permission denied\nHINT: .+\n\Z')
        self.assertEqual(self.state(), before)

    def test_a_name_that_there_is_not(self):
        done = self.run_command("adopt", "shop")
        self.assertEqual(done.returncode, BAD_CONFIG)
        self.assertRegex(done.stderr, r'\AERROR: ".*" has no section \[pgbouncer shop\]\nHINT: There are "pgbouncer"\.\n')

    def test_one_that_fails_does_not_stop_the_next(self):
        second = self.bed.add_pgbouncer("bouncer2", "proxy", home_node="node2")
        self.addCleanup(self.bed.pgbouncers.remove, second)
        self.addCleanup(second.stop)
        second.write_databases(second.plain_databases(self.bed.node("node1")))
        second.console("reload")
        self.proxy.stop()
        self.addCleanup(self.proxy.start)
        done = self.adopt(code=DB_CONN)
        self.assertRegex(done.stderr, r'\AERROR: proxy "pgbouncer": .*\nHINT: .*\nNOTICE: proxy "bouncer2" adopted; ')
        self.assertEqual(session.ask(second.app_dsn(), "select 1"), [(1,)])
        self.assertEqual([shown["console"] for shown in self.show(NODE_STATUS)], [False, True])
