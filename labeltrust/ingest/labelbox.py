"""Labelbox webhooks: label events that repeat the format of its export.

A body tells the data row and, by project, its labels. Classifications are questions of their own
name, nested ones too; all objects of a label together answer the question `objects`. A skipped
label withdraws, an event `LABEL_DELETED` withdraws by the label's id. A body without labels (the
older form names just the project) asks for a read by the API. Reviews and workflow moves change no
label and are passed over.

The kind of event stands in a header that the signature does not cover; the names inside an event
are those of the export, taken from documentation.

Settings: `project`, or `projects` from Labelbox's project id; `questions`; `item_key`
(`global_key`, `external_id`; else the data row's id).
"""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from labeltrust.domain.events import Event, LabelValue, Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._layouts import HexHmac, prove_hex
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
    seconds_at,
    short_id,
    time_at,
    unknown_kind,
)
from labeltrust.ingest._regions import (
    bad_label,
    number_at,
    one_or_list,
    ordered,
    points_of,
    text_at,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token
from labeltrust.ingest._strict_json import check, shown

KIND = "x-labelbox-event"
OBJECTS = "objects"
_LABELS = frozenset({"LABEL_CREATED", "LABEL_UPDATED", "LABEL_DELETED"})
_PASSED_OVER = ("REVIEW_", "WORKFLOW_", "TASK_")
_SHAPES = ("bounding_box", "polygon", "line", "point", "location")


def parse(delivery: Delivery) -> Parsed:
    """Read the events of one webhook call.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown event.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> told = {"headers": {"x-labelbox-event": "LABEL_CREATED"}, "config": {"project": "fraud"}}
    >>> body, now = b'{"project": {"id": "p1"}}', datetime(2026, 11, 22, tzinfo=UTC)
    >>> parse(Delivery(source="s", body=body, received_at=now, **told)).pulls[0].object_id
    'p1'
    """
    route = Route.of(delivery.config)
    kind = kind_of(delivery.headers, KIND)
    if kind.startswith(_PASSED_OVER):
        return gather(lambda _: NOTHING, [kind])
    if kind not in _LABELS:
        raise unknown_kind(kind, KIND, _LABELS)
    tree = read_object(delivery.body)
    return gather(lambda part: part(), _parts(route, kind, tree))


def _parts(route: Route, kind: str, tree: Json) -> list[partial[Found]]:
    projects = tree.get("projects")
    if not isinstance(projects, dict) or not projects:
        return [partial(_pull, route, tree)]
    return [
        partial(_label, route, kind, tree, number, label)
        for number, project in projects.items()
        for label in _labels(project)
    ]


def _labels(project: object) -> list[object]:
    labels = project.get("labels") if isinstance(project, dict) else None
    return labels if isinstance(labels, list) else [labels]


def _pull(route: Route, tree: Json) -> Found:
    told = part_of(tree, "project")
    project = route.to(told.get("id"))
    if project is None:
        return NOTHING
    wanted = PullWanted(kind="project", object_id=short_id(told, "id", "/project"), project=project)
    return Found(pulls=(wanted,))


def _label(route: Route, kind: str, tree: Json, number: str, value: object) -> Found:
    project = route.to(number)
    if project is None:
        return NOTHING
    place = f"/projects/{number}/labels"
    check(value, place)
    told = as_object(value, place)
    details = maybe_part(told, "label_details", place)
    label_id = identifier(told.get("id"), f"{place}/id")
    changed = time_at(details, "updated_at", place)
    event_id = f"{kind}:{label_id}:{changed.isoformat() if changed else ''}"
    if kind == "LABEL_DELETED":
        gone = Event(
            type="label.withdrawn",
            project=project,
            event_id=event_id,
            annotation_id=label_id,
            detail={"action": kind},
        )
        return Found(events=(gone,))
    effort = maybe_part(told, "performance_details", place)
    votes, skipped = _answers(told, place), effort.get("skipped") is True
    base = Event(
        type="label.withdrawn" if skipped else "label.submitted",
        project=project,
        event_id=event_id,
        item=_item(tree, route),
        labeler=identifier(details.get("created_by"), f"{place}/label_details/created_by"),
        annotation_id=label_id,
        occurred_at=changed or time_at(details, "created_at", place),
        revised_at=changed,
        duration_seconds=seconds_at(effort, "seconds_to_create"),
        content=_content(tree),
        detail={"action": kind} | ({"skipped": True} if skipped else {}),
    )
    events = _events(base, votes, route, revised=kind == "LABEL_UPDATED")
    return Found(events=tuple(events), ignored=0 if events else 1)


def _events(
    base: Event, votes: dict[str, LabelValue], route: Route, *, revised: bool
) -> list[Event]:
    asked = [name for name in votes if route.question(name) is not None]
    skipped = base.type == "label.withdrawn"
    silent = [name for name in route.questions if name not in votes] if revised or skipped else []

    def said(name: str, **changes: object) -> Event:
        question = route.question(name) or name
        return replace(base, question=question, event_id=f"{base.event_id}:{name}", **changes)

    events = [said(name, label=None if skipped else votes[name]) for name in asked]
    return events + [said(name, type="label.withdrawn") for name in silent]


def _item(tree: Json, route: Route) -> str:
    field = route.item_key or "id"
    return identifier(part_of(tree, "data_row").get(field), f"/data_row/{field}")


def _content(tree: Json) -> dict[str, object]:
    row = maybe_part(tree, "data_row")
    check(row, "/data_row")
    return {name: row[name] for name in ("row_data", "global_key") if row.get(name) is not None}


def _answers(told: Json, place: str) -> dict[str, LabelValue]:
    """Return the answers of a label by the names of its questions."""
    annotations = maybe_part(told, "annotations", place)
    where = f"{place}/annotations"
    found: dict[str, LabelValue] = {}
    for name, label in _classified(list_of(annotations, "classifications", where), where):
        found.setdefault(name, label)
        if len(found) > MAX_QUESTIONS:
            raise bad_label(f"answers more than {MAX_QUESTIONS} questions", where)
    objects = list_of(annotations, OBJECTS, where)
    if objects:
        found[OBJECTS] = ordered(
            [_region(one, f"{where}/objects/{n}") for n, one in enumerate(objects)]
        )
    return found


def _classified(values: list[object], where: str) -> Iterator[tuple[str, LabelValue]]:
    for n, value in enumerate(values):
        place = f"{where}/classifications/{n}"
        told = as_object(value, place)
        label, inner = _choice(told, place)
        if label not in (None, "", []):
            yield text_at(told, "name", place), label
        for answer in inner:
            yield from _classified(list_of(answer, "classifications", place), place)


def _choice(told: Json, place: str) -> tuple[LabelValue, list[Json]]:
    """Return the answer to a classification, and the answers that may hold further ones."""
    if told.get("radio_answer") is not None:
        answer = part_of(told, "radio_answer", place)
        return text_at(answer, "name", f"{place}/radio_answer"), [answer]
    if told.get("checklist_answers") is not None:
        answers = [as_object(one, place) for one in list_of(told, "checklist_answers", place)]
        return one_or_list([text_at(one, "name", place) for one in answers]), answers
    if told.get("text_answer") is not None:
        content = part_of(told, "text_answer", place).get("content")
        return (content, []) if isinstance(content, str) else (None, [])
    raise bad_label("is an answer of no known kind", place)


def _region(value: object, place: str) -> dict[str, object]:
    told = as_object(value, place)
    shape = next((name for name in _SHAPES if told.get(name) is not None), None)
    if shape is None:
        raise bad_label(f"is a shape of no known kind: {shown(sorted(told)[:1])}", place)
    where = f"{place}/{shape}"
    return _shape(told, shape, where, place) | {"label": text_at(told, "name", place)}


def _shape(told: Json, shape: str, where: str, place: str) -> dict[str, object]:
    if shape in {"polygon", "line"}:
        return {"points": points_of(told[shape], where)}
    part = part_of(told, shape, place)
    if shape == "point":
        return {"points": points_of([part], where)}
    if shape == "location":
        return {name: number_at(part, name, where) for name in ("start", "end")}
    names = (("x", "left"), ("y", "top"), ("width", "width"), ("height", "height"))
    return {ours: number_at(part, theirs, where) for ours, theirs in names}


_HINT = "In Labelbox, enter this text as the webhook's secret."

PLATFORM = Platform(
    name="labelbox",
    title="Labelbox",
    parser_version="labelbox/1",
    prove=prove_hex(
        HexHmac(header="x-hub-signature-256", algorithm="sha256", prefix="sha256="),
        HexHmac(header="x-hub-signature", algorithm="sha1", prefix="sha1="),
    ),
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    kept_headers=(*EVIDENCE_HEADERS, KIND, "x-labelbox-id"),
    needs_project=True,
    basis="documentation",
)
