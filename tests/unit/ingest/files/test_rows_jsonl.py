"""JSON Lines: generic events or table rows, one a line."""

import io
import json

import pytest

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.files import RowSettings
from labeltrust.ingest.files.rows_jsonl import read

ROW = {"item": "i", "labeler": "a", "label": "x"}


def pieces(lines, **settings):
    body = b"\n".join(
        one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines
    )  # fmt: skip
    return list(read(io.BytesIO(body), RowSettings(project="fraud", **settings)))


def parsed(*lines, **settings):
    (piece,) = pieces(lines, **settings)
    return piece.parsed


def test_a_line_is_a_row_of_the_imported_project():
    (one,) = parsed(ROW, question="verdict", labeler_kind="import").events

    assert (one.type, one.project, one.event_id) == ("label.submitted", "fraud", None)
    assert (one.question, one.labeler_kind) == ("verdict", "import")


def test_names_of_a_table_are_other_names_of_an_events_fields():
    row = ROW | {"event_id": "e1", "created_at": "2026-11-22T10:00:00Z", "item_text": "hello"}
    event = ROW | {"id": "e1", "occurred_at": "2026-11-22T10:00:00Z", "content": {"text": "hello"}}

    (one, other) = parsed(row, event | {"type": "label.submitted", "project": "fraud"}).events

    assert one == other


def test_a_gold_file_declares_gold():
    (one,) = parsed({"item": "i", "label": "x"}, gold=True).events

    assert (one.type, one.labeler) == ("gold.declared", None)


def test_broken_lines_are_named_and_the_rest_goes_in():
    found = parsed(
        ROW,
        b"{",
        b"",
        ROW | {"project": "other"},
        ROW | {"lable": "x"},
        ROW | {"label": None},
        b'{"item": "i", "item": "j", "labeler": "a", "label": "x"}',
        b"[1]",
        b"\xff",
        ROW,
    )

    assert found.positions == (0, 9)
    assert [(one.index, one.code) for one in found.problems] == [
        (1, "not_json"), (3, "wrong_project"), (4, "unknown_field"), (5, "missing_field"),
        (6, "duplicate_key"), (7, "not_an_object"), (8, "not_utf8"),
    ]  # fmt: skip


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\r\n"])
def test_blank_lines_and_line_ends_say_nothing(end):
    body = json.dumps(ROW).encode() + b"\n \n" + json.dumps(ROW).encode() + end

    (piece,) = read(io.BytesIO(body), RowSettings(project="fraud"))

    assert piece.parsed.positions == (0, 2)


def test_pieces_name_their_first_row_and_can_be_read_again():
    found = pieces([ROW | {"item": f"i{n}"} for n in range(5)] + [b"{"], rows_per_piece=2)

    assert [piece.first_row for piece in found] == [1, 3, 5]
    for piece in found:
        (again,) = read(io.BytesIO(piece.raw), RowSettings(project="fraud"))
        assert again.parsed == piece.parsed


def test_a_line_without_end_is_refused():
    with pytest.raises(UnreadableDelivery, match="longer than"):
        list(read(io.BytesIO(b'{"item": "' + b"x" * 17 * 2**20), RowSettings(project="p")))


HOSTILE = {
    "NaN": b"NaN", "-Infinity": b"-Infinity", "1e999": b"1e999", "2^53": b"9007199254740992",
    "5,000 digits": b"7" * 5_000, "key twice": b'{"x": 1, "x": 2}', "NUL": b'"\\u0000"',
    "long key": b'{"' + b"k" * 129 + b'": 1}', "lone surrogate": b'"\\ud800"',
    "raw surrogate": b'"\xed\xa0\x80"', "21 levels": b"[" * 20 + b"]" * 20,
    "100,000 brackets": b"[" * 100_000, "100,000 braces": b'{"a":' * 100_000,
}  # fmt: skip


def test_a_hostile_line_is_one_problem_and_its_neighbours_go_in():
    good = json.dumps(ROW).encode()
    for name, value in HOSTILE.items():
        bad = good[:-1] + b', "content": {"x": ' + value + b"}}"
        found = [piece.parsed for piece in pieces([good, bad, good])]

        assert sum(len(one.events) for one in found) == 2, name
        assert sum(len(one.problems) for one in found) == 1, name
