# SPDX-License-Identifier: PostgreSQL
"""What the tests of a repmgrd beside bdrmon share."""
import os
import subprocess

from bdrsandbox.session import Session
from support import SandboxTest


class RivalTest(SandboxTest):
    """A sandbox for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.shared = SandboxTest.sandbox(cls())
        cls.node = cls.shared.node("node1")
        cls.shared.sql("node1", "create role stranger login")

    @classmethod
    def tearDownClass(cls):
        cls.shared.down()

    def runTest(self):
        """For the instance that owns the sandbox."""

    def dsn(self, user, extra="", database="bdrtest"):
        return f"host={self.shared.sockets} port={self.node.port} dbname={database} user={user} {extra}".rstrip()

    def session(self, dsn):
        session = Session(dsn)
        self.addCleanup(session.close)
        return session

    def looker(self, dsn):
        """Somebody who looks over one session when asked; returns the function that asks, and gets the words."""
        process = subprocess.Popen([os.environ["LOOK_FOR_RIVAL"], dsn], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)

        def look():
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().split()

        return look
