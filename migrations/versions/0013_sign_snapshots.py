"""Sign snapshots, name their parents, say which is in use and what was trained on them.

Revision: 0013
Follows: 0012
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = ("training_set", "trained_model")


def upgrade() -> None:
    op.add_column("snapshot", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.add_column("snapshot", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.create_table(
        "training_set",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("snapshot_id", sa.Integer(), sa.ForeignKey("snapshot.id")),
        _must("reason", sa.Text()),
        _must("used_at", TIME),
        _must("used_by", sa.Text()),
    )
    op.create_index("ix_training_set_project_id_id", "training_set", ["project_id", "id"])
    op.create_table(
        "trained_model",
        _must("id", sa.Integer(), primary_key=True),
        _must("snapshot_id", sa.Integer(), sa.ForeignKey("snapshot.id")),
        _must("model", sa.Text()),
        _must("version", sa.Text()),
        _must("note", sa.Text()),
        _must("registered_at", TIME),
        _must("registered_by", sa.Text()),
        sa.UniqueConstraint("snapshot_id", "model", "version"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("snapshot", "parent_id")
    op.drop_column("snapshot", "signature")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)
