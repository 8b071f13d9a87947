"""Files of verdicts: csv with a header, or one JSON object a line."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.services.record_verdicts import VerdictDraft

COLUMNS = ("audit", "task", "item", "label", "reviewer", "seconds", "cannot_tell")
MOST_BYTES = 64 * 1_048_576
_YES = frozenset({"1", "true", "yes", "x"})
_NO = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """A verdict of a file, and the audit it names, if any."""

    audit: int | None
    draft: "VerdictDraft"


def verdicts_of(path: Path) -> list[VerdictRow]:
    """Return the verdicts of a file; its first character tells JSON lines from csv.

    Raises:
        InvalidInput: Names file, row and field.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"larger than {MOST_BYTES} bytes", place=str(path))
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot be read: {error}", place=str(path)) from None
    rows = _json_lines(text, path) if text.lstrip().startswith("{") else _csv_rows(text, path)
    return [_verdict(row, f"{path}, row {number}") for number, row in rows]


def _json_lines(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidInput(f"no JSON: {error}", place=f"{path}, row {number}") from None
        if not isinstance(row, dict):
            raise InvalidInput("not a JSON object", place=f"{path}, row {number}")
        yield number, row


def _csv_rows(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise InvalidInput("wrong number of cells", place=f"{path}, row {number}")
            yield number, row
    except csv.Error as error:
        place = f"{path}, row {reader.line_num}"
        raise InvalidInput(f"no csv: {error}", place=place) from None


def _verdict(row: Mapping[str, Any], place: str) -> VerdictRow:
    from labeltrust.services.record_verdicts import VerdictDraft  # noqa: PLC0415 - slow imports

    unknown = [name for name in row if name not in COLUMNS]
    if unknown:
        known = ", ".join(COLUMNS)
        detail = f"unknown column {unknown[0]!r}; known are {known}"
        raise InvalidInput(detail, place=place, code="unknown_column")
    item = row.get("item")
    draft = VerdictDraft(
        task=_whole(row.get("task"), "task", place),
        item=None if item in (None, "") else str(item),
        label=row.get("label"),
        cannot_tell=_yes(row.get("cannot_tell"), place),
        seconds=_number(row.get("seconds"), place),
        reviewer=str(row["reviewer"]) if row.get("reviewer") else None,
        place=place,
    )
    return VerdictRow(audit=_whole(row.get("audit"), "audit", place), draft=draft)


def _whole(value: object, name: str, place: str) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - 64 bits
        raise InvalidInput(f"{name} is {text[:40]!r}, must be a number", place=place)
    return int(text)


def _number(value: object, place: str) -> float | None:
    if value in (None, ""):
        return None
    try:
        found = float(str(value))
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or found < 0:
        raise InvalidInput(f"seconds is {str(value)[:40]!r}, must be a number", place=place)
    return found


def _yes(value: object, place: str) -> bool:
    text = "" if value is None else str(value).strip().lower()
    if text not in _YES | _NO:
        raise InvalidInput(f"cannot_tell is {text[:40]!r}, must be true or false", place=place)
    return text in _YES
