"""Count deliveries without proof of origin by source and hour.

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
    column = sa.Column("forged", LONG, nullable=False, server_default="0")
    op.add_column("source_tally", column)


def downgrade() -> None:
    with op.batch_alter_table("source_tally") as tallies:
        tallies.drop_column("forged")
