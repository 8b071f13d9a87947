"""Published tables of labels are read whole, without a single problem."""

import gzip
from datetime import UTC

import pytest
from optional_data import missing, published

from labeltrust.ingest.files import RowSettings, read_file

FILES = sorted([*published().glob("*/labels.csv.gz"), *published().glob("*/gold.csv")])


@pytest.mark.skipif(not FILES, reason=missing("*/labels.csv.gz"))
@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}-{p.name}" for p in FILES])
def test_every_row_of_a_published_set_is_an_event(path):
    settings = RowSettings(project="p", gold=path.name == "gold.csv", zone=UTC)

    with path.open("rb") as stream:
        pieces = list(read_file(stream, settings))

    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    header = pieces[0].raw.split(b"\n")[0] + b"\n"
    assert not [one for piece in pieces for one in piece.parsed.problems]
    assert b"".join(piece.raw.removeprefix(header) for piece in pieces) == raw.removeprefix(header)
    assert len(pieces[-1].parsed.events) > 0
