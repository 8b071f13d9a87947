"""Create the charts that are kept with flags.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flag_chart",
        sa.Column(
            "flag_id", sa.Integer(), sa.ForeignKey("flag.id"), primary_key=True, nullable=False
        ),
        sa.Column("signal", sa.Text(), primary_key=True, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("flag_chart")
