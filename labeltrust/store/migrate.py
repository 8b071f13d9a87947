"""The schema's version: to the newest, back to none, and which one is in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import labeltrust
from labeltrust.domain.errors import Misconfigured
from labeltrust.store.session import WRITES

# Any fixed number: two processes that migrate one PostgreSQL database at once meet here.
_ADVISORY_LOCK = 7_233_614


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; of two processes at once, one waits."""
    with _locked(engine) as config:
        command.upgrade(config, "head")


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to a revision; `base` drops everything."""
    with _locked(engine) as config:
        command.downgrade(config, revision)


def schema_version(engine: Engine) -> str | None:
    """Return the revision in force, None for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise Misconfigured("the installation holds no migrations")
    return head


def require_newest(engine: Engine) -> None:
    """Refuse a database of another version, naming what to do.

    Raises:
        Misconfigured: The schema is missing, older or newer than this program.
    """
    found, wanted = schema_version(engine), newest_version()
    if found != wanted:
        detail = f"the database has schema {found}, this program {wanted}; run `labeltrust migrate`"
        raise Misconfigured(detail)


@contextmanager
def _locked(engine: Engine) -> Iterator[Config]:
    """Open one transaction for all steps, so that a killed migration leaves nothing behind."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        yield config


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:key)")
        connection.execute(lock, {"key": _ADVISORY_LOCK})
    else:
        connection.exec_driver_sql("SELECT 1")  # takes the write lock: this is BEGIN IMMEDIATE


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    return config


def _folder() -> Path:
    """Return the migrations of the wheel, or those beside the package in a checkout."""
    package = Path(labeltrust.__file__).parent
    folders = (package / "_migrations", package.parent / "migrations")
    found = next((folder for folder in folders if (folder / "env.py").exists()), None)
    if found is None:
        raise Misconfigured("the installation holds no migrations")
    return found
