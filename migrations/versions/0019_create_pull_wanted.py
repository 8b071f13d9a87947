"""Create the list of what platforms said has changed, and nobody has read yet.

Revision: 0019
Follows: 0015
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pull_wanted",
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id"), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        _must("kind", sa.Text(), primary_key=True),
        _must("object_id", sa.Text(), primary_key=True),
        _must("within", sa.Text()),
        sa.Column("changed_us", LONG, nullable=True),
        _must("wanted_at", TIME),
        _must("asked_at", TIME),
        _must("times", sa.Integer()),
        _must("delivery_id", LONG),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("pull_wanted")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)
