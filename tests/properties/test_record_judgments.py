"""The judgment key and its order: any arrival order of the same events ends in the same state."""

from collections import defaultdict
from itertools import pairwise

from factories import START
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, at

from labeltrust.domain.projects import Question
from labeltrust.store.judgments import Fetching

ITEMS, LABELERS, WORDS = ("i1", "i2"), ("ann", "bob"), ("a", "b", "c")


@st.composite
def stories(draw):
    """Events as plain facts: who said what when, revisions and withdrawals among them."""
    facts = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["label", "label", "label", "withdraw", "forget"]))
        facts.append(
            {
                "kind": kind,
                "id": f"e{number:02d}",
                "item": draw(st.sampled_from(ITEMS)),
                "labeler": draw(st.sampled_from(LABELERS)),
                "word": draw(st.sampled_from(WORDS)),
                "annotation": draw(st.sampled_from([None, "n1", "n2"])),
                "replicate": draw(st.sampled_from([0, 0, 1, 2])),
                # Few moments on purpose: ties are decided by event id.
                "occurred": draw(st.integers(0, 3)),
                "revised": draw(st.none() | st.integers(0, 3)),
            }
        )
    order = draw(st.permutations(range(len(facts))))
    again = draw(st.lists(st.sampled_from(range(len(facts))), max_size=6))
    cuts = draw(st.lists(st.integers(0, len(order) + len(again)), max_size=4))
    return facts, [*order, *again], sorted(set(cuts))


def as_event(record, fact):
    times = {
        "occurred_at": at(fact["occurred"], START),
        "revised_at": None if fact["revised"] is None else at(fact["revised"], START),
        "event_id": fact["id"],
    }
    if fact["kind"] == "forget":
        annotation = fact["annotation"] or "n1"
        return record.event("label.withdrawn", annotation_id=annotation, **times)
    named = {
        "item": fact["item"],
        "labeler": fact["labeler"],
        "annotation_id": fact["annotation"],
        "replicate": fact["replicate"],
    }
    if fact["kind"] == "withdraw":
        return record.event("label.withdrawn", **named, **times)
    return record.label(word=fact["word"], **named, **times)


def order_of(fact):
    revised = fact["revised"]
    return (fact["occurred"] if revised is None else revised, fact["id"].encode())


def survivors(facts):
    """Labels that no withdrawal by annotation ends, and withdrawals by key; slowly and plainly."""
    forgotten = defaultdict(list)
    for fact in facts:
        if fact["kind"] == "forget":
            forgotten[fact["annotation"] or "n1"].append(order_of(fact))
    for fact in facts:
        ends = forgotten[fact["annotation"]] if fact["annotation"] else []
        if fact["kind"] != "forget" and not any(end > order_of(fact) for end in ends):
            yield fact


def expected_last(facts):
    """The greatest of each key, unless it is a withdrawal."""
    newest = {}
    for fact in sorted(survivors(facts), key=order_of):
        newest[fact["item"], fact["labeler"]] = fact
    return sorted((*key, f["word"]) for key, f in newest.items() if f["kind"] == "label")


def slot_of(fact):
    if fact["replicate"]:
        return ("replicate", fact["replicate"])
    return ("annotation", fact["annotation"]) if fact["annotation"] else ("own", fact["id"])


def expected_all(facts):
    """The greatest of each answer of a key, unless a withdrawal of it or of all ends it."""
    by_key = defaultdict(list)
    for fact in sorted(survivors(facts), key=order_of):
        by_key[fact["item"], fact["labeler"]].append(fact)
    found = []
    for key, ordered in by_key.items():
        answers = {}
        for fact in ordered:
            names_one = fact["annotation"] or fact["replicate"]
            if fact["kind"] == "withdraw" and not names_one:
                answers.clear()
            else:
                answers[slot_of(fact)] = fact
        found += [(*key, f["word"]) for f in answers.values() if f["kind"] == "label"]
    return sorted(found)


def play(record, facts, order, cuts):
    """Send the facts in an order, some of them again, in deliveries cut anywhere."""
    events = [as_event(record, facts[number]) for number in order]
    edges = [0, *cuts, len(events)]
    for start, end in pairwise(edges):
        if start < end:
            outcome = record.send(*events[start:end])
            assert not outcome.problems


