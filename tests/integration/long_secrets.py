# SPDX-License-Identifier: PostgreSQL
"""No secret ever: a canary in every place where a password can stand, and everything that bdrmon writes is searched."""
import os
import re
import signal
import socket
import stat
from urllib.parse import quote

from bdrsandbox import wait_for
from bdrsandbox.monitor import as_ini
from support import SandboxTest, binary

# Each place has a canary of its own, so that a leak tells where it comes from. This one is the true password: it has
# what each syntax has to quote.
TRUE = "CANARY 1 CANARY 'CANARY 3' \\CANARY %41CANARY \" CANARY"
FALSE = "CANARYwrong"
WITHOUT_MONITOR = (("--once",), ("--once", "--json"), ("config", "check"))
COMMANDS = (("--once",), ("--once", "--json"), ("--once", "--probe"), ("--once", "--probe", "--json"), ("status",),
            ("status", "--json"), ("status", "--csv"), ("config", "check"), ("config", "print"),
            ("config", "print", "--json"), ("pause",), ("unpause",), ("reload",))

# Lines that nobody can read, each with a password.
BROKEN = """
conninfo='host=h password=CANARYunbalanced
conninfo2='host=h password=CANARYunknownkey'
password=CANARYkey
just words password=CANARYnokey
[section password=CANARYsection
[nodes x]
conninfo='postgresql://u:CANARYuri@h/d'
[node a]
conninfo='host=h,i password=CANARYhosts'
[node b]
conninfo='password=CANARYstray stray'
[node c]
conninfo='pasword=CANARYmisspelt'
[node d]
conninfo='postgresql://u:CANARYport@h:port/d'
[node e]
conninfo='host=h password=''CANARYopen'
[executor]
queue='password=CANARYnumber'
"""


