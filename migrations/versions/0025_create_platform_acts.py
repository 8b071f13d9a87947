"""Create platform_policy and platform_act: what freezes ask of platforms.

Revision: 0025
Follows: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0027"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "platform_policy",
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), primary_key=True),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("most_items", sa.Integer(), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "platform_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("freeze_id", sa.Integer(), sa.ForeignKey("freeze.id"), nullable=False),
        sa.Column("labeler_id", LONG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", TIME),
        sa.Column("trouble", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("steps", sa.Text()),
        sa.Column("done_at", TIME),
        sa.Column("undo_at", TIME),
        sa.Column("undo_by", sa.Text()),
        sa.Column("undo_reason", sa.Text()),
        sa.Column("undone_at", TIME),
        sa.UniqueConstraint("freeze_id", "source_id", "kind"),
    )
    op.create_index("ix_platform_act_source_id_id", "platform_act", ["source_id", "id"])
    op.create_index("ix_platform_act_state_due_at", "platform_act", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("platform_act")
    op.drop_table("platform_policy")
