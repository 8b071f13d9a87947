"""Registered trigger patterns, the items that hold them, and how many items were looked through.

Revision: 0033
Follows: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "trigger_pattern",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_why", sa.Text(), nullable=True),
        sa.Column("through", LONG, nullable=False),
    )
    op.create_index("ix_trigger_pattern_project_id", "trigger_pattern", ["project_id"])
    op.create_table(
        "trigger_hit",
        sa.Column(
            "pattern_id", sa.Integer(), sa.ForeignKey("trigger_pattern.id"), primary_key=True
        ),
        sa.Column("item_id", LONG, sa.ForeignKey("item_alias.id"), primary_key=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("labels", LONG, nullable=False),
        sa.Column("predictions", LONG, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_trigger_hit_item_id", "trigger_hit", ["item_id"])
    op.create_table(
        "trigger_tally",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("source_id", sa.Integer(), primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True),
        sa.Column("items", LONG, nullable=False),
        sa.Column("hits", LONG, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("trigger_tally")
    op.drop_table("trigger_hit")
    op.drop_table("trigger_pattern")
