"""A replayed history in the background, so that whoever orders one need not wait for it.

What is stored names labelers by number, so that erasing a labeler reaches it too.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
import structlog

from labeltrust.domain.errors import Conflict, LabeltrustError, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import labeler_named
from labeltrust.services._heavy import heavily
from labeltrust.services._thresholds import under
from labeltrust.services.deployment import Deployment
from labeltrust.services.what_if import WhatIf, WhatIfDraft, check_draft, what_if
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, enqueue_once
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.replays import (
    ReplayRow,
    add_replay,
    finish_replay,
    forget_replays,
    get_replay,
    note_progress,
    replays_of,
)
from labeltrust.store.session import reading, unit_of_work

_LOG = structlog.get_logger("labeltrust.replays")
REPLAY = "replay"
KEPT = 10
"""Replays of a project that are kept, newest first."""
_MOST_ATTEMPTS = 3
_TELL_SECONDS = 1.0
_MACHINE = Principal(name="system:replay", role="owner", projects=None)


class _Kept(msgspec.Struct, frozen=True):
    """An order or a finding, with labelers by number."""

    what: msgspec.Raw
    labelers: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayLine:
    """An ordered replay: `done` of `looks` assessments are made; `error` says why none will be."""

    id: int
    ordered_at: datetime
    ordered_by: str
    draft: WhatIfDraft
    done: int
    looks: int
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replays:
    """The replays of a project, newest first, and what one of them found.

    Attributes:
        shown: Number of that one, or None.
    """

    lines: tuple[ReplayLine, ...]
    shown: int | None
    found: WhatIf | None

    @property
    def under_way(self) -> bool:
        """Whether one is not finished."""
        return any(line.finished_at is None for line in self.lines)


def order_replay(deployment: Deployment, principal: Principal, draft: WhatIfDraft) -> int:
    """Have the background worker replay a history, and return the number of the order.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope, or no such labeler in it.
        InvalidInput: A threshold, the clock or the looks cannot be.
        Conflict: Another replay of the project is under way.
    """
    principal.require("assess", draft.project)
    check_draft(draft)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, draft.project)
        under(project_of(session, row), draft.thresholds)
        project = known_id(row.id)
        if any(one.finished_at is None for one in replays_of(session, project, KEPT)):
            raise Conflict("another replay of this project is under way; wait for it")
        without = [labeler_named(deployment, session, row, name) for name in draft.without]
        kept = _Kept(_raw(replace(draft, without=())), without)
        number = add_replay(session, project, _text(kept), at, principal.name)
        forget_replays(session, project, KEPT)
        enqueue_once(session, REPLAY, str(number), at)
    return number


def replay_for_job(deployment: Deployment, lease: Lease) -> None:
    """Do the replay of a job; one that fails again and again is given up, and says so.

    Raises:
        LabeltrustError: It failed, and is to be tried again.
    """
    number = int(lease.key)
    try:
        heavily(deployment, carry_out_replay, number)
    except LabeltrustError as error:
        if lease.attempts < _MOST_ATTEMPTS:
            raise
        _LOG.exception("replay given up", replay=number)
        with unit_of_work(deployment.engine) as session:
            finish_replay(session, number, deployment.clock(), error=str(error)[:2000])


def carry_out_replay(deployment: Deployment, number: int) -> None:
    """Replay a history as ordered, telling how far it is, and keep what was found."""
    try:
        with reading(deployment.engine) as session:
            row = get_replay(session, number)
            draft = _named([row], labeler_names(session, _numbers([row.wanted])))[0].draft
    except NotFound:
        return  # forgotten meanwhile
    heard = [0.0]

    def told(done: int, looks: int) -> None:
        if time.monotonic() - heard[0] >= _TELL_SECONDS:
            heard[0] = time.monotonic()
            with unit_of_work(deployment.engine) as session:
                note_progress(session, number, done, looks)

    found = what_if(deployment, _MACHINE, draft, told)
    n = len(found.looks)
    plain = replace(
        found, without=(), labelers=tuple(replace(one, labeler="") for one in found.labelers)
    )
    text = _text(_Kept(_raw(plain), [one.labeler_id for one in found.labelers]))
    with unit_of_work(deployment.engine) as session:
        note_progress(session, number, n, n)
        finish_replay(session, number, deployment.clock(), found=text)


def show_replays(
    deployment: Deployment, principal: Principal, project: str, number: int | None = None
) -> Replays:
    """Return the replays of a project, and what one of them found: the newest unless named.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such replay of it.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        rows = replays_of(session, known_id(project_row(session, project).id), KEPT)
        done = [row for row in rows if row.found is not None]
        picked = [row for row in done if number in {None, row.id}][:1]
        if number is not None and number not in {row.id for row in rows}:
            detail = f"no replay {number} of project {project[:200]!r}"
            raise NotFound(detail)
        texts = [row.wanted for row in rows] + [row.found or "" for row in picked]
        names = labeler_names(session, _numbers(texts))
    lines = tuple(_named(rows, names))
    if not picked:
        return Replays(lines=lines, shown=None, found=None)
    draft = next(line.draft for line in lines if line.id == picked[0].id)
    found = _finding(picked[0].found or "", names, draft.without)
    return Replays(lines=lines, shown=picked[0].id, found=found)


def _finding(text: str, names: Mapping[int, str], without: tuple[str, ...]) -> WhatIf:
    kept = msgspec.json.decode(text, type=_Kept)
    found = msgspec.json.decode(kept.what, type=WhatIf)
    rows = (replace(one, labeler=_name(names, one.labeler_id)) for one in found.labelers)
    return replace(found, without=without, labelers=tuple(rows))


def _named(rows: Iterable[ReplayRow], names: Mapping[int, str]) -> list[ReplayLine]:
    return [_line(row, names) for row in rows]


def _line(row: ReplayRow, names: Mapping[int, str]) -> ReplayLine:
    kept = msgspec.json.decode(row.wanted, type=_Kept)
    draft = msgspec.json.decode(kept.what, type=WhatIfDraft)
    return ReplayLine(
        id=row.id,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        draft=replace(draft, without=tuple(_name(names, one) for one in kept.labelers)),
        done=row.done,
        looks=row.looks,
        finished_at=row.finished_at,
        error=row.error,
    )


def _name(names: Mapping[int, str], number: int) -> str:
    return names.get(number, f"labeler #{number}")


def _numbers(texts: Iterable[str]) -> set[int]:
    kept = (msgspec.json.decode(text, type=_Kept) for text in texts if text)
    return {number for one in kept for number in one.labelers}


def _raw(what: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(what))


def _text(kept: _Kept) -> str:
    return msgspec.json.encode(kept).decode()
