"""Count what sources sent by five minutes, and keep what projects count by slots.

Revision: 0037
Follows: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
COUNTS = ("accepted", "duplicates", "quarantined", "doubted", "conflicts", "refused")
LATER = ("doubted", "conflicts", "refused")


def upgrade() -> None:
    op.create_table(
        "source_slot",
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("source_id", "slot"),
    )
    op.create_table(
        "project_slots",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "kind"),
    )
    for name in LATER:  # null: hours of a version that did not count it
        op.add_column("source_tally", sa.Column(name, BIG, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("source_tally") as tallies:
        for name in LATER:
            tallies.drop_column(name)
    op.drop_table("project_slots")
    op.drop_table("source_slot")
