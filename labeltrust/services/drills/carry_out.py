"""Carry out a drill: labels arrive in a shadow, are assessed, and what happens is timed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from labeltrust.domain.drills import DrillDraft, DrillFound
from labeltrust.domain.events import Event
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.drills._campaigns import CLASSES, Campaign, campaign_of
from labeltrust.services.drills._shadow import (
    MACHINE,
    PROJECT,
    SOURCE,
    SUPPLIER,
    Shadow,
    shadow,
)
from labeltrust.services.verify_snapshot import verify_snapshot
from labeltrust.services.vet_source import decide_vetting, vet_source
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

Told = Callable[[int, int], None]
_LOOK_EVERY = 50
"""Labels between two assessments; at the usual pace that is the half minute in which one is due."""


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What was seen so far, by codes of labelers and places in the order of arrival."""

    flagged: set[int] = field(default_factory=set)
    frozen: set[int] = field(default_factory=set)
    found_place: int | None = None
    found_at: datetime | None = None
    contained_seconds: float | None = None


def carry_out(draft: DrillDraft, now: datetime, told: Told = lambda _done, _of: None) -> DrillFound:
    """Plant a campaign into a shadow and follow it until every attacker is held, or to its end.

    The path is the real one: the recorder writes, the assessment flags and freezes, the gate and a
    training set are asked. Nothing of it reaches the installation that ordered it.

    Args:
        draft: What is planted.
        now: When the last label arrives, so that all times of the shadow are past.
        told: Told of each assessment: how many were made, of how many.
    """
    began, planted = time.monotonic(), campaign_of(draft)
    pause = timedelta(minutes=1.0 / draft.labels_a_minute)
    start = now - pause * (planted.order.size + 1)
    seen = _Seen()
    with shadow(start, supplied=planted.file is not None) as stage:
        stage.received(_gold(planted), start)
        places = list(_looks(planted))
        for k, (low, high) in enumerate(places):
            at = start + pause * high
            is_file = (low, high) == planted.file
            events = _events(planted, low, high, start, pause)
            stage.received(events, at, SUPPLIER if is_file else SOURCE)
            if not is_file or not _vetting_finds(stage, planted, seen, low):
                _look(stage, planted, seen, high)
            told(k + 1, len(places))
            if _is_over(planted, seen):
                break
        is_open = check_gate(stage.deployment, MACHINE, PROJECT).open
    return _found(planted, seen, pause, is_open=is_open, seconds=time.monotonic() - began)


def _is_over(planted: Campaign, seen: _Seen) -> bool:
    """Say whether every attacker is held out of training sets: nothing more is to be timed."""
    bad = set(np.flatnonzero(planted.attacks).tolist())
    return seen.contained_seconds is not None and bad <= seen.frozen


def _looks(planted: Campaign) -> Iterator[tuple[int, int]]:
    """Yield which labels arrive before each look: many before the campaign, then few by few."""
    n, low = planted.order.size, max(planted.first_bad - 1, 1)
    if planted.file is not None:
        yield 0, planted.file[0]
        yield planted.file
        low = planted.file[1]
    else:
        yield 0, low
    for high in [*range(low + _LOOK_EVERY, n, _LOOK_EVERY), n]:
        yield low, high
        low = high


def _vetting_finds(stage: Shadow, planted: Campaign, seen: _Seen, place: int) -> bool:
    """Vet a supplier's file before it counts; trust the supplier where no concern is raised."""
    began = time.monotonic()
    if not vet_source(stage.deployment, MACHINE, SUPPLIER, PROJECT).concerns:
        decide_vetting(stage.deployment, MACHINE, SUPPLIER, "trust", reason="no concern")
        return False
    suspects = set(np.flatnonzero(planted.attacks).tolist())
    seen.flagged, seen.frozen = suspects, set(suspects)
    seen.found_place, seen.found_at = place, stage.clock()
    if _is_out(stage):
        seen.contained_seconds = time.monotonic() - began
    return True


