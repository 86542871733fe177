# SPDX-License-Identifier: PostgreSQL
"""Clusters fresh from initdb, to be copied: a third of a sandbox's cost is initdb.

The variable BDRMON_SANDBOX_TEMPLATE names the directory that has one for each node; make() makes what is missing there.
Without the variable each node runs initdb.
"""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import processes

BIN = Path("/usr/lib/postgresql/15/bin")
VARIABLE = "BDRMON_SANDBOX_TEMPLATE"
NODES = (1, 2)  # each has its own, so that their system identifiers differ


def initdb(data, account, home, log, options=()):
    processes.run([BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--no-locale",
                   *options], account, home, log)


def provide(number, data, account, home, log):
    """A new cluster at DATA: a copy if there is a template, which is much cheaper."""
    directory = os.environ.get(VARIABLE)
    if not directory:
        initdb(data, account, home, log)
        return
    log.touch()
    subprocess.run(["cp", "-a", f"{directory}/node{NODES[number % len(NODES)]}", str(data)], check=True)


def version():
    return subprocess.run([BIN / "initdb", "--version"], capture_output=True, text=True, check=True).stdout


def make():
    directory, account = Path(os.environ[VARIABLE]), processes.Account()
    mark = directory / "version"
    if mark.exists() and mark.read_text(encoding="utf-8") == version():
        return
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    # The account may not be able to enter the directory, so it works in one of its own.
    with tempfile.TemporaryDirectory(prefix="bdrmon-template-") as work:
        account.own(work)
        for number in NODES:
            initdb(Path(work) / f"node{number}", account, work, directory / "log")
            subprocess.run(["cp", "-a", f"{work}/node{number}", str(directory)], check=True)
    mark.write_text(version(), encoding="utf-8")

