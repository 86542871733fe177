# SPDX-License-Identifier: PostgreSQL
"""What the tests of register, unregister, cluster show and cluster event share: a replicating pair that nobody has
registered yet, with a role that has the grants which README lists and no other."""
import re
import subprocess
from pathlib import Path

from support import SandboxTest, binary

README = Path(__file__).resolve().parents[2] / "README.md"
OK, BAD_CONFIG, DB_CONN, NODE_STATUS = 0, 1, 6, 25
OVERWRITE = ("ERROR: this node is already registered\n"
             "HINT: use -F/--force to overwrite the existing node record\n")

# Takes from role repmgr all that it has, its objects too.
STRIP = ("drop extension if exists repmgr cascade; drop owned by repmgr cascade; revoke pg_monitor from repmgr;"
         " drop schema if exists repmgr, bdrmon cascade;"
         " select pg_replication_origin_drop(roname) from pg_replication_origin where roname like 'bdrmon%'")


def grants(part=None):
    """The GRANT statements of README: those at the top, or those under a comment that has these words."""
    block = re.search(r"(?:^    (?:GRANT|-- ).*\n)+", README.read_text(encoding="utf-8"), re.MULTILINE)[0]
    under, found = None, []
    for line in (line.strip() for line in block.splitlines()):
        if line.startswith("--"):
            under = line
        elif under is None and part is None or under and part and part in under:
            found.append(line.removesuffix(";"))
    if not found:
        raise RuntimeError(f"README lists no grants under '{part}'")
    return found


class RegistrationTest(SandboxTest):
    """Tests that share a sandbox, `bed`; each finds no trace of a registration."""

    bed_kind = "pglogical"
    needed = [*grants(), *grants("pglogical")]

    @classmethod
    def setUpClass(cls):
        owner = SandboxTest()
        cls.addClassCleanup(owner.doCleanups)
        cls.bed = owner.sandbox(kind=cls.bed_kind, registered=False)

    def setUp(self):
        for node in self.bed.nodes.values():
            if not node.pid:
                node.start()
            node.sql("; ".join([STRIP, *self.needed]))
        self.bed.poke_replication()
        for number in (1, 2):
            self.configure(number)

    def conninfo(self, number):
        return self.bed.conninfo(f"node{number}")

    def configure(self, number, **overrides):
        """Writes a node's file, with the other node in a section."""
        self.bed.write_config_of_both(number, overrides)

    def run_on(self, number, *command):
        """The command's own deadlines are sooner than this one: it says itself what it waited for."""
        return self.bed.run_monitor(number, binary(), *command, timeout=90)

    def expect(self, number, command, code, errors, output=""):
        """Runs a command and compares all that it says."""
        done = self.run_on(number, *command.split())
        self.assertEqual((done.stderr, done.stdout, done.returncode), (errors, output, code), command)

    def register(self):
        for number in (1, 2):
            done = self.run_on(number, "register")
            self.assertEqual(done.returncode, OK, done.stderr)

    def both(self, statement):
        """The rows that both nodes have to a statement; they must be the same."""
        first, second = (node.sql(statement) for node in self.bed.nodes.values())
        self.assertEqual(first, second)
        return first

    def dump(self, name):
        """All that the database holds."""
        text = subprocess.run(["/usr/lib/postgresql/15/bin/pg_dump", self.bed.node(name).superuser_dsn()], check=True,
                              capture_output=True, text=True, timeout=30).stdout
        origins = self.bed.sql(name, "select roname from pg_replication_origin order by 1")
        # Newer versions begin and end a dump with a word made up for it.
        return [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))], origins

    def as_account(self, *command):
        """Runs a program as the sandbox's account; a CompletedProcess."""
        home = self.bed.directory / "bdrmon1"
        return subprocess.run([*self.bed.account.prefix(False), *map(str, command)], cwd=home, capture_output=True,
                              text=True, check=False, timeout=30)
