"""The schema's version: to the newest, back to none, and which one is in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, insert, text
from sqlmodel import col, select

import labeltrust
from labeltrust.domain.errors import Misconfigured
from labeltrust.store.session import WRITES
from labeltrust.store.tables import Installation

# Any fixed number: two processes that migrate one PostgreSQL database at once meet here.
_ADVISORY_LOCK = 7_233_614
BREAKING = "breaking_migrations"
"""Installation fact: the migrations that the version before each cannot live with."""
_IS_BREAKING = col(Installation.name) == BREAKING


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; of two processes at once, one waits.

    Raises:
        Misconfigured: The schema is newer than this program.
    """
    with _locked(engine) as config:
        if is_newer(_revision(config.attributes["connection"])):
            raise Misconfigured("the database is newer than this program; install its version")
        command.upgrade(config, "head")
        _note_breaking(config)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to a revision; `base` drops everything."""
    with _locked(engine) as config:
        command.downgrade(config, revision)


def schema_version(engine: Engine) -> str | None:
    """Return the revision in force, None for an empty database."""
    with engine.connect() as connection:
        return _revision(connection)


def newest_version() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise Misconfigured("the installation holds no migrations")
    return head


def is_newer(revision: str | None) -> bool:
    """Say whether a revision is of a version after this program's."""
    return revision is not None and revision not in _known()


def lives_with(engine: Engine) -> bool:
    """Say whether this program can work on the schema in force.

    It can on its own, and on a newer one that took nothing away: so the schema is brought up
    first and servers are restarted one by one.
    """
    found = schema_version(engine)
    if found == newest_version():
        return True
    if not is_newer(found):
        return False
    with engine.connect() as connection:
        said = connection.execute(select(Installation.value).where(_IS_BREAKING)).scalar()
    return set((said or "").split()) <= _known()


def require_newest(engine: Engine) -> None:
    """Refuse a database that this program cannot work on, naming what to do.

    Raises:
        Misconfigured: The schema is missing, older, or newer and without what this program needs.
    """
    if lives_with(engine):
        return
    found, wanted = schema_version(engine), newest_version()
    todo = "install a newer version" if is_newer(found) else "run `labeltrust migrate`"
    raise Misconfigured(f"the database has schema {found}, this program {wanted}; {todo}")


@contextmanager
def _locked(engine: Engine) -> Iterator[Config]:
    """Open one transaction for all steps, so that a killed migration leaves nothing behind."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        yield config


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _note_breaking(config: Config) -> None:
    """Tell older programs which steps took away what they may need."""
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    told = " ".join(sorted(s.revision for s in scripts if getattr(s.module, "BREAKING", False)))
    connection: Connection = config.attributes["connection"]
    connection.execute(delete(Installation).where(_IS_BREAKING))
    connection.execute(insert(Installation).values(name=BREAKING, value=told))


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
