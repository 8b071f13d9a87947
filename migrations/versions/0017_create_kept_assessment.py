"""Create the assessments that are kept because they raised flags.

Revision: 0017
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_assessment",
        sa.Column("digest", sa.LargeBinary(), primary_key=True, nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_kept_assessment_project_id", "kept_assessment", ["project_id"])


def downgrade() -> None:
    op.drop_table("kept_assessment")
