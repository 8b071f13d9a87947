"""Guard what is only ever appended beside the history; find findings; keep last uses of keys.

Revision: 0029
Follows: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0025"
branch_labels = None
depends_on = None

Columns = tuple[str, ...] | None
# What nobody may change; `None` guards every column. No row of any of them may go.
GUARDED: tuple[tuple[str, Columns], ...] = (
    ("audit_verdict", ("id", "task_id", "reviewer", "label", "seconds", "given_at", "given_by")),
    ("gate_change", None),
    ("snapshot", ("id", "project_id", "created_at", "created_by")),
    ("trained_model", None),
    ("training_set", None),
)
# Guarded since the first revision, but for these columns.
FORGOTTEN: tuple[tuple[str, Columns], ...] = (
    ("delivery", ("id", "headers", "import_id")),
    ("item_alias", ("id", "id_space")),
    ("labeler_alias", ("id", "id_space", "kind")),
)


def upgrade() -> None:
    op.add_column("api_key", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_event_findings",
        "event",
        ["received_us"],
        sqlite_where=sa.text("type = 'finding.event_id_reused'"),
        postgresql_where=sa.text("type = 'finding.event_id_reused'"),
    )
    for table, columns in GUARDED:
        op.execute(_guard(f"{table}_no_update", table, "UPDATE", columns))
        op.execute(_guard(f"{table}_no_delete", table, "DELETE", None))
        if _postgres():
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION labeltrust_refuse()"
            )
    for table, columns in FORGOTTEN:
        op.execute(_guard(f"{table}_no_other_update", table, "UPDATE", columns))


def downgrade() -> None:
    acts = ("update", "delete", "truncate") if _postgres() else ("update", "delete")
    names = [(f"{table}_no_{act}", table) for table, _ in GUARDED for act in acts]
    names += [(f"{table}_no_other_update", table) for table, _ in FORGOTTEN]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _postgres() else ""))
    op.drop_index("ix_event_findings", table_name="event")
    with op.batch_alter_table("api_key") as keys:
        keys.drop_column("used_at")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard(name: str, table: str, act: str, columns: Columns) -> str:
    of = f" OF {', '.join(columns)}" if columns else ""
    head = f"CREATE TRIGGER {name} BEFORE {act}{of} ON {table} FOR EACH ROW"
    if _postgres():
        return f"{head} EXECUTE FUNCTION labeltrust_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'history is append-only: {act} of {table}'); END"
