"""Create overrides of the gate by two persons, and hooks that are told when it reopens.

Revision: 0014
Follows: 0013
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = ("gate_override", "gate_hook")


def upgrade() -> None:
    op.create_table(
        "gate_override",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("covers", sa.Text()),
        _must("reason", sa.Text()),
        _must("placed_at", TIME),
        _must("until", TIME),
        _must("asked_by", sa.Text()),
        _must("approved_by", sa.Text()),
        _may("ended_at", TIME),
        _may("ended_by", sa.Text()),
        _may("end_reason", sa.Text()),
    )
    op.create_index("ix_gate_override_project_id_id", "gate_override", ["project_id", "id"])
    op.create_table(
        "gate_hook",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("url", sa.Text()),
        _must("sealed", sa.LargeBinary()),
        _must("added_at", TIME),
        _must("added_by", sa.Text()),
        _may("removed_at", TIME),
        _may("told_at", TIME),
        _may("trouble", sa.Text()),
    )
    op.create_index("ix_gate_hook_project_id_id", "gate_hook", ["project_id", "id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, nullable=True)
