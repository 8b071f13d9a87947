"""Strict JSON: what readers disagree about is refused, naming place and reason."""

import json

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidEvent, InvalidInput, UnreadableDelivery
from labeltrust.ingest._fast_json import FastInteger, FastKey, decode_fast, nested
from labeltrust.ingest._strict_json import check, read_json, read_strict, shown

REFUSED = {
    "nan": (b'{"a": NaN}', "/a", "number_out_of_range"),
    "infinity": (b'{"a": [1, -Infinity]}', "/a/1", "number_out_of_range"),
    "too large a number": (b'{"a": 1e999}', "/a", "number_out_of_range"),
    "an integer that floats round": (b'{"a": 9007199254740992}', "/a", "number_out_of_range"),
    "a negative one": (b'{"a": -9007199254740992}', "/a", "number_out_of_range"),
    "5,000 digits": (b'{"a": ' + b"7" * 5_000 + b"}", "/a", "number_out_of_range"),
    "a key twice": (b'{"a": {"k": 1, "k": 1}}', "/a", "duplicate_key"),
    "a key twice in disguise": (b'{"a": 1, "\\u0061": 1}', "", "duplicate_key"),
    "a long key": (b'{"' + b"k" * 129 + b'": 1}', "", "key_too_long"),
    "a long key of few characters": ('{"' + "ä" * 65 + '": 1}', "", "key_too_long"),
    "NUL": (b'{"a": "x\\u0000"}', "/a", "not_text"),
    "NUL in a key": (b'{"a\\u0000": 1}', "", "not_text"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "/a", "not_text"),
    "a lone surrogate in a key": (b'{"\\udfff": 1}', "", "not_text"),
    "21 levels": (b"[" * 21 + b"]" * 21, "/0" * 20, "too_deep"),
    "brackets without end": (b"[" * 100_000, "", "too_deep"),
    "a raw control character": (b'{"a": "x\x00"}', "line 1, column 9", "not_json"),
    "half an object": (b'{"a": 1,\n "b"', "line 2, column 5", "not_json"),
    "two documents": (b"1 2", "line 1, column 3", "not_json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "line 1, column 1", "not_json"),
    "not UTF-8": (b'{"a":\n "\xff"}', "line 2", "not_utf8"),
    "a surrogate in raw bytes": (b'"\xed\xa0\x80"', "line 1", "not_utf8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "line 1", "not_utf8"),
    "nothing": (b"", "", "empty"),
    "blanks": (b" \n\t", "", "empty"),
}
ACCEPTED = {
    "20 levels": b"[" * 20 + b"]" * 20,
    "the largest integers": b"[9007199254740991, -9007199254740991]",
    "a long decimal": b"0." + b"1" * 5_000,
    "a key of 128 bytes": b'{"' + b"k" * 128 + b'": 1}',
    "a surrogate pair": b'"\\ud83d\\ude00"',
    "equal keys of different objects": b'[{"k": 1}, {"k": 1}]',
    "colons in texts": b'{"a": "b: c", "d:": ":"}',
}


@pytest.mark.parametrize(("body", "place", "code"), REFUSED.values(), ids=REFUSED)
def test_what_json_readers_disagree_about_is_refused_with_place_and_reason(body, place, code):
    with pytest.raises(UnreadableDelivery) as refusal:
        read_strict(body if isinstance(body, bytes) else body.encode())

    assert (refusal.value.place, refusal.value.code) == (place, code)
    assert refusal.value.detail


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_unusual_but_unambiguous_is_read(body):
    assert read_strict(body) == json.loads(body)


@given(st.binary())
@example(b'{"a":1}')
@example(b"\xff\xfe{")
def test_no_bytes_let_any_other_error_out(body):
    try:
        value = read_strict(body)
    except UnreadableDelivery:
        return

    assert value == json.loads(body)


JSON_TEXTS = st.recursive(
    st.sampled_from(
        [
            "1", "-0.5", "1e999", "NaN", "null", "true", "9007199254740993", '"\\ud800"',
            '"\\u0000"', '"a:b"', '"\\u003a"', '"ä"', "12345678901234567890123", "-", '"', "[", "",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(
            st.tuples(st.sampled_from(['"a"', '"b:"', '"\\u0061"', '"' + "k" * 40 + '"']), inner),
            max_size=3,
        ).map(lambda pairs: "{" + ",".join(f"{key}: {value}" for key, value in pairs) + "}"),
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON_TEXTS)
def test_almost_json_is_read_like_json_or_refused(text):
    try:
        value = read_strict(text.encode())
    except UnreadableDelivery:
        return

    assert value == json.loads(text)
    assert json.dumps(value, allow_nan=False).encode()


class Loose(msgspec.Struct, forbid_unknown_fields=True):
    """Two optional fields, as an adapter would have them."""

    a: FastInteger | float | str | bool | msgspec.UnsetType | None = msgspec.UNSET
    b: list[nested(2)] | dict[FastKey, nested(2)] | msgspec.UnsetType | None = msgspec.UNSET


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "b", "\\u0061", "c"]), JSON_TEXTS), max_size=4
    ).map(lambda pairs: "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}")
)  # fmt: skip
@settings(max_examples=500)
def test_the_fast_reader_never_takes_what_the_exact_one_refuses(text):
    body = text.encode()

    fast = decode_fast(msgspec.json.Decoder(Loose).decode, body)

    if fast is not None:
        assert msgspec.to_builtins(fast) == read_strict(body)


def test_a_flaw_in_one_part_leaves_the_others_readable():
    tree = read_json(b'{"bad": {"k": 1, "k": 2}, "hash": 553231395170498930, "good": [1]}')

    check(tree["good"])
    with pytest.raises(InvalidEvent, match="outside"):
        check(tree["hash"])
    with pytest.raises(InvalidEvent, match="'k' stands twice"):
        check(tree["bad"])


def test_hostile_keys_stand_in_messages_in_one_line_without_control_characters():
    body = json.dumps({"a\r\nINFO: all is well\x1b[2J/~" + "x" * 500: float("nan")}).encode()

    with pytest.raises(InvalidInput) as refusal:
        read_strict(body[:-5].replace(b"x" * 500, b"x" * 50) + b" NaN}")

    message = str(refusal.value)
    assert message.isprintable()
    assert len(message) < 200


@pytest.mark.parametrize("value", ["a" * 999, 10**15, 1e300, None, True, [1], {"a": 1}])
def test_a_value_in_a_message_is_short(value):
    assert len(shown(value)) < 70
