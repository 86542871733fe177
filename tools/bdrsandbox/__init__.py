# SPDX-License-Identifier: PostgreSQL
"""Real servers for tests and demonstrations of bdrmon: see Sandbox, Writer and Load."""
from .errors import DeadlinePassed, SandboxError, wait_for
from .load import Load
from .sandbox import Sandbox
from .session import Session, ask
from .writer import Writer

__all__ = ["DeadlinePassed", "Load", "Sandbox", "SandboxError", "Session", "Writer", "ask", "wait_for"]
