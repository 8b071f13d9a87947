"""How the database is opened, and what a unit of work promises."""

import sqlite3
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from factories import START
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from labeltrust.domain.errors import Busy, Misconfigured
from labeltrust.settings import Settings
from labeltrust.store.history import append
from labeltrust.store.locks import serve_lock, server_pid
from labeltrust.store.session import open_engine, reading, unit_of_work, wal_is_safe
from labeltrust.store.tables import Chain


def add(session, name):
    return append(session, chain=name, type="t", actor="os:a", at=START, detail={})


def chains(database):
    with reading(database) as session:
        return sorted(session.exec(select(Chain.name)))


def test_a_decision_gets_the_next_place_of_its_chain(database):
    with unit_of_work(database) as session:
        first, second = add(session, "fraud"), add(session, "fraud")

    assert (first.sequence, second.sequence) == (1, 2)


def fail_after_adding(database):
    with unit_of_work(database) as session:
        add(session, "fraud")
        raise LookupError


def test_nothing_stays_of_a_unit_of_work_that_fails(database):
    with pytest.raises(LookupError):
        fail_after_adding(database)

    assert chains(database) == ["system"]


def test_a_unit_of_work_after_a_failed_one_goes_on(database):
    with pytest.raises(LookupError):
        fail_after_adding(database)

    with unit_of_work(database) as session:
        add(session, "fraud")

    assert chains(database) == ["fraud", "system"]


def test_a_broken_rule_of_the_schema_is_no_busy_database(database):
    with pytest.raises(IntegrityError), unit_of_work(database) as session:
        session.connection().execute(
            text("INSERT INTO chain (name, next_sequence, head) VALUES ('system', 1, '')")
        )


def test_many_threads_write_one_after_another(database):
    def write():
        for _ in range(5):
            with unit_of_work(database) as session:
                add(session, "fraud")

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(database) as session:
        chain = session.exec(select(Chain).where(Chain.name == "fraud")).one()
    assert chain.next_sequence == 31


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 7, 0), False), ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True),
        ((3, 45, 0), False), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False),
        ((3, 51, 3), True), ((3, 52, 0), False), ((3, 53, 0), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_wal_is_used_only_where_it_cannot_lose_a_commit(version, safe):
    assert wal_is_safe(version) is safe


@pytest.fixture
def sqlite_engine(tmp_path):
    engine = open_engine(Settings(home=tmp_path / "new"))
    yield engine
    engine.dispose()


def test_sqlite_is_opened_so_that_a_commit_survives_a_loss_of_power(sqlite_engine):
    with sqlite_engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    journal = "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete"
    assert found == {
        "journal_mode": journal,
        "synchronous": 3 if journal == "delete" else 2,  # see `_SYNCHRONOUS`
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_a_file_that_another_process_writes_is_busy_not_broken(sqlite_engine, tmp_path):
    with unit_of_work(sqlite_engine) as session:
        session.connection().execute(text("CREATE TABLE t (a INTEGER)"))
    other = sqlite3.connect(tmp_path / "new" / "labeltrust.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy, match="locked"), unit_of_work(sqlite_engine) as session:
        session.connection().execute(text("INSERT INTO t VALUES (1)"))

    other.close()


def write_a_megabyte(engine, most_pages):
    with unit_of_work(engine) as session:
        session.connection().execute(text(f"PRAGMA max_page_count={most_pages}"))
        session.connection().execute(text("INSERT INTO t VALUES (zeroblob(1000000))"))


def test_a_full_disk_is_busy_and_says_so(sqlite_engine):
    with unit_of_work(sqlite_engine) as session:
        session.connection().execute(text("CREATE TABLE t (a BLOB)"))
        pages = session.connection().execute(text("PRAGMA page_count")).scalar_one()

    with pytest.raises(Busy, match="full"):
        write_a_megabyte(sqlite_engine, pages)


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "no url"])
def test_other_databases_are_refused(url, tmp_path):
    with pytest.raises(Misconfigured):
        open_engine(Settings(home=tmp_path, database_url=url))


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["synchronous_commit", "fsync", "full_page_writes"])
def test_a_postgresql_that_may_forget_a_commit_is_refused(postgres_server, tmp_path, name):
    with psycopg.connect(postgres_server) as connection:
        if connection.execute(f"SHOW {name}").fetchone()[0] != "off":
            pytest.skip(f"the test server has {name} on")
    careful = Settings(home=tmp_path, database_url=postgres_server)
    reckless = Settings(home=tmp_path, database_url=postgres_server, unsafe_durability=True)

    with pytest.raises(Misconfigured, match="off"):
        open_engine(careful).connect()

    engine = open_engine(reckless)
    engine.connect().close()
    engine.dispose()


def test_a_second_server_on_the_same_folder_is_refused_with_the_pid_of_the_first(tmp_path):
    settings = Settings(home=tmp_path)
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom labeltrust.settings import Settings\n"
        "from labeltrust.store.locks import serve_lock\n"
        "with serve_lock(Settings(home=Path(sys.argv[1]))):\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:  # noqa: S603
        assert first.stdout.readline() == "held\n"

        with pytest.raises(Misconfigured, match=f"pid {first.pid}"), serve_lock(settings):
            pass
        assert server_pid(settings) == first.pid
        first.kill()

    deadline = time.monotonic() + 10
    while server_pid(settings) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    with serve_lock(settings):
        pass
    assert server_pid(settings) is None
