"""Rules for every platform and every file format, also those not written yet."""

import io
import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platform_samples import SAMPLES

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput, LabeltrustError, Misconfigured, NotProven
from labeltrust.domain.events import Event, Parsed
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform, Secret
from labeltrust.ingest.files import RowSettings, file_formats

PLATFORMS = discover(ingest, "PLATFORM", Platform)
FORMATS = file_formats()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONFIG = {"project": "fraud"}
CONFIGS = {"huggingface_hub": {"questions": {"comment": "text"}}}  # read only where asked for
SECRETS = [Secret(key_id="k1", text="whsec_" + "b2" * 24), Secret(key_id="k2", text="x" * 32)]

every_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)

WORDS = st.sampled_from(
    ["id", "type", "project", "item", "labeler", "label", "question", "data", "timestamp",
     "action", "annotation", "annotations", "task", "tasks", "result", "value", "from_name",
     "completed_by", "updated_by", "updated_at", "created_at", "ANNOTATION_CREATED", "choices",
     "label.submitted", "gold.declared", "label.withdrawn", "2026-11-22T10:00:00Z", "skipped",
     "content", "occurred_at", "parsed_label_config", "", "\ud800", "\x00", "a/b@c", "x" * 300]
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=5)
    ),
    max_leaves=25,
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=300),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.lists(JSON, max_size=3).map(lambda values: "\n".join(map(json.dumps, values)).encode()),
)
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "webhook-id", "authorization", "webhook-signature"]),
    st.one_of(WORDS, st.sampled_from(["application/json", "application/x-ndjson", "msg_1"])),
)


def delivery(body=b"{}", headers=None, **config):
    return Delivery(
        source="s", body=body, headers=headers or {}, received_at=NOW, config=CONFIG | config
    )  # fmt: skip


def check_parsed(parsed, last_index=None):
    """What a recorder may rely on."""
    assert isinstance(parsed, Parsed)
    assert len(parsed.events) == len(parsed.positions)
    for one in parsed.events:
        check_event(one)
    for one in parsed.pulls:
        check_pull(one)
    for one in parsed.problems:
        assert one.code
        assert one.code == one.code.lower()
        assert one.detail.isprintable()
        assert one.status in {409, 413, 422}
    places = [*parsed.positions, *(one.index for one in parsed.problems)]
    assert all(isinstance(place, int) and place >= 0 for place in places)
    assert last_index is None or all(place <= last_index for place in places)


def check_pull(one):
    assert one.project
    assert 0 < len(one.kind) <= 64
    for text in (one.object_id, *one.within, *one.within.values()):
        assert isinstance(text, str)
        assert 0 < len(text) <= 256
        assert "\x00" not in text
        text.encode()
    assert one.changed_at is None or one.changed_at.tzinfo is UTC


def check_event(one):
    texts = [one.project, one.item, one.labeler, one.question, one.event_id, one.annotation_id]
    for text in [text for text in texts if text is not None]:
        assert "\x00" not in text
        text.encode()
    assert one.project
    assert one.question
    assert one.item or one.annotation_id
    for time in (one.occurred_at, one.revised_at):
        assert time is None or time.tzinfo is UTC
    for value in (one.label, dict(one.content), dict(one.item_features), dict(one.detail)):
        written = json.dumps(value, allow_nan=False)
        assert "\\u0000" not in written
        msgspec.json.encode(value)


@every_platform
@given(body=BODIES, headers=HEADERS)
def test_a_platform_reads_or_refuses_and_nothing_else_comes_out(platform, body, headers):
    try:
        parsed = platform.parse(delivery(body, headers))
    except LabeltrustError as refusal:
        text = str(refusal)
    else:
        check_parsed(parsed)
        text = ""

    assert text.isprintable()


def places(value, path=()):
    """Every place in a JSON value, by its path."""
    yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, step))


def replaced(value, path, other):
    """The value with something else at a place."""
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


def module_of(platform):
    (module,) = (name for name, one in PLATFORMS.items() if one is platform)
    return module


def test_every_platform_has_samples():
    assert set(SAMPLES) == set(PLATFORMS)


@every_platform
def test_every_sample_states_or_announces_something(platform):
    for headers, body in SAMPLES[module_of(platform)]:
        parsed = platform.parse(delivery(json.dumps(body).encode(), headers))

        check_parsed(parsed)
        assert parsed.events or parsed.pulls or parsed.ignored
        assert not parsed.problems


