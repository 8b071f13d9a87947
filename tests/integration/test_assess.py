"""Assessing on record: flags and freezes once, verdicts respected, nothing doubled or lost."""

import dataclasses
import json
import threading
from datetime import timedelta

import pytest
from crowds import FLIP, small_crowd
from factories import START, label, owner
from recorded import history, project, record

from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import Conflict, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services.add_source import change_source
from labeltrust.services.apart import Apart
from labeltrust.services.assess_project import assess_for_job, assess_project
from labeltrust.services.background import ASSESS, schedule_assessments, worker_of
from labeltrust.services.check_gate import check_gate
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_flags import list_flags
from labeltrust.services.list_labelers import list_labelers, show_labeler
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.show_evidence import flag_evidence

CASES = ("flag", "freeze", "assessment")


@pytest.fixture(scope="session")
def one_bad():
    return small_crowd(FLIP, seed=0)


@pytest.fixture(scope="session")
def three_bad():
    return small_crowd(dataclasses.replace(FLIP, n_members=3), seed=0)


@pytest.fixture
def frauds(deployment, one_bad):
    project(deployment)
    record(deployment, one_bad.events)
    return deployment


def assess(deployment, **more):
    return assess_project(deployment, owner(), "fraud", **more)


def standing(deployment):
    return [(f.labeler, f.kind) for f in list_standing(deployment, owner(), "fraud")]


def entries(document):
    return {entry["labeler"]: entry for entry in document["labelers"]}


def codes(deployment):
    return [reason.code for reason in check_gate(deployment, owner(), "fraud").reasons]


def test_a_planted_suspect_is_flagged_and_frozen_and_nobody_else_is(frauds, one_bad):
    document = assess(frauds)

    (suspect,) = one_bad.suspects
    (flag,) = list_flags(frauds, owner(), "fraud")
    assert (flag.labeler, flag.severity, flag.contested) == (suspect, "high", False)
    assert standing(frauds) == [(suspect, "label")]
    assert document["flags_opened"] == [flag.id]
    entry = entries(document)[suspect]
    assert entry["frozen"] is True
    assert entry["flag"]["id"] == flag.id
    assert sum(e["frozen"] for e in document["labelers"]) == 1


def test_the_document_has_the_keys_of_the_contract_and_is_what_is_read_later(frauds):
    document = assess(frauds)

    assert {
        "project", "as_of", "items", "labels", "labelers_n", "events_through", "alpha",
        "label_shift", "labelers", "flags_opened",
    } <= document.keys()  # fmt: skip
    assert {
        "labeler", "kind", "labels", "items", "frozen", "trust", "gold_accuracy", "cohen_kappa",
        "kappa_to_consensus", "alpha_without", "alpha_effect", "label_shift", "signals", "flag",
    } <= document["labelers"][0].keys()  # fmt: skip
    assert (document["items"], document["labels"], document["labelers_n"]) == (400, 2400, 24)
    assert document["as_of"] == START.isoformat()
    assert read_assessment(frauds, owner(), "fraud") == document
    json.dumps(document, allow_nan=False)


def test_every_act_of_the_machine_is_in_the_history(frauds):
    assess(frauds)

    kinds = [(e.type, e.actor) for e in history(frauds, *CASES)]

    assert kinds == [
        ("flag.opened", "system:policy"),
        ("freeze.placed", "system:policy"),
        ("assessment.made", "system:policy"),
    ]
    assert json.loads(history(frauds, "assessment")[0].detail)["asked_by"] == "os:tester"


def test_assessing_twice_without_news_changes_nothing(frauds, clock):
    first = assess(frauds)
    flags, freezes = list_flags(frauds, owner(), "fraud"), list_standing(frauds, owner(), "fraud")
    events = len(history(frauds, *CASES))
    clock.tick(60)

    second = assess(frauds)

    assert list_flags(frauds, owner(), "fraud") == flags
    assert list_standing(frauds, owner(), "fraud") == freezes
    assert len(history(frauds, *CASES)) == events
    assert second["flags_opened"] == []
    asides = {"as_of", "events_through", "flags_opened"}
    assert {k: v for k, v in second.items() if k not in asides} == {
        k: v for k, v in first.items() if k not in asides
    }


def test_two_assessments_at_once_open_no_flag_twice(frauds):
    start, failures = threading.Barrier(2), []

    def run():
        start.wait()
        try:
            assess(frauds)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(list_flags(frauds, owner(), "fraud")) == 1
    assert len(standing(frauds)) == 1


def test_new_labels_renew_an_open_flag_and_open_no_second_one(frauds, one_bad, clock):
    assess(frauds)
    clock.tick(60)
    (suspect,) = one_bad.suspects
    record(frauds, [label(f"i{n}", suspect, label="benign") for n in range(400, 420)])

    assess(frauds)

    (flag,) = list_flags(frauds, owner(), "fraud")
    assert flag.updated_at == START + timedelta(seconds=60)
    assert len(history(frauds, "flag.opened")) == 1


