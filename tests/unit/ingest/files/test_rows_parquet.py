"""Parquet: the columns of a table, with the types of the file."""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.files import RowSettings
from labeltrust.ingest.files.rows_parquet import read

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def file_of(**columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def pieces(body, **settings):
    return list(read(io.BytesIO(body), RowSettings(project="fraud", **settings)))


def table(label, **columns):
    n = len(label)
    names = {"item": [f"i{k}" for k in range(n)], "labeler": ["a"] * n, "label": label}
    (piece,) = pieces(file_of(**names | columns))
    return piece.parsed


@pytest.mark.parametrize(
    "label", [["x", "y"], [1, 2], [0.5, 2.0], [True, False], [["a"], ["a", "b"]]]
)
def test_labels_keep_their_type(label):
    assert [one.label for one in table(label).events] == label


@pytest.mark.parametrize("ids", [[1, 2], ["1", "2"], pa.array(["1", "2"]).dictionary_encode()])
def test_ids_are_texts(ids):
    assert [one.labeler for one in table(["x", "y"], labeler=ids).events] == ["1", "2"]


@pytest.mark.parametrize(
    "times",
    [
        pa.array([AT, None], pa.timestamp("us", tz="UTC")),
        pa.array([AT, None], pa.timestamp("ns", tz="Europe/Stockholm")),
        pa.array([AT, None], pa.timestamp("s", tz="UTC")),
        pa.array([AT.isoformat(), ""]),
    ],
)
def test_times_of_any_precision_become_utc(times):
    found = table(["x", "y"], created_at=times)

    assert [one.occurred_at for one in found.events] == [AT, None]
    assert found.events[0].occurred_at.tzinfo is UTC


def test_times_without_a_zone_are_refused_once_unless_a_zone_is_named():
    naive = pa.array([datetime(2026, 11, 22)], pa.timestamp("us"))  # noqa: DTZ001 -- the point

    with pytest.raises(UnreadableDelivery, match=r"created_at.*without a zone"):
        table(["x"], created_at=naive)
    body = file_of(item=["i"], labeler=["a"], label=["x"], created_at=naive)
    assert pieces(body, zone=UTC)[0].parsed.events[0].occurred_at.day == 22


def test_broken_rows_are_named_and_the_rest_goes_in():
    found = table(
        ["x", None, "z", "z"], labeler=["a", "a", "", "b"], duration_seconds=[1.0, None, 2.0, -1.0]
    )

    assert found.positions == (0,)
    assert [(one.index, one.code) for one in found.problems] == [
        (1, "missing_field"), (2, "empty_id"), (3, "bad_duration"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "label",
    [pa.array([float("nan")]), pa.array([b"x"]), pa.array([2**60]), pa.array([[float("inf")]]),
     pa.array([{"a": 1}]), pa.array([datetime(2026, 1, 1, tzinfo=UTC)])],
)  # fmt: skip
def test_what_is_no_label_is_a_problem(label):
    found = table(label)

    assert not found.events
    assert len(found.problems) == 1


def test_an_index_that_pandas_left_is_passed_over():
    assert len(table(["x"], __index_level_0__=[7]).events) == 1


def test_an_unknown_column_is_refused_and_named():
    with pytest.raises(UnreadableDelivery, match="unknown column 'colour'"):
        table(["x"], colour=["red"])


def test_pieces_name_their_first_row_and_can_be_read_again():
    body = file_of(item=[1, 2, 3], labeler=["a", "", "b"], label=["x", "y", "z"])

    found = pieces(body, rows_per_piece=2)

    assert [piece.first_row for piece in found] == [1, 3]
    for piece in found:
        (again,) = pieces(piece.raw)
        assert again.parsed == piece.parsed


WHOLE = file_of(item=["i"] * 50, labeler=["a"] * 50, label=["x"] * 50)


@given(st.integers(min_value=4, max_value=len(WHOLE) - 1))
def test_a_file_cut_short_is_unreadable(size):
    with pytest.raises(UnreadableDelivery):
        pieces(WHOLE[:size])


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_unreadable(body):
    for noise in (body, b"PAR1" + body + b"PAR1"):
        with pytest.raises(UnreadableDelivery):
            pieces(noise)
