"""Gold as a platform flags it, beside gold on record: new gold is taken, people decide the rest.

A flag is lost without an event and without anybody's name, and at Label Studio any labeler can take
it away. So neither its loss nor another label changes gold by itself: a second person is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlmodel import col, select

from labeltrust.connectors._web import Api
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.principals import Principal
from labeltrust.policy.reconciliation import GRACE_US
from labeltrust.services._gaps import Gap
from labeltrust.services._pulling import Pull
from labeltrust.services.ask_gold import ask_gold
from labeltrust.store.annotated import Said
from labeltrust.store.gold import items_by_source
from labeltrust.store.registry import KnownQuestion
from labeltrust.store.session import reading
from labeltrust.store.tables import Approval

MACHINE = Principal(name="system:reconcile", role="owner", projects=None)


@dataclass(frozen=True, slots=True)
class _Difference:
    """New gold, and what a second person is asked for."""

    new: list[Event]
    other: list[Event]


def settle_gold(pull: Pull, api: Api) -> tuple[int, ...]:
    """Record new gold, ask for what would change, and return the numbers of the requests."""
    found = _compared(pull, api)
    pull.record([Gap(annotation_id=e.annotation_id or "", event=e, raw=None) for e in found.new])
    if pull.dry_run:
        return ()
    refused = _refused(pull)
    asked = [e for e in found.other if (e.item, e.question, e.label) not in refused]
    reason = f"found by pull {pull.number} of {pull.asked.source}: the platform says otherwise"
    return ask_gold(pull.deployment, MACHINE, pull.asked.source, asked, reason=reason)


def _compared(pull: Pull, api: Api) -> _Difference:
    compared, found = pull.compared, _Difference([], [])
    compared.gold = {
        key: event
        for key, event in compared.gold.items()
        if event.annotation_id not in pull.held_missing
    }
    items = compared.names.items({item for item, _ in compared.gold})
    told: set[tuple[int | None, int | None]] = set()
    for (item, name), event in compared.gold.items():
        question = compared.project.questions.get(name)
        if question is None:
            continue
        key = (items.get(item), question.id)
        told.add(key)
        said = compared.our_gold.get(key) if None not in key else None  # type: ignore[arg-type] # both known then
        _tell(pull, found, event, said, question)
    _lost(pull, api, told, found)
    return found


def _tell(
    pull: Pull, found: _Difference, event: Event, said: Said | None, question: KnownQuestion
) -> None:
    try:
        label = canonical_label(event.label, question.scale, question.classes)
    except InvalidEvent:
        return  # counted as unreadable with its annotation
    at = event.revised_at or event.occurred_at
    is_older = said is not None and at is not None and microseconds(at) <= said.order_us
    if said is not None and said.label == label:
        return
    if said is not None and is_older and (said.annotation is None or said.label is None):
        return  # people have decided since
    kind = "gold_missing" if said is None or said.label is None else "gold_changed"
    pull.compared.tally.add(kind, event.annotation_id or "")
    detail = {**event.detail, "reconciled": kind}
    changed = msgspec.structs.replace(event, detail=detail)
    (found.new if kind == "gold_missing" else found.other).append(changed)


def _lost(
    pull: Pull, api: Api, told: set[tuple[int | None, int | None]], found: _Difference
) -> None:
    """Find gold whose flag is gone: of an annotation that was seen, or is there no more."""
    compared = pull.compared
    untold = {
        key: (said, said.annotation)
        for key, said in compared.our_gold.items()
        if said.label is not None
        and said.annotation is not None
        and key not in told
        and said.received_us < compared.began_us - GRACE_US
    }
    there = compared.saw({number for _, number in untold.values()})
    lost = {
        key: said
        for key, (said, number) in untold.items()
        if number in there or _is_gone(pull, api, number)
    }
    questions = {q.id: name for name, q in compared.project.questions.items()}
    with reading(pull.deployment.engine) as session:
        names = items_by_source(session, compared.project.id, [item for item, _ in lost])
    outside = names.get(pull.asked.source, {})
    for (item, question), said in lost.items():
        if item not in outside or question not in questions:
            continue  # erased, or of a question that is not there any more
        compared.tally.add("gold_lost", said.annotation or "")
        found.other.append(
            Event(
                type="gold.withdrawn",
                project=compared.project.name,
                item=outside[item],
                question=questions[question],
                annotation_id=said.annotation,
            )
        )


def _is_gone(pull: Pull, api: Api, annotation_id: str) -> bool:
    return pull.connector.is_gone(api, pull.asked, annotation_id)


def _refused(pull: Pull) -> set[tuple[object, object, object]]:
    """Return what persons refused already, so that nobody is asked the same again."""
    wanted = select(Approval.change).where(
        col(Approval.project_id) == pull.compared.project.id,
        col(Approval.kind) == "gold_edits",
        col(Approval.status) == "refused",
        col(Approval.asked_by) == MACHINE.name,
    )
    with reading(pull.deployment.engine) as session:
        return set(_edits(session.exec(wanted)))


def _edits(changes: Iterable[str]) -> Iterable[tuple[object, object, object]]:
    for change in changes:
        for edit in msgspec.json.decode(change)["edits"]:
            yield edit["item"], edit["question"], edit["label"]
