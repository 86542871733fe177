# SPDX-License-Identifier: PostgreSQL
"""The whole sandbox: two nodes that replicate to each other, a PgBouncer, and the files of the monitors."""
import os
import secrets
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import monitor, processes, replication
from .errors import SandboxError, tail, wait_for
from .kinds import KINDS
from .network import HERE, LOOPBACK, Network
from .node import Node
from .proxy import PgBouncer
from .session import ask

TOOLS = Path(__file__).resolve().parent.parent
SOCKET_PATH_MAX = 107  # the kernel's limit for the path of a unix socket
COMPANIONS = ["bdrmond", "bdrmon-guard"]  # the programs that bdrmon starts
MARK = "owner.pid"  # the file that shows that a directory is a sandbox
NODE_NUMBERS = (1, 2)
PROXY = "proxy"  # PgBouncer's host in a network


class Sandbox:
    """Use it with `with`: everything runs inside the block, nothing is left after it.

    settings   "fast" or "seed", see monitor.TIMINGS
    overrides  keys and sections (dictionaries) for both monitors' files; None as a value removes a key
    directory  where to put it all; must not exist. Default: a new one under $TMPDIR
    keep       leave the directory when it is over, for a look at the logs
    progress   called with a line of text as things come up
    conninfo_options  end of the nodes' conninfo
    kind       of replication, see kinds.py
    registered  put both nodes into repmgr's tables; without it these are not there
    hosts      None: all on 127.0.0.1. Else `network` has a host for each node and its monitor, of the node's name, one for
               PgBouncer, "proxy", and these. Monitor 3 runs on the first of these, and so on
    proxies    None: the monitors have a notification command that moves PgBouncer. Else the bdrmon that moves all of them
               itself: each has a section in the monitors' files, and is adopted as soon as it runs and both nodes are
               registered
    """

    def __init__(self, settings="fast", overrides=None, directory=None, keep=False, progress=lambda text: None,
                 conninfo_options="connect_timeout=2", kind="pglogical", registered=True, hosts=None, proxies=None,
                 pgbouncer_program="/usr/sbin/pgbouncer"):
        if settings not in monitor.TIMINGS:
            raise SandboxError(f"settings must be one of {', '.join(monitor.TIMINGS)}, not '{settings}'")
        if kind not in KINDS:
            raise SandboxError(f"the kind of replication must be one of {', '.join(KINDS)}, not '{kind}'")
        self.settings = settings
        self.kind = KINDS[kind]
        self.overrides = overrides or {}
        self.keep = keep
        self.progress = progress
        self.conninfo_options = conninfo_options
        self.registered = registered
        self.proxies = proxies
        self.pgbouncer_program = pgbouncer_program
        self.account = processes.Account()
        self._wanted_directory = directory
        self.directory = None
        self.monitor_hosts = [f"node{number}" for number in NODE_NUMBERS] + list(hosts or ())
        self.network = None if hosts is None else Network(*self.monitor_hosts, PROXY)
        self.nodes = {}
        self.pgbouncer = None
        self.pgbouncers = []
        self.monitors = []
        self._own_overrides = {}  # by the monitor's number

    # -- up and down

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()

    def up(self):
        try:
            if self.network:
                self.network.__enter__()
            self._make_directory()
            self.progress("starting two PostgreSQL servers")
            self._in_parallel(lambda node: node.create_and_start())
            self.pgbouncer = self.add_pgbouncer("pgbouncer", PROXY)
            self.progress("setting up replication both ways")
            self._in_parallel(lambda node: replication.install(node, self.passwords))
            for node in self.nodes.values():
                self.write_config(node.number)
                if self.registered:
                    replication.register(node, [(other.number, other.name, self.conninfo(other.name),
                                                 str(self.config_path(other.number)))
                                                for other in self.nodes.values()])
            # Both have the same rows by now, so that none of these must travel.
            self._in_parallel(lambda node: replication.subscribe(node, self.peer(node)))
            self.wait_replicating(20)
            wait_for("an answer through PgBouncer", lambda: self.ask_application("select 1"), 5, self.pgbouncer.log)
            if self.proxies and self.registered:
                self.adopt(self.pgbouncer)
        except BaseException:
            self.keep = self.keep or bool(os.environ.get("BDRMON_SANDBOX_KEEP"))
            self.down()
            raise
        return self

    def logs(self):
        """The last lines of all logs, for a person."""
        paths = [path for pattern in ("*.log", "*/log") for path in sorted(self.directory.glob(pattern))]
        return "".join(tail(path, 40) for path in paths)

    def down(self):
        """Ends every process, and removes the directory and the network."""
        try:
            self._end()
        finally:
            if self.network:
                self.network.__exit__()

    def _end(self):
        for running in self.monitors:
            if running.pid:
                running.kill()
        for pgbouncer in self.pgbouncers:
            pgbouncer.stop()
        for node in self.nodes.values():
            node.destroy()
        if self.directory and self.directory.exists():
            processes.end_left_under(self.directory, self.account.uid)
            if not self.keep:
                shutil.rmtree(self.directory)

    # -- what it has

    def node(self, name):
        if name not in self.nodes:
            raise SandboxError(f"there is no node '{name}', only {' and '.join(self.nodes)}")
        return self.nodes[name]

    def peer(self, node):
        """The other node."""
        return next(other for other in self.nodes.values() if other is not node)

    def conninfo(self, name):
        """As in repmgr.nodes: what the monitors use."""
        node = self.node(name)
        return (f"host={node.host.address} port={node.port} dbname=bdrtest user=repmgr passfile={self.passfile}"
                f" {self.conninfo_options}").rstrip()

    def app_dsn(self):
        """How an application connects: through PgBouncer."""
        return self.pgbouncer.app_dsn()

    def sql(self, name, statement, params=None, timeout=5.0):
        """Runs a statement on a node as superuser, not through PgBouncer; rows."""
        return self.node(name).sql(statement, params, timeout)

    def ask_application(self, statement, timeout=5.0):
        """Runs a statement as the application does, through PgBouncer; rows."""
        return ask(self.app_dsn(), statement, timeout=timeout)

    def host(self, name):
        """Where what belongs to a host of that name runs."""
        return self.network.hosts[name] if self.network else LOOPBACK

    def add_pgbouncer(self, name, host, home_node=None, domain=None):
        """Starts a PgBouncer on a host; its alias points to node1. Home and domain are for its section."""
        pgbouncer = PgBouncer(self, name, self.host(host), home_node, domain)
        self.pgbouncers.append(pgbouncer)
        pgbouncer.create_and_start(self.nodes["node1"], self.passwords)
        if self.proxies and self._own_overrides:  # else it is not up yet
            for number, overrides in self._own_overrides.items():
                self.write_config(number, overrides)
            self.adopt(pgbouncer)
        return pgbouncer

    def adopt(self, pgbouncer):
        """Lets bdrmon add its lines to a PgBouncer's file."""
        done = self.run_monitor(1, self.proxies, "pgbouncer", "adopt", pgbouncer.name)
        if done.returncode:
            raise SandboxError(f"{pgbouncer.name} could not be adopted: {done.stderr}")

    # -- replication

    def wait_replicating(self, timeout=20.0):
        """Waits until a row that is written now on each node has arrived on the other one."""
        for node in self.nodes.values():
            replication.wait_beat(node, self.peer(node), timeout)

    def poke_replication(self):
        """Makes both nodes connect to each other at once, after one of them was away; does nothing while one still is."""
        if all(node.is_up() for node in self.nodes.values()):
            self._in_parallel(lambda node: replication.poke(node, self.peer(node)))

    # -- monitors

    def config_path(self, number):
        return self.directory / f"bdrmon{number}.ini"

    def write_config(self, number, overrides=None):
        """Writes a monitor's file anew: the settings, the sandbox's overrides, and these on top."""
        self._make_home(number)
        self._own_overrides[number] = overrides
        base = monitor.settings(self, number)
        config = monitor.merge(monitor.merge(base, self.overrides), overrides)
        self.config_path(number).write_text(monitor.as_ini(config), encoding="utf-8")
        return self.config_path(number)

    def write_config_of_both(self, number, overrides=None):
        """The same with the other node in a section, before repmgr.nodes knows it."""
        other = 3 - number
        section = {"node_id": other, "conninfo": self.conninfo(f"node{other}")}
        return self.write_config(number, {f"node node{other}": section, **(overrides or {})})

    def monitor_host(self, number):
        """The name of the host that a monitor runs on."""
        return self.monitor_hosts[number - 1] if self.network else HERE

    def bdrmon(self, binary):
        """The same for bdrmon, with the programs beside it that belong to it."""
        for other in COMPANIONS:
            self.executable(Path(binary).with_name(other))
        return self.executable(binary)

    def executable(self, binary):
        """A copy of a program that the sandbox's account can run; the checkout may be closed to it."""
        source, copy = Path(binary), self.bin / Path(binary).name
        if not source.exists():
            raise SandboxError(f"{source} does not exist; build it first")
        newest = source.stat().st_mtime_ns
        if not copy.exists() or copy.stat().st_mtime_ns != newest:
            fresh = copy.with_suffix(".new")
            shutil.copy2(source, fresh)
            fresh.chmod(0o755)
            fresh.rename(copy)  # the old copy may be running
        return copy

    def start_monitor(self, number, binary, extra_args=(), **options):
        """Starts bdrmon in the foreground with the file bdrmonN.ini, as the sandbox's account. Options: see Monitor."""
        started = monitor.Monitor(self, number, self.bdrmon(binary), extra_args, **options)
        self.monitors.append(started)
        return started

    def run_monitor(self, number, binary, *args, timeout=20.0, enter=()):
        """Runs a bdrmon command (--once, …) to its end; a CompletedProcess with text output."""
        home = self.directory / f"bdrmon{number}"
        argv = [*self.host(self.monitor_host(number)).enter, *enter, *self.account.prefix(False),
                str(self.bdrmon(binary)), "--config", str(self.config_path(number))]
        return subprocess.run([*argv, *map(str, args)], cwd=home, capture_output=True, text=True, check=False,
                              timeout=timeout, env=processes.clean_environment(home, monitor.environment(home)))

    def register(self, binary, overrides=None):
        """Registers both nodes as a user would, with the other node in a section of each file."""
        for number in (1, 2):
            self.write_config_of_both(number, overrides)
        for number in (1, 2):
            wait_for(f"node{number} to be registered", lambda number=number: self._registered(number, binary), 20)
        self.wait_replicating()
        if self.proxies:
            for pgbouncer in self.pgbouncers:
                self.adopt(pgbouncer)

    # -- inside

    def _registered(self, number, binary):
        """On a busy machine a node's first answer may be later than the probe's timeout."""
        done = self.run_monitor(number, binary, "register")
        if done.returncode and "no answer before the deadline" not in done.stderr:
            raise SandboxError(f"node{number} could not be registered: {done.stderr}")
        return done.returncode == 0

    def _make_directory(self):
        if self._wanted_directory:
            directory = Path(self._wanted_directory)
            directory.mkdir(mode=0o755)
        else:
            directory = Path(tempfile.mkdtemp(prefix="bdrmon-sandbox-"))
        directory = self.directory = directory.resolve()
        directory.chmod(0o755)
        (directory / MARK).write_text(f"{os.getpid()}\n", encoding="utf-8")
        self.sockets, self.bin, self.passfile = directory / "sock", directory / "bin", directory / "pgpass"
        if len(os.fspath(self.sockets)) + len("/.s.PGSQL.00000.lock") > SOCKET_PATH_MAX:
            raise SandboxError(f"{directory} is too long for unix sockets; choose a shorter one (TMPDIR or --dir)")
        for parent in directory.parents:
            if self.account.switch and not parent.stat().st_mode & 0o001:
                raise SandboxError(f"user {self.account.name} cannot enter {parent}; choose another TMPDIR or --dir")
        self._private(self.sockets)
        self.bin.mkdir(mode=0o755)
        self.executable(TOOLS / "repoint-pgbouncer")
        self.passwords = {user: secrets.token_hex(8) for user in ("app", "repmgr", "bdrmon", "postgres")}
        self.passfile.touch(mode=0o600)
        self.passfile.write_text("".join(f"*:*:*:{user}:{word}\n" for user, word in self.passwords.items()),
                                 encoding="utf-8")
        self.account.own(self.passfile)
        for number in NODE_NUMBERS:
            node = Node(number, self, self.host(f"node{number}"))
            self.nodes[node.name] = node

    def _make_home(self, number):
        """A monitor's directories, and the log of its event command."""
        home, events = self.directory / f"bdrmon{number}", self.directory / f"events{number}.log"
        if not home.exists():
            for path in (home, home / "state", home / "run"):
                self._private(path)
            events.touch()
            self.account.own(events)

    def _private(self, path):
        path.mkdir(mode=0o700)
        self.account.own(path)

    def _in_parallel(self, work):
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(work, self.nodes.values()))
