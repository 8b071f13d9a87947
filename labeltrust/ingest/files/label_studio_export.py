"""Label Studio's JSON export: a list of tasks with their annotations and predictions.

Read task by task, so that a large export needs little memory. Annotations follow the rules of the
webhook (whose label it is, what is no vote, whose gold counts); predictions are labels of a model;
drafts are passed over. A task without any label describes its item. A row is a task.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from labeltrust.domain.errors import InvalidEvent, InvalidInput, Misconfigured
from labeltrust.domain.events import Event, Parsed, Piece, Problem
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._label_studio.annotations import annotation_events
from labeltrust.ingest._label_studio.settings import Context, Settings
from labeltrust.ingest._label_studio.tasks import item_event, prediction_events
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming, json_list
from labeltrust.ingest.files._look import Look

TASKS_PER_PIECE = 500
_NAMING = Naming("Label Studio export", "task")


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the tasks of an export piece by piece.

    Raises:
        UnreadableDelivery: No JSON list, or broken from here on.
        Misconfigured: The source's settings do not fit, or the file is to declare gold.

    >>> import io
    >>> file = io.BytesIO(b'[{"id": 1, "data": {"text": "x"}, "annotations": []}]')
    >>> next(read(file, RowSettings(project="fraud"))).parsed.events[0].content
    {'text': 'x'}
    """
    if settings.gold:
        detail = "a gold file is a table of items and labels; list 'gold_accounts' for an export"
        raise Misconfigured(detail)
    source = Settings.of({**settings.config, "project": settings.project})
    tasks, first_row = json_list(stream, _NAMING), 1
    while piece := list(islice(tasks, min(settings.rows_per_piece, TASKS_PER_PIECE))):
        raw = "[" + ",".join(text for _, text in piece) + "]"
        parsed = _parsed([task for task, _ in piece], source)
        yield Piece(raw=raw.encode(), parsed=parsed, first_row=first_row)
        first_row += len(piece)


def _parsed(tasks: list[object], source: Settings) -> Parsed:
    events: list[Event] = []
    positions: list[int] = []
    problems: list[Problem] = []
    for position, task in enumerate(tasks):
        before = len(events)
        for read_part in _readers(task, source):
            try:
                events += read_part()
            except InvalidInput as error:
                problems.append(problem_of(error, position))
        positions += [position] * (len(events) - before)
    n_drafts = sum(len(_list(task, "drafts")) for task in tasks)
    return Parsed(
        events=tuple(events),
        positions=tuple(positions),
        problems=tuple(problems),
        ignored=n_drafts,
    )


def _readers(task: object, source: Settings) -> Sequence[Callable[[], list[Event]]]:
    """Return what is to be read of a task, so that each part can fail by itself."""
    if not isinstance(task, dict) or "data" not in task:
        return [_refuse]
    annotated = Context(settings=source, action="ANNOTATION_EXPORTED")
    predicted = Context(settings=source, action="PREDICTION_EXPORTED")
    predictions = [one for one in _list(task, "predictions") if isinstance(one, dict)]
    readers = [
        *(partial(annotation_events, one, task, annotated) for one in _list(task, "annotations")),
        *(partial(prediction_events, one, task, predicted) for one in predictions),
    ]
    return readers or [partial(_described, task, source)]


def _refuse() -> list[Event]:
    detail = "no task with data; export as JSON (not JSON-MIN) from Label Studio"
    raise InvalidEvent(detail, code="not_a_task")


def _described(task: object, source: Settings) -> list[Event]:
    return [item_event(task, Context(settings=source, action="TASK_EXPORTED"))]


def _list(task: object, name: str) -> list[object]:
    part = task.get(name) if isinstance(task, dict) else None
    return part if isinstance(part, list) else []


def _looks_like(look: Look) -> bool:
    is_task = look.has("data") and look.has_any("annotations", "predictions", "drafts")
    return look.begin == "[" and is_task


FORMAT = FileFormat(
    name="label-studio",
    title="Label Studio JSON export",
    parser_version="label-studio-export/1",
    read=read,
    looks_like=_looks_like,
    known_from="run",
)
