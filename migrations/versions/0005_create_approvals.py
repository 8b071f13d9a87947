"""Create approvals: acts of two persons, and a short way to the gold of one item.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
GOLD = sa.text("type IN ('gold.declared', 'gold.withdrawn')")


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_identity", sa.Text(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
    )
    op.create_index(op.f("ix_approval_project_id_status"), "approval", ["project_id", "status"])
    op.create_index(
        "ix_event_gold", "event", ["item_alias_id"], sqlite_where=GOLD, postgresql_where=GOLD
    )


def downgrade() -> None:
    op.drop_index("ix_event_gold", table_name="event")
    op.drop_table("approval")
