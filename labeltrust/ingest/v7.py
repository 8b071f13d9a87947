"""V7 Darwin webhooks: a workflow's webhook stage, and the older dataset webhook.

Who labeled is told only where annotators are exported. An annotation without any is nobody's
label, so the item is to be read by the API then, and nothing is guessed; one of several is a
problem, as in the export. Tags of a labeler together answer the question `tags`, shapes the
question `regions`; texts the question `text`.

No time and no event id is told: an event's id is made of what it says, so a copy is a duplicate.
A label that goes back to what it was before is a duplicate, too, and has to be reconciled.

Settings: `project`, or `projects` from a dataset's id or name; `questions`; `header` (that holds
the secret, else `Authorization`).
"""

from collections.abc import Mapping
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._payload import (
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
    short_id,
    unknown_kind,
    within,
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
from labeltrust.ingest._strict_json import check

_OLD = "workflow_complete"
TAGS, REGIONS, TEXT = "tags", "regions", "text"
_BOX = (("x", "x"), ("y", "y"), ("width", "w"), ("height", "h"))
Said = tuple[str, object]  # question, and one part of its answer


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call states or announces.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown event.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"item": {"id": "i1"}, "annotations": [{"name": "fraud", "tag": {}}]}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].object_id
    'i1'
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    if "item" in tree:
        return gather(partial(_stage, route), [tree])
    kind = kind_of(tree, "event_type")
    if kind != _OLD:
        raise unknown_kind(kind, "event_type", [_OLD])
    return gather(partial(_dataset, route), [tree])


def _stage(route: Route, tree: Json) -> Found:
    item = part_of(tree, "item")
    dataset = maybe_part(maybe_part(item, "source_info", "/item"), "dataset", "/item/source_info")
    project = route.to(dataset.get("id"), dataset.get("slug"), dataset.get("name"))
    if project is None:
        return NOTHING
    return _item(route, project, identifier(item.get("id"), "/item/id"), tree, "")


def _dataset(route: Route, tree: Json) -> Found:
    payload = part_of(tree, "payload")
    project = route.to(payload.get("dataset_id"))
    if project is None:
        return NOTHING
    number = identifier(payload.get("filename"), "/payload/filename")
    return _item(route, project, number, payload, "/payload")


def _item(route: Route, project: str, number: str, told: Json, place: str) -> Found:
    annotations = list_of(told, "annotations", place)
    check(annotations, f"{place}/annotations")
    by_labeler: dict[str, list[Json]] = {}
    refused: list[InvalidEvent] = []
    unknown = not annotations
    for n, value in enumerate(annotations):
        annotation = as_object(value, f"{place}/annotations/{n}")
        labelers = _labelers(annotation, f"{place}/annotations/{n}")
        unknown = unknown or not labelers
        if len(labelers) > 1:
            refused.append(_of_several(f"{place}/annotations/{n}"))
        elif labelers:
            by_labeler.setdefault(labelers[0], []).append(annotation)
    if unknown:
        return Found(pulls=(_pull(project, told, place),))
    return Found(
        refused=tuple(refused),
        events=tuple(
            Event(
                type="label.submitted",
                project=project,
                item=number,
                labeler=labeler,
                question=route.question(name) or name,
                label=label,
            )
            for labeler, theirs in by_labeler.items()
            for name, label in _answers(theirs, f"{place}/annotations").items()
            if route.question(name) is not None
        ),
    )


def _of_several(place: str) -> InvalidEvent:
    detail = "names several annotators and does not say whose label it is"
    return InvalidEvent(detail, place=place, code="several_labelers")


def _pull(project: str, told: Json, place: str) -> PullWanted:
    item = maybe_part(told, "item", place)
    known = short_id(item, "id", "/item") if item else short_id(told, "filename", place)
    more = within(item, "/item", name="name") if item else within(told, place, dataset="dataset_id")
    return PullWanted(kind="item", object_id=known, project=project, within=more)


def _labelers(annotation: Json, place: str) -> list[str]:
    people = [as_object(one, place) for one in list_of(annotation, "annotators", place)]
    return list(
        dict.fromkeys(identifier(p.get("email"), f"{place}/annotators/email") for p in people)
    )


def _answers(annotations: list[Json], place: str) -> Mapping[str, LabelValue]:
    said = [_said(one, place) for one in annotations]
    tags = sorted({str(part) for name, part in said if name == TAGS})
    texts = [str(part) for name, part in said if name == TEXT]
    regions = [part for name, part in said if name == REGIONS and isinstance(part, dict)]
    found: dict[str, LabelValue] = {
        TAGS: one_or_list(tags),
        TEXT: "\n".join(texts) or None,
        REGIONS: ordered(regions) or None,
    }
    return {name: label for name, label in found.items() if label is not None}


def _said(annotation: Json, place: str) -> Said:
    """Return what one annotation says; the older kind keeps its shape under `data`."""
    name = text_at(annotation, "class_name" if "class_name" in annotation else "name", place)
    told = part_of(annotation, "data", place) if "class_name" in annotation else annotation
    if told.get("tag") is not None:
        return TAGS, name
    if told.get("bounding_box") is not None and told.get("polygon") is None:
        box = part_of(told, "bounding_box", place)
        shape = {ours: number_at(box, theirs, f"{place}/bounding_box") for ours, theirs in _BOX}
        return REGIONS, shape | {"label": name}
    if told.get("polygon") is not None:
        corners = [
            point for path in _paths(part_of(told, "polygon", place), place) for point in path
        ]
        return REGIONS, {"points": corners, "label": name}
    if told.get("text") is not None:
        return TEXT, text_at(part_of(told, "text", place), "text", f"{place}/text")
    raise bad_label("is an annotation of no known kind", place)


def _paths(polygon: Json, place: str) -> list[list[list[float]]]:
    one = polygon.get("path")
    paths = [one] if one is not None else list_of(polygon, "paths", f"{place}/polygon")
    return [points_of(path, f"{place}/polygon") for path in paths]


_HINT = "In the webhook stage, set an authorization header with this text as its value."

PLATFORM = Platform(
    name="v7",
    title="V7 Darwin",
    parser_version="v7/2",
    prove=prove_header,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    needs_project=True,
    basis="documentation",
    static_header="Authorization",
)
