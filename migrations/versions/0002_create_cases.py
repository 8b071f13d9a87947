"""Create people and keys, background work, and the cases: assessments, flags, freezes.

Revision: 0002
Follows: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLES = (
    "person",
    "api_key",
    "sign_in",
    "idempotency",
    "job",
    "assessment",
    "flag",
    "freeze",
    "snapshot",
)


def upgrade() -> None:
    _create_people()
    _create_work()
    _create_findings()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)


def _create_people() -> None:
    op.create_table(
        "person",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _must("role", sa.String()),
        _may("projects", sa.Text()),
        _must("created_at", TIME),
        _may("disabled_at", TIME),
    )
    op.create_table(
        "api_key",
        _must("id", sa.Integer(), primary_key=True),
        _must("key_id", sa.String(), unique=True),
        _must("digest", sa.LargeBinary(), unique=True),
        _must("name", sa.Text()),
        _must("role", sa.String()),
        _may("projects", sa.Text()),
        _may("person_id", sa.Integer(), sa.ForeignKey("person.id")),
        _may("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("created_at", TIME),
        _may("expires_at", TIME),
        _may("revoked_at", TIME),
    )
    op.create_table(
        "sign_in",
        _must("id", sa.Integer(), primary_key=True),
        _must("digest", sa.LargeBinary(), unique=True),
        _must("kind", sa.String()),
        _must("person_id", sa.Integer(), sa.ForeignKey("person.id")),
        _must("created_at", TIME),
        _must("expires_at", TIME),
        _may("used_at", TIME),
    )


def _create_work() -> None:
    op.create_table(
        "idempotency",
        _must("principal", sa.String()),
        _must("key", sa.String()),
        _must("request_digest", sa.LargeBinary()),
        _must("status", sa.Integer()),
        _must("body", sa.Text()),
        _must("created_at", TIME),
        sa.PrimaryKeyConstraint("principal", "key"),
    )
    op.create_table(
        "job",
        _must("id", sa.Integer(), primary_key=True),
        _must("kind", sa.String()),
        _must("key", sa.Text()),
        _must("due_at", TIME),
        _must("first_due_at", TIME),
        _must("attempts", sa.Integer()),
        _must("fence", sa.Integer()),
        _may("leased_until", TIME),
        _may("leased_by", sa.String()),
        _may("error", sa.Text()),
        sa.UniqueConstraint("kind", "key"),
    )


def _create_findings() -> None:
    op.create_table(
        "assessment",
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        _must("created_at", TIME),
        _must("as_of", TIME),
        _must("events_through", BIG),
        _must("policy_version", sa.String()),
        _must("digest", sa.LargeBinary()),
        _must("document", sa.Text()),
    )
    op.create_table(
        "flag",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("labeler_id", BIG),
        _must("status", sa.String()),
        _must("severity", sa.String()),
        _must("signals", sa.Text()),
        _must("contested", sa.Boolean()),
        _must("evidence", sa.Text()),
        _may("since", TIME),
        _must("opened_at", TIME),
        _must("updated_at", TIME),
        _may("decided_at", TIME),
        _may("decided_by", sa.Text()),
        _may("note", sa.Text()),
    )
    op.create_index(op.f("ix_flag_project_id_status"), "flag", ["project_id", "status"])
    op.create_table(
        "freeze",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("kind", sa.String()),
        _may("labeler_id", BIG),
        _may("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _may("delivery_id", BIG, sa.ForeignKey("delivery.id")),
        _may("flag_id", sa.Integer(), sa.ForeignKey("flag.id")),
        _may("since", TIME),
        _must("clock", sa.String()),
        _must("automatic", sa.Boolean()),
        _must("reason", sa.Text()),
        _must("placed_at", TIME),
        _must("placed_by", sa.Text()),
        _may("lifted_at", TIME),
        _may("lifted_by", sa.Text()),
        _may("lift_reason", sa.Text()),
    )
    op.create_index(op.f("ix_freeze_project_id_lifted_at"), "freeze", ["project_id", "lifted_at"])
    op.create_table(
        "snapshot",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("created_at", TIME),
        _must("created_by", sa.Text()),
        _must("events_through", BIG),
        _must("rows", sa.Integer()),
        _must("digest", sa.LargeBinary()),
        _must("manifest", sa.Text()),
    )
