"""Label Studio's JSON export, read task by task."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import LabeltrustError, Misconfigured, UnreadableDelivery
from labeltrust.ingest.files import RowSettings
from labeltrust.ingest.files.label_studio_export import read

AT = "2026-11-22T10:00:00.000041Z"


def result(label="fraud"):
    return [{"from_name": "verdict", "type": "choices", "value": {"choices": [label]}}]


def annotation(number=5, **fields):
    return {
        "id": number, "completed_by": 2, "updated_by": 2, "result": result(), "lead_time": 3.0,
        "was_cancelled": False, "ground_truth": False, "created_at": AT, "updated_at": AT,
    } | fields  # fmt: skip


def task(number=1, *annotations, **fields):
    data = {"text": f"payment {number}"}
    return {"id": number, "data": data, "annotations": list(annotations), "created_at": AT} | fields


def pieces(tasks, **settings):
    body = tasks if isinstance(tasks, bytes) else json.dumps(tasks, indent=1).encode()
    return list(read(io.BytesIO(body), RowSettings(project="fraud", **settings)))


def parsed(*tasks, **settings):
    (piece,) = pieces(list(tasks), **settings)
    return piece.parsed


def test_an_annotation_is_a_label_as_in_a_webhook():
    (one,) = parsed(task(1, annotation())).events

    assert (one.type, one.item, one.labeler) == ("label.submitted", "1", "2")
    assert (one.question, one.label, one.duration_seconds) == ("verdict", "fraud", 3.0)
    assert one.content == {"text": "payment 1"}
    assert one.event_id == "ANNOTATION_EXPORTED:5:2026-11-22T10:00:00.000041+00:00:verdict"


def test_rules_of_the_webhook_hold_for_the_export():
    found = parsed(
        task(
            1,
            annotation(1, completed_by={"id": 2, "email": "alice@example.com"}, updated_by=4),
            annotation(2, was_cancelled=True),
            annotation(3, ground_truth=True, updated_by=7),
        ),
        config={"gold_accounts": [7], "questions": {"verdict": "label"}},
    )

    assert [(one.type, one.labeler) for one in found.events] == [
        ("label.submitted", "4"), ("label.withdrawn", "2"), ("gold.declared", None),
    ]  # fmt: skip
    assert {one.question for one in found.events} == {"label"}
    assert "alice@example.com" not in repr(found)
    assert found.positions == (0, 0, 0)


def test_predictions_are_labels_of_their_model():
    prediction = {"id": 9, "result": result("benign"), "model_version": "m2", "score": 0.7,
                  "created_at": AT}  # fmt: skip

    (one,) = parsed(task(1, predictions=[prediction, 10])).events

    assert (one.labeler, one.labeler_kind, one.label) == ("model:m2", "model", "benign")
    assert one.detail == {"score": 0.7}


def test_a_task_without_labels_describes_its_item_and_drafts_are_no_votes():
    found = parsed(task(1, drafts=[{"result": result()}]))

    assert [one.type for one in found.events] == ["item.described"]
    assert found.ignored == 1


def test_broken_parts_are_named_and_the_rest_goes_in():
    found = parsed(
        task(1, annotation(1), annotation(2, updated_at="soon")),
        7,
        {"id": 3, "verdict": "fraud", "annotator": 2},
        task(4, annotation(4, result="x")),
        task(5, annotation(5)),
    )

    assert [one.annotation_id for one in found.events] == ["1", "5"]
    assert found.positions == (0, 4)
    assert [(one.index, one.code) for one in found.problems] == [
        (0, "bad_time"), (1, "not_a_task"), (2, "not_a_task"), (3, "bad_result"),
    ]  # fmt: skip


def test_pieces_name_their_first_row_and_can_be_read_again():
    found = pieces([task(n, annotation(n)) for n in range(5)], rows_per_piece=2)

    assert [piece.first_row for piece in found] == [1, 3, 5]
    for piece in found:
        (again,) = pieces(piece.raw)
        assert again.parsed == piece.parsed


def test_a_task_longer_than_what_is_read_at_once_is_read_whole():
    long = task(1, annotation(1), data={"text": 'ä]},{["' * 700_000})

    found = parsed(long, task(2, annotation(2)))

    assert [one.item for one in found.events] == ["1", "2"]
    assert len(found.events[0].content["text"]) == 4_900_000


@pytest.mark.parametrize("body", [b"[]", b" [ ] ", b"\xef\xbb\xbf[]"])
def test_an_export_of_nothing_is_nothing(body):
    assert pieces(body) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON list"),
        (b'{"id": 1}', "no JSON list"),
        (b"[", "row 1"),
        (b'[{"id": 1}', "no comma behind task 1"),
        (b'[{"id": 1} {"id": 2}]', "no comma behind task 1"),
        (b'[{"id": 1},]', "row 2"),
        (b'[{"id": 1}, nonsense]', "row 2"),
        (b"[] []", "behind the list"),
        (b"[" * 100_000, "row 1: no Label Studio export: nested deeper"),
        (b'[{"id": "\xff"}]', "not UTF-8"),
    ],
)
def test_what_is_no_export_is_unreadable_naming_the_row(body, reason):
    with pytest.raises(UnreadableDelivery) as refusal:
        pieces(body)

    assert reason in str(refusal.value)


def test_tasks_before_a_broken_one_are_handed_over():
    body = json.dumps([task(1, annotation(1)), task(2, annotation(2))]).encode()
    stream = read(io.BytesIO(body[:-20]), RowSettings(project="p", rows_per_piece=1))

    assert next(stream).parsed.events[0].item == "1"
    with pytest.raises(UnreadableDelivery, match="row 2"):
        next(stream)


def test_an_export_declares_no_gold_by_being_called_a_gold_file():
    with pytest.raises(Misconfigured, match="gold_accounts"):
        pieces([task(1)], gold=True)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "data", "annotations", "predictions", "result", "value", "type",
                             "from_name", "completed_by", "updated_at", "drafts", "choices"]),
            inner, max_size=4,
        ),
    ),
    max_leaves=15,
)  # fmt: skip


@given(st.lists(JSON, max_size=3))
def test_arbitrary_tasks_become_events_or_problems(tasks):
    for piece in pieces(json.dumps(tasks).encode()):
        assert all(one.detail.isprintable() for one in piece.parsed.problems)


@given(st.binary(max_size=100), st.integers(0, 400))
def test_arbitrary_bytes_let_no_other_error_out(noise, at):
    body = json.dumps([task(1, annotation(1)), task(2)]).encode()

    for broken in (noise, body[:at] + noise, body[:at] + noise + body[at:]):
        assert refusal_of(broken).isprintable()


def refusal_of(body):
    """What is said about a file that is refused, or nothing."""
    try:
        pieces(body)
    except LabeltrustError as refusal:
        return str(refusal)
    return ""
