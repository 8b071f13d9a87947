"""Whether an installation can do its work this moment; quick, and open to everybody."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.checkpoints.standing import standing
from labeltrust.services.deployment import Deployment
from labeltrust.services.intake import Intake
from labeltrust.store.migrate import is_newer, lives_with, schema_version
from labeltrust.store.session import DURABLE, is_durable, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One thing looked at; it names no address and no version, since anybody may ask."""

    name: str
    ok: bool
    detail: str


def check_health(deployment: Deployment) -> tuple[HealthCheck, ...]:
    """Look at database, schema and durability; one that fails does not hide the others."""
    return tuple(_looked(deployment, name) for name in _LOOKS)


def check_writer(intake: Intake) -> HealthCheck:
    """Look whether deliveries can be written."""
    alive, trouble = intake.writer.is_alive, intake.writer.trouble.words
    detail = trouble or f"{intake.writer.waiting_rows} events wait" if alive else "stopped"
    return HealthCheck(name="writer", ok=alive and not trouble, detail=detail)


def _looked(deployment: Deployment, name: str) -> HealthCheck:
    try:
        ok, detail = _LOOKS[name](deployment)
    except LabeltrustError as error:
        ok, detail = False, error.code
    except Exception as error:  # noqa: BLE001 - whatever it is, the installation is not ready
        ok, detail = False, type(error).__name__
    return HealthCheck(name=name, ok=ok, detail=detail)


def _database(deployment: Deployment) -> tuple[bool, str]:
    with reading(deployment.engine) as session:
        session.connection().execute(text("SELECT 1"))
    return True, "answers"


def _schema(deployment: Deployment) -> tuple[bool, str]:
    if not lives_with(deployment.engine):
        return False, "not the newest; run `labeltrust migrate`"
    newer = is_newer(schema_version(deployment.engine))
    return True, "newer than this server, which can work on it" if newer else "newest"


def _durability(deployment: Deployment) -> tuple[bool, str]:
    if deployment.settings.unsafe_durability:
        return True, "off, as LABELTRUST_UNSAFE_DURABILITY allows: for tests only"
    with reading(deployment.engine) as session:
        connection = session.connection()
        if deployment.engine.dialect.name == "sqlite":
            level = connection.execute(text("PRAGMA synchronous")).scalar_one()
            journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
            return is_durable(journal, level), f"journal={journal}, synchronous={level}"
        values = {n: connection.execute(text(f"SHOW {n}")).scalar_one() for n in DURABLE}
    return "off" not in values.values(), ", ".join(f"{n}={v}" for n, v in values.items())


def _checkpoints(deployment: Deployment) -> tuple[bool, str]:
    """Say it, and stay ready: a receiver outside that is away must not stop the intake."""
    try:
        found = standing(deployment)
    except (LabeltrustError, SQLAlchemyError):
        return True, "not known"  # the looks at database and schema say why
    return True, f"{'late: ' if found.late else ''}{found.words}"


_LOOKS = {
    "database": _database,
    "schema": _schema,
    "durability": _durability,
    "checkpoints": _checkpoints,
}
