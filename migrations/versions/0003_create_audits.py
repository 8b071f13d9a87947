"""Create audits: samples, turns of reviewers, verdicts.

Revision: 0003
Follows: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLES = ("audit", "audit_item", "audit_task", "audit_verdict")


def upgrade() -> None:
    _create_audit()
    _create_sample()
    _create_work()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)


def _create_audit() -> None:
    op.create_table(
        "audit",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("question", sa.Text()),
        _may("labeler_id", BIG),
        _may("flag_id", sa.Integer(), sa.ForeignKey("flag.id")),
        _must("status", sa.String()),
        _must("plan", sa.Text()),
        _must("strata", sa.Text()),
        _must("position", BIG),
        _must("reason", sa.Text()),
        _must("drawn_at", TIME),
        _must("drawn_by", sa.Text()),
        _may("closed_at", TIME),
        _may("closed_by", sa.Text()),
        _may("note", sa.Text()),
    )
    op.create_index(op.f("ix_audit_project_id_status"), "audit", ["project_id", "status"])
    op.create_index(op.f("ix_audit_flag_id"), "audit", ["flag_id"])


def _create_sample() -> None:
    op.create_table(
        "audit_item",
        _must("audit_id", sa.Integer(), sa.ForeignKey("audit.id")),
        _must("item_id", BIG, sa.ForeignKey("item_alias.id")),
        _must("place", sa.Integer()),
        _must("stratum", sa.Integer()),
        _must("probability", sa.Float()),
        _must("label", sa.Text()),
        _must("others", sa.Text()),
        sa.PrimaryKeyConstraint("audit_id", "item_id"),
    )


def _create_work() -> None:
    op.create_table(
        "audit_task",
        _must("id", BIG, primary_key=True),
        _must("audit_id", sa.Integer(), sa.ForeignKey("audit.id")),
        _must("item_id", BIG, sa.ForeignKey("item_alias.id")),
        _must("turn", sa.Integer()),
        _must("place", sa.Integer()),
        _must("assigned", sa.Boolean()),
        _may("reviewer", sa.Text()),
        _may("label", sa.Text()),
        _may("seconds", sa.Float()),
        _may("answered_at", TIME),
        sa.UniqueConstraint("audit_id", "item_id", "turn"),
    )
    op.create_index(op.f("ix_audit_task_audit_id_place"), "audit_task", ["audit_id", "place"])
    op.create_index(op.f("ix_audit_task_reviewer"), "audit_task", ["reviewer"])
    op.create_table(
        "audit_verdict",
        _must("id", BIG, primary_key=True),
        _must("task_id", BIG, sa.ForeignKey("audit_task.id")),
        _must("reviewer", sa.Text()),
        _may("label", sa.Text()),
        _may("seconds", sa.Float()),
        _must("given_at", TIME),
        _must("given_by", sa.Text()),
        _may("withdrawn_at", TIME),
    )
    op.create_index(op.f("ix_audit_verdict_task_id"), "audit_verdict", ["task_id"])
