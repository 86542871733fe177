# SPDX-License-Identifier: PostgreSQL
"""Starting, finding and ending the sandbox's processes."""
import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from .errors import SandboxError

# The kernel sends the death signal (see spawn) when the *thread* that started a child ends, so all children are
# started by one thread that lives as long as this process.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


class Account:
    """The user that servers and monitors run as: postgres if we are root (they refuse root), else ourselves."""

    def __init__(self):
        self.switch = os.geteuid() == 0
        try:
            entry = pwd.getpwnam("postgres") if self.switch else pwd.getpwuid(os.geteuid())
        except KeyError:
            raise SandboxError("run as root, the sandbox needs the user postgres; run tools/install-deps") from None
        self.name, self.uid, self.gid = entry.pw_name, entry.pw_uid, entry.pw_gid

    def own(self, path):
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def prefix(self, die_with_us=True):
        """The words before a command that give it this account, by exec: the process id stays the one we started."""
        words = ["setpriv"]
        if die_with_us:
            words += ["--pdeathsig", "KILL"]
        if self.switch:
            words += ["--reuid", str(self.uid), "--regid", str(self.gid), "--init-groups"]
        return [*words, "--"] if len(words) > 1 else []


def clean_environment(home, extra=None):
    """Our environment without what would make libpq or psql read the caller's own settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment.update(HOME=str(home), LC_ALL="C.UTF-8", **(extra or {}))
    return environment


def spawn(argv, account, home, log, extra_environment=None, enter=()):
    """Starts a long-running child, output appended to log. It dies with this process, and sees no terminal signals.

    ENTER are words that come first, to put it into a namespace (as unshare and nsenter do), and must exec what follows.
    """
    with open(log, "ab") as output:
        return _spawner.submit(
            subprocess.Popen, [*enter, *account.prefix(), *map(str, argv)], stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, cwd=home, env=clean_environment(home, extra_environment), start_new_session=True).result()


def run(argv, account, home, log, timeout=60):
    """Runs a short command to its end; raises with its output if it fails."""
    with open(log, "ab") as output:
        done = subprocess.run([*account.prefix(), *map(str, argv)], stdin=subprocess.DEVNULL, stdout=output,
                              stderr=output, cwd=home, env=clean_environment(home), timeout=timeout, check=False)
    if done.returncode:
        raise SandboxError(f"{argv[0]} failed with exit code {done.returncode}, see {log}")


def _stat(pid):
    """Fields of /proc/PID/stat after the command's name, or None: [0] state, [1] parent, [4] terminal."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return None


def _all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def children(parent):
    """Live children of a process."""
    found = []
    for pid in _all_pids():
        fields = _stat(pid)
        if fields and int(fields[1]) == parent and fields[0] != "Z":
            found.append(pid)
    return found


def state(pid):
    """The kernel's letter for a process: R, S, D, T (stopped), Z, or None if there is none."""
    fields = _stat(pid)
    return fields[0] if fields else None


def left_under(directory, uid):
    """Processes that work in a directory of ours, run as our user and have no terminal: what our servers leave behind
    when they were killed (backends, helpers, event commands). A person's shell has a terminal and is not among them."""
    inside = os.path.realpath(directory)
    found = []
    for pid in _all_pids():
        fields = _stat(pid)
        if pid == os.getpid() or not fields or fields[0] == "Z" or fields[4] != "0":
            continue
        try:
            where = os.readlink(f"/proc/{pid}/cwd")
            owner = os.stat(f"/proc/{pid}").st_uid
        except OSError:
            continue
        if owner == uid and (where + "/").startswith(inside + "/"):
            found.append(pid)
    return found


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end_left_under(directory, uid, timeout=5.0):
    """Kills what left_under() finds until nothing is left."""
    deadline = time.monotonic() + timeout
    while left := left_under(directory, uid):
        if time.monotonic() >= deadline:
            raise SandboxError(f"processes {left} under {directory} did not end after SIGKILL")
        signal_all(left, signal.SIGKILL)
        time.sleep(0.01)


def free_port():
    """A port nobody listens on, below the ports that the kernel gives to outgoing connections.

    From that range the port of a dead server could be taken by somebody's connection before the server is back; and a
    client that connects again and again would in the end reach itself.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as limits:
        first_outgoing = int(limits.read().split()[0])
    top = first_outgoing if first_outgoing > 12000 else 32768
    for _ in range(200):
        port = random.randrange(10000, top)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SandboxError("found no free port in 200 tries")
