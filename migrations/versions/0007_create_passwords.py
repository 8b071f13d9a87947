"""Create passwords, and note when a session was last used.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "password",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
    )
    op.add_column("sign_in", sa.Column("seen_at", TIME, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("seen_at")
    op.drop_table("password")
