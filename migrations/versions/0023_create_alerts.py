"""Create alerts: the outbox of causes, what is wrong, channels with keys, and their messages.

Revision: 0023
Follows: 0019
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0019"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "alert_channel",
    "alert_key",
    "alert_cause",
    "alert_group",
    "alert",
    "alert_message",
)


def upgrade() -> None:
    _channels()
    _causes()
    _alerts()
    _messages()


def _channels() -> None:
    op.create_table(
        "alert_channel",
        _must("id", sa.Integer(), primary_key=True),
        _must("name", sa.Text(), unique=True),
        _must("shape", sa.String()),
        _must("sealed", sa.LargeBinary()),
        _must("host", sa.Text()),
        _may("codes", sa.Text()),
        _may("projects", sa.Text()),
        _must("floor", sa.String()),
        _must("window_seconds", sa.Float()),
        _must("added_at", TIME),
        _must("added_by", sa.Text()),
        _may("removed_at", TIME),
        _may("off_at", TIME),
        _may("off_why", sa.Text()),
        _must("failures", sa.Integer()),
        _may("retry_at", TIME),
        _must("sent", LONG),
        _must("failed", LONG),
        _may("sent_at", TIME),
        _may("trouble", sa.Text()),
    )
    op.create_table(
        "alert_key",
        _must("id", sa.Integer(), primary_key=True),
        _must("channel_id", sa.Integer(), sa.ForeignKey("alert_channel.id")),
        _must("key_id", sa.String(), unique=True),
        _must("sealed", sa.LargeBinary()),
        _must("created_at", TIME),
        _may("expires_at", TIME),
    )
    op.create_index("ix_alert_key_channel_id", "alert_key", ["channel_id"])


def _causes() -> None:
    op.create_table(
        "alert_cause",
        _must("id", LONG, primary_key=True),
        _must("type", sa.String()),
        _must("at", TIME),
        _must("detail", sa.Text()),
        _may("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _may("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _may("labeler_id", LONG),
        _must("chain", sa.Text()),
        _must("sequence", LONG),
        _may("routed_at", TIME),
        _must("word", sa.String()),
    )
    waits = sa.text("routed_at IS NULL")
    op.create_index(
        "ix_alert_cause_waiting",
        "alert_cause",
        ["id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _alerts() -> None:
    op.create_table(
        "alert_group",
        _must("id", sa.Integer(), primary_key=True),
        _must("code", sa.String()),
        _must("place", sa.Text()),
        _may("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        _may("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        _must("epoch", sa.Integer()),
        _must("opened_at", TIME),
        _may("close_at", TIME),
        _may("closed_at", TIME),
        sa.UniqueConstraint("code", "place"),
    )
    op.create_index("ix_alert_group_close_at", "alert_group", ["close_at"])
    op.create_table(
        "alert",
        _must("id", sa.Integer(), primary_key=True),
        _must("group_id", sa.Integer(), sa.ForeignKey("alert_group.id")),
        _must("subject", sa.Text()),
        _must("loudness", sa.String()),
        _must("rank", sa.Integer()),
        _must("facts", sa.Text()),
        _may("labeler_id", LONG),
        _must("opened_at", TIME),
        _may("ended_at", TIME),
        _must("repeats", sa.Integer()),
        _must("news", LONG),
        _may("news_at", TIME),
        _may("suppressed_by", sa.Text()),
        _may("suppressed_at", TIME),
        sa.UniqueConstraint("group_id", "subject"),
    )
    op.create_index("ix_alert_group_id_news", "alert", ["group_id", "news"])


def _messages() -> None:
    op.create_table(
        "alert_message",
        _must("id", LONG, primary_key=True),
        _must("uid", sa.String(), unique=True),
        _must("channel_id", sa.Integer(), sa.ForeignKey("alert_channel.id")),
        _may("group_id", sa.Integer(), sa.ForeignKey("alert_group.id")),
        _may("cause_id", LONG, sa.ForeignKey("alert_cause.id")),
        _must("effect", sa.String()),
        _must("epoch", sa.Integer()),
        _must("loudness", sa.String()),
        _must("since", LONG),
        _must("through", LONG),
        _must("n", sa.Integer()),
        _must("state", sa.String()),
        _must("made_at", TIME),
        _must("due_at", TIME),
        _must("tries", sa.Integer()),
        _may("tried_at", TIME),
        _may("done_at", TIME),
        _may("done_by", sa.Text()),
        _may("trouble", sa.Text()),
    )
    op.create_index("ix_alert_message_state_due_at", "alert_message", ["state", "due_at"])
    op.create_index(
        "ix_alert_message_channel_id_group_id", "alert_message", ["channel_id", "group_id"]
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=True)
