"""What a replay found, beside what really happened."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from labeltrust.domain.clock import microseconds
from labeltrust.domain.flags import FlagState
from labeltrust.services._appraisal import Appraised
from labeltrust.services.deployment import Deployment
from labeltrust.store.labelers import labeler_names
from labeltrust.store.replay import Replay
from labeltrust.store.session import reading
from labeltrust.store.slices import Int

Key = tuple[str, int]
"""Question and labeler."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One labeler who would have been flagged, or was.

    Attributes:
        labeler_id: Opaque id.
        then_at: The first look that would have flagged, or None.
        then_signals: What the flag would have rested on.
        held_at: The first look that would have held the labels without a person, or None.
        really_at: When the first flag was opened, or None.
        labels: Labels of the labeler in all.
        labels_then: Of them, how many had come when the flag would have been opened.
        between: Labels that came between the two moments, negative where the flag would have come
            later; up to the end where it never came in truth; None where it never would have.
    """

    labeler: str
    labeler_id: int
    question: str
    then_at: datetime | None
    then_signals: tuple[str, ...]
    then_severity: str
    held_at: datetime | None
    really_at: datetime | None
    really_signals: tuple[str, ...]
    labels: int
    labels_then: int | None
    between: int | None


@dataclass(slots=True)
class Met:
    """Who was flagged, and who held, at which look first."""

    flagged: dict[Key, tuple[datetime, FlagState]] = field(default_factory=dict)
    held: dict[Key, datetime] = field(default_factory=dict)

    def meet(self, found: Sequence[Appraised], at: datetime) -> None:
        """Remember what one look found."""
        for one in found:
            for flag in one.appraisal.flags:
                key = (one.question, flag.state.labeler_id)
                self.flagged.setdefault(key, (at, flag.state))
            for freeze in one.appraisal.freezes:
                if freeze.state.labeler_id is not None:
                    self.held.setdefault((one.question, freeze.state.labeler_id), at)


def compared(
    deployment: Deployment,
    really: Mapping[Key, FlagState],
    replays: Mapping[str, Replay],
    met: Met,
) -> Iterator[Replayed]:
    """Yield who would have been flagged or was, earliest first."""
    keys = met.flagged.keys() | really.keys()
    with reading(deployment.engine) as session:
        names = labeler_names(session, {labeler for _, labeler in keys})
    received = _received(replays, keys)
    rows = [
        _row(key, names[key[1]], (met, really.get(key)), received.get(key, np.zeros(0, np.int64)))
        for key in keys
    ]
    yield from sorted(rows, key=lambda one: (one.then_at or _NEVER, one.labeler))


def _received(replays: Mapping[str, Replay], keys: Collection[Key]) -> dict[Key, Int]:
    """Return when the labels of some labelers came, by the clock of the replay."""
    found: dict[Key, Int] = {}
    for question, one in replays.items():
        loaded = one.at(np.iinfo(np.int64).max)
        times = one.clock_of(loaded)
        for code, labeler in enumerate(loaded.labelers):
            if (question, labeler.id) in keys:
                found[question, labeler.id] = times[loaded.labeler == code]
    return found


def _row(key: Key, name: str, what: tuple[Met, FlagState | None], labels: Int) -> Replayed:
    met, really = what
    then_at, then = met.flagged.get(key, (None, None))
    really_at = None if really is None else really.opened_at
    return Replayed(
        labeler=name,
        labeler_id=key[1],
        question=key[0],
        then_at=then_at,
        then_signals=() if then is None else tuple(then.signals),
        then_severity="" if then is None else then.severity,
        held_at=met.held.get(key),
        really_at=really_at,
        really_signals=() if really is None else tuple(really.signals),
        labels=int(labels.size),
        labels_then=None if then_at is None else _by(labels, then_at),
        between=None if then_at is None else _by(labels, really_at) - _by(labels, then_at),
    )


def _by(labels: Int, at: datetime | None) -> int:
    """Return how many labels had come by a moment; None is the end."""
    return int(labels.size if at is None else (labels <= microseconds(at)).sum())
