"""Create orders of replayed histories, with what they found.

Revision: 0015
Follows: 0014
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "replay_order",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("ordered_at", TIME),
        _must("ordered_by", sa.Text()),
        _must("wanted", sa.Text()),
        _must("done", sa.Integer()),
        _must("looks", sa.Integer()),
        _may("finished_at", TIME),
        _may("found", sa.Text()),
        _may("error", sa.Text()),
    )
    op.create_index("ix_replay_order_project_id_id", "replay_order", ["project_id", "id"])


def downgrade() -> None:
    op.drop_table("replay_order")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, nullable=True)
