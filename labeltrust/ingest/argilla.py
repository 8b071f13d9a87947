"""Argilla 2 webhooks: signed by Standard Webhooks, for the whole server, not for one dataset.

Only a submitted response is a vote. A discarded one, an update that makes a draft, and a question
that an update no longer answers withdraw what the labeler said before; a new draft is passed over.
A deletion withdraws by the response's id, in all questions at once.

Every attempt to deliver carries a new `webhook-id`, so an event's id is made of its type, the
response's id and the moment of the event, which are the same in each attempt. Times of the
response itself name no zone; UTC is meant.

`record.completed` holds no responses, and what happens to records and datasets changes no label:
created and updated records describe their items, the rest is passed over.

Settings: `project`, or `projects` from a dataset's id or name; `questions`; `item_key`
(`external_id`, or a key of the record's metadata; else the record's id) and `labeler_key`
(`username`; else the user's id). Names of users stay in the sealed delivery otherwise.
"""

from functools import partial

from msgspec.structs import replace

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Parsed
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._payload import (
    MAX_QUESTIONS,
    NOTHING,
    Found,
    Json,
    as_object,
    gather,
    kind_of,
    list_of,
    maybe_part,
    part_of,
    read_object,
    time_at,
    unknown_kind,
)
from labeltrust.ingest._regions import bad_label, number_at, one_or_list, ordered, ranking, text_at
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_signing_secret, prove_standard_webhook
from labeltrust.ingest._strict_json import check, shown

_RESPONSES = frozenset({"response.created", "response.updated", "response.deleted"})
_RECORDS = frozenset({"record.created", "record.updated"})
_PASSED_OVER = frozenset(
    {
        "ping",
        "record.completed",
        "record.deleted",
        "dataset.created",
        "dataset.updated",
        "dataset.deleted",
        "dataset.published",
    }
)


def parse(delivery: Delivery) -> Parsed:
    """Read the events of one webhook call.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown type.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"type": "ping", "data": {"agent": "argilla-server"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> parse(Delivery(source="s", body=body, headers={}, received_at=now, config=config)).ignored
    1
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    kind = kind_of(tree, "type")
    if kind in _PASSED_OVER:
        return gather(lambda _: NOTHING, [tree])
    if kind not in _RESPONSES | _RECORDS:
        raise unknown_kind(kind, "type", _RESPONSES | _RECORDS | _PASSED_OVER)
    return gather(partial(_response if kind in _RESPONSES else _record, route, kind), [tree])


def _response(route: Route, kind: str, tree: Json) -> Found:
    check(tree.get("data"), "/data")
    told = part_of(tree, "data")
    draft = told.get("status") == "draft"
    if draft and kind == "response.created":
        return NOTHING
    record = maybe_part(told, "record", "/data")
    dataset = maybe_part(record, "dataset", "/data/record")
    project = route.to(dataset.get("id"), dataset.get("name"))
    if project is None and dataset:
        return NOTHING
    base = _base(route, _known(project), kind, tree)
    if kind == "response.deleted":
        return Found(events=(base,))
    submitted = told.get("status") == "submitted"
    votes = _votes(told, route) if submitted else {}
    events = [_said(base, name, route, label=label) for name, label in votes.items()]
    if kind == "response.updated" or not submitted:
        silent = [name for name in _questions(dataset, route) if name not in votes]
        events += [_said(base, name, route, type="label.withdrawn") for name in silent]
    return Found(events=tuple(events), ignored=0 if events else 1)


def _known(project: str | None) -> str:
    if project is None:
        detail = "names no dataset, so setting 'projects' cannot tell the project"
        raise InvalidEvent(detail, place="/data/record", code="missing_field")
    return project


def _base(route: Route, project: str, kind: str, tree: Json) -> Event:
    """Return what all events of a response share: a whole event where it was deleted."""
    told = part_of(tree, "data")
    response = identifier(told.get("id"), "/data/id")
    record = maybe_part(told, "record", "/data")
    moment = time_at(tree, "timestamp")
    gone = kind == "response.deleted"
    return Event(
        type="label.withdrawn" if gone else "label.submitted",
        project=project,
        event_id=f"{kind}:{response}:{moment.isoformat() if moment else ''}",
        item="" if gone else _item(record, route),
        labeler=None if gone else _labeler(told, route),
        annotation_id=response,
        occurred_at=moment if gone else time_at(told, "updated_at", "/data", naive_is_utc=True),
        revised_at=moment,
        content=maybe_part(record, "fields", "/data/record"),
        detail={"action": kind, "status": shown_status(told)},
    )


def _said(base: Event, name: str, route: Route, **changes: object) -> Event:
    question, event_id = route.question(name) or name, f"{base.event_id}:{name}"
    return replace(base, question=question, event_id=event_id, **changes)


def shown_status(told: Json) -> str:
    """Return a response's status as text, whatever it is.

    >>> shown_status({"status": "submitted"}), shown_status({})
    ('submitted', 'None')
    """
    status = told.get("status")
    return status if isinstance(status, str) else shown(status)


def _item(record: Json, route: Route) -> str:
    if route.item_key is None:
        return identifier(record.get("id"), "/data/record/id")
    if route.item_key == "external_id":
        return identifier(record.get("external_id"), "/data/record/external_id")
    metadata = maybe_part(record, "metadata", "/data/record")
    return identifier(metadata.get(route.item_key), f"/data/record/metadata/{route.item_key}")


def _labeler(told: Json, route: Route) -> str:
    field = route.labeler_key or "id"
    return identifier(part_of(told, "user", "/data").get(field), f"/data/user/{field}")


def _questions(dataset: Json, route: Route) -> list[str]:
    """Return the questions of a dataset that are asked for, by the platform's names."""
    told = [
        as_object(one, f"/data/record/dataset/questions/{n}").get("name")
        for n, one in enumerate(list_of(dataset, "questions", "/data/record/dataset"))
    ]
    names = [name for name in told if isinstance(name, str) and name]
    known = dict.fromkeys([*names[:MAX_QUESTIONS], *route.questions])
    return [name for name in known if route.question(name) is not None]


