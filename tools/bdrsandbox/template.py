# SPDX-License-Identifier: PostgreSQL
"""Clusters fresh from initdb, to be copied: a third of a sandbox's cost is initdb.

The variable BDRMON_SANDBOX_TEMPLATE names the directory that has, for each server version, one for each node; make()
makes what is missing there. Without the variable each node runs initdb.
"""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import processes
from .errors import SandboxError
from .kinds import KINDS

VARIABLE = "BDRMON_SANDBOX_TEMPLATE"
NODES = (1, 2)  # each has its own, so that their system identifiers differ


def initdb(kind, data, account, home, log, options=()):
    if not (kind.bin() / "initdb").exists():
        raise SandboxError(f"PostgreSQL {kind.server} is not in {kind.bin()}; run tools/install-deps --tests")
    # With the smallest segments there is half as much to copy.
    processes.run([kind.bin() / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                   "--no-locale", "--wal-segsize=1", *options], account, home, log)


def provide(kind, number, data, account, home, log):
    """A new cluster at DATA: a copy if there is a template, which is much cheaper."""
    source = Path(os.environ.get(VARIABLE, "/nonexistent")) / kind.server / f"node{NODES[number % len(NODES)]}"
    if not source.exists():
        initdb(kind, data, account, home, log)
        return
    log.touch()
    subprocess.run(["cp", "-a", str(source), str(data)], check=True)


def version(kind):
    return subprocess.run([kind.bin() / "initdb", "--version"], capture_output=True, text=True, check=True).stdout


def make_for(kind):
    directory, account = Path(os.environ[VARIABLE]) / kind.server, processes.Account()
    mark = directory / "version"
    if mark.exists() and mark.read_text(encoding="utf-8") == version(kind):
        return
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    # The account may not be able to enter the directory, so it works in one of its own.
    with tempfile.TemporaryDirectory(prefix="bdrmon-template-") as work:
        account.own(work)
        for number in NODES:
            initdb(kind, Path(work) / f"node{number}", account, work, directory / "log")
            subprocess.run(["cp", "-a", f"{work}/node{number}", str(directory)], check=True)
    mark.write_text(version(kind), encoding="utf-8")


def make():
    """Makes all. A server that is not there is missed by the test that needs it, and not by the others."""
    for kind in KINDS.values():
        if (kind.bin() / "initdb").exists():
            make_for(kind)
