"""Create checkpoints: what was signed of each chain, its tree's inner hashes, and where they go.

Revision: 0027
Follows: 0022
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0022"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        _must("id", LONG, primary_key=True),
        _must("chain_id", sa.Integer(), sa.ForeignKey("chain.id")),
        _must("size", LONG),
        _must("after", LONG),
        _must("root", sa.LargeBinary()),
        _must("note", sa.Text()),
        _must("made_at", TIME),
        sa.UniqueConstraint("chain_id", "size"),
        sa.UniqueConstraint("chain_id", "after"),
    )
    op.create_table(
        "tree_node",
        _must("chain_id", sa.Integer(), sa.ForeignKey("chain.id"), primary_key=True),
        _must("level", sa.Integer(), primary_key=True),
        _must("place", LONG, primary_key=True),
        _must("hash", sa.LargeBinary()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint_place",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _may("folder", sa.Text()),
        _may("channel_id", sa.Integer(), sa.ForeignKey("alert_channel.id")),
        _must("every_seconds", sa.Float()),
        _must("through", LONG),
        _may("taken_at", TIME),
        _must("failures", sa.Integer()),
        _may("retry_at", TIME),
        _may("trouble", sa.Text()),
        _must("added_at", TIME),
        _must("added_by", sa.Text()),
        _may("removed_at", TIME),
    )


def downgrade() -> None:
    for table in ("checkpoint_place", "tree_node", "checkpoint"):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)
