"""Create the record: history, names, sealed originals, registries, and what guards them.

Revision: 0001
Follows: nothing
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLES = (
    "installation",
    "chain",
    "project",
    "question",
    "source",
    "source_project",
    "source_secret",
    "delivery",
    "quarantine",
    "labeler_alias",
    "item_alias",
    "item_content",
    "event",
)


def upgrade() -> None:
    _create_registry()
    _create_originals()
    _create_names()
    _create_history()
    _guard_history()
    op.execute(
        sa.table("chain", sa.column("name"), sa.column("next_sequence"), sa.column("head"))
        .insert()
        .values(name="system", next_sequence=1, head=bytes(32))
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION labeltrust_refuse()")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)


def _create_registry() -> None:
    op.create_table(
        "installation",
        _must("name", sa.String(), primary_key=True),
        _must("value", sa.Text()),
    )
    op.create_table(
        "chain",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _must("next_sequence", BIG),
        _must("head", sa.LargeBinary()),
    )
    op.create_table(
        "project",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _must("chain_id", sa.Integer(), sa.ForeignKey("chain.id")),
        _must("version", sa.Integer()),
        _must("config", sa.Text()),
        _must("created_at", TIME),
    )
    op.create_table(
        "question",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("name", sa.Text()),
        _must("scale", sa.String()),
        _may("classes", sa.Text()),
        _must("repeats", sa.String()),
        _must("version", sa.Integer()),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_table(
        "source",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _must("platform", sa.String()),
        _must("id_space", sa.Text()),
        _must("status", sa.String()),
        _must("config", sa.Text()),
        _must("created_at", TIME),
    )
    op.create_table(
        "source_project",
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        sa.PrimaryKeyConstraint("source_id", "project_id"),
    )
    op.create_table(
        "source_secret",
        _must("id", sa.Integer(), primary_key=True),
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("key_id", sa.String(), unique=True),
        _must("sealed", sa.LargeBinary()),
        _must("created_at", TIME),
        _may("expires_at", TIME),
        _may("revoked_at", TIME),
    )
    op.create_index(op.f("ix_source_secret_source_id"), "source_secret", ["source_id"])


def _create_originals() -> None:
    op.create_table(
        "delivery",
        _must("id", BIG, primary_key=True),
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _may("key_id", sa.String()),
        _must("received_at", TIME),
        _must("digest", sa.LargeBinary()),
        _must("size", sa.Integer()),
        _must("headers", sa.Text()),
        _must("parser", sa.String()),
        _may("body", sa.LargeBinary()),
        _may("data_key", sa.LargeBinary()),
        _may("erased_at", TIME),
        _may("import_id", BIG, sa.ForeignKey("delivery.id")),
    )
    op.create_index(op.f("ix_delivery_received_at"), "delivery", ["received_at"])
    op.create_table(
        "quarantine",
        _must("id", BIG, primary_key=True),
        _must("delivery_id", BIG, sa.ForeignKey("delivery.id")),
        _may("position", sa.Integer()),
        _must("digest", sa.LargeBinary()),
        _may("event_id", sa.Text()),
        _must("code", sa.String()),
        _must("detail", sa.Text()),
        _must("status", sa.String()),
        _must("created_at", TIME),
        _may("closed_at", TIME),
        _may("closed_by", sa.Text()),
        _may("reason", sa.Text()),
    )
    op.create_index(op.f("ix_quarantine_delivery_id"), "quarantine", ["delivery_id"])
    op.create_index(op.f("ix_quarantine_digest"), "quarantine", ["digest"])
    op.create_index(op.f("ix_quarantine_status"), "quarantine", ["status", "id"])


def _create_names() -> None:
    op.create_table(
        "labeler_alias",
        _must("id", BIG, primary_key=True),
        _must("lookup", sa.LargeBinary(), unique=True),
        _must("id_space", sa.Text()),
        _may("outside_id", sa.Text()),
        _may("salt", sa.LargeBinary()),
        _must("pseudonym", sa.LargeBinary()),
        _may("labeler_id", BIG),
        _must("kind", sa.String()),
    )
    op.create_table(
        "item_alias",
        _must("id", BIG, primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("lookup", sa.LargeBinary(), unique=True),
        _must("id_space", sa.Text()),
        _may("outside_id", sa.Text()),
        _may("salt", sa.LargeBinary()),
        _must("pseudonym", sa.LargeBinary()),
        _may("item_id", BIG),
    )
    op.create_table(
        "item_content",
        _must("item_id", BIG, sa.ForeignKey("item_alias.id"), primary_key=True),
        _must("content", sa.Text()),
        _must("features", sa.Text()),
        _must("updated_at", TIME),
    )


def _create_history() -> None:
    op.create_table(
        "event",
        _must("chain_id", sa.Integer()),
        _must("sequence", BIG),
        _must("version", sa.Integer()),
        _must("type", sa.String()),
        _may("source_id", sa.Integer()),
        _may("event_id", sa.Text()),
        _may("delivery_id", BIG),
        _may("position", sa.Integer()),
        _may("key_id", sa.String()),
        _may("actor", sa.Text()),
        _may("item_alias_id", BIG),
        _may("labeler_alias_id", BIG),
        _may("question_id", sa.Integer()),
        _must("replicate", BIG),
        _may("label", sa.Text()),
        _may("annotation_id", sa.Text()),
        _may("occurred_us", BIG),
        _may("revised_us", BIG),
        _must("received_us", BIG),
        _must("clock_doubted", sa.Boolean()),
        _may("duration_seconds", sa.Float()),
        _must("detail", sa.Text()),
        _must("parser", sa.String()),
        _must("content_digest", sa.LargeBinary()),
        _must("leaf", sa.LargeBinary()),
        _must("previous", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("chain_id", "sequence"),
        sa.UniqueConstraint("source_id", "event_id"),
        sqlite_with_rowid=False,
    )


# What nobody may do to which table; `None` guards every column.
GUARDS: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("event", "UPDATE", None),
    ("event", "DELETE", None),
    ("delivery", "UPDATE", ("source_id", "key_id", "received_at", "digest", "size", "parser")),
    ("delivery", "DELETE", None),
    ("labeler_alias", "UPDATE", ("pseudonym",)),
    ("labeler_alias", "DELETE", None),
    ("item_alias", "UPDATE", ("pseudonym", "project_id")),
    ("item_alias", "DELETE", None),
)


def _guard_history() -> None:
    """Let the database itself refuse to change what is on record."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION labeltrust_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'history is append-only: % of %', TG_OP, TG_TABLE_NAME; END $$"
        )
        for table in ("event", "delivery", "labeler_alias", "item_alias"):
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION labeltrust_refuse()"
            )
    for table, act, columns in GUARDS:
        op.execute(_guard(table, act, columns))


def _guard(table: str, act: str, columns: tuple[str, ...] | None) -> str:
    of = f" OF {', '.join(columns)}" if columns else ""
    head = f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act}{of} ON {table} FOR EACH ROW"
    if op.get_bind().dialect.name == "postgresql":
        return f"{head} EXECUTE FUNCTION labeltrust_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'history is append-only: {act} of {table}'); END"
