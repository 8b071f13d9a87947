"""The newest comparison of each project's features with those of earlier weeks: derived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete
from sqlmodel import Session, col, select

from labeltrust.store.tables import DriftReport, DriftTally

_read = msgspec.json.Decoder(dict[str, Any]).decode


def keep_drift(
    session: Session, project_id: int, at: datetime, document: Mapping[str, Any]
) -> None:
    """Replace what was found before."""
    text = msgspec.json.encode(document).decode()
    row = DriftReport(project_id=project_id, measured_at=at, document=text)
    session.merge(row)
    session.flush()


def kept_drift(session: Session, project_id: int) -> dict[str, Any] | None:
    """Return what was found last, None where nobody looked yet."""
    row = session.get(DriftReport, project_id)
    return None if row is None else _read(row.document)


def tally_looks(
    session: Session,
    project_id: int,
    hour: int,
    counts: Mapping[int, tuple[int, int]],
    *,
    forget: int,
) -> None:
    """Keep by source how many looks of an hour were possible and found drift, the last of it.

    Args:
        session: A transaction.
        project_id: Whose items.
        hour: Hours since 1970.
        counts: Looks and found drifts by row of the source.
        forget: Hours before this one are deleted.
    """
    for source, (looks, drifted) in sorted(counts.items()):
        row = DriftTally(
            project_id=project_id, source_id=source, hour=hour, looks=looks, drifted=drifted
        )
        session.merge(row)
    mine = col(DriftTally.project_id) == project_id
    session.execute(delete(DriftTally).where(mine, col(DriftTally.hour) < forget))


def looks_since(session: Session, project_id: int, hour: int) -> list[DriftTally]:
    """Return what was tallied of a project since an hour."""
    wanted = select(DriftTally).where(
        col(DriftTally.project_id) == project_id, col(DriftTally.hour) >= hour
    )
    return list(session.exec(wanted))
