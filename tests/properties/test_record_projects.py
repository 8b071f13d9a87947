"""Projects own questions and scales; a change of scale is on record and counts from then on."""

import json

import pytest
from factories import owner
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, chain_rows

from labeltrust.domain.errors import InvalidEvent, NotFound
from labeltrust.domain.labels import SCALES, canonical_label
from labeltrust.domain.projects import ProjectChange, Question
from labeltrust.services.change_project import change_project
from labeltrust.store.scales import ordered_words


def ask(deployment, record, question):
    change_project(deployment, owner(), record.project, ProjectChange(questions=(question,)))


def test_a_change_of_scale_is_an_event_with_before_and_after(deployment):
    record = Record(deployment)

    ask(deployment, record, Question(scale="ordinal", classes=("low", "high")))

    row = chain_rows(deployment, record.project)[-1]
    told = json.loads(row.detail)
    assert (row.type, row.actor) == ("project.changed", "os:tester")
    scales = [told[when]["questions"][0]["scale"] for when in ("before", "after")]
    assert scales == ["nominal", "ordinal"]
    assert told["after"]["questions"][0]["version"] == 2


def test_labels_outside_a_changed_scale_are_left_out_and_counted(deployment):
    record = Record(deployment)
    words = ("low", "high", "odd")
    record.send(*(record.label("i1", f"l{n}", word) for n, word in enumerate(words)))

    ask(deployment, record, Question(scale="ordinal", classes=("low", "high")))

    loaded = record.judgments()
    assert (loaded.words, loaded.outside_scale) == (("low", "high"), 1)
    assert [word for _, _, word in record.current()] == ["low", "high"]
    assert loaded.n_events == 3


def test_each_question_has_judgments_of_its_own(deployment):
    questions = (Question(name="label"), Question(name="size", scale="interval"))
    record = Record(deployment, questions=questions)

    record.send(
        record.label("i1", "ann", "cat"),
        record.label("i1", "ann", 3.50, question="size"),
        record.event("gold.declared", item="i1", label="4", question="size"),
    )

    assert record.current() == [("i1", "ann", "cat")]
    assert record.current("size") == [("i1", "ann", "3.5")]
    sizes = record.judgments("size")
    assert (sizes.level, sizes.values.tolist()) == ("interval", [3.5, 4.0])
    assert record.judgments().gold_item.size == 0


@pytest.mark.parametrize(("project", "question"), [("nowhere", "label"), (None, "nothing")])
def test_a_project_or_question_that_is_not_there_is_not_found(deployment, project, question):
    record = Record(deployment)
    record.project = project or record.project

    with pytest.raises(NotFound):
        record.judgments(question)


LABELS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.integers(-(10**18), 10**18)
    | st.floats()
    | st.booleans()
    | st.lists(st.text("ab", max_size=2), max_size=3)
    | st.none()
)


@given(labels=st.lists(LABELS, min_size=1, max_size=8), scale=st.sampled_from(SCALES))
@settings(max_examples=40)
def test_a_label_is_on_record_in_its_canonical_text_or_held(deployment, labels, scale):
    record = Record(deployment, questions=(Question(scale=scale),))

    outcome = record.send(*(record.label("i", f"l{n:02d}", x) for n, x in enumerate(labels)))

    expected, refused = {}, {}
    for n, label in enumerate(labels):
        try:
            expected[f"l{n:02d}"] = canonical_label(label, scale, None)
        except InvalidEvent as error:
            refused[n] = error.code
    assert {who: word for _, who, word in record.current()} == expected
    assert {p.index: p.code for p in outcome.problems} == refused


def test_open_ordinal_labels_are_ordered_as_numbers_and_closed_ones_as_declared():
    assert ordered_words(("10", "9", "-1"), "ordinal", None).words == ("-1", "9", "10")
    closed = ordered_words(("high", "odd"), "ordinal", '["low", "high"]')
    assert (closed.words, closed.recode.tolist()) == (("low", "high"), [1, -1])
    assert closed.values.tolist() == [0.0, 1.0]


@given(found=st.lists(st.text(max_size=4), unique=True, max_size=8))
def test_open_nominal_labels_keep_every_word_once(found):
    words = ordered_words(tuple(found), "nominal", None)

    assert sorted(words.words) == sorted(found)
    assert [words.words[code] for code in words.recode] == found
