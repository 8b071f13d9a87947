"""Create case files of incidents.

Revision: 0010
Follows: 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLES = ("incident", "incident_member", "incident_task")


def upgrade() -> None:
    op.create_table(
        "incident",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("title", sa.Text()),
        _must("status", sa.String()),
        _must("severity", sa.String()),
        _must("owner", sa.Text()),
        _must("summary", sa.Text()),
        _must("lessons", sa.Text()),
        _must("checklist", sa.Text()),
        _must("opened_at", TIME),
        _must("opened_by", sa.Text()),
        _may("contained_at", TIME),
        _may("resolved_at", TIME),
        _may("closed_at", TIME),
    )
    op.create_index(op.f("ix_incident_project_id_status"), "incident", ["project_id", "status"])
    op.create_table(
        "incident_member",
        _must("id", sa.Integer(), primary_key=True),
        _must("incident_id", sa.Integer(), sa.ForeignKey("incident.id")),
        _may("flag_id", sa.Integer(), sa.ForeignKey("flag.id")),
        _may("labeler_id", BIG),
        _may("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("added_at", TIME),
        _must("added_by", sa.Text()),
    )
    op.create_index(op.f("ix_incident_member_incident_id"), "incident_member", ["incident_id"])
    op.create_table(
        "incident_task",
        _must("id", sa.Integer(), primary_key=True),
        _must("incident_id", sa.Integer(), sa.ForeignKey("incident.id")),
        _must("words", sa.Text()),
        _must("owner", sa.Text()),
        _must("due_on", sa.String()),
        _must("added_at", TIME),
        _must("added_by", sa.Text()),
        _may("done_at", TIME),
        _may("done_by", sa.Text()),
    )
    op.create_index(op.f("ix_incident_task_incident_id"), "incident_task", ["incident_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)