def _look(stage: Shadow, planted: Campaign, seen: _Seen, place: int) -> None:
    """Assess, note who is flagged and held, and time the way out of training sets."""
    began = time.monotonic()
    assess_project(stage.deployment, MACHINE, PROJECT)
    seen.flagged, seen.frozen = _accused(stage)
    bad = set(np.flatnonzero(planted.attacks).tolist())
    if seen.found_at is None and seen.flagged & bad:
        seen.found_place, seen.found_at = place, stage.clock()
    if seen.found_at is None or seen.contained_seconds is not None or not seen.frozen & bad:
        return
    if _is_out(stage):
        waited = (stage.clock() - seen.found_at).total_seconds()
        seen.contained_seconds = waited + time.monotonic() - began


def _is_out(stage: Shadow) -> bool:
    """Write a training set, and say whether it verifies: nothing frozen is in it."""
    made = create_snapshot(stage.deployment, MACHINE, PROJECT)
    check_gate(stage.deployment, MACHINE, PROJECT)
    return verify_snapshot(stage.deployment, MACHINE, int(made["snapshot"])).ok


def _accused(stage: Shadow) -> tuple[set[int], set[int]]:
    with reading(stage.deployment.engine) as session:
        number = project_row(session, PROJECT).id or 0
        flags = {row.state.labeler_id for row in list_flags(session, number)}
        freezes = {row.state.labeler_id for row in list_freezes(session, number)}
        held = {one for one in freezes if one is not None}
        codes = {row: int(name) for row, name in labeler_names(session, flags | held).items()}
    return {codes[one] for one in flags}, {codes[one] for one in held}


def _events(
    planted: Campaign, low: int, high: int, start: datetime, pause: timedelta
) -> list[Event]:
    scene, rows = planted.scene, planted.order[low:high]
    columns = zip(
        range(low, high),
        scene.item[rows].tolist(),
        scene.labeler[rows].tolist(),
        scene.label[rows].tolist(),
        scene.duration_seconds[rows].tolist(),
        strict=True,
    )
    trigger = (scene.features or {})["trigger"]
    return [
        Event(
            type="label.submitted",
            project=PROJECT,
            event_id=f"label-{place}",
            item=str(item),
            labeler=str(labeler),
            label=CLASSES[label],
            occurred_at=start + pause * (place + 1),
            duration_seconds=None if seconds != seconds else seconds,  # noqa: PLR0124 - NaN
            item_features={"trigger": float(trigger[item])},
        )
        for place, item, labeler, label, seconds in columns
    ]


def _gold(planted: Campaign) -> list[Event]:
    items = np.flatnonzero(planted.scene.gold).tolist()
    return [
        Event(
            type="gold.declared",
            project=PROJECT,
            event_id=f"gold-{item}",
            item=str(item),
            label=CLASSES[int(planted.scene.truth[item])],
        )
        for item in items
    ]


def _found(
    planted: Campaign, seen: _Seen, pause: timedelta, *, is_open: bool, seconds: float
) -> DrillFound:
    bad = set(np.flatnonzero(planted.attacks).tolist())
    place, in_order = seen.found_place, planted.bad[planted.order]
    late = None if place is None else max(place - planted.first_bad, 0)
    minutes = None if late is None else late * pause.total_seconds() / 60
    return DrillFound(
        labels=int(planted.order.size),
        labelers=int(np.unique(planted.scene.labeler).size),
        attackers=len(bad),
        bad_labels=int(planted.bad.sum()),
        flagged=len(seen.flagged & bad),
        frozen=len(seen.frozen & bad),
        bad_until_found=None if place is None else int(in_order[:place].sum()),
        minutes_until_found=minutes,
        seconds_until_contained=seen.contained_seconds,
        others_flagged=len(seen.flagged - bad),
        others_frozen=len(seen.frozen - bad),
        victim_frozen=None if planted.victim is None else planted.victim in seen.frozen,
        gate_open=is_open,
        seconds=seconds,
        held_wrongly=tuple(sorted(seen.frozen - bad)),
    )