@every_platform
def test_what_is_kept_of_a_delivery_is_enough_to_read_it_again(platform):
    config = CONFIGS.get(module_of(platform), {})
    for headers, body in SAMPLES[module_of(platform)]:
        raw = json.dumps(body).encode()
        told = headers | {"webhook-id": "msg_1"}
        kept = {name: value for name, value in told.items() if name in platform.kept_headers}

        now, later = (platform.parse(delivery(raw, some, **config)) for some in (told, kept))

        assert now == later


@every_platform
@given(data=st.data())
@settings(max_examples=400)
def test_any_part_of_a_right_body_may_be_nonsense(platform, data):
    headers, body = data.draw(st.sampled_from(SAMPLES[module_of(platform)]))
    for _ in range(data.draw(st.integers(1, 2))):
        body = replaced(body, data.draw(st.sampled_from(list(places(body)))), data.draw(JSON))

    try:
        parsed = platform.parse(
            delivery(
                json.dumps(body).encode(),
                headers,
                gold_accounts=[3],
                **CONFIGS.get(module_of(platform), {}),
            )
        )
    except LabeltrustError as refusal:
        text = str(refusal)
    else:
        check_parsed(parsed)
        text = ""

    assert text.isprintable()


@every_platform
@given(body=BODIES)
def test_a_platform_reads_the_same_bytes_the_same_way(platform, body):
    assert outcome(platform, body) == outcome(platform, body)


def outcome(platform, body):
    try:
        return platform.parse(delivery(body))
    except LabeltrustError as refusal:
        return type(refusal), str(refusal)


@every_platform
@given(body=BODIES, headers=HEADERS)
def test_without_a_right_secret_nothing_is_proven(platform, body, headers):
    with pytest.raises(NotProven):
        platform.prove(delivery(body, headers), SECRETS)
    with pytest.raises(NotProven):
        platform.prove(delivery(body, headers), [])


@every_platform
def test_a_platform_says_what_people_need_to_set_it_up(platform):
    assert platform.title
    assert platform.secret_hint.endswith(".")
    assert platform.parser_version.startswith(f"{platform.name}/")
    platform.check_config(CONFIG)
    with pytest.raises(Misconfigured):
        platform.check_secret("short")


@every_platform
def test_no_header_that_may_hold_a_static_secret_is_kept(platform):
    assert set(EVIDENCE_HEADERS) <= set(platform.kept_headers)
    assert not {"authorization", "cookie", "x-api-key"} & set(platform.kept_headers)
    assert all(name == name.lower() for name in platform.kept_headers)


def test_names_of_platforms_and_formats_are_unique():
    names = [one.name for one in PLATFORMS.values()]

    assert {"generic", "label-studio", "standard-webhooks", "cloudevents"} <= set(names)
    assert len(set(names)) == len(names)
    assert {"csv", "jsonl", "parquet", "label-studio"} <= set(FORMATS)


@every_format
@given(body=BODIES, gold=st.booleans(), rows=st.integers(1, 3))
def test_a_format_reads_or_refuses_and_nothing_else_comes_out(form, body, gold, rows):
    rows_of = RowSettings(project="fraud", gold=gold, rows_per_piece=rows)

    assert read_checked(form, body, rows_of).isprintable()


@every_format
@given(
    body=st.lists(
        st.one_of(WORDS, st.text(max_size=5)).map(
            lambda text: text.encode(errors="surrogatepass")
        ),
        min_size=1, max_size=40,
    ).map(b",".join)
)  # fmt: skip
def test_a_format_reads_or_refuses_rows(form, body):
    header = b"item,labeler,label,created_at,duration_seconds,replicate\n"

    assert read_checked(form, header + body, RowSettings(project="fraud")).isprintable()


def read_checked(form, body, rows_of):
    """Read all pieces and check each; return what a refusal says, or nothing."""
    next_row = 1
    try:
        for piece in form.read(io.BytesIO(body), rows_of):
            check_parsed(piece.parsed, rows_of.rows_per_piece - 1)
            assert piece.first_row == next_row
            again = list(form.read(io.BytesIO(piece.raw), rows_of))
            assert [one.parsed for one in again] == [piece.parsed]
            next_row += rows_of.rows_per_piece
    except (InvalidInput, Misconfigured) as refusal:
        return str(refusal)
    return ""


def test_an_event_is_plain_data():
    one = Event(type="label.submitted", project="p", item="i", labeler="a", label="x")

    assert one == msgspec.structs.replace(one)
    with pytest.raises(AttributeError):
        one.label = "y"
