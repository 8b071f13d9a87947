"""What the server's own role may do on PostgreSQL: history is appended, and no more.

The owner of the tables can drop their guards. A server that connects as another role cannot, so
that whoever takes the server over adds to the record at worst.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, delete, insert, text
from sqlmodel import SQLModel, col, select

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.store.session import WRITES, reading
from labeltrust.store.tables import CHANGES, Installation

_MAINTAIN_FROM = 17
# Emptied rows are overwritten by a vacuum, which versions before 17 leave to the owner.
_EMPTIED = ("delivery", "labeler_alias", "item_alias", "item_content")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRole:
    """Whom a server is to PostgreSQL.

    Attributes:
        name: The role that is connected.
        excess: What it may do that no server needs, empty where all is well.
    """

    name: str
    excess: tuple[str, ...]


def guarded_tables() -> dict[str, tuple[str, ...]]:
    """Return the tables that are only appended to, with the columns that may change.

    >>> guarded_tables()["event"]
    ()
    """
    tables = SQLModel.metadata.sorted_tables
    return {table.name: table.info[CHANGES] for table in tables if CHANGES in table.info}


def grant_app_role(engine: Engine, role: str) -> tuple[str, ...]:
    """Give a role what a server needs and take everything else; return the statements.

    Raises:
        InvalidInput: The database is SQLite, which knows no roles.
        NotFound: The server has no such role.
    """
    if engine.dialect.name != "postgresql":
        detail = "sqlite has no roles: its triggers alone guard the history"
        raise InvalidInput(detail, place="--app-role", code="usage")
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if not connection.scalar(_KNOWN, {"role": role}):
            detail = f"PostgreSQL has no role {role[:80]!r}; make it by CREATE ROLE … LOGIN"
            raise NotFound(detail)
        statements = _statements(connection, role)
        for statement in statements:
            connection.exec_driver_sql(statement)
        _remember(connection, role)
    return statements


def granted_role(engine: Engine) -> str:
    """Return the role that was given its grants here last, empty where none was."""
    with engine.connect() as connection:
        return str(connection.scalar(select(Installation.value).where(_ROLE)) or "")


def app_role(engine: Engine) -> AppRole | None:
    """Return whom this connection is, None on SQLite."""
    if engine.dialect.name != "postgresql":
        return None
    with reading(engine) as session:
        connection = session.connection()
        name, superuser = connection.execute(_SELF).one()
        excess = ["is a superuser"] if superuser else []
        if not superuser:
            excess += [f"may {act} {table}" for table, act in _excess(connection)]
    return AppRole(name=str(name), excess=tuple(excess))


_NAME: Final = "app_role"
_ROLE = col(Installation.name) == _NAME


def _remember(connection: Connection, role: str) -> None:
    """Keep the role's name, so that later migrations grant what they make, too."""
    connection.execute(delete(Installation).where(_ROLE))
    connection.execute(insert(Installation).values(name=_NAME, value=role))


_KNOWN = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
_SELF = text("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
_MAY = text(
    "SELECT pg_has_role(current_user, relowner, 'MEMBER') AS own, "
    "has_table_privilege(oid, 'DELETE') AS delete, "
    "has_table_privilege(oid, 'TRUNCATE') AS truncate "
    "FROM pg_class WHERE oid = to_regclass(:table)"
)
_COLUMNS = text(
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 "
    "AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'UPDATE')"
)


def _excess(connection: Connection) -> list[tuple[str, str]]:
    found = []
    for table, changes in guarded_tables().items():
        row = connection.execute(_MAY, {"table": table}).one_or_none()
        acts = [] if row is None else [act for act, may in row._asdict().items() if may]
        updated = connection.scalars(_COLUMNS, {"table": table}).all()
        acts += ["update"] * (not set(updated) <= set(changes))
        found += [(table, act) for act in acts[:1]]
    return found


def _statements(connection: Connection, role: str) -> tuple[str, ...]:
    words = connection.dialect.identifier_preparer
    to = words.quote_identifier(role)
    schema = words.quote_identifier(str(connection.scalar(text("SELECT current_schema()"))))
    version: Any = connection.dialect.server_version_info
    return (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {to}",
        f"GRANT USAGE ON SCHEMA {schema} TO {to}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {to}",
        f"GRANT SELECT ON alembic_version TO {to}",
        *(
            f"GRANT {_needed(table)} ON {words.format_table(table)} TO {to}"
            for table in SQLModel.metadata.sorted_tables
        ),
        *([f"GRANT MAINTAIN ON {', '.join(_EMPTIED)} TO {to}"] * (version[0] >= _MAINTAIN_FROM)),
    )


def _needed(table: Table) -> str:
    changes = table.info.get(CHANGES)
    if changes is None:
        return "SELECT, INSERT, UPDATE, DELETE"
    return "SELECT, INSERT" + (f", UPDATE ({', '.join(changes)})" if changes else "")
