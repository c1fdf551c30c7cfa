"""The journal's tables. Amounts are text in major units ("500.00"), times are UTC in ISO 8601 with microseconds.

`SCHEMA_VERSION` is kept in SQLite's `user_version`; the steps from one version to the next are in `migrations/`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA_VERSION = 3

metadata = MetaData()

identity = Table(
    "identity",
    metadata,
    Column("journal_id", String, primary_key=True),
    Column("created_at", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("account", String, nullable=False),
    Column("account_name", String, nullable=False),
    Column("plan", String),
    Column("state", String, nullable=False),
    Column("wanted", String, nullable=False, server_default="go"),
    Column("asked_at", String, nullable=False),
    Column("started_at", String),
    Column("ended_at", String),
    Column("pid", Integer),
    Column("pid_started", String),
    Column("processes", JSON, nullable=False, server_default="[]"),
    Column("order", JSON, nullable=False),
    Column("summary", JSON),
    Column("error", JSON),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("account", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("key", String, nullable=False),
    Column("change", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("state", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("submitting_at", String),
    Column("paying_at", String),
    Column("ended_at", String),
    Column("left", Integer),
    Column("site_ref", String),
    Column("request_ref", String),
    Column("cart", JSON),
    Column("source", String),
    Column("fees", String),
    Column("balance_before", String),
    Column("reason", Text),
    Column("site_message", Text),
    Column("request_id", String),
    Column("settled_by", String),
    sqlite_autoincrement=True,
)
Index("attempts_by_project", attempts.c.account, attempts.c.project_ref, attempts.c.key)
Index("attempts_by_run", attempts.c.run_id)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("site_ref", String, nullable=False),
    Column("how", String, nullable=False),
    Column("attempt_id", ForeignKey("attempts.id")),
    Column("since", String, nullable=False),
    Column("ended_at", String),
)
# One row of the site belongs to one planned milestone, and one planned milestone to one row of the site.
Index(
    "claims_one_row",
    claims.c.account,
    claims.c.kind,
    claims.c.site_ref,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
)
Index(
    "claims_one_key",
    claims.c.account,
    claims.c.project_ref,
    claims.c.key,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("moment", String, nullable=False),
    Column("path", String),
    Column("figures", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("events_by_run", events.c.run_id, events.c.id)

projects = Table(
    "projects",
    metadata,
    Column("account", String, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("currency", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("raw_status", Text, nullable=False),
    Column("bid", String),
    Column("accepted", Boolean, nullable=False),
    Column("seen_at", String, nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("account", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("balances", JSON, nullable=False),
    Column("list_mark", String),
    Column("pool", JSON),
    sqlite_autoincrement=True,
)
Index("looks_by_project", looks.c.account, looks.c.project_ref, looks.c.id)
Index("looks_by_run", looks.c.run_id)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("look_id", ForeignKey("looks.id"), nullable=False),
    Column("account", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("site_ref", String, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("state", String, nullable=False),
    Column("raw", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("seen_at", String, nullable=False),
    UniqueConstraint("look_id", "kind", "site_ref"),
    sqlite_autoincrement=True,
)
Index("sightings_by_row", sightings.c.account, sightings.c.project_ref, sightings.c.kind, sightings.c.site_ref)

# How each project stood in My Projects: a row for each change, never rewritten. `projects` is only its newest state.
listings = Table(
    "listings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("seen_at", String, nullable=False),
    sqlite_autoincrement=True,
)
Index("listings_by_project", listings.c.account, listings.c.project_ref, listings.c.id)

# What checks had to say. `name` tells one finding from another for good; `told` counts how often it was told.
findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("project_ref", String, nullable=False),
    Column("told", Integer, nullable=False, server_default="0"),
    Column("found_at", String, nullable=False),
    Column("told_at", String),
    Column("gone_at", String),
    Column("facts", JSON, nullable=False),
    UniqueConstraint("account", "name"),
    sqlite_autoincrement=True,
)

# A message owed to a channel: of which finding, told for which time. `sent_at` once it is out.
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", ForeignKey("findings.id"), nullable=False),
    Column("telling", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("queued_at", String, nullable=False),
    Column("sent_at", String),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("trouble", Text),
    UniqueConstraint("finding_id", "telling", "channel"),
    sqlite_autoincrement=True,
)
Index("notices_owed", notices.c.channel, notices.c.sent_at)
