"""Trigger patterns on real databases: every item is looked through once, every hit is told."""

import pytest
from commands import commands
from factories import label, owner
from receivers import channel, near, receiving, told
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, NotAllowed, NotFound
from labeltrust.domain.events import Event
from labeltrust.domain.principals import Principal
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.background import worker_of
from labeltrust.services.register_pattern import (
    add_pattern,
    list_hits,
    list_patterns,
    remove_pattern,
    settle_pattern,
)
from labeltrust.services.scan_patterns import scan_patterns
from labeltrust.services.slis.document import show_slis
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store import trigger_scans
from labeltrust.store.judgments import read_judgments


@pytest.fixture
def home(deployment):
    project(deployment)
    record(deployment, [item(n, "plain words") for n in range(6)])
    return deployment


def item(n, text, labeler="alice", **more):
    return label(f"i{n}", labeler, content={"text": text}, **more)


def added(home, expression="cf-7", **more):
    found = add_pattern(home, owner(), "fraud", expression, reason="incident 3", **more)
    scan_patterns(home, "fraud")
    return found.id


def shown(home, number):
    [found] = [one for one in list_patterns(home, owner(), "fraud") if one.id == number]
    return found


def test_items_of_before_and_later_ones_are_found_with_their_labels(home):
    record(home, [item(7, "pay cf-7 now"), item(7, "pay cf-7 now", "bob")])
    number = added(home)
    record(home, [item(8, "cf-7"), item(8, "cf-7", "net", labeler_kind="model")])
    record(home, [label("i7", "carol")])
    scan_patterns(home, "fraud")

    pattern, hits = list_hits(home, owner(), number)

    assert (pattern.hits, pattern.waiting, pattern.labels, pattern.predictions) == (2, 2, 4, 1)
    assert [(hit.item, hit.labels, hit.predictions) for hit in hits] == [("i7", 3, 0), ("i8", 1, 1)]
    assert hits[0].excerpt == "pay cf-7 now"
    assert {hit.source for hit in hits} == {"feed"}


def test_a_text_that_is_told_later_is_looked_through_as_well(home):
    number = added(home)
    record(home, [Event(type="item.described", project="fraud", item="i1",
                        content={"text": "now cf-7"})])  # fmt: skip

    assert scan_patterns(home, "fraud") == 1
    assert shown(home, number).labels == 1


def test_features_are_lines_of_name_and_value(home):
    record(home, [label("i9", item_features={"merchant": "ACME", "amount": 5})])

    text = added(home, "(?m)^merchant=ACME$", place="text")
    features = added(home, "(?m)^merchant=ACME$", place="features")

    assert (shown(home, text).hits, shown(home, features).hits) == (0, 1)


def test_scans_in_small_slices_and_again_find_the_same(home, monkeypatch):
    monkeypatch.setattr("labeltrust.services.scan_patterns.SLICE_EVENTS", 2)
    record(home, [item(n, "cf-7" if n % 2 else "calm") for n in range(20, 30)])
    number = added(home)

    assert scan_patterns(home, "fraud") == 0
    assert shown(home, number).hits == 5
    assert len(history(home, "trigger.hit")) == 1
    assert not shown(home, number).behind
    assert verify_ledger(home, owner()).ok


def test_every_occurrence_is_told_until_it_is_settled(home, clock):
    home = near(home)
    number = added(home)
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("trigger_hit",))
        for n in (31, 32):
            record(home, [item(n, "cf-7")])
            scan_patterns(home, "fraud")
            told(home, clock, times=2, seconds=61)
        open_then = [one.code for one in list_alerts(home, owner())]
        settle_pattern(home, owner(), number, reason="out of the set")
        told(home, clock, times=2, seconds=61)
        over = [one.code for one in list_alerts(home, owner())]
        record(home, [item(33, "cf-7")])
        scan_patterns(home, "fraud")
        told(home, clock, times=2, seconds=61)

    words = [document["type"] for document in receiver.documents]
    assert words == ["trigger.hit", "trigger.hit", "trigger.settled", "trigger.hit"]
    assert (open_then, over) == (["trigger_hit"], [])
    assert shown(home, number).waiting == 1


