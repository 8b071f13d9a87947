"""Count deliveries without proof of origin by source and hour.

Revision: 0034
Follows: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    column = sa.Column("forged", LONG, nullable=False, server_default="0")
    op.add_column("source_tally", column)


def downgrade() -> None:
    with op.batch_alter_table("source_tally") as tallies:
        tallies.drop_column("forged")
