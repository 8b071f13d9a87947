"""Create the projects of labelers, and keep when an event told the vendor of one.

Revision: 0026
Follows: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0029"
branch_labels = None
depends_on = None
# An older server would not note where labelers label, and a merge would miss those projects.
BREAKING = True

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "labeler_project",
        sa.Column("labeler_id", LONG, nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.PrimaryKeyConstraint("labeler_id", "project_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO labeler_project (labeler_id, project_id) "
        "SELECT DISTINCT event.labeler_alias_id, project.id FROM event "
        "JOIN project ON project.chain_id = event.chain_id "
        "WHERE event.labeler_alias_id IS NOT NULL AND event.source_id IS NOT NULL"
    )
    with op.batch_alter_table("labeler_profile") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("labeler_profile") as table:
        table.drop_column("told_at")
    op.drop_table("labeler_project")
