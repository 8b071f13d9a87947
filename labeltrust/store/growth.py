"""How fast the endless history grows, and how long the disk lasts."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, delete, text
from sqlmodel import Session, col, select

from labeltrust.settings import Settings
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import Installation

WINDOW_DAYS: Final = 7
_DAY_SECONDS: Final = 86_400
_LEAST_DAYS: Final = 1 / 24
_PREFIX: Final = "size:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The size of the record and its future.

    Attributes:
        database_bytes: Size of the database now.
        bytes_a_day: Growth over the last week, or since the first measurement if that is less;
            None within an hour of the first.
        free_bytes: Free on the disk of the data folder; None where the database is elsewhere.
        days_left: Until the disk is full at this rate; None where that cannot be said.
    """

    database_bytes: int
    bytes_a_day: float | None
    free_bytes: int | None
    days_left: float | None

    def warning(self, settings: Settings) -> str | None:
        """Return what to say where the disk is full soon."""
        if self.days_left is None or self.days_left > settings.disk_warning_days:
            return None
        return (
            f"the disk is full in about {self.days_left:.0f} days: {self.free_bytes} bytes free, "
            f"{self.bytes_a_day:.0f} bytes a day; set LABELTRUST_RAW_RETENTION_DAYS or add room"
        )


def measure_growth(engine: Engine, settings: Settings, now: datetime) -> Growth:
    """Measure the record against its size of the last days, and note its size once a day.

    Ask now and then: what is not measured cannot be compared.

    >>> growth = Growth(database_bytes=10**9, bytes_a_day=1e8, free_bytes=10**9, days_left=10.0)
    >>> growth.warning(Settings(disk_warning_days=30)).split(":")[0]
    'the disk is full in about 10 days'
    """
    size = _database_bytes(engine)
    with unit_of_work(engine) as session:
        first = _first_sample(session, now) or _noted(session, now, size)
        _noted(session, now, size)
    days = (now - first.at).total_seconds() / _DAY_SECONDS
    a_day = max(size - first.size, 0) / days if days >= _LEAST_DAYS else None
    free = _free_bytes(settings)
    return Growth(
        database_bytes=size,
        bytes_a_day=a_day,
        free_bytes=free,
        days_left=free / a_day if free is not None and a_day else None,
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """The size of the database at a moment."""

    at: datetime
    size: int


def _first_sample(session: Session, now: datetime) -> _Sample | None:
    """Return the oldest sample of the window, and forget those before it."""
    since = f"{_PREFIX}{(now - timedelta(days=WINDOW_DAYS)).date().isoformat()}"
    named = col(Installation.name).startswith(_PREFIX)
    session.execute(delete(Installation).where(named, col(Installation.name) < since))
    row = session.exec(select(Installation).where(named).order_by(col(Installation.name))).first()
    if row is None:
        return None
    at, size = json.loads(row.value)
    return _Sample(datetime.fromisoformat(at), size)


def _noted(session: Session, now: datetime, size: int) -> _Sample:
    name = f"{_PREFIX}{now.date().isoformat()}"
    if session.get(Installation, name) is None:
        value = json.dumps([now.isoformat(), size])
        session.add(Installation(name=name, value=value))
        session.flush()
    return _Sample(now, size)


def _database_bytes(engine: Engine) -> int:
    sql = "SELECT pg_database_size(current_database())"
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.execute(text(sql)).scalar_one())
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())


def _free_bytes(settings: Settings) -> int | None:
    if not settings.url.startswith("sqlite"):
        return None
    folder = Path(settings.url.removeprefix("sqlite:///")).parent
    return shutil.disk_usage(folder).free if folder.exists() else None
