"""Create the vendor and team of labelers.

Revision: 0022
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0017"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "labeler_profile",
        sa.Column("labeler_id", LONG, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("labeler_profile")
