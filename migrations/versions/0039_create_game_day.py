"""Keep game days: drills that were ordered together; and drop drills that nothing proves.

Until now drills left no record, so a row of that time may say anything. The same campaign and seed
give the same again.

Revision: 0039
Follows: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "game_day",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
    )
    op.execute("DELETE FROM job WHERE kind = 'drill'")
    op.execute("DELETE FROM drill")
    with op.batch_alter_table("drill") as drills:
        drills.add_column(sa.Column("game_day_id", sa.Integer(), nullable=True))
        drills.create_foreign_key(
            "fk_drill_game_day_id_game_day", "game_day", ["game_day_id"], ["id"]
        )
    op.create_index("ix_drill_game_day_id", "drill", ["game_day_id"])


def downgrade() -> None:
    op.drop_index("ix_drill_game_day_id", table_name="drill")
    with op.batch_alter_table("drill") as drills:
        drills.drop_constraint("fk_drill_game_day_id_game_day", type_="foreignkey")
        drills.drop_column("game_day_id")
    op.drop_table("game_day")
