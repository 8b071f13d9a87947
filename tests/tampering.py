"""Changes that a database administrator could make behind the program's back."""

from sqlalchemy import text


def tamper(deployment, *statements):
    """Change the record as its administrator could, who first drops the guards."""
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        _drop_guards(connection)
        for statement in statements:
            connection.execute(text(statement))


def _drop_guards(connection):
    if connection.dialect.name == "postgresql":
        for table in ("event", "labeler_alias", "checkpoint", "tree_node"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))
