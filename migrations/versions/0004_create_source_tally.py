"""Create hourly tallies of what each source sent.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "source_tally",
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("accepted", BIG, nullable=False),
        sa.Column("duplicates", BIG, nullable=False),
        sa.Column("quarantined", BIG, nullable=False),
        sa.Column("last_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "hour"),
    )


def downgrade() -> None:
    op.drop_table("source_tally")
