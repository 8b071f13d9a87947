"""Count by source what this installation failed to take, and what it took late.

Revision: 0038
Follows: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES = ("failed", "late")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("source_tally", sa.Column(name, LONG, nullable=True))
        op.add_column("source_slot", sa.Column(name, LONG, nullable=False, server_default="0"))


def downgrade() -> None:
    for table in ("source_slot", "source_tally"):
        with op.batch_alter_table(table) as tallies:
            for name in NAMES:
                tallies.drop_column(name)
