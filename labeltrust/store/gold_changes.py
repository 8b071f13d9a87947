"""Gold that one person would change by events: left out of the record, for a second person to see.

The newest gold event of an item counts; what is older than it changes nothing, and is taken.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from labeltrust.domain.events import Problem
from labeltrust.store.aliases import Key
from labeltrust.store.batches import Batch
from labeltrust.store.checks import Draft
from labeltrust.store.repeats import TAKES_TWO, Names
from labeltrust.store.statements import Statements

# The words of the condition are those of the index, or neither database would use it.
_STANDING: Final = (
    "SELECT item_alias_id, question_id, type, label, "
    "coalesce(revised_us, occurred_us, received_us), event_id FROM event "
    "WHERE type IN ('gold.declared', 'gold.withdrawn') AND item_alias_id {in}"
)


class _Said(NamedTuple):
    """What an event says of an item; the greater of two counts."""

    at_us: int
    event_id: str
    label: str | None


_Gold = dict[tuple[Key, int | None], _Said]


def leave_changes(statements: Statements, batches: Sequence[Batch], names: Names) -> None:
    """Refuse, in its place, each gold event that would change gold and may not do so."""
    for batch in batches:
        drafts = [draft for draft in batch.new if draft.plain.type[:5] == "gold."]
        if drafts and not batch.packed.may_change_gold:
            _leave(drafts, _standing(statements, drafts, names))
            batch.settled()


def _standing(statements: Statements, drafts: Sequence[Draft], names: Names) -> _Gold:
    known: dict[int, Key] = {}
    for draft in drafts:
        alias = names.of(draft)[0].id
        if alias is not None and draft.item_key is not None:
            known[alias] = draft.item_key
    found: _Gold = {}
    for alias, question, kind, label, at_us, event_id in statements.rows_in(_STANDING, known):
        told = label if kind == "gold.declared" else None
        _tell(found, (known[alias], question), _Said(at_us, event_id, told))
    return found


def _tell(found: _Gold, key: tuple[Key, int | None], said: _Said) -> None:
    found[key] = max(found.get(key, said), said, key=lambda one: one[:2])


def _leave(drafts: Sequence[Draft], standing: _Gold) -> None:
    for draft in drafts:
        if draft.item_key is None:
            continue
        key, said = (draft.item_key, draft.question.id), _said(draft)
        now = standing.get(key)
        if now is None or now.label in {None, said.label} or said[:2] < now[:2]:
            _tell(standing, key, said)
        else:
            draft.problem = _problem(draft)


def _said(draft: Draft) -> _Said:
    plain = draft.plain
    times = (plain.revised_us, plain.occurred_us, draft.received_us)
    at_us = next(time for time in times if time is not None)
    return _Said(at_us, draft.stored_id or plain.event_id, draft.label)


def _problem(draft: Draft) -> Problem:
    act = "changed" if draft.label is not None else "withdrawn"
    detail = f"gold of item {draft.plain.item[:200]!r} would be {act}, which takes two persons"
    return Problem(index=draft.plain.position, code=TAKES_TWO, detail=detail, status=409)
