"""Stated checksums as events are read: fast or exactly, out of deliveries, lines and tables."""

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from labeltrust.domain.checksums import content_checksum, with_checksum
from labeltrust.domain.errors import InvalidInput, UnreadableDelivery
from labeltrust.ingest._base import Delivery
from labeltrust.ingest._fast_json import decode_fast
from labeltrust.ingest._generic_event import read_event, to_event
from labeltrust.ingest._strict_json import read_json
from labeltrust.ingest.files import RowSettings, file_formats
from labeltrust.ingest.generic import _FAST, parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = {
    "id": "e1",
    "type": "label.submitted",
    "project": "fraud",
    "item": "txn-9",
    "labeler": "alice",
    "label": "benign",
    "content": {"text": "päivää: €", "lines": [1, 2.5, None, True]},
    "item_features": {"amount": 12.5, "n": 3, "country": "SE"},
    "media_url": "https://example.org/9.png",
}
SENT = with_checksum(EVENT)
WRONG = "sha256:" + 64 * "0"


def parsed(body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    return parse(Delivery(source="s", body=body, headers=headers, received_at=NOW))


def event(**fields):
    (one,) = parsed(SENT | fields).events
    return one


def test_a_right_checksum_is_kept_and_the_event_has_no_flaw():
    one = event()

    assert (one.content_checksum, one.flaw) == (SENT["content_checksum"], None)
    assert "content_checksum" not in one.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"content": EVENT["content"] | {"text": "päivää: $"}},
        {"content": None},
        {"item_features": EVENT["item_features"] | {"amount": 12.500000000000002}},
        {"item_features": {}},
        {"media_url": "https://example.org/8.png"},
        {"media_url": None},
        {"content_checksum": WRONG},
    ],
)
def test_a_wrong_one_is_a_flaw_that_names_both_digests(changes):
    one = event(**changes)

    code, reason = one.flaw
    assert code == "checksum_mismatch"
    assert one.content_checksum in reason
    assert content_checksum(one.content, one.item_features) in reason
    assert "content_checksum" in reason
    assert "no retry" in reason


def test_what_is_not_about_content_is_free_to_change():
    assert event(label="fraud", labeler="bob", suggestion="x").flaw is None


def test_an_event_that_shows_nothing_may_prove_that():
    bare = {name: EVENT[name] for name in ("id", "type", "project", "item", "labeler", "label")}

    (one,) = parsed(with_checksum(bare)).events

    assert one.flaw is None


@pytest.mark.parametrize(
    "stated",
    ["", "sha256:", WRONG.upper(), "md5:" + 32 * "0", 64 * "0", WRONG + "0", WRONG + "\n",
     "<script>alert(1)</script>" * 99],
)  # fmt: skip
def test_what_is_no_checksum_is_refused_by_name(stated):
    (found,) = parsed(SENT | {"content_checksum": stated}).problems

    assert found.code == "bad_checksum"
    assert found.detail.startswith("content_checksum: ")
    assert found.detail.isprintable()
    assert len(found.detail) < 200


@pytest.mark.parametrize("stated", [7, True, [WRONG], {"sha256": WRONG}])
def test_what_is_no_text_is_refused_as_any_other_field(stated):
    (found,) = parsed(SENT | {"content_checksum": stated}).problems

    assert (found.code, found.detail.partition(":")[0]) == ("wrong_type", "content_checksum")


