"""Each suspect of an incident in time: since when, when flagged, and while held out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import HOLDS_LABELS, FreezeState
from labeltrust.domain.incident_times import Suspect


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectSpan:
    """A suspect; a moment that never was is None.

    Attributes:
        kind: `labeler` or `source`.
        flags: Numbers of the flags of the incident that stand.
        onset_at: The earliest estimated onset among them; None also where it is unknown.
        clock: By which clock it was estimated: `received` or `occurred`.
        flagged_at: When the first of them was opened.
        held_at: When the labels were first held out.
        lifted_at: When the last hold ended, None while one stands.
    """

    kind: str
    name: str
    flags: tuple[int, ...]
    onset_at: datetime | None
    clock: str
    flagged_at: datetime | None
    held_at: datetime | None
    lifted_at: datetime | None


def suspect_spans(
    suspects: Mapping[Suspect, str], flags: Iterable[FlagState], freezes: Collection[FreezeState]
) -> tuple[SuspectSpan, ...]:
    """Return the suspects of an incident, those who began first on top."""
    standing = [flag for flag in flags if flag.status != "dismissed"]
    found = [
        _span(who, name, [f for f in standing if who == ("labeler", f.labeler_id)], freezes)
        for who, name in suspects.items()
    ]
    return tuple(sorted(found, key=_order))


def _order(one: SuspectSpan) -> tuple[bool, str, str]:
    first = one.onset_at or one.flagged_at or one.held_at
    return first is None, "" if first is None else first.isoformat(), one.name


def _span(
    who: Suspect, name: str, flags: list[FlagState], freezes: Collection[FreezeState]
) -> SuspectSpan:
    mine = [f for f in freezes if f.kind in HOLDS_LABELS and who in _scopes(f)]
    lifted = [f.lifted_at for f in mine if f.lifted_at is not None]
    begun = sorted((f.since, f.clock) for f in flags if f.since is not None)
    return SuspectSpan(
        kind=who[0],
        name=name,
        flags=tuple(flag.id for flag in flags),
        onset_at=begun[0][0] if begun else None,
        clock=begun[0][1] if begun else "received",
        flagged_at=min((flag.opened_at for flag in flags), default=None),
        held_at=min((freeze.placed_at for freeze in mine), default=None),
        lifted_at=max(lifted) if mine and len(lifted) == len(mine) else None,
    )


def _scopes(freeze: FreezeState) -> tuple[tuple[str, int | None], ...]:
    return ("labeler", freeze.labeler_id), ("source", freeze.source_id)
