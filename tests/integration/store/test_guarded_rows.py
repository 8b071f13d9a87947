"""What the tables call kept, the database keeps: every column, every table, on both databases."""

import pytest
from factories import START, label
from recorded import project, record
from sqlalchemy import text
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from labeltrust.store.grants import guarded_tables
from labeltrust.store.session import WRITES
from labeltrust.store.tables import RowId

GUARDED = guarded_tables()
UPDATE = "UPDATE {} SET {} = {}"
FORBIDDEN = [
    (name, column.name)
    for name, changes in GUARDED.items()
    for column in SQLModel.metadata.tables[name].columns
    if column.name not in changes
]


def test_the_history_and_what_it_rests_on_are_guarded():
    assert GUARDED.keys() >= {"event", "delivery", "labeler_alias", "item_alias"}
    assert GUARDED["event"] == ()


def filled(connection, name):
    """Put a row into a table, if there is none, whatever it points at: guards need a row."""
    off = "PRAGMA foreign_keys=OFF"  # heeded outside of a transaction alone
    if connection.dialect.name == "postgresql":
        off = "SET session_replication_role = replica"
    connection.connection.driver_connection.execute(off)
    table = SQLModel.metadata.tables[name]
    if connection.execute(table.select().limit(1)).first() is None:
        values = {c.name: _some(c) for c in table.columns if not c.nullable}
        connection.execute(table.insert().values(**values))
    connection.commit()


def _some(column):
    if isinstance(column.type, UTCDateTime):
        return START
    return {int: 1, str: "x", bytes: b"x", float: 1.0, bool: True}[_kind(column)]


def _kind(column):
    return int if isinstance(column.type, RowId) else column.type.python_type


@pytest.fixture
def kept(deployment):
    """An installation with a row in every guarded table."""
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    for name in GUARDED:
        with deployment.engine.connect() as connection:
            filled(connection, name)
            connection.invalidate()
    return deployment


def refused(deployment, statement) -> bool:
    """Say whether the guard refused; whatever happens is undone."""
    with deployment.engine.execution_options(**{WRITES: True}).connect() as connection:
        try:
            connection.execute(text(statement))
        except Exception as error:  # noqa: BLE001 - each driver has its own
            return "append-only" in str(error)
        finally:
            connection.rollback()
    return False


def test_no_column_that_is_kept_can_be_changed_and_no_row_goes(kept):
    let = [
        UPDATE.format(table, column, column)
        for table, column in FORBIDDEN
        if not refused(kept, UPDATE.format(table, column, column))
    ]
    acts = ["DELETE FROM {}"]
    if kept.engine.dialect.name == "postgresql":
        acts.append("TRUNCATE {} CASCADE")
    let += [act.format(t) for t in GUARDED for act in acts if not refused(kept, act.format(t))]

    assert let == []


def test_what_may_change_can_be_changed(kept):
    for table, changes in GUARDED.items():
        for column in changes:
            assert not refused(kept, UPDATE.format(table, column, column)), (table, column)


def test_what_was_signed_of_a_chain_is_not_signed_anew(kept):
    assert refused(kept, "UPDATE checkpoint SET note = 'another'")
