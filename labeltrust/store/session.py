"""The database: how it is opened, and the unit of work.

SQLite is opened with a rollback journal unless its version is free of the WAL-reset fault, and
syncs at every commit; PostgreSQL is refused where it may forget a commit. What a database cannot do
for a while is `Busy`, whoever asked it.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlmodel import Session

from labeltrust.domain.errors import Busy, Misconfigured
from labeltrust.failpoints import reached
from labeltrust.settings import Settings
from labeltrust.store.passing import say_what_passes

LOCK_TIMEOUT_SECONDS = 30
_TURN_SECONDS = 0.001
WRITES = "labeltrust_writes"
# Versions of SQLite whose WAL cannot lose a commit by the WAL-reset race.
_FIXED_FROM = (3, 51, 3)
_BACKPORTS = {(3, 44): 6, (3, 50): 7}
_WITHDRAWN = (3, 52)
# What is erased is overwritten: a destroyed key must not stay readable in a free page.
_PRAGMAS = ("foreign_keys=ON", "secure_delete=ON", "cache_size=-32768")
# With a rollback journal FULL is too little: the commit is the unlinking of the journal, and only
# EXTRA syncs the folder after it. Without, a loss of power brings the journal back, and the journal
# undoes a commit that was answered. WAL appends, and FULL syncs what it appends.
_SYNCHRONOUS = {"delete": 3, "wal": 2}
# Settings of PostgreSQL that must not be off.
DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Say whether a version of SQLite is free of the WAL-reset fault.

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 44, 6)), wal_is_safe((3, 53, 0))
    (False, True, True)
    """
    branch = version[:2]
    if branch in _BACKPORTS:
        return version[2] >= _BACKPORTS[branch]
    return version >= _FIXED_FROM and branch != _WITHDRAWN


def is_durable(journal: str, synchronous: int) -> bool:
    """Say whether SQLite's journal mode and level of syncing survive a loss of power.

    >>> is_durable("delete", 2), is_durable("delete", 3), is_durable("wal", 2)
    (False, True, True)
    """
    return synchronous >= _SYNCHRONOUS.get(journal, 4)


def open_engine(settings: Settings) -> Engine:
    """Open the database that the settings name; creates the data folder, not the schema.

    Raises:
        Misconfigured: The URL is of no known kind, or PostgreSQL could lose a commit.
    """
    url = _url(settings.url)
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = _open_sqlite(url) if is_sqlite else _open_postgres(url, settings)
    event.listen(engine, "handle_error", say_what_passes)
    return engine


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise Misconfigured("LABELTRUST_DATABASE_URL is not a database URL") from None
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        detail = f"database {url.drivername!r} is not supported; use sqlite or postgresql"
        raise Misconfigured(detail)
    return url


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise Misconfigured("sqlite needs a file; a database in memory would lose every commit")
    Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, pool_size=8, max_overflow=24, connect_args={"timeout": 5.0})
    _one_writer_at_a_time(engine)
    return engine


def _one_writer_at_a_time(engine: Engine) -> None:
    """Queue the writers, so that none starves while it polls for SQLite's own lock.

    Within the process on a lock, between processes on a file beside the database.
    """
    turn = _Turn(Path(f"{engine.url.database}.turn"))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - DBAPI object
        connection.isolation_level = None  # transactions begin below, not at the first write
        journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
        level = _SYNCHRONOUS[journal.lower()]
        first = ("busy_timeout=5000", f"journal_mode={journal}", f"synchronous={level}")
        for pragma in (*first, *_PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("BEGIN")
            return
        turn.take()
        connection.info["holds_turn"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def give_up_turn(_: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - DBAPI object
        if record.info.pop("holds_turn", False):
            turn.give_up()


class _Turn:
    """The turn to write; the kernel frees it when its process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None

    def take(self) -> None:
        """Wait for the turn.

        Raises:
            Busy: Others kept it for too long.
        """
        deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
        if not self._lock.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            raise Busy("the database is busy with another write")
        try:
            self._take_file(deadline)
        except BaseException:
            self._lock.release()
            raise

    def _take_file(self, deadline: float) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy("the database is busy with another process") from None
                time.sleep(_TURN_SECONDS)
            else:
                return

    def give_up(self) -> None:
        """Let the next one write."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._lock.release()


def _open_postgres(url: URL, settings: Settings) -> Engine:
    engine = create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True)
    if not settings.unsafe_durability:
        event.listen(engine, "connect", _refuse_forgetful)
    return engine


def _refuse_forgetful(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - DBAPI
    with connection.cursor() as cursor:
        for name in DURABLE:
            value = cursor.execute(f"SHOW {name}").fetchone()[0]
            if value == "off":
                detail = (
                    f"PostgreSQL has {name} off: an accepted event could be lost; set it on, or "
                    "LABELTRUST_UNSAFE_DURABILITY=1 for a test"
                )
                connection.close()  # nobody else will: the pool never had it
                raise Misconfigured(detail)
    connection.rollback()


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Open one write transaction, committed at the edge and undone by any exception.

    Raises:
        Busy: The database is locked by another process, full, or cannot be reached.
    """
    writing = engine.execution_options(**{WRITES: True})
    with _translated(), Session(writing, expire_on_commit=False) as session, session.begin():
        reached("begin")
        yield session
        session.flush()
        reached("before-commit")
    reached("after-commit")


@contextmanager
def bulk_write(engine: Engine) -> Iterator[Connection]:
    """Do the same with a plain connection, which costs a quarter of a millisecond less.

    Raises:
        Busy: As above.
    """
    with _translated(), engine.execution_options(**{WRITES: True}).begin() as connection:
        reached("begin")
        yield connection
        reached("before-commit")
    reached("after-commit")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a short read; on SQLite no commit passes while it is open, so keep it under 50 ms."""
    with _translated(), Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def reading_at_once(engine: Engine) -> Iterator[Session]:
    """Open a short read whose queries all see one moment; SQLite's always do."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as session:
        yield session


@contextmanager
def driver_connection(session: Session) -> Iterator[PoolProxiedConnection]:
    """Give the driver's own connection of a session's transaction, for bulk statements."""
    yield session.connection().connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout:
        raise Busy("no database connection became free") from None
