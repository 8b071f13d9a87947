"""Label Studio webhooks, as its community edition sends them.

There is no signature, no event id and no retry. Proof of origin is a static header, which every
labeler of the community edition can read: a weak proof, to be confirmed by reading back where it
matters. An event id is made of action, annotation id, time of the last change and control, so that
a second registration of the same address, or a followed redirect, gives duplicates only.

A source's settings: `project`; optional `questions`, `gold_accounts`, `item_key` (see
`_label_studio/settings.py`) and `header` (the header that holds the secret, else `Authorization`).

Understood and ignored: changes of projects and label links, and deleted tasks: the platform has
forgotten the labels then, the record has not. Of the project only the names of the controls and
the model's version are read; its token, login and password never leave the delivery.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from labeltrust.domain.errors import InvalidInput, UnreadableDelivery
from labeltrust.domain.events import Event, Parsed, Problem
from labeltrust.ingest._base import Delivery, Platform, problem_of
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._label_studio.annotations import annotation_events
from labeltrust.ingest._label_studio.parts import as_object
from labeltrust.ingest._label_studio.settings import Context, Json, Settings
from labeltrust.ingest._label_studio.tasks import item_event
from labeltrust.ingest._signing import check_token, prove_header
from labeltrust.ingest._strict_json import Flaw, check, read_json, shown

MAX_EVENTS = 50_000  # a batch action sends 5,000 annotations; each may answer several controls
_IGNORED = frozenset(
    {
        "TASKS_DELETED",
        "PROJECT_CREATED",
        "PROJECT_UPDATED",
        "PROJECT_DELETED",
        "LABEL_LINK_CREATED",
        "LABEL_LINK_UPDATED",
        "LABEL_LINK_DELETED",
    }
)


def parse(delivery: Delivery) -> Parsed:
    """Read the events of one webhook call.

    Raises:
        UnreadableDelivery: No strict JSON, no payload, or an unknown action.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 5}]}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).events[0].annotation_id
    '5'
    """
    settings = Settings.of(delivery.config)
    tree = _object(read_json(delivery.body))
    action = tree.get("action")
    if not isinstance(action, str):
        raise UnreadableDelivery("no action is named", place="/action", code="unknown_action")
    if action in _IGNORED:
        tasks = tree.get("tasks")
        return _nothing(len(tasks) if isinstance(tasks, list) else 1)
    if action not in _PARTS:
        detail = (
            f"unknown action {shown(action)}; known are {', '.join([*_PARTS, *sorted(_IGNORED)])}"
        )
        raise UnreadableDelivery(detail, place="/action", code="unknown_action")
    return _PARTS[action](tree, Context.of(settings, action, tree.get("project")))


def check_config(config: Mapping[str, object]) -> None:
    """Refuse settings that do not fit.

    Raises:
        Misconfigured: Names the setting.

    >>> check_config({"project": "fraud"})
    """
    Settings.of(config)


def _object(tree: object) -> Json:
    if isinstance(tree, Flaw):
        raise UnreadableDelivery(tree.reason, code=tree.code)
    if not isinstance(tree, dict):
        raise UnreadableDelivery("the body is no object", code="not_an_object")
    return tree


def _nothing(n_parts: int) -> Parsed:
    return Parsed(events=(), positions=(), ignored=n_parts)


def _annotations(tree: Json, context: Context) -> Parsed:
    annotations, tasks = _part(tree, "annotation"), _part(tree, "task")
    if not isinstance(annotations, list):
        annotations, tasks = [annotations], [tasks]
    if not isinstance(tasks, list) or len(tasks) != len(annotations):
        raise UnreadableDelivery("task and annotation differ in number", code="bad_payload")
    return _collect(
        [
            partial(annotation_events, annotation, task, context)
            for annotation, task in zip(annotations, tasks, strict=True)
        ]
    )


def _deletions(tree: Json, context: Context) -> Parsed:
    return _collect([partial(_deletion, part, context) for part in _list(tree, "annotations")])


def _deletion(part: object, context: Context) -> list[Event]:
    """Return the withdrawal of an annotation of which nothing but its id is told."""
    check(part)
    annotation_id = identifier(as_object(part, "annotation").get("id"), "annotation.id")
    return [
        Event(
            type="label.withdrawn",
            project=context.settings.project,
            event_id=f"{context.action}:{annotation_id}",
            annotation_id=annotation_id,
            detail={"action": context.action},
        )
    ]


def _tasks(tree: Json, context: Context) -> Parsed:
    return _collect([partial(_task, task, context) for task in _list(tree, "tasks")])


def _task(task: object, context: Context) -> list[Event]:
    return [item_event(task, context)]


def _part(tree: Json, name: str) -> object:
    if tree.get(name) is not None:
        return tree[name]
    detail = f"the delivery holds no {name}: switch on 'Send payload' in the webhook's settings"
    raise UnreadableDelivery(detail, code="no_payload")


def _list(tree: Json, name: str) -> list[object]:
    part = _part(tree, name)
    return part if isinstance(part, list) else [part]


def _collect(readers: Sequence[Callable[[], list[Event]]]) -> Parsed:
    events: list[Event] = []
    positions: list[int] = []
    problems: list[Problem] = []
    for position, read in enumerate(readers):
        try:
            found = read()
        except InvalidInput as error:
            problems.append(problem_of(error, position))
            continue
        events += found
        positions += [position] * len(found)
        if len(events) > MAX_EVENTS:
            detail = f"the delivery states more than {MAX_EVENTS} events"
            raise UnreadableDelivery(detail, code="too_many_events")
    return Parsed(events=tuple(events), positions=tuple(positions), problems=tuple(problems))


_PARTS: Mapping[str, Callable[[Json, Context], Parsed]] = {
    "ANNOTATION_CREATED": _annotations,
    "ANNOTATION_UPDATED": _annotations,
    "ANNOTATIONS_CREATED": _annotations,
    "ANNOTATIONS_DELETED": _deletions,
    "TASKS_CREATED": _tasks,
}
_HINT = (
    "In Label Studio, under Settings, Webhooks, give the webhook the header "
    "'Authorization: Bearer SECRET'."
)

PLATFORM = Platform(
    name="label-studio",
    title="Label Studio",
    parser_version="label-studio/1",
    prove=prove_header,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_config,
    needs_project=True,
    static_header="Authorization",
)
