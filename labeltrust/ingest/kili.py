"""Kili webhooks: a label that was submitted or reviewed, as its API tells it.

A job of the project's interface is a question of the job's name. Labels of type `AUTOSAVE` are
drafts; `PREDICTION` and `INFERENCE` are labels of a model; a review is the label of the reviewer.
The answer may be an object or, as the API gives it, a text that holds one.

The proof is the `Authorization` header that was given at registration, verbatim.

Settings: `project`, or `projects` from Kili's project id; `questions`; `labeler_key` (`id` or
`email` of the author; else the e-mail address). Whether all names of the API are in the event is
not documented: what is missing is refused by name.
"""

from functools import partial

from msgspec.structs import replace

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.domain.events import Event, LabelerKind, LabelValue, Parsed
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest._fields import checked_id, identifier
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
from labeltrust.ingest._signing import check_token, prove_header
from labeltrust.ingest._strict_json import check, read_strict, shown

_KINDS = frozenset({"onSubmit", "onReview"})
_MODELS = frozenset({"PREDICTION", "INFERENCE"})
_CORNERS = ("normalizedVertices", "vertices")


def parse(delivery: Delivery) -> Parsed:
    """Read the events of one webhook call.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown event.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"eventType": "project.updated", "logPayload": {"projectId": "p1"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> parse(Delivery(source="s", body=body, headers={}, received_at=now, config=config)).ignored
    1
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    kind = kind_of(tree, "eventType")
    if kind.startswith("project."):
        return gather(lambda _: NOTHING, [tree])
    if kind not in _KINDS:
        raise unknown_kind(kind, "eventType", _KINDS)
    return gather(partial(_label, route, kind), [tree])


def _label(route: Route, kind: str, tree: Json) -> Found:
    project = route.to(maybe_part(tree, "logPayload").get("projectId"))
    check(tree.get("payload"), "/payload")
    payload = part_of(tree, "payload")
    told = part_of(payload, "label", "/payload")
    sort = told.get("labelType", "DEFAULT")
    if project is None or sort == "AUTOSAVE":
        return NOTHING
    number = identifier(told.get("id"), "/payload/label/id")
    at = time_at(told, "createdAt", "/payload/label")
    is_model = sort in _MODELS if isinstance(sort, str) else False
    base = Event(
        type="label.submitted",
        project=project,
        event_id=f"{kind}:{number}:{at.isoformat() if at else ''}",
        item=identifier(payload.get("asset_id"), "/payload/asset_id"),
        labeler=_model(told) if is_model else _author(told, route),
        labeler_kind=_kind(is_model=is_model),
        annotation_id=number,
        occurred_at=at,
        revised_at=at,
        duration_seconds=seconds_at(told, "secondsToLabel"),
        detail={"action": kind, "label_type": sort if isinstance(sort, str) else shown(sort)},
    )
    found = _answers(told)
    events = [
        replace(
            base, question=route.question(name), event_id=f"{base.event_id}:{name}", label=label
        )
        for name, label in found.items()
        if route.question(name) is not None
    ]
    return Found(events=tuple(events), ignored=0 if events else 1)


def _kind(*, is_model: bool) -> LabelerKind:
    return "model" if is_model else "human"


def _author(told: Json, route: Route) -> str:
    field, place = route.labeler_key or "email", "/payload/label/author"
    return identifier(part_of(told, "author", "/payload/label").get(field), f"{place}/{field}")


def _model(told: Json) -> str:
    name = told.get("modelName")
    return checked_id(f"model:{name if isinstance(name, str) and name else 'unknown'}", "modelName")


def _answers(told: Json) -> dict[str, LabelValue]:
    place = "/payload/label/jsonResponse"
    jobs = _response(told.get("jsonResponse"), place)
    if len(jobs) > MAX_QUESTIONS:
        raise bad_label(f"answers more than {MAX_QUESTIONS} questions", place)
    found = {
        name: _answer(as_object(job, f"{place}/{name}"), f"{place}/{name}")
        for name, job in jobs.items()
        if name
    }
    return {name: label for name, label in found.items() if label not in (None, "", [])}


def _response(value: object, place: str) -> Json:
    if not isinstance(value, str):
        return as_object(value, place)
    try:
        return as_object(read_strict(value.encode()), place)
    except UnreadableDelivery as error:
        raise bad_label(error.detail, place) from None


def _answer(job: Json, place: str) -> LabelValue:
    if job.get("annotations") is not None:
        parts = list_of(job, "annotations", place)
        return ordered([_part(one, f"{place}/annotations/{n}") for n, one in enumerate(parts)])
    if job.get("categories") is not None:
        return one_or_list(_categories(job, place))
    if job.get("text") is not None:
        return text_at(job, "text", place) if job["text"] != "" else None
    raise bad_label("is an answer of no known kind", place)


def _categories(parent: Json, place: str) -> list[str]:
    told = [as_object(one, place) for one in list_of(parent, "categories", place)]
    return [text_at(one, "name", f"{place}/categories") for one in told]


def _part(value: object, place: str) -> dict[str, object]:
    told = as_object(value, place)
    label: dict[str, object] = {"labels": _categories(told, place)}
    if told.get("beginOffset") is not None:
        start, end = number_at(told, "beginOffset", place), told.get("endOffset")
        size = len(text_at(told, "content", place)) if end is None else 0
        stop = start + size if end is None else number_at(told, "endOffset", place)
        return label | {"start": start, "end": stop}
    for polygon in list_of(told, "boundingPoly", place):
        corners = as_object(polygon, f"{place}/boundingPoly")
        name = next((one for one in _CORNERS if corners.get(one) is not None), _CORNERS[0])
        return label | {"points": points_of(corners.get(name), f"{place}/boundingPoly/{name}")}
    if told.get("point") is not None:
        return label | {"points": points_of([told["point"]], f"{place}/point")}
    if told.get("polyline") is not None:
        return label | {"points": points_of(told["polyline"], f"{place}/polyline")}
    raise bad_label("is a shape of no known kind", place)


_HINT = "Register the webhook with this text as its Authorization header."

PLATFORM = Platform(
    name="kili",
    title="Kili",
    parser_version="kili/1",
    prove=prove_header,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    needs_project=True,
    basis="documentation",
    static_header="Authorization",
)
