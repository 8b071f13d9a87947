"""Generic events: every field, what each type needs, and the good ones among the bad."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import TooLarge, UnreadableDelivery
from labeltrust.ingest._base import Delivery
from labeltrust.ingest._generic_event import read_event
from labeltrust.ingest.generic import MAX_EVENTS, parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FULL = {
    "id": "evt-123",
    "type": "label.submitted",
    "project": "fraud",
    "item": "txn-9",
    "labeler": "alice",
    "question": "verdict",
    "labeler_kind": "human",
    "label": "benign",
    "annotation_id": "a-77",
    "occurred_at": "2026-11-22T10:00:00Z",
    "assigned_at": "2026-11-22T10:59:00+01:00",
    "duration_seconds": 3.2,
    "content": {"text": "päivää: €"},
    "item_features": {"amount": 12.5, "country": "SE"},
    "suggestion": "fraud",
    "guideline_version": "3",
    "provenance": {"tool": "acme 4.1", "checksum": "sha256:…"},
    "media_url": "https://example.org/9.png",
    "vendor": "north",
    "replicate": 2,
}
LEAST = {"id": "e1", "type": "label.submitted", "project": "p", "item": "i", "labeler": "a"}


def parsed(body, content_type="application/json"):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": content_type}
    return parse(Delivery(source="s", body=body, headers=headers, received_at=NOW))


def event(**fields):
    """The one event of a body."""
    (one,) = parsed(LEAST | {"label": "x"} | fields).events
    return one


def problem(**fields):
    """The one problem of a body."""
    found = parsed(LEAST | {"label": "x"} | fields)
    assert not found.events
    (one,) = found.problems
    return one


def test_every_field_of_the_contract_is_kept():
    (one,) = parsed(FULL).events

    assert one.event_id == "evt-123"
    assert (one.type, one.project, one.item, one.labeler) == (
        "label.submitted", "fraud", "txn-9", "alice",
    )  # fmt: skip
    assert (one.question, one.label, one.labeler_kind) == ("verdict", "benign", "human")
    assert one.annotation_id == "a-77"
    assert one.occurred_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert (one.duration_seconds, one.replicate) == (3.2, 2)
    assert one.content == {"text": "päivää: €", "media_url": "https://example.org/9.png"}
    assert one.item_features == {"amount": 12.5, "country": "SE"}
    assert one.detail == {
        "suggestion": "fraud",
        "guideline_version": "3",
        "provenance": {"tool": "acme 4.1", "checksum": "sha256:…"},
        "vendor": "north",
        "assigned_at": "2026-11-22T09:59:00+00:00",
    }


def test_what_is_left_out_or_null_has_the_documented_defaults():
    (one,) = parsed(dict.fromkeys(FULL) | LEAST | {"label": "x"}).events

    assert (one.question, one.labeler_kind, one.replicate) == ("label", "human", 0)
    assert one.occurred_at is one.duration_seconds is one.annotation_id is None
    assert not one.content
    assert not one.detail


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("label.submitted", ("item", "labeler", "label")),
        ("label.withdrawn", ("item", "labeler")),
        ("gold.declared", ("item", "label")),
        ("gold.withdrawn", ("item",)),
        ("item.described", ("item",)),
    ],
)
def test_each_type_says_what_it_needs(kind, needed):
    whole = {"id": "e", "type": kind, "project": "p", "item": "i", "labeler": "a", "label": "x"}

    assert parsed(whole).events[0].type == kind
    for name in ("id", "type", "project", *needed):
        for rest in ({k: v for k, v in whole.items() if k != name}, whole | {name: None}):
            (found,) = parsed(rest).problems
            assert found.code == "missing_field"
            assert found.detail.startswith(f"{name}: required")


def test_a_withdrawal_may_name_an_annotation_alone():
    (one,) = parsed(
        {"id": "e", "type": "label.withdrawn", "project": "p", "annotation_id": "a-77"}
    ).events

    assert (one.annotation_id, one.item, one.labeler) == ("a-77", "", None)


def test_a_skip_withdraws_the_answer_and_loses_nothing():
    one = event(skipped=True, label="fraud")

    assert (one.type, one.item, one.labeler, one.label) == ("label.withdrawn", "i", "a", None)
    assert one.detail == {"skipped": True, "label": "fraud"}


def test_a_skip_needs_no_label():
    (one,) = parsed(LEAST | {"skipped": True}).events

    assert one.type == "label.withdrawn"


def test_fields_that_a_type_has_no_use_for_are_kept():
    one = event(type="gold.declared")

    assert (one.labeler, one.label) == (None, "x")
    assert one.detail == {"labeler": "a"}


@pytest.mark.parametrize("label", ["x", 3, 0, -1.5, True, ["a", "b"], [], [{"start": 0, "end": 2}]])
def test_labels_of_every_kind_stay_as_they_were_sent(label):
    assert event(label=label).label == label


@pytest.mark.parametrize("name", ["id", "item", "labeler", "annotation_id"])
@pytest.mark.parametrize("text", ["a/b@c%2F", " ", "ä" * 10_000, "'; drop table", "=1+1", "../.."])
def test_an_outside_id_is_any_text(name, text):
    one = event(**{name: text})

    assert getattr(one, {"id": "event_id"}.get(name, name)) == text


@pytest.mark.parametrize("name", ["id", "item", "labeler"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_id"),
        ("x" * 10_001, "too_long"),
        ("a\x00b", "not_text"),
        ("\ud800", "not_text"),
        (7, "wrong_type"),
        (["a"], "wrong_type"),
    ],
)
def test_an_id_that_cannot_be_one_is_refused_by_name(name, text, code):
    found = problem(**{name: text})

    assert found.code == code
    assert name in found.detail


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("label", {"a": 1}, "wrong_type"),
        ("label", 2**53, "number_out_of_range"),
        ("content", "text", "wrong_type"),
        ("item_features", [1], "wrong_type"),
        ("duration_seconds", -1, "wrong_type"),
        ("duration_seconds", "3", "wrong_type"),
        ("replicate", -1, "wrong_type"),
        ("replicate", 1.5, "wrong_type"),
        ("skipped", "yes", "wrong_type"),
        ("question", "q" * 257, "too_long"),
        ("type", "label.sumbitted", "unknown_type"),
        ("labeler_kind", "robot", "unknown_labeler_kind"),
        ("occurred_at", "yesterday", "bad_time"),
        ("occurred_at", "", "bad_time"),
        ("occurred_at", 1764000000, "wrong_type"),
        ("occurred_at", "2026-11-22T10:00:00", "time_without_zone"),
        ("occurred_at", "2026-11-22", "time_without_zone"),
        ("occurred_at", "0001-01-01T00:00:00+05:00", "bad_time"),
        ("assigned_at", "2026-11-22T10:00:00", "time_without_zone"),
    ],
)
def test_a_wrong_value_is_refused_naming_field_and_reason(field, value, code):
    found = problem(**{field: value})

    assert (found.code, found.index, found.status) == (code, 0, 422)
    assert field in found.detail


def test_an_unknown_field_is_refused_and_the_known_ones_are_listed():
    found = problem(lable="fraud")

    assert found.code == "unknown_field"
    assert "'lable'" in found.detail
    assert "item_features" in found.detail


def test_good_events_among_bad_ones_go_in():
    good = [LEAST | {"id": f"e{n}", "label": "x"} for n in range(5)]
    batch = [good[0], {"id": 7}, good[1], "text", good[2] | {"occurred_at": "soon"}, good[3]]

    found = parsed(batch)

    assert [one.event_id for one in found.events] == ["e0", "e1", "e3"]
    assert found.positions == (0, 2, 5)
    assert [(one.index, one.code) for one in found.problems] == [
        (1, "wrong_type"), (3, "not_an_object"), (4, "bad_time"),
    ]  # fmt: skip


def test_a_flaw_of_strict_json_spoils_only_its_own_event():
    good = json.dumps(LEAST | {"label": "x"}).encode()
    twice = good.replace(b'"item"', b'"item": "j", "item"')

    found = parsed(b"[" + good + b"," + twice + b"," + good.replace(b'"x"', b"NaN") + b"]")

    assert found.positions == (0,)
    assert [one.code for one in found.problems] == ["duplicate_key", "number_out_of_range"]


@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"\n\n  \n"])
@pytest.mark.parametrize("content_type", ["application/x-ndjson; charset=utf-8", "text/plain"])
def test_lines_are_events_and_a_broken_line_is_one_problem(separator, content_type):
    lines = [json.dumps(LEAST | {"id": f"e{n}", "label": "x"}).encode() for n in range(3)]

    whole = parsed(separator.join(lines) + separator, content_type)
    broken = parsed(separator.join([lines[0], b'{"id": ', lines[2]]), content_type)

    assert [one.event_id for one in whole.events] == ["e0", "e1", "e2"]
    assert [one.event_id for one in broken.events] == ["e0", "e2"]
    assert broken.positions == (0, 2)
    assert [(one.index, one.code) for one in broken.problems] == [(1, "not_json")]


def test_a_problem_in_lines_names_the_line():
    (found,) = parsed(b'{"id": "e"}\n\n{"id": }\n').problems[1:]

    assert found.detail.startswith("line 3, column 8: not JSON")


def test_an_object_written_over_several_lines_is_one_event():
    (one,) = parsed(json.dumps(LEAST | {"label": "x"}, indent=2).encode() + b"\n").events

    assert one.event_id == "e1"


@pytest.mark.parametrize("body", [b"", b"fraud", b'[{"id": "e"}', b"\xff", b"[" * 50_000])
def test_a_body_that_is_no_json_is_unreadable_as_a_whole(body):
    with pytest.raises(UnreadableDelivery):
        parsed(body)


@pytest.mark.parametrize("join", [b",", b"\n"])
@pytest.mark.parametrize("label", [b'"x"', b"NaN"])
def test_a_batch_holds_at_most_a_thousand_events(join, label):
    one = json.dumps(LEAST).encode()[:-1] + b', "label": ' + label + b"}"
    begin, end = (b"[", b"]") if join == b"," else (b"", b"")

    most = parsed(begin + join.join([one] * MAX_EVENTS) + end)

    assert len(most.events) + len(most.problems) == MAX_EVENTS
    with pytest.raises(TooLarge, match="1001 events"):
        parsed(begin + join.join([one] * (MAX_EVENTS + 1)) + end)


def test_values_nested_deeper_than_the_fast_reader_looks_are_read_up_to_twenty_levels():
    deep = "x"
    for _ in range(18):
        deep = [deep]

    assert event(content={"a": deep}).content["a"] == deep
    assert problem(content={"a": [deep]}).code == "too_deep"


@given(st.dictionaries(st.sampled_from([*FULL, "x"]), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.lists(st.text(max_size=2), max_size=2), st.dictionaries(st.text(max_size=2), st.none()),
    st.sampled_from(list(FULL.values())),
)))  # fmt: skip
def test_any_object_is_an_event_or_a_problem(fields):
    found = parsed(json.dumps([fields]).encode())

    assert len(found.events) + len(found.problems) == 1
    assert all(one.detail.isprintable() for one in found.problems)


@given(st.sets(st.sampled_from([name for name in FULL if name not in LEAST and name != "label"])))
def test_the_fast_reader_and_the_exact_one_read_the_same(names):
    fields = LEAST | {"label": "benign"} | {name: FULL[name] for name in names}

    (fast,) = parsed([fields]).events

    assert fast == read_event(fields)
