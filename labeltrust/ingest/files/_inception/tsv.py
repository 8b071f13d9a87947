"""WebAnno TSV 3: tokens with their annotations in columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._inception import Layers, named
from labeltrust.ingest.files._parts import Part, span

MAGIC = "#FORMAT=WebAnno TSV 3"
_PLACE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_NUMBERED = re.compile(r"(.*)\[([0-9]{1,9})\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_MEANT = {"t": "\t", "n": "\n", "r": "\r"}
_NOTHING, _NULL = "_", "*"
_FIRST_COLUMN = 3


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is read: the question of a feature."""

    at: int
    question: str


def read_tsv(text: str) -> tuple[str | None, Layers]:
    """Return text and spans of a document.

    Chains, relations and slots are not read.

    Raises:
        UnreadableDelivery: No WebAnno TSV 3.
        InvalidEvent: A broken line, which it names.

    >>> head = MAGIC + ".3" + chr(10) + "#T_SP=webanno.custom.Fraud|kind" + chr(10) * 3
    >>> row = chr(9).join(["1-1", "0-4", "card", "stolen", ""])
    >>> read_tsv(head + "#Text=card" + chr(10) + row)[1]
    {'Fraud.kind': [{'start': 0, 'end': 4, 'label': 'stolen'}]}
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if not lines[0].startswith(MAGIC):
        raise UnreadableDelivery(f"begins with {shown(lines[0])}, not {MAGIC}", code="bad_tsv")
    columns, width = _columns(lines)
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            _read(line.rstrip("\r"), number, columns, width, found)
    layers: dict[str, list[Part]] = {}
    for (question, _, value), (start, end) in found.items():
        layers.setdefault(question, []).append(span(start, end, value, question))
    texts = [line.removeprefix("#Text=") for line in lines if line.startswith("#Text=")]
    return "\n".join(map(_plain, texts)), layers


def _columns(lines: Sequence[str]) -> tuple[list[_Column], int]:
    """Return the columns that are read, and how many a row has."""
    found: list[_Column] = []
    at = _FIRST_COLUMN
    for line in lines:
        kind, _, layer = line.rstrip("\r").partition("=")
        if kind not in {"#T_SP", "#T_CH", "#T_RL"}:
            continue
        name, *features = layer.split("|")
        is_target = False
        for feature in features or [""]:
            is_slot = feature.startswith("ROLE_")
            if kind == "#T_SP" and not is_slot and not is_target:
                found.append(_Column(at, named(name, feature)))
            is_target = is_slot
            at += 1
    return found, at


def _read(
    line: str,
    number: int,
    columns: Sequence[_Column],
    width: int,
    found: dict[tuple[str, str, str], tuple[int, int]],
) -> None:
    cells = line.split("\t")
    place = _PLACE.fullmatch(cells[1]) if len(cells) > 1 else None
    if place is None or len(cells) < width:
        detail = f"has {len(cells)} columns of {width}, or no place like 0-4 in the second"
        raise InvalidEvent(detail, place=f"line {number}", code="bad_line")
    start, end = int(place[1]), int(place[2])
    for column in columns:
        for stacked, (mark, value) in enumerate(_values(cells[column.at])):
            key = column.question, mark or f"{number}.{stacked}", value
            before = found.get(key, (start, end))
            found[key] = min(before[0], start), max(before[1], end)


def _values(cell: str) -> Iterator[tuple[str, str]]:
    """Yield the stacked values of a cell, each with the number that joins it over tokens."""
    if cell == _NOTHING:
        return
    for part in re.split(r"(?<!\\)\|", cell):
        numbered = _NUMBERED.fullmatch(part)
        value, mark = (numbered[1], numbered[2]) if numbered else (part, "")
        if value not in (_NOTHING, ""):
            yield mark, "" if value == _NULL else _plain(value)


def _plain(text: str) -> str:
    return _ESCAPED.sub(
        lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), text
    )
