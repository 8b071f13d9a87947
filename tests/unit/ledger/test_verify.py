"""Verification of a chain in memory."""

from dataclasses import replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.ledger.canonical import Record, canonical_bytes
from labeltrust.ledger.leaf import START, leaf_hash, next_head
from labeltrust.ledger.verify import Broken, Entry, Head, verify, verify_end


def chain(n):
    entries, head = [], START
    for sequence in range(1, n + 1):
        record = Record(chain="c", sequence=sequence, label=f"l{sequence}")
        leaf = leaf_hash(canonical_bytes(record))
        entries.append(Entry(record=record, leaf=leaf, previous=head))
        head = next_head(head, leaf)
    return entries, Head(next_sequence=n + 1, head=head)


@given(n=st.integers(0, 12), cut=st.integers(0, 12))
def test_a_chain_verifies_whole_and_in_slices(n, cut):
    entries, end = chain(n)

    first = verify(entries[:cut], Head())

    assert verify(entries[cut:], first) == end
    assert verify_end("c", end, end) is None


@given(n=st.integers(1, 12), data=st.data())
def test_the_first_changed_record_is_named(n, data):
    entries, _ = chain(n)
    places = data.draw(st.sets(st.integers(0, n - 1), min_size=1))
    for place in places:
        changed = msgspec.structs.replace(entries[place].record, label="other")
        entries[place] = replace(entries[place], record=changed)

    found = verify(entries, Head())

    assert isinstance(found, Broken)
    assert found.sequence == min(places) + 1


@given(n=st.integers(2, 12), data=st.data())
def test_a_chain_rewritten_from_a_place_on_is_found_at_its_end(n, data):
    entries, end = chain(n)
    place = data.draw(st.integers(0, n - 1))
    head = entries[place].previous
    for at in range(place, n):
        record = msgspec.structs.replace(entries[at].record, label="other")
        leaf = leaf_hash(canonical_bytes(record))
        entries[at] = Entry(record=record, leaf=leaf, previous=head)
        head = next_head(head, leaf)

    found = verify(entries, Head())

    assert isinstance(found, Head)
    assert verify_end("c", found, end).reason == "the stored head does not match"


@given(n=st.integers(1, 12), data=st.data())
def test_a_missing_record_is_named(n, data):
    entries, end = chain(n)
    place = data.draw(st.integers(0, n - 1))
    del entries[place]

    found = verify(entries, Head())
    broken = found if isinstance(found, Broken) else verify_end("c", found, end)

    assert broken.sequence == place + 1
    assert "missing" in broken.reason
