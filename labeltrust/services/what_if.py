"""Replay a project's history under other thresholds, or without some labelers; nothing is written.

The history is assessed as of successive moments, each time from what was known by then, with no
flag or freeze on record: who would have been flagged first, when, and by which signal.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from labeltrust.domain.clock import moment
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import FlagState
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.policy.settings import PolicySettings
from labeltrust.policy.thresholds import Thresholds
from labeltrust.services._appraisal import Appraised, appraised, rules_of
from labeltrust.services._cases import labeler_named
from labeltrust.services._item_words import WordsOf, kept_words, words_in
from labeltrust.services._replayed import Key, Met, Replayed, compared
from labeltrust.services._thresholds import differing, under
from labeltrust.services.appraise import History
from labeltrust.services.deployment import Deployment
from labeltrust.store.flags import list_flags
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.replay import Replay, replay
from labeltrust.store.session import reading
from labeltrust.store.snapshots import probation_sources

CLOCKS = ("received", "occurred")
MOST_LOOKS = 400
_DAY_US = 86_400_000_000
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfDraft:
    """What is to be otherwise, and when the history is looked at.

    Attributes:
        without: Labelers whose labels are taken as if they had never come.
        thresholds: Thresholds that differ from those in force; None unsets one.
        looks: How often it is assessed, after equal numbers of labels each.
        every_days: Or after so many days each.
        clock: `received` replays what was known; `occurred` goes by the times that sources claim,
            for a history that was imported at once.
    """

    project: str
    without: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=dict)
    looks: int = 10
    every_days: float | None = None
    clock: str = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A replayed history.

    Attributes:
        changed: Thresholds that differ: (in force, replayed).
        looks: The moments of the assessments.
        divided: At how many of them so many were suspected that peers prove nothing.
        labelers: Who would have been flagged or was: earliest first.
    """

    project: str
    without: tuple[str, ...]
    changed: Mapping[str, tuple[float | None, float | None]]
    clock: str
    looks: tuple[datetime, ...]
    divided: int
    labelers: tuple[Replayed, ...]


def what_if(
    deployment: Deployment,
    principal: Principal,
    draft: WhatIfDraft,
    told: Told = lambda done, of: None,  # noqa: ARG005 - nobody listens
) -> WhatIf:
    """Replay a history and compare it with what really happened.

    Labels are read once, in short slices, so that a server goes on recording meanwhile; flags,
    freezes and history stay as they are.

    Args:
        deployment: The installation.
        principal: Who asks.
        draft: What is to be otherwise.
        told: Told how many assessments are done, of how many.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such labeler in it.
        InvalidInput: A threshold, the clock or the looks cannot be.
    """
    principal.require("read", draft.project)
    check_draft(draft)
    facts = _facts(deployment, draft)
    replays = _replays(deployment, facts, draft)
    looks = _looks(replays, draft)
    words = {n: kept_words(words_in(deployment.engine), one.items) for n, one in replays.items()}
    met, divided = Met(), 0
    for number, at_us in enumerate(looks, start=1):
        found = [_look(facts, name, (one, words[name]), at_us) for name, one in replays.items()]
        met.meet(found, moment(at_us))
        divided += any(one.appraisal.divided for one in found)
        told(number, len(looks))
    really = {key: flag for key, flag in facts.really.items() if key[1] not in facts.without}
    return WhatIf(
        project=draft.project,
        without=draft.without,
        changed=differing(deployment.settings, facts.now, facts.then),
        clock=draft.clock,
        looks=tuple(moment(at_us) for at_us in looks),
        divided=divided,
        labelers=tuple(compared(deployment, really, replays, met)),
    )


def check_draft(draft: WhatIfDraft) -> None:
    """Refuse a clock or looks that cannot be.

    Raises:
        InvalidInput: Names what it is.
    """
    if draft.clock not in CLOCKS:
        detail = f"clock is {draft.clock[:40]!r}, must be one of {', '.join(CLOCKS)}"
        raise InvalidInput(detail, place="clock")
    if not 1 <= draft.looks <= MOST_LOOKS:
        detail = f"looks is {draft.looks}, must be 1 to {MOST_LOOKS}"
        raise InvalidInput(detail, place="looks")
    days = draft.every_days
    if days is not None and not (math.isfinite(days) and days > 0):
        detail = f"every is {days} days, must be more than none"
        raise InvalidInput(detail, place="every")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The project as it is and as it is replayed, with what is on record."""

    now: Project
    then: Project
    rules: PolicySettings
    probation: tuple[int, ...]
    without: frozenset[int]
    really: Mapping[Key, FlagState]


def _facts(deployment: Deployment, draft: WhatIfDraft) -> _Facts:
    with reading(deployment.engine) as session:
        row = project_row(session, draft.project)
        now, number = project_of(session, row), known_id(row.id)
        really: dict[Key, FlagState] = {}
        for flag in list_flags(session, number):  # oldest first
            really.setdefault((flag.state.question, flag.state.labeler_id), flag.state)
        then = under(now, draft.thresholds)
        return _Facts(
            now=now,
            then=then,
            rules=rules_of(deployment.settings, then),
            probation=tuple(probation_sources(session, number)),
            without=frozenset(
                labeler_named(deployment, session, row, name) for name in draft.without
            ),
            really=really,
        )


def _replays(deployment: Deployment, facts: _Facts, draft: WhatIfDraft) -> dict[str, Replay]:
    return {
        question.name: replay(
            deployment.engine,
            draft.project,
            question.name,
            without=facts.without,
            is_claimed=draft.clock == "occurred",
        )
        for question in facts.now.questions
    }


def _looks(replays: Mapping[str, Replay], draft: WhatIfDraft) -> list[int]:
    """Return the moments at which the history is looked at; the last one sees all of it."""
    times = np.sort(np.concatenate([one.times_us for one in replays.values()]))
    if not times.size:
        return []
    if draft.every_days is None:
        places = np.arange(1, draft.looks + 1) * times.size // draft.looks - 1
        return [int(at) for at in np.unique(times[np.maximum(places, 0)])]
    first, last = int(times[0]), int(times[-1])
    step = max(int(draft.every_days * _DAY_US), 1)
    n = -(-(last - first) // step)
    if n > MOST_LOOKS:
        span = timedelta(microseconds=last - first)
        detail = f"{n} looks in {span.days} days are more than {MOST_LOOKS}; look less often"
        raise InvalidInput(detail, place="every")
    return [min(first + k * step, last) for k in range(1, n + 1)] or [last]


def _look(facts: _Facts, question: str, replayed: tuple[Replay, WordsOf], at_us: int) -> Appraised:
    standing = (History(), moment(at_us))
    one, words_of = replayed
    return appraised(
        question,
        one.at(at_us),
        facts.probation,
        facts.rules,
        standing,
        documented=False,
        words_of=words_of,
    )
