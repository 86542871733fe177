# SPDX-License-Identifier: PostgreSQL
"""The background process that owns a sandbox between two commands, and how the commands talk to it.

One request a connection: a line of JSON with a list of words in, a line of JSON {"ok": …} or {"error": …} out.
"""
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from . import processes, replication
from .errors import SandboxError, tail
from .node import remove_shared_memory
from .sandbox import MARK, Sandbox

ANSWER_SECONDS = 60
UP_SECONDS = 90


def status(sandbox):
    lines = []
    for node in sandbox.nodes.values():
        lines.append(f"{node.name}: {node.state()}, port {node.port}, pid {node.pid or '-'}")
        if node.is_up():
            lines += [f"{node.name}: {name} {state}" for name, state in replication.status(node)]
    route = sandbox.pgbouncer.route() if sandbox.pgbouncer.pid else "-"
    lines.append(f"pgbouncer: port {sandbox.pgbouncer.port}, pid {sandbox.pgbouncer.pid or '-'}, bdrtest goes to {route}")
    return "\n".join(lines)


def describe(sandbox):
    """What runs where, as `up` prints it."""
    lines = [f"directory  {sandbox.directory}"]
    for node in sandbox.nodes.values():
        lines.append(f"{node.name}      psql '{node.superuser_dsn()}'")
    lines.append(f"pgbouncer  psql '{sandbox.app_dsn()}'")
    lines.append(f"console    psql '{sandbox.pgbouncer.console_dsn()}'")
    become = " ".join(sandbox.account.prefix(False))
    for node in sandbox.nodes.values():
        config = sandbox.config_path(node.number)
        lines.append(f"monitor    {become} bdrmon --config {config}".replace("  bdrmon", " bdrmon"))
    return "\n".join(lines)


# What the commands of that name do to a node.
NODE_COMMANDS = ("kill", "freeze", "thaw", "start", "stop")


def handle(sandbox, words):
    command, *arguments = words
    if command == "status":
        return status(sandbox)
    if command == "describe":
        return describe(sandbox)
    if command in NODE_COMMANDS:
        node = sandbox.node(arguments[0])
        getattr(node, command)()
        if command == "start":
            sandbox.poke_replication()
        return f"{node.name}: {node.state()}"
    raise SandboxError(f"unknown command '{command}'")


def _answer(sandbox, connection):
    """Serves one connection; True if it asked for the end. A bad client must not end the sandbox."""
    connection.settimeout(5)
    with contextlib.suppress(OSError, ValueError), connection.makefile("rw", encoding="utf-8") as stream:
        words = json.loads(stream.readline())
        if words == ["down"]:
            return True
        try:
            reply = {"ok": handle(sandbox, words)}
        except Exception as error:  # pylint: disable=broad-except
            reply = {"error": str(error)}
        stream.write(json.dumps(reply) + "\n")
    return False


def serve(directory, settings, overrides, keep, kind):
    """The supervisor's main: brings the sandbox up, tells so on stdout, then waits for commands and SIGTERM."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    sandbox = Sandbox(settings, overrides, directory, keep, kind=kind,
                      progress=lambda text: print(text, flush=True))
    with sandbox, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(sandbox.directory / "control"))
        (sandbox.directory / "control").chmod(0o600)
        listener.listen()
        print("READY", flush=True)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)  # whoever reads our output sees its end
        os.dup2(os.open(sandbox.directory / "supervisor.log", os.O_WRONLY | os.O_CREAT, 0o644), 2)
        while True:
            ready, _, _ = select.select([listener, wake_read], [], [])
            if wake_read in ready:
                break
            connection, _ = listener.accept()
            with connection:
                if _answer(sandbox, connection):
                    sandbox.down()
                    with contextlib.suppress(OSError):
                        connection.sendall(b'{"ok": "down"}\n')
                    break


def start(directory, settings, overrides, keep, kind, say):
    """Starts a supervisor in the background and returns when its sandbox is up."""
    if directory.exists():
        if alive(directory):
            raise SandboxError(f"a sandbox runs already in {directory}; see `sandbox status`, or choose another --dir")
        clear(directory)
    arguments = json.dumps([str(directory), settings, overrides, keep, kind])
    child = subprocess.Popen([sys.executable, str(Path(__file__).parent.parent / "sandbox"), "_serve", arguments],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             start_new_session=True)
    lines = []
    while select.select([child.stdout], [], [], UP_SECONDS)[0]:
        line = child.stdout.readline().rstrip("\n")
        if line == "READY":
            return request(directory, ["describe"])
        if not line and child.poll() is not None:
            raise SandboxError("the sandbox did not come up:\n  " + "\n  ".join(lines[-25:]))
        if line:
            lines.append(line)
            say(line)
    child.terminate()
    raise SandboxError(f"waited {UP_SECONDS} s for the sandbox: {lines[-1] if lines else 'it said nothing'}")


def request(directory, words, timeout=ANSWER_SECONDS):
    """Sends a command to the supervisor; returns its text."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(str(directory / "control"))
            with connection.makefile("rw", encoding="utf-8") as stream:
                stream.write(json.dumps(words) + "\n")
                stream.flush()
                reply = json.loads(stream.readline() or "{}")
        except TimeoutError:
            raise SandboxError(f"the sandbox in {directory} did not answer within {timeout} s") from None
        except (ConnectionError, FileNotFoundError):
            raise SandboxError(f"no sandbox runs in {directory}") from None
    if "error" in reply:
        raise SandboxError(reply["error"])
    if "ok" not in reply:
        raise SandboxError(f"the sandbox in {directory} ended in the middle{tail(directory / 'supervisor.log')}")
    return reply["ok"]


def alive(directory):
    try:
        request(directory, ["status"])
        return True
    except SandboxError:
        return False


def stop(directory):
    """Ends a sandbox, also one whose supervisor is gone."""
    try:
        request(directory, ["down"])
    except SandboxError:
        if not directory.exists():
            raise
        clear(directory)


def clear(directory):
    """Ends what a dead supervisor has left (its servers died with it; their stopped backends did not), and removes it."""
    if not (directory / MARK).is_file() or (directory / MARK).stat().st_uid != os.geteuid():
        raise SandboxError(f"{directory} is not a sandbox of yours; remove it yourself or choose another --dir")
    processes.end_left_under(directory, processes.Account().uid)
    for data in directory.glob("node*/data"):
        remove_shared_memory(data)
    shutil.rmtree(directory)
