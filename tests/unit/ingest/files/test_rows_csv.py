"""CSV: exact rows for broken ones, all others go in, and each piece can be read again."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.files import RowSettings
from labeltrust.ingest.files.rows_csv import read

SETTINGS = RowSettings(project="fraud")
HEADER = "item,labeler,label\n"


class Dripping(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def read(self, size=-1, /):
        return super().read(min(size, 7) if size > 0 else size)


def pieces(text, **settings):
    body = text if isinstance(text, bytes) else text.encode()
    return list(read(io.BytesIO(body), RowSettings(project="fraud", **settings)))


def parsed(text, **settings):
    (piece,) = pieces(text, **settings)
    return piece.parsed


def facts(events):
    return [(one.item, one.labeler, one.label) for one in events]


def test_a_row_is_a_label_of_the_project():
    (one,) = parsed(HEADER + "txn-9,alice,benign\n").events

    assert (one.type, one.project, one.question) == ("label.submitted", "fraud", "label")
    assert (one.item, one.labeler, one.label) == ("txn-9", "alice", "benign")
    assert one.event_id is None


def test_every_optional_column_is_read():
    header = (
        "label,item,labeler,created_at,revised_at,duration_seconds,event_id,question,replicate,"
        "labeler_kind,annotation_id,item_text,media_url,guideline_version,vendor,suggestion\n"
    )
    row = (
        "benign,i,a,2026-11-22T11:00:00+01:00,2026-11-22T12:00:00Z,3.5,e1,verdict,2,"
        'model,a7,"a ""text"",\nof two lines",https://example.org,3,north,fraud\n'
    )

    (one,) = parsed(header + row).events

    assert one.occurred_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert one.revised_at == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert (one.duration_seconds, one.event_id, one.question) == (3.5, "e1", "verdict")
    assert (one.replicate, one.labeler_kind, one.annotation_id) == (2, "model", "a7")
    assert one.content == {"text": 'a "text",\nof two lines', "media_url": "https://example.org"}
    assert one.detail == {"guideline_version": "3", "vendor": "north", "suggestion": "fraud"}


def test_an_empty_optional_cell_is_an_absent_one():
    (one,) = parsed("item,labeler,label,created_at,question,replicate\ni,a,x,,,\n").events

    assert (one.occurred_at, one.question, one.replicate) == (None, "label", 0)


def test_times_without_a_zone_are_read_in_the_zone_that_was_named():
    text = "item,labeler,label,created_at\ni,a,x,2026-11-22T10:00:00\ni,a,x,2026-11-22T10:00:00Z\n"

    found = parsed(text, zone=ZoneInfo("Europe/Stockholm"))

    assert [one.occurred_at.hour for one in found.events] == [9, 10]
    assert [one.code for one in parsed(text).problems] == ["time_without_zone"]


def test_a_gold_file_needs_no_labeler():
    found = parsed("item,label\ni1,fraud\ni2,\n", gold=True)

    assert [(one.type, one.item, one.label, one.labeler) for one in found.events] == [
        ("gold.declared", "i1", "fraud", None),
    ]  # fmt: skip
    assert [one.index for one in found.problems] == [1]


def test_the_labeler_column_of_a_gold_file_is_kept():
    (one,) = parsed("item,label,labeler\ni1,fraud,expert\n", gold=True).events

    assert (one.labeler, one.detail) == (None, {"labeler": "expert"})


@pytest.mark.parametrize(
    ("header", "code", "named"),
    [
        ("item,labeler,label,colour", "unknown_column", "'colour'"),
        ("item,labeler", "missing_column", "'label'"),
        ("item,label", "missing_column", "'labeler'"),
        ("item,labeler,label,item", "duplicate_column", "'item'"),
        ("item;labeler;label", "unknown_column", "commas"),
        ("item\tlabeler\tlabel", "unknown_column", "commas"),
        ('item,"labeler', "broken_row", "quote"),
        ("", "empty", "empty"),
        ("\n\n", "empty", "empty"),
        ("Item,Labeler,Label", "unknown_column", "'Item'"),
        ("i\x1b[2J,labeler,label", "unknown_column", "\\x1b"),
    ],
)
def test_a_header_that_does_not_fit_is_one_clear_error(header, code, named):
    with pytest.raises(UnreadableDelivery) as refusal:
        pieces(header + "\n1,2,3,4\n" if header.strip() else header)

    assert refusal.value.code == code
    assert named in str(refusal.value) or code == "broken_row"
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    ("row", "code", "named"),
    [
        ("i,a", "wrong_columns", "2 cells where the header has 9"),
        ("i,a,x,,,,,,,more", "wrong_columns", "10 cells"),
        (",a,x,,,,,,", "empty_id", "item"),
        ("i,,x,,,,,,", "empty_id", "labeler"),
        ("i,a,,,,,,,", "missing_field", "label"),
        ("i,a,x,yesterday,,,,,", "bad_time", "created_at: 'yesterday'"),
        ("i,a,x,2026-11-22T10:00:00,,,,,", "time_without_zone", "created_at"),
        ("i,a,x,,-1,,,,", "bad_duration", "duration_seconds: '-1'"),
        ("i,a,x,,nan,,,,", "bad_duration", "duration_seconds"),
        ("i,a,x,,,,,-1,", "wrong_type", "replicate"),
        ("i,a,x,,,,,,robot", "unknown_labeler_kind", "labeler_kind: 'robot'"),
        ("i," + "a" * 10_001 + ",x,,,,,,", "too_long", "labeler"),
        ("i,a,x,,,," + "q" * 257 + ",,", "too_long", "question"),
        ("i,a\x00,x,,,,,,", "not_text", "labeler"),
        ('i,a"b,"x"y,,,,,,', "broken_row", "broken row"),
        ('i,a,"x,,,,,,', "broken_row", "broken row"),
    ],
)
def test_a_broken_row_is_named_and_the_rest_goes_in(row, code, named):
    header = (
        "item,labeler,label,created_at,duration_seconds,event_id,question,replicate,labeler_kind\n"
    )
    good = "i,a,x,2026-11-22T10:00:00Z,1,,,0,human\n"

    found = parsed(header + good + row + "\n" + good * 2)

    assert [(one.index, one.code) for one in found.problems] == [(1, code)]
    assert named in found.problems[0].detail
    assert found.positions == (0, 2, 3)


def test_bytes_that_are_no_utf8_spoil_only_their_row():
    found = parsed(HEADER.encode() + b"i1,a,x\ni2,\xff\xfe,x\ni3,a,\xc3\xa4\n")

    assert facts(found.events) == [("i1", "a", "x"), ("i3", "a", "ä")]
    assert [(one.index, one.code) for one in found.problems] == [(1, "not_utf8")]


def test_a_stray_quote_swallows_no_good_row():
    rows = [f"i{n},a,x" for n in range(3_000)]
    rows[10] = 'i10,a,"x'
    rows[2_500] = 'i2500,"alice, B.",x'

    found = parsed(HEADER + "\n".join(rows), rows_per_piece=5_000)

    assert [one.index for one in found.problems] == [10]
    assert len(found.events) == 2_999
    assert found.events[2_499].labeler == "alice, B."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_kind_are_understood(end):
    text = HEADER.replace("\n", end) + end.join(["i1,a,x", "i2,a,y", ""])

    assert facts(parsed(text).events) == [("i1", "a", "x"), ("i2", "a", "y")]


def test_a_byte_order_mark_is_passed_over():
    assert len(parsed(b"\xef\xbb\xbf" + HEADER.encode() + b"i,a,x").events) == 1


def test_utf16_is_refused_with_advice():
    with pytest.raises(UnreadableDelivery, match="save it as UTF-8"):
        pieces((HEADER + "i,a,x\n").encode("utf-16"))


def test_blank_lines_count_as_rows_and_say_nothing():
    found = parsed(HEADER + "i1,a,x\n\n\ni2,a,y\n")

    assert (found.positions, found.problems) == ((0, 3), ())


def test_line_separators_inside_text_split_no_row():
    text = "i\u2028,a\x0bb\x0c,x\x85\n"

    assert facts(parsed(HEADER + text).events) == [("i\u2028", "a\x0bb\x0c", "x\x85")]


@pytest.mark.parametrize("text", ["=1+1", "  blank ", "a\tb", "<b>", "'", "NULL", "1e5", "01"])
def test_text_stays_as_it_was_written(text):
    assert facts(parsed(f"{HEADER}{text},{text},{text}\n").events) == [(text, text, text)]


def test_pieces_name_their_first_row_and_can_be_read_again():
    rows = [f"i{n},a,{'' if n % 4 == 3 else 'x'}" for n in range(10)]
    rows[5] = 'i5,"multi\nline",x'

    found = pieces(HEADER + "\n".join(rows), rows_per_piece=4)

    assert [piece.first_row for piece in found] == [1, 5, 9]
    assert [one.index for piece in found for one in piece.parsed.problems] == [3, 3]
    for piece in found:
        (again,) = pieces(piece.raw, rows_per_piece=4)
        assert again.parsed == piece.parsed


def test_a_dirty_piece_can_be_read_again_byte_for_byte():
    body = HEADER.encode() + b"i1,a,x\ni2,\xff,x\n"

    (piece,) = pieces(body)

    assert piece.raw == body


@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)] * 3)))
def test_what_a_csv_writer_writes_is_read_back(rows):
    import csv  # noqa: PLC0415 -- the writer belongs to this test alone

    rows = [row for row in rows if not any("\x00" in cell for cell in row)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("item", "labeler", "label"), *rows])

    found = list(read(Dripping(text.getvalue().encode()), SETTINGS))

    assert [fact for piece in found for fact in facts(piece.parsed.events)] == rows
    assert not any(piece.parsed.problems for piece in found)


@given(st.binary(max_size=200))
def test_arbitrary_rows_become_events_or_problems(rows):
    found = parsed(HEADER.encode() + b"i,a,x\n" + rows + b"\n")

    assert facts(found.events)[:1] == [("i", "a", "x")]
    assert all(one.detail.isprintable() for one in found.problems)
