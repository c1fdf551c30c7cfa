"""Bringing an older journal up to date with Alembic's operations, one function a step.

A step is registered in `STEPS` under the version it starts from; `upgrade` runs those that are missing inside the
caller's transaction, so that a journal is never left between two versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from assistant.errors import JournalError
from assistant.journal.schema import SCHEMA_VERSION
from assistant.journal.steps import checks, pools

Step = Callable[[Operations], None]

STEPS: Mapping[int, Step] = {1: checks.upgrade, 2: pools.upgrade}
"""From version -> the step to the next one."""


def upgrade(connection: Connection, version: int, steps: Mapping[int, Step] = STEPS, to: int = SCHEMA_VERSION) -> None:
    """Run every step from `version` up to `to` on `connection`. Raises `JournalError` when a step is missing."""
    operations = Operations(MigrationContext.configure(connection))
    for number in range(version, to):
        if number not in steps:
            raise JournalError(f"no way is known from journal schema {number} to {number + 1}")
        steps[number](operations)
