# SPDX-License-Identifier: PostgreSQL
"""Everything that can be wrong with a node, as a table: what to do to a server, and what a probe must make of it.

A fault's `inflict` is a context manager. It gets the sandbox and gives what to do once the node was seen up, or None if
the fault is there from the start; and the settings of the monitor that it needs. Inside, node2 has the fault.
"""
import contextlib
import os
import random
import signal
from dataclasses import dataclass
from typing import Callable

from bdrsandbox import Session, faults, wait_for
from bdrsandbox.network import HERE, Network
from bdrsandbox.victim import Victim, small_disk, with_name_server


@dataclass
class Inflicted:
    """What the monitor needs to meet the fault."""

    conninfo: str
    strike: Callable = None  # called when the monitor holds a session
    settings: dict = None
    enter: tuple = ()


@dataclass
class Fault:
    name: str
    outcome: str
    step: str
    reason: str  # a regular expression
    inflict: Callable
    once: bool = True  # a single look sees it, too


def conninfo(sandbox, port, **options):
    words = {"host": "127.0.0.1", "port": port, "dbname": "bdrtest", "user": "repmgr", "passfile": sandbox.passfile,
             **options}
    return " ".join(f"{key}={value}" for key, value in words.items())


def node2(sandbox, **options):
    return conninfo(sandbox, sandbox.node("node2").port, **options)


# -- faults of the connection string

def setting(**options):
    @contextlib.contextmanager
    def inflict(sandbox):
        yield Inflicted(node2(sandbox, **options))

    return inflict


# -- servers that are none

def fake(behaviour, **options):
    @contextlib.contextmanager
    def inflict(sandbox):
        with faults.FaultServer(behaviour) as server:
            yield Inflicted(conninfo(sandbox, server.port, **options))

    return inflict


# -- a real server, stopped in one way or another

@contextlib.contextmanager
def refused(sandbox):
    node = sandbox.node("node2")
    try:
        yield Inflicted(node2(sandbox), node.kill)
    finally:
        node.start()


@contextlib.contextmanager
def frozen_before_accept(sandbox):
    node = sandbox.node("node2")
    os.kill(node.pid, signal.SIGSTOP)
    try:
        yield Inflicted(node2(sandbox))
    finally:
        os.kill(node.pid, signal.SIGCONT)


@contextlib.contextmanager
def frozen_after_login(sandbox):
    """The monitor's own backend stops, and nothing else of the server."""
    stopped = []

    def strike():
        rows = sandbox.sql("node2", "select pid from pg_stat_activity where usename = 'repmgr'")
        stopped.extend(pid for pid, in rows)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)

    try:
        yield Inflicted(node2(sandbox), strike, {"probe": {"fresh_connection_interval": "1h"}})
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def smart_stop(sandbox):
    """It waits for its last client, and takes no other."""
    node = sandbox.node("node2")
    try:
        with Session(node.superuser_dsn()):
            os.kill(node.pid, signal.SIGTERM)
            yield Inflicted(node2(sandbox))
        wait_for("the server to stop", lambda: not node.pid, 10, node.log)
    finally:
        if not node.pid:
            node.start()


@contextlib.contextmanager
def starting(sandbox):
    """Recovery has not begun: it waits for a file from an archive that hangs."""
    with Victim(sandbox) as victim:
        victim.stop()
        victim.configure(restore_command="sleep 60")
        (victim.data / "recovery.signal").touch()
        since = victim.log.stat().st_size
        victim.launch()
        victim.wait_log("database system was shut down", since)
        yield Inflicted(conninfo(sandbox, victim.port))


@contextlib.contextmanager
def too_many(sandbox):
    """Five sessions are left, for superusers; the monitors' own, and those that they try to open, fit in, too."""
    settings = {"max_connections": 10, "superuser_reserved_connections": 5, "max_wal_senders": 0,
                "wal_level": "replica", "max_worker_processes": 0}
    with Victim(sandbox, settings) as victim, contextlib.ExitStack() as stack:

        def strike():
            for _ in range(5):
                stack.enter_context(Session(victim.superuser_dsn()))

        yield Inflicted(conninfo(sandbox, victim.port), strike, {"probe": {"fresh_connection_interval": "1s"}})


@contextlib.contextmanager
def read_only(sandbox):
    def change(how, value):
        with Session(sandbox.node("node2").superuser_dsn()) as session:
            session.query("set session characteristics as transaction read write")
            session.query(f"alter system {how}")
            session.query("select pg_reload_conf()")
        wait_for("the setting", lambda: sandbox.sql("node2", "show transaction_read_only") == [(value,)], 5)

    try:
        yield Inflicted(node2(sandbox), lambda: change("set default_transaction_read_only = on", "on"))
    finally:
        change("reset default_transaction_read_only", "off")


@contextlib.contextmanager
def standby(sandbox):
    with Victim(sandbox) as victim:
        victim.stop()
        (victim.data / "standby.signal").touch()
        victim.start()
        yield Inflicted(conninfo(sandbox, victim.port))


# -- a full disk

SEGMENT = 1 << 20


