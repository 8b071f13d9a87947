"""Seal addresses of hooks; guard what was signed of each chain and the tree above it.

Revision: 0030
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None

STATED = 'OF "id", "chain_id", "size", "after", "root", "made_at"'
# A note is written once, after its row: no second signature is made where another server was first.
SIGNED = "WHEN (OLD.note <> '' AND NEW.note <> OLD.note)"
GUARDS = (
    ("checkpoint_no_update", "checkpoint", "UPDATE", STATED, ""),
    ("checkpoint_no_other_note", "checkpoint", "UPDATE", 'OF "note"', SIGNED),
    ("checkpoint_no_delete", "checkpoint", "DELETE", "", ""),
    ("tree_node_no_update", "tree_node", "UPDATE", "", ""),
    ("tree_node_no_delete", "tree_node", "DELETE", "", ""),
)
GUARDED = ("checkpoint", "tree_node")


def upgrade() -> None:
    op.add_column("gate_hook", sa.Column("sealed_url", sa.LargeBinary(), nullable=True))
    for guard in GUARDS:
        op.execute(_guard(*guard))
    if _postgres():
        for table in GUARDED:
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION labeltrust_refuse()"
            )


def downgrade() -> None:
    names = [(name, table) for name, table, *_ in GUARDS]
    if _postgres():
        names += [(f"{table}_no_truncate", table) for table in GUARDED]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _postgres() else ""))
    with op.batch_alter_table("gate_hook") as hooks:
        hooks.drop_column("sealed_url")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard(name: str, table: str, act: str, of: str, when: str) -> str:
    head = f"CREATE TRIGGER {name} BEFORE {act} {of} ON {table} FOR EACH ROW {when}"
    if _postgres():
        return f"{head} EXECUTE FUNCTION labeltrust_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'history is append-only: {act} of {table}'); END"
