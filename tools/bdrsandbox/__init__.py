# SPDX-License-Identifier: PostgreSQL
"""Real servers for tests and demonstrations of bdrmon: see Sandbox and Writer."""
from .errors import DeadlinePassed, SandboxError, wait_for
from .sandbox import Sandbox
from .session import Session, ask
from .writer import Writer

__all__ = ["DeadlinePassed", "Sandbox", "SandboxError", "Session", "Writer", "ask", "wait_for"]
