# SPDX-License-Identifier: PostgreSQL
"""A plain PostgreSQL server to be damaged, and what some damage needs of the kernel."""
import contextlib
import shutil

from .errors import wait_for
from .network import LOOPBACK
from .node import Node
from .root import need_root, run
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
    host      where it runs
    """

    def __init__(self, sandbox, settings=None, initdb_options=(), host=LOOPBACK, environment=None):
        super().__init__(0, sandbox, host)
        self.name = "victim"
        self.home = sandbox.directory / self.name
        self.data, self.log = self.home / "data", self.home / "log"
        self.password = sandbox.passwords["repmgr"]
        self.settings, self.environment = settings or {}, environment
        self.initdb_options = initdb_options

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
