"""Files are opened by their first bytes; gzip is unpacked with a cap."""

import contextlib
import gzip
import io
import json
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput, TooLarge, UnreadableDelivery
from labeltrust.ingest.files import Look, RowSettings, file_format, opened, read_file
from labeltrust.ingest.files._gzip import Inflated
from labeltrust.ingest.files._members import packed

SETTINGS = RowSettings(project="fraud")
CSV = b"item,labeler,label\ni,a,x\n"
JSONL = b'{"item": "i", "labeler": "a", "label": "x"}\n'
EXPORT = json.dumps([{"id": "i", "data": {}, "annotations": [{
    "id": 1, "completed_by": "a",
    "result": [{"from_name": "label", "type": "choices", "value": {"choices": ["x"]}}],
}]}]).encode()  # fmt: skip
_STREAM = io.BytesIO()
pq.write_table(pa.table({"item": ["i"], "labeler": ["a"], "label": ["x"]}), _STREAM)
FILES = {"csv": CSV, "jsonl": JSONL, "label-studio": EXPORT, "parquet": _STREAM.getvalue()}
PACKED = {
    "plain": lambda body: body,
    "gzip": gzip.compress,
    "two members": lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]),
    "padded": lambda body: gzip.compress(body) + bytes(512),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_every_format_is_told_by_its_first_bytes_and_unpacked(name, pack):
    body = pack(FILES[name])

    assert file_format("auto", opened(io.BytesIO(body))[0]).name == name
    for asked in ("auto", name):
        (piece,) = read_file(io.BytesIO(body), SETTINGS, asked)
        (one,) = piece.parsed.events
        assert (one.item, one.labeler, one.label) == ("i", "a", "x")


@pytest.mark.parametrize("pack", [PACKED["plain"], PACKED["gzip"]], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("name", "n_rows"),
    [("csv", 70_000), ("jsonl", 20_000), ("label-studio", 8_000), ("parquet", 20_000)],
)
def test_files_longer_than_what_is_read_at_once_are_read_whole(name, n_rows, pack):
    rows = [{"item": f"item-{n * 7919 % 50_000}", "labeler": f"a{n % 97}", "label": "x"}
            for n in range(n_rows)]  # fmt: skip
    body = written(name, rows)

    pieces = list(read_file(io.BytesIO(pack(body)), SETTINGS))

    assert len(body) > 2**20 or name == "parquet"
    events = [one for piece in pieces for one in piece.parsed.events]

    assert [(one.item, one.labeler) for one in events] == [
        (row["item"], row["labeler"]) for row in rows
    ]  # fmt: skip


def written(name, rows):
    """Rows as a file of a format."""
    if name == "parquet":
        stream = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), stream)
        return stream.getvalue()
    if name == "csv":
        return "\n".join(["item,labeler,label", *(",".join(row.values()) for row in rows)]).encode()
    if name == "jsonl":
        return "\n".join(map(json.dumps, rows)).encode()
    answer = json.loads(EXPORT)[0]["annotations"][0]
    return json.dumps([
        {"id": row["item"], "data": {}, "annotations": [answer | {"completed_by": row["labeler"]}]}
        for row in rows
    ]).encode()  # fmt: skip


@pytest.mark.parametrize("begin", [b"\n\n  ", b"\xef\xbb\xbf"])
def test_blanks_and_marks_in_front_hide_no_format(begin):
    assert file_format("auto", Look(begin + JSONL)).name == "jsonl"


def test_an_unknown_format_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(InvalidInput, match="unknown format 'xml'; known are auto, argilla, "):
        list(read_file(io.BytesIO(CSV), SETTINGS, "xml"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_format_is_unreadable_and_nothing_worse(name):
    for other, body in FILES.items():
        if other != name:
            try:
                found = list(read_file(io.BytesIO(body), SETTINGS, name))
            except UnreadableDelivery:
                continue
            assert not [one for piece in found for one in piece.parsed.events]


def test_a_bomb_is_refused_before_it_unfolds():
    bomb = gzip.compress(b"item,labeler,label\n" + b"i,a,x\n" * 5_000_000)
    read = []

    with pytest.raises(TooLarge, match="200 times"):
        read.extend(len(piece.raw) for piece in read_file(io.BytesIO(bomb), SETTINGS))

    assert sum(read) < 5 * 2**20


BOMB = b"item,labeler,label\n" + bytes(20 * 2**20)
NESTED = {
    "gzip in gzip": gzip.compress(gzip.compress(CSV)),
    "bomb in gzip in gzip": gzip.compress(gzip.compress(BOMB)),
    "bomb in a zip": packed({"a.csv": BOMB}),
    "bomb in a zip in a zip": packed({"a.zip": packed({"a.csv": BOMB})}),
    "bomb in a zip in gzip": gzip.compress(packed({"a.csv": BOMB})),
    "bomb in gzip in a zip": packed({"a.csv.gz": gzip.compress(BOMB)}),
    "deflate": zlib.compress(CSV),
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_what_is_packed_twice_is_never_unpacked_twice(body):
    found = []
    with contextlib.suppress(UnreadableDelivery, TooLarge):
        found.extend(read_file(io.BytesIO(body), SETTINGS))

    assert [one for piece in found for one in piece.parsed.events] == []


@pytest.mark.parametrize("cut", [11, 20, -9, -1])
def test_a_gzip_stream_cut_short_is_unreadable(cut):
    whole = gzip.compress(b"".join(b"item-%d,a,x\n" % n for n in range(1_000)))

    with pytest.raises(UnreadableDelivery, match="cut short"):
        Inflated(io.BytesIO(whole[:cut])).read()


def test_a_broken_gzip_stream_is_unreadable():
    whole = bytearray(gzip.compress(CSV * 100))
    whole[-6] ^= 1

    with pytest.raises(UnreadableDelivery, match="broken gzip"):
        Inflated(io.BytesIO(bytes(whole))).read()


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=4), st.integers(1, 40))
def test_what_was_packed_comes_out_whatever_is_asked_for(parts, size):
    stream = Inflated(io.BytesIO(b"".join(gzip.compress(part) for part in parts)))

    read = b"".join(iter(lambda: stream.read(size), b""))

    assert read == b"".join(parts)


@given(st.binary(max_size=200))
def test_arbitrary_files_let_no_other_error_out(body):
    for head in (b"", b"\x1f\x8b", b"PAR1", b"[", b"{", CSV):
        assert refusal_of(head + body).isprintable()


def refusal_of(body):
    """What is said about a file that is refused, or nothing."""
    try:
        list(read_file(io.BytesIO(body), SETTINGS))
    except (InvalidInput, TooLarge) as refusal:
        return str(refusal)
    return ""
