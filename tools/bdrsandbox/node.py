# SPDX-License-Identifier: PostgreSQL
"""One PostgreSQL server of the sandbox."""
import contextlib
import re
import signal
import subprocess
import time

from . import processes, template
from .errors import SandboxError, tail, wait_for
from .network import LOOPBACK
from .session import ask

CONFIG = """
listen_addresses = '{address}'
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
max_connections = 200
shared_buffers = 32MB
# A file under the data directory goes with it; in /dev/shm it would outlive a kill -9.
dynamic_shared_memory_type = mmap
# Nothing here has to survive a power failure.
fsync = off
wal_level = logical
max_wal_senders = 10
max_replication_slots = 10
max_worker_processes = 16
track_commit_timestamp = on
wal_sender_timeout = 10s
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
"""

# The socket's directory can be entered by the sandbox's account and root only, so local trust opens nothing.
HBA = """
local all all trust
host all app,repmgr,postgres {neighbours} scram-sha-256
"""

STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class PortTaken(SandboxError):
    """Somebody took the port between our look and the server's start."""


class Node:
    """A server under HOME, as a child of this process: with another parent its end would be seen late, because init
    reaps orphans when it likes, and a restart would be refused meanwhile."""

    initdb_options = ()
    environment = None  # what is different in the server's

    def __init__(self, number, sandbox, host):
        self.number = number
        self.name = f"node{number}"
        self.host = host
        self.kind = sandbox.kind
        self.account = sandbox.account
        self.sockets = sandbox.sockets
        self.passfile = sandbox.passfile
        self.home = sandbox.directory / self.name
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.port = None
        self.process = None
        self.frozen = False

    # -- making

    def create(self):
        self.home.mkdir(mode=0o755)
        self.account.own(self.home)
        if self.initdb_options:
            template.initdb(self.kind, self.data, self.account, self.home, self.log, self.initdb_options)
        else:
            template.provide(self.kind, self.number, self.data, self.account, self.home, self.log)
        config = CONFIG.format(address=self.host.address, sockets=self.sockets) + self.kind.config
        if self._knows("output_plugin_libraries"):
            # Newer minor versions refuse pglogical's plugin unless it is listed; the subscription stays down for ever.
            config += "output_plugin_libraries = 'pgoutput, test_decoding, pglogical_output'\n"
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(config)
        (self.data / "pg_hba.conf").write_text(HBA.format(neighbours=self.host.neighbours), encoding="utf-8")

    def create_and_start(self, tries=5):
        self.create()
        for left in reversed(range(tries)):
            self.port = processes.free_port()
            try:
                self.start()
                return
            except PortTaken:
                if not left:
                    raise

    def _knows(self, setting):
        asked = subprocess.run([*self.account.prefix(), str(self.kind.bin() / "postgres"), "-D", str(self.data), "-C",
                                setting],
                               cwd=self.home, capture_output=True, check=False)
        return asked.returncode == 0

    # -- what the tests ask

    @property
    def pid(self):
        """The postmaster's process id, None while there is none."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def state(self):
        if not self.pid:
            return "down"
        return "frozen" if self.frozen else "up" if self.is_up() else "starting"

    def is_up(self, timeout=0.5):
        """Does it answer a query?"""
        try:
            return bool(self.pid and self.sql("select 1", timeout=timeout, database="postgres"))
        except Exception:  # pylint: disable=broad-except
            return False

    def superuser_dsn(self, database="bdrtest"):
        return f"host={self.sockets} port={self.port} dbname={database} user=postgres"

    def replication_dsn(self):
        """How the other node connects: through the network where there is one, so that a cut is one of replication, too."""
        if self.host is LOOPBACK:
            return self.superuser_dsn()
        return f"host={self.host.address} port={self.port} dbname=bdrtest user=postgres passfile={self.passfile}"

    def sql(self, statement, params=None, timeout=5.0, database="bdrtest"):
        """Runs a statement as superuser over the unix socket; rows."""
        return ask(self.superuser_dsn(database), statement, params, timeout)

    # -- life and death

    def start(self, timeout=15):
        """Starts the server, also right after kill(), and returns when it answers."""
        log_start = self.log.stat().st_size
        self.launch()

        def answers():
            if not self.pid:
                with open(self.log, encoding="utf-8", errors="replace") as log:
                    log.seek(log_start)
                    taken = "could not bind" in log.read()
                raise (PortTaken if taken else SandboxError)(f"{self.name} ended at its start{tail(self.log)}")
            return self.sql("select 1", timeout=1, database="postgres")

        wait_for(f"{self.name} to answer on port {self.port}", answers, timeout, self.log, pause=0.02)

    def launch(self):
        """Starts the server and returns at once."""
        if self.pid:
            raise SandboxError(f"{self.name} runs already (pid {self.pid})")
        self._clear_remains()
        self.frozen = False
        self.process = processes.spawn([self.kind.bin() / "postgres", "-D", self.data, "-p", self.port], self.account,
                                       self.home, self.log, self.environment, self.host.enter)

    def stop(self, mode="fast", timeout=30):
        """Shuts down with smart, fast or immediate, and returns when it has ended."""
        self._need_running()
        self.process.send_signal(STOP_SIGNALS[mode])
        wait_for(f"{self.name} to shut down ({mode})", lambda: not self.pid, timeout, self.log)

    def kill(self):
        """kill -9 of the postmaster; its children end by themselves, as in a real crash. Returns the moment of it."""
        self._need_running()
        backends = processes.children(self.pid) if self.frozen else []
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        processes.signal_all(backends, signal.SIGKILL)  # stopped processes do not notice that the postmaster is gone
        return moment

    def freeze(self):
        """SIGSTOP, the postmaster first so that no new child escapes: it may be in the midst of a fork. Returns the moment
        of it."""
        self._need_running()
        moment = time.monotonic()
        self.process.send_signal(signal.SIGSTOP)
        wait_for(f"{self.name} to stand still", lambda: processes.state(self.pid) == "T", 5)
        processes.signal_all(processes.children(self.pid), signal.SIGSTOP)
        self.frozen = True
        return moment

    def thaw(self):
        self._need_running()
        processes.signal_all(processes.children(self.pid), signal.SIGCONT)
        self.process.send_signal(signal.SIGCONT)
        self.frozen = False

    def destroy(self):
        """Ends everything at once and gives back the shared memory that a killed server leaves behind."""
        if self.pid:
            frozen = processes.children(self.process.pid)
            self.process.send_signal(signal.SIGQUIT)
            processes.signal_all(frozen, signal.SIGCONT)
            self.process.send_signal(signal.SIGCONT)  # nothing happens if it has ended by now
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.home.exists():
            processes.end_left_under(self.home, self.account.uid)
            remove_shared_memory(self.data)

    def _need_running(self):
        if not self.pid:
            raise SandboxError(f"{self.name} does not run")

    def _clear_remains(self):
        """Removes the lock files of our dead postmaster, once every process of it is provably gone."""
        lock = self.data / "postmaster.pid"
        if self.process is None or not lock.exists():
            return
        processes.end_left_under(self.home, self.account.uid)
        # The process id in it was reaped by us; by now the number may belong to anybody, and PostgreSQL would believe
        # that a server still runs.
        remove_shared_memory(self.data)
        for path in (lock, self.sockets / f".s.PGSQL.{self.port}", self.sockets / f".s.PGSQL.{self.port}.lock"):
            path.unlink(missing_ok=True)


def remove_shared_memory(data):
    """Removes the segment that a killed server leaves behind; for when no process of it is left."""
    with contextlib.suppress(OSError):
        text = (data / "postmaster.pid").read_text(encoding="utf-8")
        found = re.search(r"^ *\d+ +(\d+) *$", text, re.MULTILINE)
        if found:
            subprocess.run(["ipcrm", "-m", found[1]], stderr=subprocess.DEVNULL, check=False)
