"""Every platform's export: recognised, read as documented, read again out of its pieces."""

import gzip
import io
import itertools
import json
import tracemalloc

import pytest
from exports import ALL, IDS, SAMPLES, Sample, lines, prodigy, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltrust.domain.errors import (
    InvalidInput,
    LabeltrustError,
    Misconfigured,
    TooLarge,
    UnreadableDelivery,
)
from labeltrust.ingest.files import (
    RowSettings,
    file_format,
    file_formats,
    opened,
    read_file,
)

every_sample = pytest.mark.parametrize(("name", "number", "sample"), ALL, ids=IDS)


def settings_of(sample: Sample, **more):
    told = {"file": next(iter(sample.files)) if sample.is_one_file else "export.zip"}
    return RowSettings(project="p", config=sample.config, labeler=sample.labeler, **(told | more))


def read(body, sample, name="auto", **more):
    return list(read_file(io.BytesIO(body), settings_of(sample, **more), name))


def said(pieces):
    return [
        (one.item, one.labeler, one.question, one.label)
        for piece in pieces
        for one in piece.parsed.events
    ]


def test_every_platform_with_an_export_has_a_sample():
    own = {"csv", "jsonl", "parquet", "label-studio"}

    assert set(SAMPLES) == set(file_formats()) - own


@every_sample
def test_an_export_is_told_by_its_content_and_read(name, number, sample):
    look, _ = opened(io.BytesIO(sample.body))

    assert file_format("auto", look).name == name
    assert said(read(sample.body, sample)) == sample.said
    assert not any(piece.parsed.problems for piece in read(sample.body, sample))


@every_sample
def test_exports_in_gzip_and_zip_say_the_same(name, number, sample):
    assert said(read(gzip.compress(sample.body), sample)) == sample.said
    if sample.is_one_file and name != "inception":
        # Inside a zip the path names the file, and not the name of the zip.
        assert len(said(read(zipped(sample.files), sample))) == len(sample.said)


@every_sample
def test_a_piece_is_read_again_as_it_was(name, number, sample):
    kind = file_formats()[name]

    for piece in read(sample.body, sample, rows_per_piece=1):
        plain = RowSettings(project="p", config=sample.config)
        (again,) = kind.read(io.BytesIO(piece.raw), plain)
        assert again.parsed == piece.parsed


@every_sample
def test_events_are_plain_and_name_nobody_but_as_labeler(name, number, sample):
    for piece in read(sample.body, sample):
        for one in piece.parsed.events:
            json.dumps([dict(one.content), dict(one.detail), one.label])
            assert "alice" not in json.dumps([dict(one.content), dict(one.detail)])


@every_sample
def test_a_gold_file_is_no_export(name, number, sample):
    with pytest.raises(Misconfigured, match="gold file is a table"):
        read(sample.body, sample, name, gold=True)


@pytest.mark.parametrize("config", [{"questions": ["a"]}, {"questions": {"a": ""}}])
@every_sample
def test_settings_that_cannot_be_are_named(name, number, sample, config):
    asked = RowSettings(project="p", config=config)

    with pytest.raises(Misconfigured, match="'questions'"):
        list(read_file(io.BytesIO(sample.body), asked, name))


def test_questions_choose_among_what_was_answered():
    sample = SAMPLES["argilla"][0]

    told = RowSettings(project="p", config={"questions": {"verdict": "label"}})
    events = [e for p in read_file(io.BytesIO(sample.body), told) for e in p.parsed.events]
    assert {one.question for one in events} == {"label"}
    other = RowSettings(project="p", config={"questions": {"else": "label"}})
    (piece,) = read_file(io.BytesIO(sample.body), other)
    assert piece.parsed.events == ()
    assert piece.parsed.ignored == 2


NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3),
    st.sampled_from(["\ud800", "\x00", "a/b@c", "x" * 300, -1, 10**400, "2026-11-01", [], {}]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
)  # fmt: skip


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, step))


def replaced(value, path, other):
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


def changed(body, data):
    """A JSON file with nonsense in one or two places, or other text with bytes changed."""
    try:
        values = [json.loads(line) for line in body.splitlines()]
        many = True
    except ValueError:
        many = False
    try:
        value = values if many else json.loads(body)
    except ValueError:
        at = data.draw(st.integers(0, len(body)))
        cut = data.draw(st.integers(0, 9))
        return body[:at] + data.draw(st.binary(max_size=6)) + body[at + cut :]
    for _ in range(data.draw(st.integers(1, 2))):
        value = replaced(
            value, data.draw(st.sampled_from(list(places(value)))), data.draw(NONSENSE)
        )
    if many and isinstance(value, list):
        return "\n".join(map(json.dumps, value)).encode()
    return json.dumps(value).encode()


