"""Checksums of what items show: one for equal values, another for anything else."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.client import with_checksum
from labeltrust.domain.checksums import content_checksum
from labeltrust.domain.errors import InvalidInput

GUIDE = Path(__file__).parents[3] / "docs" / "checksums.md"
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
objects = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6), values, max_size=4
)


def digest(text):
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize(
    ("features", "written"),
    [
        ({"n": 1.0}, '{"n":1}'),
        ({"n": -0.0}, '{"n":0}'),
        ({"n": 1e21}, '{"n":1e+21}'),
        ({"n": 1e20}, '{"n":100000000000000000000}'),
        ({"n": 0.000001}, '{"n":0.000001}'),
        ({"n": 0.0000001}, '{"n":1e-7}'),
        ({"n": 5e-324}, '{"n":5e-324}'),
        ({"n": 1.7976931348623157e308}, '{"n":1.7976931348623157e+308}'),
        ({"n": 9007199254740991}, '{"n":9007199254740991}'),
        ({"n": 9007199254740993.0}, '{"n":9007199254740992}'),
        ({"n": True, "m": None}, '{"m":null,"n":true}'),
        ({"b": 1, "a": 2, "B": 3}, '{"B":3,"a":2,"b":1}'),
        ({"\ue000": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ue000":1}'),  # as UTF-16, not UTF-8
        ({"n": "é\u2028\x7f\x01\n/"}, '{"n":"é\u2028\x7f\\u0001\\n/"}'),
        ({"n": [[], {}, ""]}, '{"n":[[],{},""]}'),
    ],
)
def test_it_is_the_digest_of_the_rfc_8785_form(features, written):
    assert content_checksum({}, features) == digest(f'{{"content":{{}},"item_features":{written}}}')


def test_two_spellings_of_a_letter_are_two_texts():
    composed, apart = "\u00e9", "e\u0301"

    assert content_checksum({"text": composed}, {}) != content_checksum({"text": apart}, {})


@given(content=objects, features=objects)
def test_writing_and_reading_json_changes_nothing(content, features):
    try:
        before = content_checksum(content, features)
    except InvalidInput:
        return  # half of a surrogate pair as a key of an inner object

    read = json.loads(json.dumps([content, features]))

    assert content_checksum(*read) == before


@pytest.mark.parametrize("n", [2**53, -(2**53), float("nan"), float("inf"), float("-inf"), 10**400])
def test_a_number_that_json_readers_would_change_is_refused(n):
    with pytest.raises(InvalidInput) as refused:
        content_checksum({}, {"n": n})

    assert (refused.value.code, refused.value.place) == ("not_canonical", "content_checksum")


@pytest.mark.parametrize("text", ["\ud800", {1: "a"}, {1, 2}, b"x"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(InvalidInput):
        content_checksum({"text": text}, {})


def test_brackets_without_end_are_refused():
    deep = value = []
    for _ in range(100_000):
        value.append([])
        value = value[0]

    with pytest.raises(InvalidInput):
        content_checksum({"text": deep}, {})


def test_a_client_states_the_checksum_of_what_it_sends():
    event = {"content": {"text": "x"}, "item_features": None, "media_url": "https://example.org/9"}

    sent = with_checksum(event)

    assert sent == event | {
        "content_checksum": content_checksum(
            {"text": "x", "media_url": "https://example.org/9"}, {}
        )
    }
    for bad in ({"content": "x"}, {"item_features": [1]}, {"media_url": 7}):
        with pytest.raises(InvalidInput):
            with_checksum(bad)


@pytest.fixture
def guide(tmp_path):
    """The guide's text, and a folder with its event but for the checksum."""
    text = GUIDE.read_text("utf-8")
    event = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    stated = event.pop("content_checksum")
    (tmp_path / "event.json").write_text(json.dumps(event), "utf-8")
    assert with_checksum(event)["content_checksum"] == stated
    return text, tmp_path, stated


def output(command, folder):
    found = subprocess.run(  # noqa: S603 - the guide's own lines
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_the_program_of_the_guide_finds_what_labeltrust_finds(guide):
    text, folder, stated = guide
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]

    assert output([sys.executable, "-c", program], folder) == stated


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_shell_line_of_the_guide_finds_what_labeltrust_finds(guide):
    text, folder, stated = guide
    (line,) = re.findall(r"^    (jq .*)$", text, re.MULTILINE)

    assert output(["sh", "-c", line], folder) == f"{stated.removeprefix('sha256:')}  -"