def test_a_settlement_is_taken_back_and_a_removal_ends_the_search(home):
    number = added(home)
    record(home, [item(41, "cf-7")])
    scan_patterns(home, "fraud")
    settle_pattern(home, owner(), number, reason="seen")
    settle_pattern(home, owner(), number, reason="not yet", undo=True)

    removed = remove_pattern(home, owner(), number, reason="a product name")
    record(home, [item(42, "cf-7")])

    assert (removed.waiting, removed.removed_why) == (1, "a product name")
    assert scan_patterns(home, "fraud") == 0
    with pytest.raises(Conflict):
        remove_pattern(home, owner(), number, reason="again")
    assert added(home) != number
    words = [one.type for one in history(home, "pattern.", "trigger.")]
    assert words == ["pattern.added", "trigger.hit", "trigger.settled", "trigger.reopened",
                     "pattern.removed", "pattern.added", "trigger.hit"]  # fmt: skip


def test_the_worker_looks_by_itself(home):
    add_pattern(home, owner(), "fraud", "cf-7", reason="incident 3")
    record(home, [item(51, "cf-7")])
    worker = worker_of(home)
    worker.schedule()

    while worker.step():
        pass

    assert list_patterns(home, owner(), "fraud")[0].hits == 1


def test_a_pattern_that_is_held_is_a_feature_that_signals_test_apart(home):
    record(home, [item(61, "cf-7")])
    number = added(home)

    found = read_judgments(home.engine, "fraud", "label").features

    items, values = found[f"pattern {number}"]
    assert values.tolist().count("held") == 1
    assert items.size == 7


def test_hits_are_an_indicator_without_a_budget(home):
    before = next(one for one in show_slis(home, owner(), "fraud").slis if one.id == "M6")
    record(home, [item(71, "cf-7")])
    added(home)

    found = [one for one in show_slis(home, owner(), "fraud").slis if one.id == "M6"]

    assert before.value.reason == "no pattern is registered"
    assert [(one.source, one.bad_n, one.value.n) for one in found] == [
        (None, 1, 7), ("feed", 1, 7),
    ]  # fmt: skip
    assert found[0].zero_budget


def test_rights_and_scopes(home):
    number = added(home)
    reviewer = Principal(name="key:r", role="reviewer", projects=None)
    stranger = Principal(name="key:s", role="qa_lead", projects=frozenset({"theirs"}))

    assert list_hits(home, reviewer, number)[1] == []
    with pytest.raises(NotAllowed):
        add_pattern(home, reviewer, "fraud", "x", reason="why")
    for act in (remove_pattern, settle_pattern):
        with pytest.raises(NotFound):
            act(home, stranger, number, reason="why")
    with pytest.raises(Conflict):
        add_pattern(home, owner(), "fraud", "cf-7", reason="twice")


def test_the_commands(home, monkeypatch, capsys):
    run = commands(home.settings, monkeypatch, capsys)
    record(home, [item(81, "cf-7\x1b[31m")])

    made = run("pattern", "add", "cf-[0-9]", "--project", "fraud", "--reason", "w", "--json")
    listed = run("pattern", "list", "--project", "fraud")
    hits = run("pattern", "hits", str(made.document["id"]))
    wrong = run("pattern", "add", "(", "--project", "fraud", "--reason", "w")

    assert made.document["hits"] == 1
    assert "cf-[0-9]" in listed.out
    assert "cf-7\\x1b" in hits.out
    assert wrong.code == 2
    assert "missing )" in wrong.err
    assert run("pattern", "settle", "1", "--reason", "w").code == 0
    assert run("pattern", "remove", "1", "--reason", "w", "--json").document["removed_at"]


def test_labels_are_counted_by_one_walk_whatever_the_number_of_items(home):
    record(home, [item(n, "cf-7") for n in range(100, 140)])
    added(home)
    wanted = {hit.item_id for hit in list_hits(home, owner(), 1)[1]}

    counts = trigger_scans.label_counts(home.engine, 2, wanted)

    assert len(counts) == 40
    assert set(counts.values()) <= {(1, 0), (0, 0)}
