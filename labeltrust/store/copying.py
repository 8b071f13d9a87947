"""A whole database as one file, and one file as a whole database.

SQLite is copied by its own online backup, PostgreSQL by `pg_dump` and `pg_restore` on a snapshot
of one moment, which stop nobody from writing.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, inspect, text

from labeltrust.domain.errors import Conflict, Misconfigured
from labeltrust.store.session import bulk_write

DATABASE_FILES: Final = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
_PAGES = 4_096
_WORDS = {"host": "PGHOST", "port": "PGPORT", "username": "PGUSER", "password": "PGPASSWORD"}
_HEADS = "SELECT name, next_sequence - 1, head FROM chain ORDER BY name"
Progress = Callable[[int, int], None]
"""Told how much is copied, and of how much."""


def silently(_done: int, _whole: int) -> None:
    """Tell nobody how far a copy is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedHead:
    """Where a chain stood when the copy was taken."""

    chain: str
    records: int
    head: str


def copy_database(engine: Engine, target: Path, progress: Progress) -> tuple[CopiedHead, ...]:
    """Write the database as of one moment to a file and return the ends of its chains.

    Raises:
        Misconfigured: `pg_dump` is missing or refuses.
        Busy: SQLite's turn to write did not come.
    """
    if engine.dialect.name == "sqlite":
        return _copy_sqlite(engine, target, progress)
    return _copy_postgres(engine, target)


def load_database(engine: Engine, kept: Path) -> None:
    """Fill an empty database with what a file of the same kind holds.

    Raises:
        Conflict: The database is not empty.
        Misconfigured: `pg_restore` is missing or refuses.
    """
    require_empty(engine)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        with closing(sqlite3.connect(kept)) as source, closing(_opened(engine.url)) as target:
            source.backup(target)
        return
    name = str(engine.url.database)
    arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run("pg_restore", (*arguments, "--dbname", name, str(kept)), engine.url)


def require_empty(engine: Engine) -> None:
    """Refuse a database that holds anything: a restore never overwrites.

    Raises:
        Conflict: It does.
    """
    if inspect(engine).get_table_names():
        detail = "the database is not empty; restore into a new LABELTRUST_HOME or database"
        raise Conflict(detail)


def _copy_sqlite(engine: Engine, target: Path, progress: Progress) -> tuple[CopiedHead, ...]:
    def told(_: int, left: int, pages: int) -> None:
        progress(pages - left, pages)

    # With the turn to write, readers read and writers wait: the copy never has to start anew.
    with (
        bulk_write(engine),
        closing(_opened(engine.url)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy, pages=_PAGES, progress=told)
    with closing(sqlite3.connect(target)) as copy:
        found = copy.execute(_HEADS).fetchall()
    return tuple(CopiedHead(chain=c, records=n, head=h.hex()) for c, n, h in found)


def _opened(url: URL) -> sqlite3.Connection:
    return sqlite3.connect(str(url.database), timeout=5.0)


def _copy_postgres(engine: Engine, target: Path) -> tuple[CopiedHead, ...]:
    frozen = engine.execution_options(isolation_level="REPEATABLE READ")
    with frozen.connect() as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        found = connection.execute(text(_HEADS)).all()
        arguments = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
        _run("pg_dump", (*arguments, f"--file={target}", str(engine.url.database)), engine.url)
    return tuple(CopiedHead(chain=c, records=n, head=bytes(h).hex()) for c, n, h in found)


def _run(program: str, arguments: tuple[str, ...], url: URL) -> None:
    path = shutil.which(program)
    if path is None:
        detail = f"{program} is not on the PATH; install the client programs of PostgreSQL"
        raise Misconfigured(detail)
    done = subprocess.run(  # noqa: S603 - a fixed program, and no shell
        [path, *arguments], env={**os.environ, **_login(url)}, capture_output=True, check=False
    )
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise Misconfigured(f"{program}: {told[-1] if told else 'failed without a word'}")


def _login(url: URL) -> Mapping[str, str]:
    """Return how to reach a server as environment, since everybody can read arguments."""
    plain = {key: getattr(url, key) for key in _WORDS}
    asked = {f"PG{key.upper()}": value for key, value in url.query.items()}
    known = {_WORDS[key]: value for key, value in plain.items() if value is not None}
    return {key: str(value) for key, value in {**asked, **known}.items()}