def keyword(value):
    """A value in a conninfo of the keyword form."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Secrets(SandboxTest):
    @classmethod
    def setUpClass(cls):
        cls.box = SandboxTest.sandbox(cls())
        cls.home = cls.box.directory / "bdrmon1"
        cls.ports = {name: node.port for name, node in cls.box.nodes.items()}
        for node in cls.box.nodes.values():
            node.sql("alter role repmgr password '{}'".format(TRUE.replace("'", "''")))

    @classmethod
    def tearDownClass(cls):
        cls.box.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def setUp(self):
        self.written = []  # (where, text)
        for path in (self.home / "state").iterdir():
            path.unlink()

    def told_by_node1(self, conninfo):
        """What repmgr.nodes on node1 has of node2."""
        self.box.sql("node1", "update repmgr.nodes set conninfo = %s where node_id = 2", [conninfo])

    # -- the places

    def by_keyword(self, name, password):
        return (f"host=127.0.0.1 port={self.ports[name]} dbname=bdrtest user=repmgr password = {keyword(password)} "
                "sslpassword=CANARYssl application_name=x")

    def by_uri(self, name, password):
        return (f"postgresql://repmgr:{quote(password, safe='')}@127.0.0.1:{self.ports[name]}/bdrtest"
                "?sslpassword=CANARYsslinuri")

    def by_parameter(self, name, password):
        return f"postgresql://127.0.0.1:{self.ports[name]}/bdrtest?user=repmgr&password={quote(password, safe='')}"

    def command(self):
        """One that has a secret itself, and prints what it was given."""
        return ("PGPASSWORD=CANARYcommand sh -c 'echo psql password=CANARYoutput \"$BDRMON_CONNINFO\"; exit 3' &&"
                " psql postgresql://u:CANARYcommanduri@h/d %n %e \"%c\" \"%d\"")

    def config(self, own, other=None, **overrides):
        config = {"node_id": 1, "node_name": "node1", "conninfo": own, "log_level": "DEBUG", "monitor_interval_secs": 1,
                  "reconnect_attempts": 1, "reconnect_interval": "100ms", "event_notification_command": self.command(),
                  "failover": {"recovery_hold": "0"}, **overrides}
        if other:
            config["node node2"] = {"node_id": 2, "conninfo": other}
        self.box.config_path(1).write_text(as_ini(config), encoding="utf-8")

    # -- what is searched

    def run_commands(self, commands=COMMANDS):
        for words in commands:
            done = self.box.run_monitor(1, binary(), *words)
            self.written += [(f"{words} stdout", done.stdout), (f"{words} stderr", done.stderr)]
            self.assertTrue(done.stdout or done.stderr, words)

    def service(self):
        """A socket that takes what systemd is told."""
        path = self.home / "notify"
        service = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        service.bind(str(path))
        path.chmod(0o777)
        service.setblocking(False)
        self.addCleanup(path.unlink)
        self.addCleanup(service.close)
        return service

    def start_with_secrets_around(self, service):
        """A monitor whose environment and passfile hold secrets, too."""
        passfile = self.home / "pgpass"
        passfile.write_text("*:*:*:nobody:CANARYpassfile\n", encoding="utf-8")
        passfile.chmod(0o600)
        self.box.account.own(passfile)
        monitor = self.box.start_monitor(1, binary(), extra_environment={
            "PGPASSWORD": "CANARYenvironment", "PGPASSFILE": str(passfile), "NOTIFY_SOCKET": service.getsockname()})
        self.addCleanup(self.stop, monitor)
        return monitor

    def read_notifications(self, service):
        told = ""
        try:
            while True:
                told += service.recv(65536).decode() + "\n"
        except BlockingIOError:
            self.written.append(("notifications of systemd", told))
        return told

    def assert_kept(self):
        """Nothing that was written holds a canary, and no file does that others can read."""
        for where, text in self.written:
            found = re.search(r".*CANARY.*", text)
            self.assertIsNone(found, f"{where}: {found and found[0]}")
        ours = [path for path in self.home.rglob("*") if path.is_file() and path.name != "pgpass"]
        for path in ours:
            if b"CANARY" in path.read_bytes():
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def live(self, other=None, nodes_told=False):
        """A day in a monitor's life: start, probes, a failover, a return, a bad and a good reload, the commands, the end."""
        service = self.service()
        monitor = self.start_with_secrets_around(service)
        for name in ("node1", "node2"):
            monitor.wait_log(f'node "{name}" .* is up')
        if nodes_told:
            monitor.wait_log("found in repmgr.nodes")
        self.run_commands()
        self.box.node("node2").kill()
        monitor.wait_log("bdr_failover command for node 2 failed", 15)
        self.run_commands()
        self.box.node("node2").start()
        monitor.wait_log("bdr_recovery: ", 15)
        good = self.box.config_path(1).read_text(encoding="utf-8")
        self.box.config_path(1).write_text(good + BROKEN, encoding="utf-8")
        os.kill(monitor.pid, signal.SIGHUP)
        monitor.wait_log("the configuration was not reloaded")
        self.run_commands()
        self.box.config_path(1).write_text(good, encoding="utf-8")
        os.kill(monitor.pid, signal.SIGHUP)
        monitor.wait_log("the configuration was reloaded")
        self.stop(monitor)
        told = self.read_notifications(service)
        self.assertIn("READY=1", told)
        self.assertIn("STATUS=", told)
        log = monitor.log_text()
        self.assertIn("command: psql password=***", log)  # the command has printed one
        self.written.append(("log", log))

    def test_keywords_and_uris(self):
        self.config(self.by_keyword("node1", TRUE), self.by_uri("node2", TRUE))
        self.live()
        self.assert_kept()

    def test_a_uris_parameters_and_what_repmgr_nodes_holds(self):
        self.told_by_node1(self.by_keyword("node2", TRUE))
        self.config(self.by_parameter("node1", TRUE))
        self.live(nodes_told=True)
        self.assert_kept()
        kept = [path for path in (self.home / "state").iterdir() if b"CANARY" in path.read_bytes()]
        self.assertTrue(kept, "the other node's record is kept over a restart")

    def test_wrong_passwords_and_connection_strings_that_nobody_can_read(self):
        self.config(self.by_keyword("node1", FALSE), self.by_uri("node2", FALSE))
        service = self.service()
        monitor = self.start_with_secrets_around(service)
        monitor.wait_log("node2.* denied at step login: password authentication failed")
        self.run_commands()
        self.stop(monitor)
        self.written.append(("log", monitor.log_text()))
        strings = (f"host=h password={FALSE} stray", f"password={FALSE}", f"postgresql://u:{FALSE}@h:port/d",
                   f"postgresql://u:{FALSE}@[h/d", f"host=a,b password={FALSE}", f"password='{FALSE}",
                   f"host=h port=x password={FALSE}", f"service=none password={FALSE}",
                   f"host=127.0.0.1 port=1 sslmode=x password={FALSE}")
        for string in strings:
            for own, other in ((string, self.by_uri("node2", FALSE)), (self.by_uri("node1", FALSE), string)):
                self.config(own, other)
                self.run_commands((*WITHOUT_MONITOR, ("config", "print")))
        # What does not look like a password may be one by mistake. Only "config print" shows it, which is there to show it.
        for string in (FALSE, f"host=h pasword={FALSE}", f"host=h port={FALSE}"):
            self.config(string, self.by_uri("node2", FALSE))
            self.run_commands(WITHOUT_MONITOR)
        self.assert_kept()

    def test_repmgr_nodes_with_a_connection_string_that_nobody_can_read(self):
        self.config(self.by_keyword("node1", TRUE))
        self.told_by_node1(f"host=h password={FALSE} stray")
        monitor = self.start_with_secrets_around(self.service())
        monitor.wait_log("node1.* is up")
        monitor.wait_log("the other node is not known", 15)
        self.run_commands()
        self.stop(monitor)
        self.written.append(("log", monitor.log_text()))
        self.assert_kept()

    def test_a_file_that_nobody_can_read(self):
        self.box.config_path(1).write_text("node_id=1\n" + BROKEN, encoding="utf-8")
        self.run_commands()
        monitor = self.box.start_monitor(1, binary())
        self.assertNotEqual(wait_for("the monitor to give up", monitor.process.poll, 10), 0)
        self.written.append(("log", monitor.log_text()))
        self.assert_kept()