def test_a_dismissed_flag_is_an_answer_that_the_machine_respects(frauds):
    assess(frauds)
    decide_flag(frauds, owner(), 1, verdict="dismiss", note="audit cleared him")

    again = assess(frauds)

    assert again["flags_opened"] == []
    assert standing(frauds) == []
    assert [f.status for f in list_flags(frauds, owner(), "fraud")] == ["dismissed"]


def test_labels_that_a_person_gave_back_are_not_frozen_again_by_the_machine(frauds):
    assess(frauds)
    lift_freeze(frauds, owner(), 1, reason="needed for the audit")

    assess(frauds)

    assert standing(frauds) == []
    assert codes(frauds) == ["strong_flag_open"]


def test_a_confirmed_flag_stands(frauds):
    assess(frauds)
    decide_flag(frauds, owner(), 1, verdict="confirm", note="21 of 25 wrong")

    again = assess(frauds)

    assert again["flags_opened"] == []
    assert [f.status for f in list_flags(frauds, owner(), "fraud")] == ["confirmed"]
    assert codes(frauds) == []


def test_past_the_breaker_holds_are_provisional_and_close_the_gate(deployment, three_bad):
    project(deployment)
    record(deployment, three_bad.events)

    document = assess(deployment)

    kinds = sorted(kind for _, kind in standing(deployment))
    assert kinds == ["label", "label", "provisional"]
    assert {labeler for labeler, _ in standing(deployment)} == three_bad.suspects
    assert document["breaker_tripped"] is True
    assert codes(deployment) == ["breaker_tripped"]
    held = next(f for f in list_standing(deployment, owner(), "fraud") if f.kind == "provisional")
    decide_flag(deployment, owner(), held.flag, verdict="confirm", note="audited")
    assert codes(deployment) == []


def test_a_gate_that_nobody_assessed_is_closed_and_one_with_exclusions_is_open(frauds, one_bad):
    before = codes(frauds)
    assess(frauds)

    gate = check_gate(frauds, owner(), "fraud")

    assert before == ["nothing_assessed"]
    assert gate.open
    assert [(e["code"], e["labeler"]) for e in gate.exclusions] == [("frozen", *one_bad.suspects)]


def test_labels_that_wait_too_long_close_the_gate(frauds, clock):
    assess(frauds)
    clock.tick(60)
    record(frauds, [label("new", "w1")])
    clock.tick(frauds.settings.stale_after_seconds)
    fresh = codes(frauds)
    clock.tick(1)

    assert fresh == []
    assert codes(frauds) == ["assessment_stale"]
    assess(frauds)
    assert codes(frauds) == []


def test_as_of_sees_what_was_received_by_then_and_stores_nothing(frauds, clock):
    clock.tick(3600)
    record(frauds, [label(f"late{n}", "w1") for n in range(10)])

    past = assess(frauds, as_of=START + timedelta(minutes=30))
    before = assess(frauds, as_of=START - timedelta(minutes=30))

    assert (past["labels"], before["labels"]) == (2400, 0)
    assert list_flags(frauds, owner(), "fraud") == []
    assert history(frauds, *CASES) == []
    with pytest.raises(NotFound, match="not assessed yet"):
        read_assessment(frauds, owner(), "fraud")


def test_reading_shows_flags_and_freezes_of_now(frauds, one_bad):
    assess(frauds)
    (suspect,) = one_bad.suspects
    decide_flag(frauds, owner(), 1, verdict="dismiss", note="x")
    freeze_labels(frauds, owner(), FreezeDraft(project="fraud", labeler="w3", reason="x"))

    found = entries(read_assessment(frauds, owner(), "fraud"))

    assert (found[suspect]["flag"], found[suspect]["frozen"]) == (None, False)
    assert found["w3"]["frozen"] is True


def test_labelers_come_least_trusted_first_and_one_with_all_evidence(frauds, one_bad):
    assess(frauds)
    (suspect,) = one_bad.suspects

    table = list_labelers(frauds, owner(), "fraud")
    case = show_labeler(frauds, owner(), "fraud", suspect)

    values = [entry["trust"]["value"] for entry in table]
    assert values == sorted(values)
    assert case.assessed["labeler"] == suspect
    assert [flag.id for flag in case.flags] == [1]
    assert [freeze.kind for freeze in case.freezes] == ["label"]


def test_evidence_names_items_and_accusers(frauds, one_bad):
    assess(frauds)

    evidence = flag_evidence(frauds, owner(), 1)

    assert evidence.items[0].item.startswith("i")
    assert {accuser.labeler[0] for accuser in evidence.accusers} == {"w"}
    assert not one_bad.suspects & set(evidence.items[0].disagreed)


def test_a_project_without_labels_can_be_assessed(deployment):
    project(deployment)

    document = assess(deployment)

    assert (document["labels"], document["labelers"]) == (0, [])
    assert document["alpha"]["value"] is None
    assert document["alpha"]["reason"]


