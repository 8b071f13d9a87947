"""Index what tables ask of flags and freezes, so that evidence stays unread.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STANDING = ["project_id", "question", "labeler_id", "id", "status", "severity", "contested"]


def upgrade() -> None:
    stands = sa.text("status <> 'dismissed'")
    op.create_index(
        "ix_flag_standing", "flag", STANDING, sqlite_where=stands, postgresql_where=stands
    )
    op.create_index("ix_flag_ended", "flag", ["project_id", "signals", "status"])
    op.create_index("ix_flag_decided_at", "flag", ["decided_at"])
    op.create_index("ix_freeze_project_id_labeler_id", "freeze", ["project_id", "labeler_id"])


def downgrade() -> None:
    op.drop_index("ix_freeze_project_id_labeler_id", "freeze")
    op.drop_index("ix_flag_decided_at", "flag")
    op.drop_index("ix_flag_ended", "flag")
    op.drop_index("ix_flag_standing", "flag")