@given(story=stories())
@settings(max_examples=60)
def test_any_order_of_arrival_ends_in_the_greatest_of_each_judgment(deployment, story):
    facts, order, cuts = story
    record = Record(deployment)

    play(record, facts, order, cuts)

    assert record.current() == expected_last(facts)


@given(story=stories())
@settings(max_examples=60)
def test_any_order_of_arrival_ends_in_the_same_answers_where_all_are_kept(deployment, story):
    facts, order, cuts = story
    record = Record(deployment, questions=(Question(repeats="all"),))

    play(record, facts, order, cuts)

    assert record.current() == expected_all(facts)


@given(
    moments=st.lists(
        st.tuples(st.sampled_from(ITEMS), st.booleans(), st.integers(0, 3)), min_size=1, max_size=8
    ),
    data=st.data(),
)
@settings(max_examples=40)
def test_any_order_of_arrival_ends_in_the_same_gold(deployment, moments, data):
    record = Record(deployment)
    facts = [
        (second, f"g{number}", item, declared)
        for number, (item, declared, second) in enumerate(moments)
    ]
    shuffled = data.draw(st.permutations(facts))

    for second, name, item, declared in shuffled:
        kind = "gold.declared" if declared else "gold.withdrawn"
        word = name if declared else None
        time = at(second, START)
        record.send(record.event(kind, item=item, label=word, event_id=name, occurred_at=time))

    newest = {item: (name, declared) for _, name, item, declared in sorted(facts)}
    assert record.gold() == {item: name for item, (name, declared) in newest.items() if declared}


def test_without_times_the_later_delivery_counts(deployment, clock):
    record = Record(deployment)

    record.send(record.label("i1", "ann", "first"))
    clock.tick()
    record.send(record.label("i1", "ann", "second"))

    assert record.current() == [("i1", "ann", "second")]


def test_rows_of_a_file_without_times_follow_one_another(deployment):
    record = Record(deployment)
    rows = [record.label("i1", "ann", word, event_id=f"z{9 - n}") for n, word in enumerate("abc")]

    record.send(*rows, spread=True)

    assert record.current() == [("i1", "ann", "c")]


def test_a_label_after_its_withdrawal_stands(deployment):
    record = Record(deployment)
    withdrawal = record.event("label.withdrawn", item="i1", labeler="ann", occurred_at=at(1, START))

    record.send(withdrawal, record.label("i1", "ann", "new", occurred_at=at(2, START)))
    record.send(record.label("i1", "ann", "old", occurred_at=START))

    assert record.current() == [("i1", "ann", "new")]


def test_a_skip_takes_the_vote_away_and_stays_on_record(deployment):
    record = Record(deployment)
    skip = record.label("i1", "ann", None, occurred_at=at(1, START), detail={"skipped": True})

    record.send(record.label("i1", "ann", "yes", occurred_at=START), skip)

    assert record.current() == []
    assert record.judgments().n_events == 2


def test_as_of_a_moment_only_what_was_received_by_then_counts(deployment, clock):
    record = Record(deployment)
    record.send(record.label("i1", "ann", "early"))
    between = clock.tick()
    clock.tick()
    record.send(record.label("i1", "ann", "late"))

    assert record.current(as_of=between) == [("i1", "ann", "early")]


def test_read_through_a_position_what_came_after_does_not_exist(deployment, clock):
    record = Record(deployment)
    receipt = record.send(record.label("i1", "ann", "early")).receipts[0]
    clock.tick()
    record.send(record.label("i1", "ann", "late"))

    assert record.current(through=receipt.sequence) == [("i1", "ann", "early")]
    assert record.judgments(through=receipt.sequence).through == receipt.sequence


@given(slice_rows=st.integers(1, 40))
@settings(max_examples=8)
def test_slices_of_any_size_read_the_same(deployment, slice_rows):
    record = Record(deployment)
    record.send(*(record.label(f"i{n}", f"l{n % 3}", "ab"[n % 2]) for n in range(30)))

    assert record.current(fetching=Fetching(slice_rows=slice_rows)) == record.current()
