"""Bodies: read to the cap, decompressed to the cap, digested beyond it."""

import gzip
import hashlib
import os
import zlib

import pytest

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.web.bodies import OverCap, check_encoding, read_capped, unpacked
from labeltrust.web.errors import UnsupportedEncoding

LIMIT = 10_000


async def chunks(*parts):
    for part in parts:
        yield part


async def test_a_body_of_exactly_the_cap_is_read():
    assert len(await read_capped(chunks(b"a" * 6_000, b"b" * 4_000), LIMIT)) == LIMIT


async def test_of_a_body_over_the_cap_size_and_digest_are_kept():
    parts = [b"a" * 6_000, b"b" * 6_000, b"c" * 6_000]

    with pytest.raises(OverCap) as caught:
        await read_capped(chunks(*parts), LIMIT)

    kept = caught.value.oversized
    assert (kept.size, kept.complete) == (18_000, True)
    assert kept.digest == hashlib.sha256(b"".join(parts)).hexdigest()


async def test_of_an_endless_body_the_beginning_is_digested():
    async def endless():
        while True:
            yield b"x" * 1_048_576

    with pytest.raises(OverCap) as caught:
        await read_capped(endless(), LIMIT)

    assert not caught.value.oversized.complete


def test_a_gzip_body_is_unpacked():
    body = os.urandom(4_000)

    assert unpacked(gzip.compress(body), LIMIT) == body


def test_several_gzip_members_are_one_body():
    body = gzip.compress(b"one ") + gzip.compress(b"two")

    assert unpacked(body, LIMIT) == b"one two"


@pytest.mark.parametrize("size", [LIMIT + 1, 100 * 1_048_576])
def test_a_bomb_is_refused_without_being_unpacked(size):
    with pytest.raises(OverCap):
        unpacked(gzip.compress(b"\0" * size), LIMIT)


def test_a_small_bomb_is_refused_by_its_ratio():
    with pytest.raises(OverCap):
        unpacked(gzip.compress(b"\0" * 500_000), 1_048_576)


def test_a_bomb_in_the_second_member_is_refused():
    body = gzip.compress(os.urandom(500)) + gzip.compress(b"\0" * 10_000_000)

    with pytest.raises(OverCap):
        unpacked(body, LIMIT)


@pytest.mark.parametrize(
    "body",
    [
        b"not gzip",
        gzip.compress(b"cut short")[:-3],
        gzip.compress(b"a") + b"trailing",
        zlib.compress(b"zlib"),
        b"\x1f\x8b",
    ],
    ids=["no gzip", "cut short", "trailing", "zlib", "only magic"],
)
def test_what_is_no_gzip_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        unpacked(body, LIMIT)


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x"])
def test_other_encodings_are_refused(encoding):
    with pytest.raises(UnsupportedEncoding):
        check_encoding(encoding)


@pytest.mark.parametrize("encoding", ["gzip", " GZIP ", "x-gzip"])
def test_gzip_is_known_by_its_names(encoding):
    assert check_encoding(encoding) == "gzip"
