"""The service level indicators of a project: counted, judged against objectives, and written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.clock import microseconds
from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.domain.measures import MEASURES, Measure, Tally
from labeltrust.domain.principals import Principal
from labeltrust.policy.burn import Counted, Judged, Series, Windows, judge
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis import indicators
from labeltrust.services.slis._base import Asked, Found, SlotCounts
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once
from labeltrust.store.snapshots import source_names

NOT_COUNTED = "not counted in this installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sli:
    """One indicator of a project, or of a source or labeler of it.

    Attributes:
        measure: What is measured.
        source: Name of the source, or None.
        labeler: Name of the labeler, or None.
        source_id: Row of the source, or None.
        labeler_id: Row of the labeler, or None.
        judged: How it stands against its objective.
        beside: Numbers that stand beside the value.
    """

    measure: Measure
    source: str | None = None
    labeler: str | None = None
    source_id: int | None = None
    labeler_id: int | None = None
    judged: Judged
    beside: Mapping[str, Measured] = field(default_factory=dict)

    @property
    def is_part(self) -> bool:
        """Whether it is of a source or a labeler, not of the whole project."""
        return self.source_id is not None or self.labeler_id is not None

    def calmed(self) -> "Sli":
        """Return the same, telling nobody."""
        return replace(self, judged=replace(self.judged, firing=None))


Whose = tuple[int | None, int | None]
PROJECT: Whose = (None, None)


def read_slis(deployment: Deployment, principal: Principal, project: str) -> list[Sli]:
    """Return every measure of a project, then those of its sources and labelers that have one.

    A handful of small reads, however many labels there are.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        asked = Asked(
            deployment=deployment,
            session=session,
            project=row,
            project_id=known_id(row.id),
            now=deployment.clock(),
        )
        return slis_of(asked)


def slis_of(asked: Asked) -> list[Sli]:
    """Return the indicators of a project within an open read."""
    found = [one for measure in MEASURES.values() for one in _of_measure(asked, measure)]
    sources = source_names(asked.session)
    wanted = {one.labeler_id for one in found if one.labeler_id is not None}
    labelers = labeler_names(asked.session, wanted)
    return [_named(one, sources, labelers) for one in found]


def _of_measure(asked: Asked, measure: Measure) -> list[Sli]:
    indicator = indicators().get(measure.id)
    found = Found(reason=NOT_COUNTED) if indicator is None else indicator.read(asked)
    at = microseconds(asked.now) // 1_000_000
    if found.reason:
        return [Sli(measure=measure, judged=_nothing(found.reason), beside=found.beside)]
    return [
        Sli(
            measure=measure,
            source_id=source,
            labeler_id=labeler,
            judged=_judged(measure, found, over, (source, labeler), at),
            beside=found.beside if (source, labeler) == PROJECT else {},
        )
        for (source, labeler), over in _whose(measure, found).items()
    ]


def _whose(measure: Measure, found: Found) -> dict[Whose, Windows]:
    """Return what the project, each source and each labeler is counted by."""
    if found.windows:
        return {(source, None): _Windows(count) for source, count in found.windows.items()}
    if found.counts is not None:
        return _of_sources(measure, found.counts)
    tallies = found.tallies
    whose: dict[Whose, Windows] = {PROJECT: _series(tallies, measure)}
    for key in sorted({t.source for t in tallies if t.source is not None}):
        whose[key, None] = _series([t for t in tallies if t.source == key], measure)
    for key in sorted({t.labeler for t in tallies if t.labeler is not None}):
        whose[None, key] = _series([t for t in tallies if t.labeler == key], measure)
    return whose


def _of_sources(measure: Measure, counts: SlotCounts) -> dict[Whose, Windows]:
    everything = np.ones(counts.source.size, dtype=np.bool_)
    whose: dict[Whose, Windows] = {PROJECT: _slots(counts, everything, measure)}
    for key in np.unique(counts.source).tolist():
        whose[key, None] = _slots(counts, counts.source == key, measure)
    return whose


def _slots(counts: SlotCounts, chosen: NDArray[np.bool_], measure: Measure) -> Series:
    at, valid, bad = (column[chosen] for column in (counts.at, counts.valid, counts.bad))
    return Series(at=at, valid=valid, bad=bad, slot_seconds=measure.slot_seconds)


def _judged(measure: Measure, found: Found, over: Windows, one: Whose, at: int) -> Judged:
    objective = found.objective if measure.own_objective else measure.objective
    judged = judge(measure, over, objective, at)
    if one == PROJECT and found.value is not None:
        return replace(judged, value=found.value)
    return judged


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows that a module counts itself."""

    counted: Callable[[int], Counted]

    def over(self, now: int, seconds: int) -> Counted:  # noqa: ARG002 - as of a series
        """Return what the last so many seconds hold."""
        return self.counted(seconds)


def _series(tallies: Sequence[Tally], measure: Measure) -> Series:
    numbers = np.array(
        [(t.hour * 3_600 + t.minute * 60, t.valid, t.bad) for t in tallies], dtype=np.int64
    ).reshape(-1, 3)
    return Series(
        at=numbers[:, 0], valid=numbers[:, 1], bad=numbers[:, 2], slot_seconds=measure.slot_seconds
    )


def _nothing(reason: str) -> Judged:
    unknown = Undefined(reason=reason)
    return Judged(
        value=unknown, objective=None, budget_left=unknown, burning=(), firing=None, bad=0
    )


def _named(one: Sli, sources: Mapping[int, str], labelers: Mapping[int, str]) -> Sli:
    return replace(
        one,
        source=None if one.source_id is None else sources.get(one.source_id),
        labeler=None if one.labeler_id is None else labelers.get(one.labeler_id),
    )
