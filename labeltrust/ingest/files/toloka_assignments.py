"""Toloka: assignments as a table (TSV) or as the API returns them (JSON Lines, a JSON list).

`OUTPUT:` fields are questions, `INPUT:` fields the item's content, `GOLDEN:` fields (the API's
`known_solutions`) declare gold. A rejected assignment holds labels all the same: rejecting it is a
matter of pay. What was skipped, has expired or is under way holds none. Labelers are worker ids.

The item is the task's id; where the table has none, the only `INPUT:` column, or the one that the
setting `item_key` names. Times are UTC, as the documentation says; how long one task took is not
said. A row is a row of the table, or an assignment.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from itertools import islice

from labeltrust.domain.errors import InvalidEvent, InvalidInput, UnreadableDelivery
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import (
    Around,
    Json,
    a_list,
    an_object,
    maybe_text,
    maybe_time,
)
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._lines import Lines
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import HEAD_BYTES
from labeltrust.ingest.files._records import BLANK, Part, Records, parsed_of, read_records
from labeltrust.ingest.files._streams import Rewound, first_bytes
from labeltrust.ingest.files._table import Row, header_text, table_rows

_IN, _OUT, _GOLDEN, _ABOUT = "INPUT:", "OUTPUT:", "GOLDEN:", "ASSIGNMENT:"
_KNOWN = (_IN, _OUT, _GOLDEN, _ABOUT, "HINT:", "ACCEPT:")
_STATES = {
    "APPROVED": True, "ACCEPTED": True, "REJECTED": True, "SUBMITTED": True,
    "ACTIVE": False, "SKIPPED": False, "EXPIRED": False,
}  # fmt: skip


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the rows of an export piece by piece.

    Raises:
        UnreadableDelivery: No such table, or no JSON.

    >>> import io
    >>> head = ["INPUT:text", "OUTPUT:verdict", "ASSIGNMENT:worker_id"]
    >>> rows = [chr(9).join(head), chr(9).join(["card", "fraud", "w1"])]
    >>> file = io.BytesIO(chr(10).join(rows).encode())
    >>> next(read(file, RowSettings(project="p"))).parsed.events[0].question
    'verdict'
    """
    head = first_bytes(stream, HEAD_BYTES)
    whole = Rewound(head, stream)
    if Look(head).begin in {"[", "{"} or head.startswith(b"PK"):
        yield from read_records(whole, settings, _RECORDS)
        return
    yield from _read_table(whole, settings)


