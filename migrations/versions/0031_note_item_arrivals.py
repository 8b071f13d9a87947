"""Note of each item when it was first told of and by which source; keep what drift was found.

Revision: 0031
Follows: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("item_content", sa.Column("first_us", BIG, nullable=True))
    op.add_column("item_content", sa.Column("source_id", sa.Integer(), nullable=True))
    op.create_index("ix_item_content_first_us", "item_content", ["first_us"])
    op.create_table(
        "drift_report",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_table(
        "drift_tally",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("drifted", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("drift_tally")
    op.drop_table("drift_report")
    op.drop_index("ix_item_content_first_us", table_name="item_content")
    with op.batch_alter_table("item_content") as contents:
        contents.drop_column("source_id")
        contents.drop_column("first_us")
