# SPDX-License-Identifier: PostgreSQL
"""A PgBouncer of the sandbox."""
import re
import signal
import subprocess
import time

from . import processes
from .errors import SandboxError, tail, wait_for
from .session import ask

# PgBouncer's defaults otherwise, server_login_retry = 15 with them: after one failed login it connects nowhere for
# 15 s, and the event command has to deal with that.
CONFIG = """%include {databases}

[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir = {sockets}
auth_file = {users}
admin_users = bdrmon
pool_mode = transaction
"""

DATABASES = """[databases]
bdrtest = host={address} port={port} dbname=bdrtest
"""

ROUTED = ("select extract(epoch from event_timestamp), details from repmgr.events where event = 'bdr_route'"
          " and event_timestamp > to_timestamp(%s)")


class PgBouncer:
    """One PgBouncer whose alias bdrtest points to one of the nodes. Its include file is the one to rewrite."""

    def __init__(self, sandbox, name, host, home_node=None, domain=None):
        self.sandbox = sandbox
        self.account = sandbox.account
        self.name = name
        self.host = host
        self.home_node = home_node
        self.domain = domain or name  # on one host all would share one
        self.home = sandbox.directory / name
        self.databases = self.home / "databases.ini"
        self.log = self.home / "log"
        self.port = None
        self.process = None
        self.more = {}  # what else its section has

    @property
    def pid(self):
        return self.process.pid if self.process and self.process.poll() is None else None

    def create_and_start(self, first_node, passwords, tries=5):
        self.home.mkdir(mode=0o755)
        self._write("users.txt", "".join(f'"{user}" "{passwords[user]}"\n' for user in ("app", "bdrmon")), 0o600)
        self.write_databases(self.plain_databases(first_node))
        self.account.own(self.home)
        for left in reversed(range(tries)):
            self.port = processes.free_port()
            self._write("pgbouncer.ini", CONFIG.format(databases=self.databases, address=self.host.address,
                                                       port=self.port, sockets=self.sandbox.sockets,
                                                       users=self.home / "users.txt"))
            try:
                self.start()
                return
            except SandboxError:
                if self.pid or not left:
                    raise

    def plain_databases(self, node):
        """What the include file says that points to NODE, before anybody has edited it."""
        return DATABASES.format(address=node.host.address, port=node.port)

    def write_databases(self, text):
        """Replaces the include file, as an operator would; RELOAD is another thing."""
        self._write("databases.ini", text, 0o640)

    def section(self):
        """Its section in a monitor's file, as a dictionary."""
        section = {"conninfo": self.console_dsn(), "probe_conninfo": self.app_dsn(), "aliases": "bdrtest",
                   "file": self.databases, "domain": self.domain}
        if self.home_node:
            section["home"] = self.home_node
        return {**section, **self.more}

    def start(self, timeout=5):
        if self.pid:
            raise SandboxError(f"PgBouncer runs already (pid {self.pid})")
        self.process = processes.spawn([self.sandbox.pgbouncer_program, self.home / "pgbouncer.ini"], self.account,
                                       self.home, self.log, enter=self.host.enter)

        def answers():
            if not self.pid:
                raise SandboxError(f"PgBouncer ended at its start{tail(self.log)}")
            return self.console("show version", timeout=1)

        wait_for(f"PgBouncer to answer on port {self.port}", answers, timeout, self.log)

    def stop(self):
        """Ends it at once, clients and all."""
        if self.pid:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def console_dsn(self):
        return self._dsn("pgbouncer", "bdrmon")

    def app_dsn(self):
        """How an application connects."""
        return self._dsn("bdrtest", "app")

    def console(self, command, timeout=5.0):
        """Runs a command on the admin console; rows."""
        return ask(self.console_dsn(), command, timeout=timeout)

    def target(self):
        """(host, port) that the alias bdrtest points to in the running PgBouncer."""
        for name, host, port, *_ in self.console("show databases"):
            if name == "bdrtest":
                return host, int(port)
        raise SandboxError("PgBouncer has no database bdrtest")

    def route(self):
        """Name of the node that the alias points to; host:port if that is no node of ours."""
        host, port = self.target()
        for node in self.sandbox.nodes.values():
            if (host, port) == (node.host.address, node.port):
                return node.name
        return f"{host}:{port}"

    def move_began(self, survivor, since):
        """When bdrmon's move to that node did, of which the event was told after that moment."""
        begin, by_the_wall = f'proxy "{self.name}" points to ', time.time() - time.monotonic()

        def told():
            rows = survivor.sql(ROUTED, [since + by_the_wall])
            return next((row for row in rows if row[1].startswith(begin)), None)
        ended, details = wait_for("the event of the move", told, 10)
        return float(ended) - by_the_wall - int(re.search(r"after (\d+) ms", details)[1]) / 1000

    def _dsn(self, database, user):
        return (f"host={self.host.address} port={self.port} dbname={database} user={user}"
                f" passfile={self.sandbox.passfile}")

    def _write(self, name, text, mode=0o644):
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        self.account.own(path)
