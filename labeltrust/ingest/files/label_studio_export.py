"""Label Studio's JSON export: a list of tasks with their annotations and predictions.

Read task by task, so that a large export needs little memory. Annotations follow the rules of the
webhook (whose label it is, what is no vote, whose gold counts); predictions are labels of a model;
drafts are passed over. A task without any label describes its item. A row is a task.
"""

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from labeltrust.domain.errors import InvalidEvent, InvalidInput, Misconfigured, UnreadableDelivery
from labeltrust.domain.events import Event, Parsed, Piece, Problem
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._label_studio.annotations import annotation_events
from labeltrust.ingest._label_studio.settings import Context, Settings
from labeltrust.ingest._label_studio.tasks import item_event, prediction_events
from labeltrust.ingest._strict_json import MAX_DEPTH, scan_json
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings

BLOCK_CHARACTERS = 2**20
MAX_TASK_CHARACTERS = 64 * 2**20
TASKS_PER_PIECE = 500
_BLANK = " \t\r\n"

Task = tuple[object, str]
"""A task and its text."""


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
    tasks, first_row = _tasks(stream), 1
    while piece := list(islice(tasks, min(settings.rows_per_piece, TASKS_PER_PIECE))):
        raw = "[" + ",".join(text for _, text in piece) + "]"
        parsed = _parsed([task for task, _ in piece], source)
        yield Piece(raw=raw.encode(), parsed=parsed, first_row=first_row)
        first_row += len(piece)


class _Text:
    """The text of a stream, of which a part is in memory."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.part = ""
        self.at = 0
        self.is_whole = False

    def grow(self) -> None:
        """Read on: as much again as is left, so that a long task is not scanned too often."""
        self.part = self.part[self.at :]
        self.at = 0
        block = self._stream.read(max(BLOCK_CHARACTERS, len(self.part)))
        self.is_whole = not block
        try:
            self.part += self._decoder.decode(block, final=self.is_whole)
        except UnicodeDecodeError as error:
            raise _broken(f"not UTF-8: {error.reason}", "not_utf8") from None

    def peek(self) -> str:
        """Return the next character that is not blank, "" at the end."""
        while True:
            while self.at < len(self.part) and self.part[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.part) or self.is_whole:
                return self.part[self.at : self.at + 1]
            self.grow()

    def value(self) -> Task:
        """Return the JSON value that begins here, and step behind it."""
        while True:
            try:
                value, end = scan_json(self.part, self.at)
            except json.JSONDecodeError as error:
                if self.is_whole or len(self.part) - self.at > MAX_TASK_CHARACTERS:
                    raise _broken(error.msg.lower(), "not_json") from None
            except RecursionError:
                raise _broken(f"nested deeper than {MAX_DEPTH} levels", "too_deep") from None
            else:
                if end < len(self.part) or self.is_whole:
                    text, self.at = self.part[self.at : end], end
                    return value, text
            self.grow()


def _tasks(stream: Readable) -> Iterator[Task]:
    text = _Text(stream)
    if text.peek() != "[":
        raise _broken("the file is no JSON list of tasks", "not_json")
    text.at += 1
    n_tasks = 0
    while text.peek() != "]":
        if n_tasks and text.peek() != ",":
            raise _broken(f"no comma behind task {n_tasks}", "not_json")
        text.at += bool(n_tasks)
        text.peek()
        yield _numbered(text, n_tasks + 1)
        n_tasks += 1
    text.at += 1
    if text.peek():
        raise _broken("something follows behind the list", "not_json")


def _numbered(text: _Text, row: int) -> Task:
    try:
        return text.value()
    except UnreadableDelivery as error:
        raise UnreadableDelivery(error.detail, place=f"row {row}", code=error.code) from None


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


def _broken(reason: str, code: str) -> UnreadableDelivery:
    return UnreadableDelivery(f"no Label Studio export: {reason}", code=code)


FORMAT = FileFormat(
    name="label-studio",
    title="Label Studio JSON export",
    parser_version="label-studio-export/1",
    read=read,
)
