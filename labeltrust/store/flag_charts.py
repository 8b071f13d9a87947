"""Charts that are kept with flags: what a signal saw when it first accused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.store.tables import Flag, FlagChart

Accusation = tuple[str, int, str]
"""Question, labeler and signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptChart:
    """A chart of one signal in one case.

    Attributes:
        flag_id: Number of the flag.
        signal: Name of the signal.
        drawn_at: When the assessment was made that saw it.
        frame: The frame that is drawn, packed; see `services/_case_charts.py`.
    """

    flag_id: int
    signal: str
    drawn_at: datetime
    frame: bytes


def add_charts(session: Session, charts: Sequence[KeptChart]) -> None:
    """Store charts; none of these flags may have one of that signal."""
    session.add_all(
        FlagChart(flag_id=c.flag_id, signal=c.signal, drawn_at=c.drawn_at, frame=c.frame)
        for c in charts
    )
    session.flush()


def charted(session: Session, project_id: int) -> set[Accusation]:
    """Return the accusations of flags that are not dismissed of which a chart is kept."""
    wanted = (
        select(Flag.question, Flag.labeler_id, FlagChart.signal)
        .join(FlagChart, col(FlagChart.flag_id) == col(Flag.id))
        .where(col(Flag.project_id) == project_id, col(Flag.status) != "dismissed")
    )
    return set(session.exec(wanted).all())


def charts_of_flag(session: Session, flag_id: int) -> dict[str, datetime]:
    """Return when each chart of a flag was seen, by signal."""
    wanted = select(FlagChart.signal, FlagChart.drawn_at).where(col(FlagChart.flag_id) == flag_id)
    return dict(session.exec(wanted).all())


def chart_of_flag(session: Session, flag_id: int, signal: str) -> KeptChart | None:
    """Return the chart of a signal that is kept with a flag, or None."""
    row = session.get(FlagChart, (flag_id, signal))
    if row is None:
        return None
    return KeptChart(flag_id=row.flag_id, signal=row.signal, drawn_at=row.drawn_at, frame=row.frame)
