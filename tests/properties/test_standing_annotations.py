"""What stands on record of annotations, by columns: the same as told one by one."""

import numpy as np
from factories import START
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, at

from labeltrust.domain.projects import Question
from labeltrust.store.annotated import annotations_at, last_place
from labeltrust.store.annotation_columns import NO_LABEL
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading
from labeltrust.store.sources import source_row
from labeltrust.store.standing_annotations import StandingAnnotations

IDS = ("n1", "n2", "n3")
QUESTIONS = ("label", "tone")
# Few moments on purpose: ties are decided by event id.
FACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["label", "label", "label", "withdraw", "end"]),
        "annotation": st.sampled_from(IDS),
        "question": st.sampled_from(QUESTIONS),
        "item": st.sampled_from(["i1", "i2"]),
        "labeler": st.sampled_from(["ann", "bob"]),
        "word": st.sampled_from(["a", "b"]),
        "moment": st.integers(0, 2),
    }
)


def told(record, facts, ids):
    for fact, event_id in zip(facts, ids, strict=True):
        times = {"occurred_at": at(fact["moment"], START), "event_id": event_id}
        named = {name: fact[name] for name in ("item", "labeler", "question")}
        number = {"annotation_id": fact["annotation"]}
        if fact["kind"] == "end":
            record.send(record.event("label.withdrawn", **number, **times))
        elif fact["kind"] == "withdraw":
            record.send(record.event("label.withdrawn", **named, **number, **times))
        else:
            record.send(record.label(word=fact["word"], **named, **number, **times))


@given(facts=st.lists(FACTS, max_size=12), seed=st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_columns_say_what_each_annotation_says(deployment, facts, seed):
    record = Record(deployment, questions=tuple(Question(name=name) for name in QUESTIONS))
    ids = [f"e{number:02d}" for number in range(len(facts))]
    seed.shuffle(ids)
    told(record, facts, ids)
    with reading(deployment.engine) as session:
        project = project_row(session, record.project)
        chain, source = project.chain_id, source_row(session, record.source).id
    through = last_place(deployment.engine, chain)

    columns = StandingAnnotations(deployment.engine, chain, source, through)
    exactly = annotations_at(deployment.engine, chain, range(1, through + 1))
    exactly.pop(None, None)

    standing = [number for number, one in exactly.items() if one.standing]
    assert set(columns.standing.tolist()) == set(columns.marker.of(standing).tolist())
    assert columns.exactly(IDS) == exactly
    none_shown = np.zeros(len(columns.standing), dtype=np.bool_)
    assert {one for one, _ in columns.absent(none_shown, 2**62)} == set(standing)
    assert dict(columns.absent(none_shown, 0)) == {one: exactly[one] for one in standing}
    for question in {key[0] for one in exactly.values() for key in one.says} | {-7}:
        agrees(columns, exactly, question)
    several(columns, exactly)


def agrees(columns, exactly, question):
    rows = columns.find(columns.marker.of(IDS), np.full(len(IDS), question))
    for number, row in zip(IDS, rows.tolist(), strict=True):
        said = exactly[number].current(question) if number in exactly else None
        assert (said is None) == (row < 0)
        if said is not None:
            (label,) = columns.marker.of([said.label or ""])
            assert columns.current.label[row] == label
        if said is not None and label != NO_LABEL:
            word = columns.current.at(np.array([row]))
            assert (word.item[0], word.labeler[0]) == (said.item, said.labeler)
            assert (word.order[0], word.received[0]) == (said.order_us, said.received_us)


def several(columns, exactly):
    pairs = [(said.item, said.labeler) for one in exactly.values() for said in one.standing]
    by_annotation = [{(s.item, s.labeler) for s in one.standing} for one in exactly.values()]
    for item, labeler in pairs:
        found = columns.several(np.array([item]), np.array([labeler]))[0]
        assert found == (sum((item, labeler) in some for some in by_annotation) > 1)