def fill_to_the_brim(victim, disk):
    """Leaves room for some 1 kB of write-ahead log, and none on the disk for the next segment."""
    with Session(victim.superuser_dsn()) as session:
        # what is not needed any more would be used again
        session.query("select pg_create_physical_replication_slot('keep', true)")
        session.query("checkpoint")
        while True:
            last = max(name for name in os.listdir(disk / "wal") if len(name) == 24)
            (at,), = session.query("select pg_walfile_name(pg_current_wal_insert_lsn())")
            if last == at:
                break
            session.query("select pg_switch_wal()")
            session.query("select pg_logical_emit_message(false, 'fill', 'x')")
        with contextlib.suppress(OSError), open(disk / "fill", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        (used,), = session.query("select (pg_walfile_name_offset(pg_current_wal_insert_lsn())).file_offset")
        session.query("select pg_logical_emit_message(false, 'fill', repeat('x', %s))", [SEGMENT - used - 1024])


@contextlib.contextmanager
def disk_full(sandbox):
    path = sandbox.directory / "disk"
    with small_disk(path, 32 << 10):
        sandbox.account.own(path)
        settings = {"min_wal_size": "2MB", "max_wal_size": "64MB", "wal_level": "replica", "fsync": "on"}
        with Victim(sandbox, settings, ["-X", str(path / "wal")]) as victim:
            yield Inflicted(conninfo(sandbox, victim.port), lambda: fill_to_the_brim(victim, path),
                            {"probe": {"write": "on"}})


# -- the network

FAR = "far"  # the host of a server


@contextlib.contextmanager
def black_hole(sandbox):
    with Network(FAR) as network, Victim(sandbox, host=network.hosts[FAR]) as victim:
        yield Inflicted(conninfo(sandbox, victim.port, host=victim.host.address), lambda: network.cut(HERE, FAR))


@contextlib.contextmanager
def black_hole_from_the_start(sandbox):
    with Network(FAR) as network:
        network.cut(HERE, FAR)
        yield Inflicted(conninfo(sandbox, 5432, host=network.hosts[FAR].address))


@contextlib.contextmanager
def no_route(sandbox):
    with Network(FAR) as network, network.without_route(FAR):
        yield Inflicted(conninfo(sandbox, 5432, host=network.hosts[FAR].address))


@contextlib.contextmanager
def name_server(sandbox, silent=False):
    """A name server that knows no name, or says nothing."""
    directory = sandbox.directory / "names"
    directory.mkdir(exist_ok=True)
    with faults.NameServer(f"127.{random.randrange(1, 250)}.{random.randrange(250)}.53") as server:
        server.silent = silent
        yield Inflicted(node2(sandbox, host="node2.bdrmon.test"), enter=with_name_server(directory, server.address)), server


def names(silent):
    @contextlib.contextmanager
    def inflict(sandbox):
        with name_server(sandbox, silent) as (inflicted, _):
            yield inflicted

    return inflict


SILENCE = "^no answer before the deadline$"

FAULTS = (
    Fault("killed", "refused", "connect", "^Connection refused$", refused),
    Fault("no route", "unreachable", "connect", "^No route to host$", no_route),
    Fault("black hole", "timeout", "connect", SILENCE, black_hole_from_the_start),
    Fault("black hole under the session", "timeout", "query", SILENCE, black_hole, once=False),
    Fault("frozen before accept", "timeout", "tls", SILENCE, frozen_before_accept),
    Fault("frozen after login", "timeout", "query", SILENCE, frozen_after_login, once=False),
    Fault("hangs in TLS", "timeout", "tls", SILENCE, fake(faults.silence_in_tls)),
    Fault("garbage for TLS", "broken", "tls", "invalid response to SSL negotiation", fake(faults.garbage_in_tls)),
    Fault("garbage at login", "broken", "login", "expected authentication request", fake(faults.garbage_in_login)),
    Fault("trickles at login", "timeout", "login", SILENCE, fake(faults.trickle_in_login)),
    Fault("trickles in the query", "timeout", "query", SILENCE, fake(faults.trickle_in_query)),
    Fault("floods in the query", "timeout", "query", SILENCE, fake(faults.flood_in_query)),
    Fault("answers nothing", "broken", "query", "^the answer is not one row$", fake(faults.no_row_in_query)),
    Fault("closes at once", "broken", "tls", "closed the connection", fake(faults.close_at_once)),
    Fault("closes in the query", "broken", "query", "closed the connection", fake(faults.close_in_query)),
    Fault("starting", "starting", "login", "^the database system is starting up$", starting),
    Fault("stopping", "stopping", "login", "^the database system is shutting down$", smart_stop),
    Fault("too many connections", "too-many-connections", "login", "connection slots", too_many),
    Fault("wrong password", "denied", "login", "^password authentication failed",
          setting(passfile="/dev/null", password="wrong")),
    Fault("no such database", "denied", "login", '^database "nope" does not exist$', setting(dbname="nope")),
    Fault("read-only", "read-only", "query", r"^default_transaction_read_only is on \(configuration file\)$", read_only),
    Fault("standby", "read-only", "query", "^the server is in recovery$", standby),
    Fault("disk full on the write", "broken", "query", "No space left on device", disk_full, once=False),
    Fault("name does not resolve", "unreachable", "resolve", "Name or service not known", names(silent=False)),
    Fault("name server is silent", "timeout", "resolve", "no answer from the name server", names(silent=True)),
)
