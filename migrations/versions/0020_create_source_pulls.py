"""Create how platforms are read by their API, and what each pull found.

Revision: 0020
Follows: 0023
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0023"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_access",
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id"), primary_key=True),
        _must("url", sa.Text()),
        _must("remote", sa.Text()),
        _must("sealed", sa.LargeBinary()),
        _must("every_minutes", sa.Integer()),
        _must("set_at", TIME),
        _must("set_by", sa.Text()),
    )
    op.create_table(
        "source_pull",
        _must("id", sa.Integer(), primary_key=True),
        _must("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("started_at", TIME),
        _must("started_by", sa.Text()),
        _must("dry_run", sa.Boolean()),
        _must("status", sa.String()),
        _may("finished_at", TIME),
        _must("found", sa.Text()),
        _must("held", sa.Text()),
        _may("approval_id", sa.Integer(), sa.ForeignKey("approval.id")),
        _may("allowed_at", TIME),
        _may("used_at", TIME),
        _may("error", sa.Text()),
    )
    op.create_index("ix_source_pull_source_id_id", "source_pull", ["source_id", "id"])


def downgrade() -> None:
    op.drop_table("source_pull")
    op.drop_table("source_access")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)
