"""The canonical bytes are those of RFC 8785, made faster."""

import hashlib

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.canonical import SAFE_INTEGER, VERSION, Record, canonical_bytes
from labeltrust.ledger.leaf import START, leaf_hash, next_head

texts = st.text(st.characters(exclude_categories=["Cs"]))
integers = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
_TYPES = {
    str: texts,
    int: integers,
    str | None: st.none() | texts,
    int | None: st.none() | integers,
}
records = st.builds(
    Record, **{field.name: _TYPES[field.type] for field in msgspec.structs.fields(Record)}
)


@given(record=records)
def test_canonical_bytes_are_the_rfc_8785_form(record):
    assert canonical_bytes(record) == rfc8785.dumps(msgspec.structs.asdict(record))


@given(one=records, other=records)
def test_two_records_have_the_same_bytes_only_if_they_are_equal(one, other):
    assert (canonical_bytes(one) == canonical_bytes(other)) == (one == other)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_half_a_character_is_refused(text):
    with pytest.raises(InvalidInput, match="lone surrogate"):
        canonical_bytes(Record(label=text))


def test_the_bytes_of_version_1_never_change():
    record = Record(
        chain="fraud", sequence=7, type="label.submitted", source="crm", event="evt-123",
        item="aa", labeler="bb", label="bénin \u2028\x7f\x01", occurred=1, received=2,
        duration="3.2", content="cc", delivery="dd", key="k1", parser="generic/1", position=0,
        question="label", detail='{"vendor":"acme"}', v=1,
    )  # fmt: skip

    assert VERSION == 2  # of the same form
    assert leaf_hash(canonical_bytes(record)).hex() == (
        "23010043d96d6ca2ec5f6c349ab4fe767fb2da7c8488565fe07e70e3eb1c67db"
    )


def test_a_leaf_is_a_leaf_of_rfc_6962_and_a_head_binds_all_before():
    leaf = leaf_hash(b"x")

    assert leaf == hashlib.sha256(b"\x00x").digest()
    assert next_head(START, leaf) == hashlib.sha256(bytes(32) + leaf).digest()