def _votes(told: Json, route: Route) -> dict[str, LabelValue]:
    values = maybe_part(told, "values", "/data")
    if len(values) > MAX_QUESTIONS:
        detail = f"answers {len(values)} questions, at most {MAX_QUESTIONS} are read"
        raise InvalidEvent(detail, place="/data/values", code="too_many_questions")
    places = {name: f"/data/values/{name}" for name in values if name}
    found = {
        name: _label(part_of(values, name, "/data/values").get("value"), place)
        for name, place in places.items()
        if route.question(name) is not None
    }
    return {name: label for name, label in found.items() if label not in (None, "", [])}


def _label(value: object, place: str) -> LabelValue:
    """Return a value as a label: text, number, list of texts, ranking or spans."""
    if value is None or isinstance(value, str | int | float):
        return value
    if not isinstance(value, list):
        raise bad_label(f"is {shown(value)}, no answer of a known kind", place)
    if all(isinstance(one, str) for one in value):
        return one_or_list(value)
    parts = [as_object(one, f"{place}/{n}") for n, one in enumerate(value)]
    if all("start" in one for one in parts):
        return ordered([_span(one, f"{place}/{n}") for n, one in enumerate(parts)])
    return ranking([_ranked(one, f"{place}/{n}") for n, one in enumerate(parts)])


def _span(part: Json, place: str) -> dict[str, object]:
    return {
        "start": number_at(part, "start", place),
        "end": number_at(part, "end", place),
        "label": text_at(part, "label", place),
    }


def _ranked(part: Json, place: str) -> tuple[float | None, str]:
    rank = None if part.get("rank") is None else number_at(part, "rank", place)
    return rank, text_at(part, "value", place)


def _record(route: Route, kind: str, tree: Json) -> Found:
    check(tree.get("data"), "/data")
    record = part_of(tree, "data")
    dataset = maybe_part(record, "dataset", "/data")
    project = route.to(dataset.get("id"), dataset.get("name"))
    if project is None:
        return NOTHING
    moment = time_at(tree, "timestamp")
    number = identifier(record.get("id"), "/data/id")
    described = Event(
        type="item.described",
        project=project,
        event_id=f"{kind}:{number}:{moment.isoformat() if moment else ''}",
        item=_item(record, route),
        occurred_at=moment,
        revised_at=moment,
        content=maybe_part(record, "fields", "/data"),
        detail={"action": kind},
    )
    return Found(events=(described,))


_HINT = (
    "Argilla makes the secret and shows it when the webhook is created; give it to labeltrust with "
    "`source add --secret-file`, or `source rotate`."
)

PLATFORM = Platform(
    name="argilla",
    title="Argilla",
    parser_version="argilla/1",
    prove=prove_standard_webhook,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_signing_secret,
    check_config=check_route,
    kept_headers=(*EVIDENCE_HEADERS, "webhook-id", "webhook-timestamp", "webhook-signature"),
    needs_project=True,
    basis="captured",
)