@every_sample
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_part_of_an_export_may_be_nonsense(name, number, sample, data):
    path = data.draw(st.sampled_from(sorted(sample.files)))
    files = {**sample.files, path: changed(sample.files[path], data)}
    body = next(iter(files.values())) if sample.is_one_file else zipped(files)

    text = ""
    try:
        for piece in read(body, sample, name, rows_per_piece=data.draw(st.integers(1, 3))):
            check(piece)
            plain = RowSettings(project="p", config=sample.config)
            (again,) = file_formats()[name].read(io.BytesIO(piece.raw), plain)
            assert again.parsed == piece.parsed
    except (InvalidInput, TooLarge) as refusal:
        text = str(refusal)

    assert text.isprintable()


def check(piece):
    for one in piece.parsed.events:
        assert one.item
        assert one.question
        json.dumps([one.label, dict(one.content), dict(one.detail)], allow_nan=False).encode()
        assert one.labeler or one.type == "gold.declared"
    for problem in piece.parsed.problems:
        assert problem.detail.isprintable()
        assert problem.code == problem.code.lower()


def test_a_broken_line_in_the_middle_is_named_and_spoils_no_other():
    broken = [prodigy(), prodigy("bob"), prodigy("cat")]
    body = lines(broken[0]) + b'{"text": oops\n' + lines(broken[1]) + lines(broken[2])

    (piece,) = read_file(io.BytesIO(body), RowSettings(project="p"), "prodigy")

    assert [one.labeler for one in piece.parsed.events] == ["alice", "bob", "cat"]
    (problem,) = piece.parsed.problems
    assert (problem.index, problem.code) == (1, "not_json")


def test_problems_in_a_zip_name_file_and_field():
    files = {"alice.jsonl": lines({"id": 1, "text": "t", "label": [3]}),
             "bob.jsonl": lines({"id": 1, "text": "t", "label": ["x"]})}  # fmt: skip

    first, second = read_file(io.BytesIO(zipped(files)), RowSettings(project="p"), "doccano")

    assert first.parsed.problems[0].detail == "alice.jsonl: label/0: is 3, not a text"
    assert second.parsed.events[0].labeler == "bob"


def test_a_list_that_breaks_off_hands_over_what_came_before():
    body = SAMPLES["argilla"][1].body.rstrip(b"]\n ") + b', {"id": '

    pieces = []
    with pytest.raises(UnreadableDelivery, match="row 3"):
        pieces.extend(read_file(io.BytesIO(body), RowSettings(project="p")))

    assert len(pieces[0].parsed.events) == 2


class _Endless:
    """A stream of tasks that is made as it is read."""

    def __init__(self, n: int) -> None:
        self._lines = (lines(prodigy(f"a{k % 50}", _input_hash=k)) for k in range(n))
        self._rest = b""

    def read(self, size=-1, /):
        while len(self._rest) < size:
            more = b"".join(itertools.islice(self._lines, 500))
            if not more:
                break
            self._rest += more
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def test_a_long_file_is_never_in_memory():
    n, rows = 20_000, RowSettings(project="p", rows_per_piece=500)  # 8 MB of JSON
    list(read_file(_Endless(1), rows))  # modules that are imported at first use are no part of it

    tracemalloc.start()
    n_events = 0
    for piece in read_file(_Endless(n), rows):
        n_events += len(piece.parsed.events)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert n_events == n
    assert peak < 12 * 2**20  # the events alone would take 30


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("csv", b"item,labeler,label\ri1,ann,x\n\ni2,ann\n"),
        ("toloka", b"INPUT:t\tOUTPUT:v\ra\tb\n\na\tb\tc\n"),
    ],
)
def test_a_header_that_ends_as_on_an_old_machine_swallows_no_blank_row(name, body):
    config = {"item_key": "t"} if name == "toloka" else {}
    single = RowSettings(project="p", config=config, rows_per_piece=1)

    pieces = list(file_formats()[name].read(io.BytesIO(body), single))

    assert len(pieces) == 3
    for piece in pieces:
        (again,) = file_formats()[name].read(io.BytesIO(piece.raw), single)
        assert again.parsed == piece.parsed


@every_sample
@given(junk=st.binary(max_size=200))
@settings(max_examples=30, deadline=None)
def test_a_zip_of_nonsense_is_refused_and_nothing_worse(name, number, sample, junk):
    for body in (sample.body[: len(junk)] + junk, b"PK\x03\x04" + junk, zipped({"a.json": junk})):
        text = ""
        try:
            read(body, sample, name)
        except LabeltrustError as refusal:
            text = str(refusal)
        assert text.isprintable()
