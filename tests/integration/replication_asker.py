# SPDX-License-Identifier: PostgreSQL
"""Asks a node of its replication, with the program that holds what bdrmon knows of it."""
import os
import subprocess

from bdrsandbox import SandboxError, wait_for

ANSWER_SECONDS = 20


class Asker:
    """A session of ask_replication. Use it with `with`.

    wanted  the kind that is configured; "none": whichever is there
    """

    def __init__(self, conninfo, wanted="none"):
        self.process = subprocess.Popen([os.environ["ASK_REPLICATION"], conninfo, wanted], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        _, errors = self.process.communicate(timeout=ANSWER_SECONDS)
        if "Sanitizer" in errors or "runtime error" in errors:
            raise SandboxError(errors)

    def ask(self, word):
        """What the server says, as a dictionary."""
        said = {}
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
            while (line := self.process.stdout.readline()) != "\n":
                if not line:
                    raise BrokenPipeError
                key, _, value = line.rstrip("\n").partition("=")
                said[key] = value
        except BrokenPipeError:
            raise SandboxError(f"no session: {self.process.stderr.read().strip()}") from None
        return said

    def detect(self):
        return self.ask("detect")

    def read(self):
        return self.ask("read")

    def poke(self):
        return self.ask("poke")

    def wait_until(self, timeout=10.0, **wanted):
        """Reads until what is said has these values, in_up="yes" and so on; returns all of it."""
        said = {}

        def holds():
            said.update(self.read())
            return all(said.get(key) == value for key, value in wanted.items())

        try:
            wait_for(f"{wanted} to be said", holds, timeout)
        except SandboxError as error:
            raise SandboxError(f"{error}; last said: {said}") from None
        return said