def _read_table(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    # A table always names who labeled; whom the import names would be lost with the piece.
    around, lines = Around.of(replace(settings, labeler=None)), Lines(stream)
    rows = table_rows(lines, "\t")
    header, text = _header(rows)
    first_row = 1
    while piece := list(islice(rows, settings.rows_per_piece)):
        values = [_record(header, row) for row in piece]
        raw = text + "".join("".join(taken) for _, taken in piece)
        yield Piece(
            raw=raw.encode(errors="surrogateescape"),
            parsed=parsed_of(values, around, _row_parts),
            first_row=first_row,
        )
        first_row += len(piece)


def _header(rows: Iterator[Row]) -> tuple[Sequence[str], str]:
    for cells, taken in rows:
        if isinstance(cells, InvalidEvent):
            raise UnreadableDelivery(cells.detail, place="header", code=cells.code)
        if not cells:
            continue
        unknown = [name for name in cells if not name.startswith(_KNOWN)]
        if unknown or not any(name.startswith((_OUT, _GOLDEN)) for name in cells):
            detail = f"no table of assignments: {shown(unknown[0] if unknown else cells[0])}"
            raise UnreadableDelivery(detail, place="header", code="unknown_column")
        if len(set(cells)) < len(cells):
            raise UnreadableDelivery("a column stands twice", place="header", code="bad_header")
        return cells, header_text(taken)
    raise UnreadableDelivery("the file is empty", code="empty")


def _record(header: Sequence[str], row: Row) -> object:
    cells, _ = row
    if isinstance(cells, InvalidInput):
        return cells
    if not cells:
        return BLANK
    if len(cells) != len(header):
        detail = f"has {len(cells)} cells where the header has {len(header)}"
        return InvalidEvent(detail, code="wrong_columns")
    return dict(zip(header, cells, strict=True))


def _row_parts(row: Json, around: Around) -> list[Part]:
    about = {k.removeprefix(_ABOUT): v for k, v in row.items() if k.startswith(_ABOUT) and v}
    content = {k.removeprefix(_IN): v for k, v in row.items() if k.startswith(_IN)}
    item = _item(about.get("task_id"), content, around)
    told = about | {"user_id": about.get("worker_id"), "id": about.get("assignment_id")}
    answers = {k.removeprefix(_OUT): v for k, v in row.items() if k.startswith(_OUT) and v}
    golden = {k.removeprefix(_GOLDEN): v for k, v in row.items() if k.startswith(_GOLDEN) and v}
    return [
        partial(_answers, answers, told, item, content, around),
        *(partial(_gold, name, value, item, around) for name, value in golden.items()),
    ]


def _item(task: object, content: Json, around: Around) -> str:
    if around.item_key is None and task in (None, ""):
        if len(content) != 1:
            detail = "no task_id; name the INPUT column that tells items apart by 'item_key'"
            raise InvalidEvent(detail, place="ASSIGNMENT:task_id", code="missing_field")
        (task,) = content.values()
    return around.item(task, "ASSIGNMENT:task_id", content)


def _parts(assignment: Json, around: Around) -> list[Part]:
    tasks = [an_object(t, "tasks") for t in a_list(assignment.get("tasks"), "tasks")]
    solutions = a_list(assignment.get("solutions"), "solutions")
    if not tasks or (solutions and len(solutions) != len(tasks)):
        detail = f"{len(tasks)} tasks and {len(solutions)} solutions"
        raise InvalidEvent(detail, place="tasks", code="not_an_assignment")
    parts: list[Part] = []
    for number, task in enumerate(tasks):
        content = an_object(task.get("input_values") or {}, f"tasks/{number}/input_values")
        item = _item(task.get("id"), content, around)
        if solutions:
            answers = _values(solutions[number], f"solutions/{number}")
            parts.append(partial(_answers, answers, assignment, item, content, around))
        known = a_list(task.get("known_solutions"), f"tasks/{number}/known_solutions")
        if len(known) == 1:  # several are several right answers, which gold cannot say
            golden = _values(known[0], f"tasks/{number}/known_solutions/0")
            parts += [partial(_gold, name, one, item, around) for name, one in golden.items()]
    return parts


def _values(value: object, place: str) -> Json:
    told = an_object(value, place).get("output_values")
    return {} if told is None else an_object(told, f"{place}/output_values")


def _answers(
    answers: Json, about: Json, item: str, content: Json, around: Around
) -> Iterator[Event]:
    told = about.get("status", "SUBMITTED")
    status = maybe_text(told)
    if status not in _STATES:
        raise InvalidEvent(f"unknown status {shown(told)}", place="status", code="bad_status")
    if not _STATES[status]:
        return
    at = maybe_time(about.get("submitted"), "submitted", in_utc=True)
    assigned = maybe_time(about.get("created") or about.get("started"), "started", in_utc=True)
    detail = {
        "assignment": maybe_text(about.get("id")),
        "status": maybe_text(about.get("status")),
        "assigned_at": None if assigned is None else assigned.isoformat(),
    }
    for name, value in answers.items():
        label, scale = _label(value, name)
        question = None if label is None else around.question(name, scale)
        if question is not None:
            yield around.event(
                item=item,
                labeler=around.labeler(about.get("user_id"), "worker_id"),
                question=question,
                label=label,
                occurred_at=at,
                revised_at=at,
                content=content,
                detail={name: one for name, one in detail.items() if one is not None},
            )


def _gold(name: str, value: object, item: str, around: Around) -> list[Event]:
    label, scale = _label(value, f"{_GOLDEN}{name}")
    question = None if label is None else around.question(name, scale)
    if question is None:
        return []
    # The same for each row in which it stands, so that it is declared once.
    text = json.dumps([around.settings.project, item, question, label], sort_keys=True)
    digest = blake2b(text.encode(), digest_size=20).hexdigest()
    told = {"event_id": f"golden-{digest}", "item": item, "question": question, "label": label}
    return [around.event(**told, type="gold.declared")]


def _label(value: object, place: str) -> tuple[LabelValue, str | None]:
    """Return an answer and its scale; an answer that was left out is None."""
    if value in (None, ""):
        return None, None
    if isinstance(value, str | bool | int | float):
        return value, None
    parts = a_list(value, place)
    return [*parts], "set" if all(isinstance(part, str) for part in parts) else "spans"


def _looks_like(look: Look) -> bool:
    line = look.text.partition(b"\n")[0]
    is_table = b"\t" in line and line.startswith(tuple(name.encode() for name in _KNOWN))
    return is_table or look.has("solutions", "output_values", "tasks")


_RECORDS = Records(naming=Naming("Toloka export", "assignment"), parts=_parts)
FORMAT = FileFormat(
    name="toloka",
    title="Toloka assignments (TSV or JSON)",
    parser_version="toloka-assignments/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
