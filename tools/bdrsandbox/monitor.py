# SPDX-License-Identifier: PostgreSQL
"""bdrmon's configuration files, and bdrmon itself as a child."""
import re
import signal
import subprocess
import time

from . import processes
from .errors import SandboxError, tail, wait_for

TIMINGS = {
    "fast": {"monitor_interval_secs": 1, "reconnect_attempts": 1, "reconnect_interval": "100ms"},
    "seed": {"monitor_interval_secs": 5, "reconnect_attempts": 6, "reconnect_interval": 5},
}


def event_command(sandbox, number):
    """The line that a site would write into its configuration."""
    return (f'{sandbox.bin}/repoint-pgbouncer --console "{sandbox.pgbouncer.console_dsn()}"'
            f' --file {sandbox.pgbouncer.databases} --database bdrtest --proof "{sandbox.app_dsn()}"'
            f' %n %e %s "%c" "%a" >> {sandbox.directory}/events{number}.log 2>&1')


def on_a_node(sandbox, node):
    """Which node a monitor runs beside."""
    return {
        "node_id": node.number,
        "node_name": node.name,
        "conninfo": sandbox.conninfo(node.name),
        "data_directory": node.data,
    }


def on_a_third_host(sandbox, number):
    """Which nodes a monitor watches that runs beside none of them."""
    return {
        "monitor": {"name": f"monitor{number}", "local": "none"},
        **{f"node {node.name}": {"node_id": node.number, "conninfo": sandbox.conninfo(node.name)}
           for node in sandbox.nodes.values()},
    }


def settings(sandbox, number):
    """What monitor NUMBER has in common with the sample in repmgr's documentation, as a dictionary."""
    node = sandbox.nodes.get(f"node{number}")
    moves = {f"pgbouncer {proxy.name}": proxy.section() for proxy in sandbox.pgbouncers} if sandbox.proxies else {
        "event_notifications": "bdr_failover", "event_notification_command": event_command(sandbox, number)}
    return {
        **(on_a_node(sandbox, node) if node else on_a_third_host(sandbox, number)),
        "replication_type": "bdr",
        **moves,
        **TIMINGS[sandbox.settings],
        "cluster": {"name": "bdrtest"},
    }


def merge(base, overrides):
    """Lays overrides over a configuration: a value replaces a key's, None removes the key, a dictionary is a section."""
    merged = dict(base)
    for key, value in (overrides or {}).items():
        if isinstance(value, dict):
            merged[key] = merge(merged.get(key, {}), value)
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


def as_ini(config):
    """repmgr's own style: plain words bare, everything else in single quotes."""

    def lines(pairs):
        for key, value in pairs.items():
            text = str(value)
            bare = re.fullmatch(r"[\w.,:-]+", text)
            yield f"{key}={text}" if bare else "{}='{}'".format(key, text.replace("'", "''"))

    keys = {key: value for key, value in config.items() if not isinstance(value, dict)}
    text = "\n".join(lines(keys)) + "\n"
    for section, pairs in config.items():
        if isinstance(pairs, dict):
            text += f"\n[{section}]\n" + "\n".join(lines(pairs)) + "\n"
    return text


class Monitor:
    """A running bdrmon. Its log is the file that its standard error goes to."""

    def __init__(self, sandbox, number, binary, extra_args=(), enter=(), extra_environment=None):
        self.number = number
        self.log = sandbox.directory / f"bdrmon{number}.log"
        self.config = sandbox.directory / f"bdrmon{number}.ini"
        self.log.touch()
        self._start = self.log.stat().st_size
        home = sandbox.directory / f"bdrmon{number}"
        self.started = time.monotonic()
        self.process = processes.spawn([binary, "--config", self.config, *extra_args], sandbox.account, home, self.log,
                                       {**environment(home), **(extra_environment or {})},
                                       [*sandbox.host(sandbox.monitor_host(number)).enter, *enter])

    @property
    def pid(self):
        return self.process.pid if self.process.poll() is None else None

    def stop(self, timeout=5.0):
        """SIGTERM; returns the exit code (negative: the signal that ended it)."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise SandboxError(f"bdrmon {self.number} did not end within {timeout:g} s of SIGTERM{tail(self.log)}"
                               ) from None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def log_text(self):
        """What it has logged since this start."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            log.seek(self._start)
            return log.read()

    def wait_log(self, pattern, timeout=10.0):
        """Waits until the log has a match of the regular expression; returns the match."""

        def found():
            match = re.search(pattern, self.log_text(), re.MULTILINE)
            if not match and self.process.poll() is not None:
                raise SandboxError(f"bdrmon {self.number} ended (exit code {self.process.returncode}) before its log"
                                   f" had /{pattern}/{tail(self.log)}")
            return match

        return wait_for(f"/{pattern}/ in the log of bdrmon {self.number}", found, timeout, self.log)


def environment(home):
    """The directories that systemd would give to the service."""
    return {"STATE_DIRECTORY": str(home / "state"), "RUNTIME_DIRECTORY": str(home / "run")}
