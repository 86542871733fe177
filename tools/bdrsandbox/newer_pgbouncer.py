# SPDX-License-Identifier: PostgreSQL
"""The PgBouncer of Debian 13, which can end a single client (1.24), with the libraries that it needs, beside the system's own.

tools/install-deps fetches it once for each user, into the same cache as the servers. apt finds it where it gets all other
packages, and checks its signature; nothing is installed.
"""
import shutil
import subprocess
import tempfile
from pathlib import Path

from .embedded import cache

RELEASE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGES = ("pgbouncer", "libc6", "libcares2", "libevent-2.1-7t64", "libssl3t64", "libsystemd0", "libpam0g", "libaudit1",
            "libcap-ng0", "libcap2", "libzstd1", "zlib1g")
FETCH_SECONDS = 300
LIBRARIES = "usr/lib/x86_64-linux-gnu"
START = """#!/bin/sh
exec {home}/{libraries}/ld-linux-x86-64.so.2 --library-path {home}/{libraries} {home}/usr/sbin/pgbouncer "$@"
"""


def home():
    return cache() / f"pgbouncer-{RELEASE}"


def program():
    return home() / "pgbouncer"


def is_there():
    return program().exists()


def mirror():
    """Where this machine gets its packages."""
    said = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], check=True,
                          capture_output=True, text=True).stdout.split()
    return next(line for line in said if not line.rstrip("/").endswith("-security"))


def apt(work):
    """The begin of a command line that leaves the system's apt alone."""
    for directory in ("lists/partial", "cache/archives/partial"):
        (work / directory).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources").write_text(f"deb [signed-by={KEYRING}] {mirror()} {RELEASE} main\n", encoding="utf-8")
    settings = {"Dir::Etc::sourcelist": work / "sources", "Dir::Etc::sourceparts": "/dev/null",
                "Dir::State::lists": work / "lists", "Dir::State::status": work / "status", "Dir::Cache": work / "cache",
                "Acquire::Languages": "none", "APT::Sandbox::User": "", "Acquire::Retries": 3}
    return ["apt-get", "-q", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]


def fetch():
    """Fetches it; it is there as a whole or not at all."""
    cache().mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix="fetching-") as name:
        work = Path(name)
        command = apt(work)
        for words in (["update"], ["download", *PACKAGES]):
            subprocess.run([*command, *words], check=True, cwd=work, timeout=FETCH_SECONDS, stdout=subprocess.DEVNULL)
        got = work / "root"
        for package in work.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package, got], check=True)
        (got / "pgbouncer").write_text(START.format(home=home(), libraries=LIBRARIES), encoding="utf-8")
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", got], check=True)
        (got / "pgbouncer").chmod(0o755)
        shutil.rmtree(home(), ignore_errors=True)
        got.rename(home())
    subprocess.run([program(), "--version"], check=True, stdout=subprocess.DEVNULL)
