"""Version 2 -> 3, what a look shows of the one pool that a project's milestones are paid from, where there is one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(operations: Operations) -> None:
    """Add the column."""
    operations.add_column("looks", sa.Column("pool", sa.JSON))