def test_texts_that_share_no_item_are_counted_and_nothing_is_said_of_them(deployment):
    project(deployment, questions=(Question(scale="text"),))
    texts = [label(f"i{n}", f"w{n % 3}", label=f"text {n}") for n in range(300)]
    record(deployment, texts)

    document = assess(deployment)

    assert (document["labels"], document["items"], document["labelers_n"]) == (300, 300, 3)
    assert [entry["labels"] for entry in document["labelers"]] == [100, 100, 100]
    assert document["alpha"]["value"] is None
    assert document["flags_opened"] == []


def test_labels_of_a_source_on_probation_do_not_count(frauds):
    change_source(frauds, owner(), "feed", SourceChange(status="probation"))

    document = assess(frauds)

    assert document["labels"] == 0
    assert codes(frauds) == ["source_on_probation"]


def test_each_question_is_assessed_and_flagged_on_its_own(deployment, one_bad):
    asked = (Question(name="sure", scale="ordinal", classes=("no", "yes")), Question())
    project(deployment, questions=asked)
    others = [label(f"i{n}", f"w{n % 3}", question="sure", label="yes") for n in range(30)]
    record(deployment, [*one_bad.events, *others])

    document = assess(deployment)
    again = assess(deployment)

    assert (document["question"], document["labels"]) == ("label", 2400)
    assert document["questions"]["sure"]["labels"] == 30
    assert [f.evidence["question"] for f in list_flags(deployment, owner(), "fraud")] == ["label"]
    assert again["flags_opened"] == []


def test_one_name_of_two_sources_is_told_apart(frauds):
    project(frauds, "other", source="feed2")
    change_source(frauds, owner(), "feed2", SourceChange(projects=("fraud",)))
    record(frauds, [label("i1", "w1")], source="feed2")

    names = set(entries(assess(frauds)))

    assert {"w1 (source:feed)", "w1 (source:feed2)", "w2"} <= names


def test_who_may_not_assess_or_sees_other_projects_is_refused(frauds):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    elsewhere = Principal(name="person:ben", role="qa_lead", projects=frozenset({"other"}))

    with pytest.raises(NotAllowed):
        assess_project(frauds, reviewer, "fraud")
    with pytest.raises(NotFound):
        assess_project(frauds, elsewhere, "fraud")
    with pytest.raises(NotFound):
        assess_project(frauds, owner(), "nope")


def test_a_worker_that_lost_its_lease_stores_nothing(frauds, clock):
    queue = TableQueue(engine=frauds.engine)
    queue.enqueue(ASSESS, "fraud", START)
    paused = queue.claim("worker-a", START, timedelta(seconds=30))
    queue.claim("worker-b", clock.tick(31), timedelta(seconds=30))

    with pytest.raises(Conflict, match="lost to another worker"):
        assess_for_job(frauds, paused)

    assert list_flags(frauds, owner(), "fraud") == []
    assert history(frauds, *CASES) == []


def test_news_are_assessed_by_themselves_once_they_are_quiet(frauds, clock):
    worker = worker_of(frauds)
    quiet = frauds.settings.assess_after_seconds
    early = worker.step()
    clock.tick(quiet)

    done = worker.step()
    again = worker.step()

    assert (early, done, again) == (False, True, False)
    assert len(list_flags(frauds, owner(), "fraud")) == 1


def test_while_news_keep_coming_they_are_assessed_at_the_latest_after_the_stated_time(
    frauds, clock
):
    worker = worker_of(frauds)
    longest = frauds.settings.assess_at_most_every_seconds
    waited = 0
    for n in range(100):
        clock.tick(2)
        waited += 2
        record(frauds, [label(f"new{n}", "w1")])
        if worker.step():
            break

    assert waited == longest


def test_a_verdict_is_news_but_the_machines_own_acts_are_not(frauds, clock):
    worker = worker_of(frauds)
    clock.tick(10)
    worker.step()
    clock.tick(100)
    idle = worker.step()
    decide_flag(frauds, owner(), 1, verdict="dismiss", note="x")
    clock.tick(10)

    assert idle is False
    assert worker.step() is True


def test_a_failing_assessment_waits_before_it_is_tried_again(frauds, clock):
    queue = TableQueue(engine=frauds.engine)
    queue.enqueue(ASSESS, "gone", START)
    worker = worker_of(frauds)

    assert worker.step()
    schedule_assessments(frauds, queue)
    assert not worker.step()


def test_an_assessment_in_a_process_of_its_own_is_the_same(frauds):
    apart = Apart()
    try:
        there = assess_project(dataclasses.replace(frauds, apart=apart), owner(), "fraud")
        here = assess(frauds)
    finally:
        apart.close()

    assert there["flags_opened"] == [1]
    assert {**there, "flags_opened": [], "events_through": 0} == {**here, "events_through": 0}


def test_what_fails_apart_fails_here_with_its_own_words(frauds):
    apart = Apart()
    try:
        with pytest.raises(NotFound, match="no project 'nope'"):
            assess_project(dataclasses.replace(frauds, apart=apart), owner(), "nope")
    finally:
        apart.close()