@pytest.mark.parametrize(
    ("number", "code"),
    [("1e400", "number_out_of_range"), ("9007199254740993", "number_out_of_range"),
     ("NaN", "number_out_of_range"), (f"{'[' * 30}1{']' * 30}", "too_deep")],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused_before_any_checksum(number, code):
    body = json.dumps(SENT).encode().replace(b'"n": 3', b'"n": ' + number.encode())

    (found,) = parsed(body).problems

    assert found.code == code
    assert found.detail.startswith("/item_features/n")


@pytest.mark.parametrize("number", [b"3.0", b"3e0", b"0.3E+1", b"30e-1"])
def test_other_spellings_of_a_number_are_the_same_number(number):
    body = json.dumps(SENT).encode().replace(b'"n": 3', b'"n": ' + number)

    assert parsed(body).events[0].flaw is None


def test_order_of_keys_blanks_and_escapes_do_not_matter():
    shuffled = {name: SENT[name] for name in sorted(SENT, reverse=True)}
    texts = [json.dumps(shuffled, indent=3), json.dumps(SENT, ensure_ascii=False)]

    assert all(parsed(text.encode()).events[0].flaw is None for text in texts)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
objects = st.none() | st.dictionaries(texts, values, max_size=4)


@given(content=objects, features=objects, url=st.none() | texts, stated=st.booleans())
@settings(max_examples=300)
def test_the_fast_and_the_exact_reader_say_the_same(content, features, url, stated):
    told = EVENT | {"content": content, "item_features": features, "media_url": url}
    told["content_checksum"] = with_checksum(told)["content_checksum"] if stated else WRONG
    body = json.dumps(told, ensure_ascii=False).encode()

    exact = read_event(read_json(body))
    wire = decode_fast(_FAST.decode, body)

    assert (exact.flaw is None) == stated
    assert wire is None or repr(to_event(wire)) == repr(exact)
    assert repr(parsed(body).events[0]) == repr(exact)


BODY = json.dumps(SENT, ensure_ascii=False, separators=(",", ":")).encode()
_SHOWN = (BODY.index(b'"content":'), BODY.index(b',"content_checksum"'))


@given(place=st.integers(*_SHOWN).map(lambda n: n - 1), byte=st.integers(0, 255))
@example(place=BODY.index(b"12.5"), byte=ord("9"))
@settings(max_examples=1_000)
def test_no_changed_byte_of_what_is_shown_passes(place, byte):
    """Another byte is another value, or is no event; but for spellings of the same value."""
    place = max(place, _SHOWN[0])
    body = bytearray(BODY)
    assume(body[place] != byte)
    body[place] = byte

    try:
        found = parsed(bytes(body))
    except (UnreadableDelivery, InvalidInput):
        return

    for one in found.events:
        same = (one.content, one.item_features) == (ORIGINAL.content, ORIGINAL.item_features)
        assert same or one.flaw is not None
        assert one.flaw is None or one.flaw[0] == "checksum_mismatch"


(ORIGINAL,) = parsed(BODY).events


def read(kind, text):
    (piece,) = file_formats()[kind].read(io.BytesIO(text.encode()), RowSettings(project="fraud"))
    return piece.parsed


def test_lines_of_a_file_are_checked_like_deliveries():
    good, bad = SENT | {"id": "1"}, SENT | {"id": "2", "media_url": "https://example.org/8.png"}
    named = {"item": "i", "labeler": "a", "label": "x", "item_text": "t"}
    named["content_checksum"] = content_checksum({"text": "t"}, {})
    lines = [good, bad, named, named | {"content_checksum": "x"}]

    found = read("jsonl", "\n".join(json.dumps(one) for one in lines))

    assert [one.flaw and one.flaw[0] for one in found.events] == [None, "checksum_mismatch", None]
    assert [(one.index, one.code) for one in found.problems] == [(3, "bad_checksum")]


def test_rows_of_a_table_are_checked_where_they_have_the_column():
    right = content_checksum({"text": "t", "media_url": "https://example.org/9"}, {})
    rows = [f"t,{right}", f"u,{right}", "t,", "t,7"]
    text = "item,labeler,label,media_url,item_text,content_checksum\n" + "".join(
        f"i,a,x,https://example.org/9,{row}\n" for row in rows
    )

    found = read("csv", text)

    assert [one.flaw and one.flaw[0] for one in found.events] == [None, "checksum_mismatch", None]
    assert [one.content_checksum for one in found.events] == [right, right, None]
    assert [(one.index, one.code) for one in found.problems] == [(3, "bad_checksum")]
