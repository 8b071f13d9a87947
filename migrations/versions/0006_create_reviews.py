"""Create what people do around a flag: assignment, comments, notices, appeals, what was seen.

Revision: 0006
Follows: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TABLES = ("flag_comment", "notice", "appeal", "seen_through")


def upgrade() -> None:
    op.add_column("flag", _may("assigned_to", sa.Text()))
    op.add_column("flag", _may("assigned_at", TIME))
    op.create_index("ix_flag_assigned_to", "flag", ["assigned_to"])
    acts = sa.text("event_id IS NULL")
    op.create_index(
        "ix_event_acts", "event", ["received_us"], sqlite_where=acts, postgresql_where=acts
    )
    _create_comments()
    _create_appeals()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_event_acts", "event")
    op.drop_index("ix_flag_assigned_to", "flag")
    op.drop_column("flag", "assigned_at")
    op.drop_column("flag", "assigned_to")


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)


def _create_comments() -> None:
    op.create_table(
        "flag_comment",
        _must("id", sa.Integer(), primary_key=True),
        _must("flag_id", sa.Integer(), sa.ForeignKey("flag.id")),
        _must("author", sa.Text()),
        _must("written_at", TIME),
        _must("words", sa.Text()),
        _must("salt", sa.LargeBinary()),
    )
    op.create_index("ix_flag_comment_flag_id", "flag_comment", ["flag_id"])
    op.create_index("ix_flag_comment_author", "flag_comment", ["author"])
    op.create_table(
        "notice",
        _must("id", sa.Integer(), primary_key=True),
        _must("freeze_id", sa.Integer(), sa.ForeignKey("freeze.id")),
        _must("sent_at", TIME),
        _must("sent_by", sa.Text()),
        _must("sent_to", sa.Text()),
        _must("salt", sa.LargeBinary()),
    )
    op.create_index("ix_notice_freeze_id", "notice", ["freeze_id"])


def _create_appeals() -> None:
    op.create_table(
        "appeal",
        _must("id", sa.Integer(), primary_key=True),
        _must("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _must("freeze_id", sa.Integer(), sa.ForeignKey("freeze.id")),
        _must("reason", sa.Text()),
        _must("salt", sa.LargeBinary()),
        _must("opened_at", TIME),
        _must("opened_by", sa.Text()),
        _must("due_at", TIME),
        _may("outcome", sa.String()),
        _may("decided_at", TIME),
        _may("decided_by", sa.Text()),
        _may("decision", sa.Text()),
    )
    op.create_index("ix_appeal_project_id_outcome", "appeal", ["project_id", "outcome"])
    op.create_index("ix_appeal_freeze_id", "appeal", ["freeze_id"])
    op.create_table(
        "seen_through",
        _must("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        _must("received_us", BIG),
    )
