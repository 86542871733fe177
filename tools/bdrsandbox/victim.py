# SPDX-License-Identifier: PostgreSQL
"""A plain PostgreSQL server to be damaged, and the namespaces that some damage needs."""
import contextlib
import os
import random
import shutil
import subprocess

from .errors import SandboxError, wait_for
from .node import Node
from .session import Session

CONFIG = """
shared_preload_libraries = ''
autovacuum = off
include 'victim.conf'
"""

HBA = """
local all all trust
host all repmgr all scram-sha-256
"""


class Victim(Node):
    """A server beside the sandbox's two nodes. It replicates to nobody. Use it with `with`: it runs inside the block.

    settings  lines of postgresql.conf, as a dictionary; see configure()
    """

    def __init__(self, sandbox, settings=None, initdb_options=(), enter=(), environment=None):
        super().__init__(0, sandbox)
        self.name = "victim"
        self.home = sandbox.directory / self.name
        self.data, self.log = self.home / "data", self.home / "log"
        self.password = sandbox.passwords["repmgr"]
        self.settings, self.environment = settings or {}, environment
        self.initdb_options, self.enter = initdb_options, enter

    def __enter__(self):
        try:
            self.create_and_start()
            with Session(self.superuser_dsn("postgres")) as session:
                session.query(f"create role repmgr login password '{self.password}'")
                session.query("create database bdrtest", timeout=20)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.destroy()
        shutil.rmtree(self.home)

    def create(self):
        super().create()
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(CONFIG)
        (self.data / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        self.configure(**self.settings)

    def configure(self, **settings):
        """Replaces what is different from the sandbox's other servers; it counts from the next start on."""
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        (self.data / "victim.conf").write_text(lines, encoding="utf-8")

    def wait_log(self, text, since, timeout=10):
        """Waits until the log, from the offset SINCE on, holds the text."""

        def found():
            with open(self.log, encoding="utf-8", errors="replace") as log:
                log.seek(since)
                return text in log.read()

        wait_for(f"'{text}' in the log of {self.name}", found, timeout, self.log)


def need_root(what):
    """Some damage cannot be done without; a test that needs it fails and says so."""
    if os.geteuid() != 0:
        raise SandboxError(f"{what} needs root: run the tests as root, as CI does, or in a container or virtual machine"
                           " where you are")


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(f"{' '.join(words)}: {done.stderr.strip() or f'exit code {done.returncode}'}")


class Wire:
    """A network namespace behind a pair of virtual cards. Use it with `with`.

    here, there  addresses of the two ends
    enter        words that run a command in the namespace
    """

    def __init__(self):
        need_root("a network namespace")
        number = random.randrange(1 << 13)
        block = f"198.{18 + (number >> 12)}.{number >> 4 & 255}.{(number & 15) << 4}"  # RFC 2544: never on the internet
        first = int(block.rpartition(".")[2])
        self.here, self.there = (f"{block.rpartition('.')[0]}.{first + host}" for host in (1, 2))
        self.name = f"bdrmon{number}"
        self.enter = ["nsenter", f"--net=/run/netns/{self.name}", "--"]

    def __enter__(self):
        run("ip", "netns", "add", self.name)
        try:
            run("ip", "link", "add", self.name, "type", "veth", "peer", "name", "far", "netns", self.name)
            run("ip", "address", "add", f"{self.here}/28", "dev", self.name)
            run("ip", "link", "set", self.name, "up")
            run("ip", "-n", self.name, "address", "add", f"{self.there}/28", "dev", "far")
            run("ip", "-n", self.name, "link", "set", "far", "up")
            run("ip", "-n", self.name, "link", "set", "lo", "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        run("ip", "netns", "delete", self.name)

    def cut(self):
        """From now on whatever the far end answers is dropped, without a word to anybody."""
        run("ip", "-n", self.name, "route", "add", "blackhole", f"{self.here}/32")

    @contextlib.contextmanager
    def without_route(self):
        """Inside, our own kernel says that the far end cannot be reached."""
        run("ip", "route", "add", "unreachable", f"{self.there}/32")
        try:
            yield
        finally:
            run("ip", "route", "delete", "unreachable", f"{self.there}/32")


@contextlib.contextmanager
def small_disk(path, kilobytes):
    """A file system of that size under the new directory PATH."""
    need_root("a file system that can be full")
    path.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(path))
    try:
        yield path
    finally:
        run("umount", str(path))
        path.rmdir()


NAME_FILES = ("resolv.conf", "nsswitch.conf", "hosts")


def with_name_server(directory, address):
    """Words that run a command with the name server at ADDRESS, and nothing else that knows names but localhost."""
    need_root("a name server of our own")
    contents = (f"nameserver {address}\n", "passwd: files\ngroup: files\nhosts: files dns\n", "127.0.0.1 localhost\n")
    script = ""
    for name, content in zip(NAME_FILES, contents):
        path = directory / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o644)
        script += f"mount --bind '{path}' /etc/{name} && "
    return ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", script + 'exec "$@"', "with_name_server"]
