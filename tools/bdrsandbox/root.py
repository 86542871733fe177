# SPDX-License-Identifier: PostgreSQL
"""Commands that only root may run."""
import os
import subprocess

from .errors import SandboxError


def need_root(what):
    """Some damage cannot be done without; a test that needs it fails and says so."""
    if os.geteuid() != 0:
        raise SandboxError(f"{what} needs root: run the tests as root, as CI does, or in a container or virtual machine"
                           " where you are")


def run(*words, text=None):
    """Runs a short command, with TEXT to read; raises with what it said if it fails."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(f"{' '.join(words)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
