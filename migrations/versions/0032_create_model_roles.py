"""Create model_role and model_comparison: what models are for, and how they compare.

Revision: 0032
Follows: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "model_role",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("labeler_id", LONG, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("predecessor_id", LONG),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
    )
    op.create_index("ix_model_role_project_id_id", "model_role", ["project_id", "id"])
    op.create_table(
        "model_comparison",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("question", sa.Text(), primary_key=True),
        sa.Column("labeler_id", LONG, primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("against_id", LONG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("lost", sa.LargeBinary(), nullable=False),
    )
    op.execute(_guard("UPDATE"))
    op.execute(_guard("DELETE"))
    if _postgres():
        op.execute(
            "CREATE TRIGGER model_role_no_truncate BEFORE TRUNCATE ON model_role "
            "FOR EACH STATEMENT EXECUTE FUNCTION labeltrust_refuse()"
        )


def downgrade() -> None:
    op.drop_table("model_comparison")
    op.drop_table("model_role")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard(act: str) -> str:
    name = f"model_role_no_{act.lower()}"
    head = f"CREATE TRIGGER {name} BEFORE {act} ON model_role FOR EACH ROW"
    if _postgres():
        return f"{head} EXECUTE FUNCTION labeltrust_refuse()"
    return f"{head} BEGIN SELECT RAISE(ABORT, 'history is append-only: {act} of model_role'); END"
