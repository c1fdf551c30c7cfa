"""Version 1 -> 2, what checks remember: the mark of My Projects at each look, how projects were listed, findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(operations: Operations) -> None:
    """Add the column and the three tables."""
    operations.add_column("looks", sa.Column("list_mark", sa.String))
    _listings(operations)
    _findings(operations)
    _notices(operations)


def _listings(operations: Operations) -> None:
    operations.create_table(
        "listings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("project_ref", sa.String, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("seen_at", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    operations.create_index("listings_by_project", "listings", ["account", "project_ref", "id"])


def _findings(operations: Operations) -> None:
    operations.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("project_ref", sa.String, nullable=False),
        sa.Column("told", sa.Integer, nullable=False, server_default="0"),
        sa.Column("found_at", sa.String, nullable=False),
        sa.Column("told_at", sa.String),
        sa.Column("gone_at", sa.String),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.UniqueConstraint("account", "name"),
        sqlite_autoincrement=True,
    )


def _notices(operations: Operations) -> None:
    operations.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("finding_id", sa.Integer, sa.ForeignKey("findings.id"), nullable=False),
        sa.Column("telling", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("queued_at", sa.String, nullable=False),
        sa.Column("sent_at", sa.String),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("trouble", sa.Text),
        sa.UniqueConstraint("finding_id", "telling", "channel"),
        sqlite_autoincrement=True,
    )
    operations.create_index("notices_owed", "notices", ["channel", "sent_at"])
