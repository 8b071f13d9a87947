"""Real payloads and exports with bytes changed, cut, repeated and swapped: read, or refused."""

import io
import json

import pytest
from contract.test_platforms import FORMATS, PLATFORMS, check_parsed, delivery
from effort import effort
from exports import SAMPLES as EXPORTS
from hypothesis import given, settings
from hypothesis import strategies as st
from platform_samples import SAMPLES

from labeltrust.domain.errors import LabeltrustError
from labeltrust.ingest.files import RowSettings

RESULT = [{"from_name": "v", "type": "choices", "value": {"choices": ["x"]}}]
ANNOTATION = {"id": 2, "completed_by": 3, "result": RESULT}
ANNOTATED = [{"id": 1, "data": {"text": "t"}, "annotations": [ANNOTATION]}]
OWN = {
    "label-studio": json.dumps(ANNOTATED).encode(),
    "csv": b"item,labeler,label,created_at\n1,ann,yes,2026-11-22\n2,bob,no,2026-11-22T10:00:00Z\n",
    "jsonl": b'{"item": "1", "labeler": "ann", "label": "yes"}\n{"item": "2", "labeler": "b"}\n',
}
# What breaks readers of JSON, numbers, times, tables and markup.
PIECES = st.sampled_from(
    [b"", b"\x00", b"\xff\xfe", b'"', b"{", b"]", b"[[[[", b"null", b"NaN", b"-0", b"1e999",
     b"9" * 400, b"\\ud800", b"\r", b"\n\n", b",,", b"\t", b"<a>", b"&x;", b"<!DOCTYPE a [",
     b"\xe2\x80\xae", b"2026-13-45T99:99:99Z", b"0000-00-00", b"../../etc/passwd",
     b"PK\x03\x04", b"\x1f\x8b"]
) | st.binary(max_size=8)  # fmt: skip


@st.composite
def mutated(draw, body):
    """A body with up to four places changed."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        end = min(len(body), at + draw(st.sampled_from([0, 1, 2, 8, 64, 1_000])))
        kind = draw(st.sampled_from(["put", "cut", "twice", "end", "bit"]))
        if kind == "put":
            body = body[:at] + draw(PIECES) + body[end:]
        elif kind == "cut":
            body = body[:at] + body[end:]
        elif kind == "twice":
            body = body[:end] + body[at:]
        elif kind == "end":
            body = body[:at]
        elif at < len(body):
            changed = body[at] ^ (1 << draw(st.integers(0, 7)))
            body = body[:at] + bytes([changed]) + body[at + 1 :]
    return body


@pytest.mark.parametrize("name", PLATFORMS)
@given(data=st.data())
@settings(max_examples=effort(40))
def test_a_payload_with_broken_bytes_is_read_or_refused(name, data):
    headers, body = data.draw(st.sampled_from(SAMPLES[name]))
    broken = data.draw(mutated(json.dumps(body).encode()))

    def parsed():
        check_parsed(PLATFORMS[name].parse(delivery(broken, headers)))

    assert refusal_of(parsed).isprintable()


@pytest.mark.parametrize("name", [name for name in FORMATS if name in {*EXPORTS, *OWN}])
@given(data=st.data())
@settings(max_examples=effort(25))
def test_an_export_with_broken_bytes_is_read_or_refused(name, data):
    sample = data.draw(st.sampled_from(EXPORTS[name])) if name in EXPORTS else None
    body = OWN[name] if sample is None else sample.body
    more = {} if sample is None else {"config": sample.config, "labeler": sample.labeler}
    broken = data.draw(mutated(body))

    assert refusal_of(lambda: read(FORMATS[name], broken, more)).isprintable()


def read(form, body, more):
    for piece in form.read(io.BytesIO(body), RowSettings(project="fraud", file="a.json", **more)):
        check_parsed(piece.parsed)


def refusal_of(act):
    """What a refusal says; nothing where there was none, and no other error is let pass."""
    try:
        act()
    except LabeltrustError as refusal:
        return str(refusal)
    return ""


def test_every_platform_and_format_is_tried():
    assert set(PLATFORMS) == set(SAMPLES)
    assert set(FORMATS) - {*EXPORTS, *OWN} <= {"parquet"}
