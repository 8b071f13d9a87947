"""The schema from nothing to the newest, back, and again; by one process or two at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import copied
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from labeltrust.domain.errors import Misconfigured
from labeltrust.settings import Settings
from labeltrust.store.migrate import (
    BREAKING,
    _config,
    _locked,
    downgrade,
    migrate,
    newest_version,
    require_newest,
    schema_version,
)
from labeltrust.store.session import open_engine


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """Settings of an empty database."""
    if request.param == "sqlite":
        yield Settings(home=tmp_path)
        return
    with copied(request.getfixturevalue("postgres_server"), None) as url:
        yield Settings(home=tmp_path, database_url=url, unsafe_durability=True)


@pytest.fixture
def engine(empty):
    opened = open_engine(empty)
    yield opened
    opened.dispose()


def shape(engine):
    """Tables, columns, indexes and constraints, as the database tells them."""
    seen = inspect(engine)
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(name)),
            sorted((i["name"], tuple(i["column_names"])) for i in seen.get_indexes(name)),
            sorted(u["name"] for u in seen.get_unique_constraints(name)),
            sorted(str(f["name"]) for f in seen.get_foreign_keys(name)),
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def test_up_down_and_up_again_give_the_same_schema(engine):
    migrate(engine)
    first = shape(engine)

    downgrade(engine)
    assert shape(engine) == {}
    migrate(engine)

    assert shape(engine) == first
    require_newest(engine)


def test_every_single_step_goes_down_and_up(engine):
    migrate(engine)
    whole = shape(engine)

    downgrade(engine, "-1")
    migrate(engine)

    assert shape(engine) == whole


def test_the_migrations_make_what_the_tables_say(engine):
    migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(engine):
    migrate(engine)
    first = shape(engine)

    migrate(engine)

    assert shape(engine) == first


def test_an_empty_database_is_refused_with_what_to_do(engine):
    assert schema_version(engine) is None

    with pytest.raises(Misconfigured, match="labeltrust migrate"):
        require_newest(engine)


def test_two_processes_that_migrate_at_once_make_one_schema(empty):
    code = (
        "import sys\nfrom pathlib import Path\nfrom labeltrust.settings import Settings\n"
        "from labeltrust.store.session import open_engine\n"
        "from labeltrust.store.migrate import migrate\n"
        "migrate(open_engine(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2], "
        "unsafe_durability=True)))\n"
    )
    command = [sys.executable, "-c", code, str(empty.home), empty.database_url]

    def run(_):
        return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, range(2)))

    assert [r.returncode for r in results] == [0, 0], [r.stderr[-500:] for r in results]
    engine = open_engine(empty)
    assert schema_version(engine) == newest_version()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM chain")).scalars().all() == ["system"]
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE snapshot (a INTEGER)"))  # in the way of the last

    with pytest.raises(Exception, match="snapshot"):
        migrate(engine)

    assert list(shape(engine)) == ["snapshot"]


def test_no_step_takes_away_what_the_version_before_needs(tmp_path):
    """Old servers go on working while the new schema is in force already; else a step says so."""
    engine = open_engine(Settings(home=tmp_path))
    migrate(engine)
    downgrade(engine)
    scripts = list(ScriptDirectory.from_config(_config()).walk_revisions())[::-1]
    before: dict = {}
    for script in scripts:
        with _locked(engine) as config:
            command.upgrade(config, script.revision)
        after = needs(engine)
        if not getattr(script.module, "BREAKING", False):
            assert broken(before, after) == [], script.revision
        before = after
    engine.dispose()


def needs(engine):
    """Columns by table, each with its type and whether a row may leave it out."""
    seen = inspect(engine)
    return {
        name: {
            c["name"]: (str(c["type"]), c["nullable"] or c["default"] is not None)
            for c in seen.get_columns(name)
        }
        for name in seen.get_table_names()
    }


def broken(before, after):
    """What an older program would miss: a table, a column, its type, or a value it never gives."""
    gone = [name for name in before if name not in after]
    lost = [
        (name, column)
        for name in before.keys() & after.keys()
        for column, kind in before[name].items()
        if after[name].get(column) != kind
    ]
    wanted = [
        (name, column)
        for name in before.keys() & after.keys()
        for column, (_, may_miss) in after[name].items()
        if column not in before[name] and not may_miss
    ]
    return gone + lost + wanted


def test_the_rule_sees_what_breaks():
    before = {"t": {"a": ("TEXT", True)}}
    assert broken(before, {}) == ["t"]
    assert broken(before, {"t": {"a": ("INTEGER", True)}}) == [("t", "a")]
    assert broken(before, {"t": {"a": ("TEXT", True), "b": ("TEXT", False)}}) == [("t", "b")]
    assert broken(before, {"t": {"a": ("TEXT", True), "b": ("TEXT", True)}, "u": {}}) == []


def test_a_server_lives_with_a_newer_schema_that_took_nothing_away(engine):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    require_newest(engine)
    with pytest.raises(Misconfigured, match="newer than this program"):
        migrate(engine)

    with engine.begin() as connection:
        said = {"name": BREAKING, "value": "9999"}
        connection.execute(text("UPDATE installation SET value = :value WHERE name = :name"), said)
    with pytest.raises(Misconfigured, match="install a newer version"):
        require_newest(engine)
