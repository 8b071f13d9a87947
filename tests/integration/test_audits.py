"""Blind audits from the draw to gold: who is cleared, who is borne out, and what nobody sees."""

from dataclasses import replace

import msgspec
import pytest
from audited import crowd, drawn, person, reviewed, truth_of
from factories import label, owner
from flagging import flagged
from recorded import history, record

from labeltrust.domain.audits import AuditCase
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.services.declare_gold import list_gold
from labeltrust.services.draw_audit import AuditDraft, draw_audit, price_audit
from labeltrust.services.finish_audit import cancel_audit, finish_audit, resume_audit
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks, open_work, show_task, undo_verdict
from labeltrust.services.show_audit import audit_result, list_audits, show_audit
from labeltrust.services.verify_ledger import verify_ledger

QA = person("quinn", "qa_lead")


@pytest.fixture
def wrong(deployment):
    """The share of wrong labels of each labeler."""
    return crowd(deployment)


@pytest.fixture
def frauds(deployment, wrong):
    return deployment


def test_an_audit_clears_a_framed_labeler_and_refutes_those_who_accused_her(frauds, wrong):
    audit = drawn(frauds, QA, labeler="victim").audit
    reviewed(frauds, audit.id, "ann", "ben")

    result = audit_result(frauds, QA, audit.id)

    assert result.proposal.act == "dismiss"
    assert result.proposal.settled
    standing = {a.labeler: a.standing for a in result.accusers}
    assert standing["liar-a"] == standing["liar-b"] == "refuted"
    assert result.error_rate.low <= wrong["victim"] <= result.error_rate.high
    assert result.audited == 60


def test_an_audit_of_a_flag_asks_for_labels_from_its_onset_on(frauds, clock):
    later = clock.tick(3_600)
    record(frauds, [label(f"late-{n}", "mallory", label="fraud") for n in range(30)])
    record(frauds, [label(f"late-{n}", "honest-a", label="benign") for n in range(30)])
    flag = flagged(frauds, "mallory", since=later)

    audit = drawn(frauds, QA, flag=flag, plan={"size": 40}).audit
    whole = price_audit(frauds, QA, AuditDraft(project="fraud", labeler="mallory"))
    plan = audit_result(frauds, QA, audit.id).plan

    names = {task.item for task in audit_tasks(frauds, person("ann"), audit.id).tasks}
    assert names == {f"late-{n}" for n in range(30)}
    assert (plan.since, plan.clock) == (later, "received")
    assert sum(part.population for part in whole.strata) > 30


def test_a_flag_whose_labels_are_gone_has_nothing_to_audit(frauds, clock):
    flag = flagged(frauds, "mallory", since=clock.tick(3_600))

    with pytest.raises(InvalidInput, match="no labels since then"):
        drawn(frauds, QA, flag=flag)


def test_an_audit_bears_out_what_is_said_of_a_bad_labeler(frauds, wrong):
    audit = drawn(frauds, QA, labeler="mallory").audit
    reviewed(frauds, audit.id, "ann", "ben")

    result = audit_result(frauds, QA, audit.id)

    assert result.proposal.act == "confirm"
    assert result.disputed.low > 0.5
    assert {a.standing for a in result.accusers if a.labeler.startswith("honest")} == {"borne out"}
    assert result.error_rate.low <= wrong["mallory"] <= result.error_rate.high


def test_finishing_turns_the_answers_into_gold_once(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    reviewed(frauds, audit.id, "ann", "ben")

    finished = finish_audit(frauds, QA, audit.id, note="complete")
    again = finish_audit(frauds, QA, audit.id, note="complete")

    gold = list_gold(frauds, owner(), "fraud")
    assert finished.gold == again.gold == len(gold) == 60
    assert all(truth_of(g.item) == g.label for g in gold)
    assert finished.audit.status == "done"
    assert len(history(frauds, "audit.finished")) == 1
    assert len(history(frauds, "gold.declared")) == 60
    with pytest.raises(Conflict, match="done"):
        record_verdicts(frauds, QA, audit.id, [VerdictDraft(item="txn-1", label="fraud")])


def test_every_act_is_in_the_history_and_the_history_verifies(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    reviewed(frauds, audit.id, "ann", "ben")
    undo_verdict(frauds, person("ben"))
    finish_audit(frauds, QA, audit.id, note="complete")

    kinds = [row.type for row in history(frauds, "audit.")]
    report = verify_ledger(frauds, owner())

    assert kinds[0] == "audit.drawn"
    assert kinds.count("audit.verdict_given") == audit.turns == 72
    assert kinds[-2:] == ["audit.verdict_withdrawn", "audit.finished"]
    assert "victim" not in "".join(row.detail for row in history(frauds, "audit."))
    assert msgspec.to_builtins(report, enc_hook=str)


def test_a_draw_can_be_repeated_from_its_seed(frauds):
    one, two = (drawn(frauds, QA, labeler="victim").audit.id for _ in range(2))

    items = [
        sorted(t.item for t in audit_tasks(frauds, owner(), number, limit=500).tasks)
        for number in (one, two)
    ]

    assert items[0] == items[1]


CANARIES = ("canary-labeler-7f3", "canary-label-9a1", "canary-reason-2c8")


def test_a_task_never_tells_who_labeled_what_or_why_it_was_chosen(frauds):
    record(
        frauds,
        [label(f"txn-{n}", CANARIES[0], label="fraud", content={"text": "t"}) for n in range(60)],
    )
    draft = AuditDraft(project="fraud", reason=CANARIES[2], labeler=CANARIES[0])
    audit = draw_audit(frauds, QA, draft).audit
    reviewer = person("ann")

    told = msgspec.json.encode(
        (
            audit_tasks(frauds, reviewer, audit.id),
            show_task(frauds, reviewer, audit_tasks(frauds, reviewer, audit.id).tasks[0].task),
            open_work(frauds, reviewer),
            show_audit(frauds, reviewer, audit.id),
            audit_result(frauds, reviewer, audit.id),
            list_audits(frauds, reviewer, "fraud"),
        ),
        enc_hook=dict,
    ).decode()

    for hidden in (*CANARIES, "disputed", "unanimous", "stratum", "victim", "liar-a", "mallory"):
        assert hidden not in told


def test_labels_of_an_open_scale_are_not_offered_where_one_labeler_alone_used_them(deployment):
    from recorded import project  # noqa: PLC0415

    from labeltrust.domain.projects import Question  # noqa: PLC0415

    project(deployment, questions=(Question(),))
    record(
        deployment,
        [label(f"i{n}", "eve", label=CANARIES[1]) for n in range(30)]
        + [label(f"i{n}", who, label="plain") for n in range(30) for who in ("a", "b")],
    )
    audit = draw_audit(deployment, QA, AuditDraft(project="fraud", reason="x", labeler="eve"))

    asked = audit_tasks(deployment, person("ann"), audit.audit.id).asked

    assert asked.classes == ("plain",)
    assert not asked.closed


def test_nobody_re_labels_an_item_that_he_labeled_himself(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit

    by_victim = audit_tasks(frauds, person("victim"), audit.id, limit=500)
    by_liar = audit_tasks(frauds, person("liar-a"), audit.id, limit=500)
    by_ann = audit_tasks(frauds, person("ann"), audit.id, limit=500)

    assert by_victim.tasks == ()
    assert all(int(t.item.removeprefix("txn-")) % 2 == 0 for t in by_liar.tasks)
    assert len(by_ann.tasks) == 60
    task = next(t for t in by_ann.tasks if int(t.item.removeprefix("txn-")) % 2)
    with pytest.raises(Conflict, match="not open for liar-a"):
        record_verdicts(
            frauds, person("liar-a"), audit.id, [VerdictDraft(task=task.task, label="fraud")]
        )


def test_named_reviewers_share_the_work_and_never_the_same_item_twice(frauds):
    plan = {"reviewers": ("ann", "ben", "liar-a"), "twice": 0.5}
    audit = drawn(frauds, QA, labeler="victim", plan=plan).audit

    work = {
        name: [t.item for t in audit_tasks(frauds, person(name), audit.id, limit=500).tasks]
        for name in ("ann", "ben", "liar-a", "zoe")
    }

    assert audit.turns == 90
    assert sum(map(len, work.values())) == 90
    assert work["zoe"] == []
    assert all(len(set(items)) == len(items) for items in work.values())
    assert all(int(item.removeprefix("txn-")) % 2 == 0 for item in work["liar-a"])
    assert abs(len(work["ann"]) - len(work["ben"])) <= 1


def test_second_reviews_tell_how_well_reviewers_agree(frauds):
    audit = drawn(frauds, QA, labeler="victim", plan={"twice": 1.0}).audit
    reviewed(frauds, audit.id, "ann", "ben")

    result = audit_result(frauds, QA, audit.id)

    assert result.agreed == (60, 60)
    assert result.reviewer_kappa.value == 1.0
    assert result.reviewer_kappa.n == 60
    assert [(r.reviewer, r.answered) for r in result.reviewers] == [("ann", 60), ("ben", 60)]


def test_items_on_which_two_reviewers_differ_give_no_gold_and_count_nowhere(frauds):
    audit = drawn(frauds, QA, labeler="victim", plan={"twice": 1.0}).audit
    reviewed(frauds, audit.id, "ann")
    ben = person("ben")
    tasks = audit_tasks(frauds, ben, audit.id, limit=500).tasks
    said = [VerdictDraft(task=t.task, label="benign") for t in tasks]
    record_verdicts(frauds, ben, audit.id, said)

    result = audit_result(frauds, QA, audit.id)
    finished = finish_audit(frauds, QA, audit.id, note="complete")

    frauds_drawn = sum(truth_of(t.item) == "fraud" for t in tasks)
    assert result.split == frauds_drawn > 0
    assert result.audited == finished.gold == 60 - frauds_drawn


def test_the_same_verdict_twice_adds_nothing_and_another_one_is_refused(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    ann = person("ann")
    task = audit_tasks(frauds, ann, audit.id).tasks[0]
    said = VerdictDraft(task=task.task, label="fraud")

    first = record_verdicts(frauds, ann, audit.id, [said])
    again = record_verdicts(frauds, ann, audit.id, [said])
    by_item = record_verdicts(frauds, ann, audit.id, [replace(said, task=None, item=task.item)])

    assert (first.recorded, again.recorded, by_item.duplicates) == (1, 0, 1)
    assert first.left == 71
    for who, other in ((ann, "benign"), (person("ben"), "fraud")):
        with pytest.raises(Conflict, match="answered already"):
            record_verdicts(frauds, who, audit.id, [replace(said, label=other)])


def test_a_verdict_taken_back_is_asked_for_again_and_stays_on_record(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    ann = person("ann")
    task = audit_tasks(frauds, ann, audit.id).tasks[0].task
    record_verdicts(frauds, ann, audit.id, [VerdictDraft(task=task, label="fraud")])

    assert undo_verdict(frauds, ann) == task
    assert audit_tasks(frauds, ann, audit.id).tasks[0].task == task
    record_verdicts(frauds, ann, audit.id, [VerdictDraft(task=task, label="benign")])

    assert len(history(frauds, "audit.verdict_given")) == 2
    with pytest.raises(NotFound, match="no verdict of yours"):
        undo_verdict(frauds, person("ben"))


def test_who_cannot_tell_says_so_and_it_counts_as_no_answer(frauds):
    audit = drawn(frauds, QA, labeler="victim", plan={"twice": 0.0}).audit
    ann = person("ann")
    tasks = audit_tasks(frauds, ann, audit.id).tasks
    unsure = [VerdictDraft(task=t.task, cannot_tell=True) for t in tasks[:5]]
    record_verdicts(frauds, ann, audit.id, unsure)

    result = audit_result(frauds, QA, audit.id)

    assert (result.unclear, result.audited) == (5, 0)
    assert result.error_rate == Undefined(reason="nothing was audited yet")
    assert finish_audit(frauds, QA, audit.id, note="given up").gold == 0


def test_a_file_of_verdicts_is_checked_whole_before_any_is_stored(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    items = [t.item for t in audit_tasks(frauds, owner(), audit.id).tasks[:2]]
    good = VerdictDraft(item=items[0], label="fraud", reviewer="ann", place="row 2")

    for bad, reason in (
        (VerdictDraft(item=items[1], label="spam", place="row 3"), "row 3: .*outside"),
        (VerdictDraft(item="txn-none", label="fraud", place="row 3"), "row 3: .*not in this"),
        (VerdictDraft(item=items[1], place="row 3"), "row 3: give a label"),
        (VerdictDraft(label="fraud", place="row 3"), "row 3: name a task"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            record_verdicts(frauds, owner(), audit.id, [good, bad])

    assert history(frauds, "audit.verdict_given") == []


def test_only_who_may_declare_gold_records_what_others_said(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    task = audit_tasks(frauds, QA, audit.id).tasks[0].task
    said = [VerdictDraft(task=task, label="fraud", reviewer="ben")]

    with pytest.raises(NotAllowed):
        record_verdicts(frauds, person("ann"), audit.id, said)
    assert record_verdicts(frauds, QA, audit.id, said).recorded == 1


def test_who_re_labels_is_blind_until_the_audit_is_closed(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    lead = person("lena", "qa_lead")
    task = audit_tasks(frauds, lead, audit.id).tasks[0].task

    before = audit_result(frauds, lead, audit.id)
    record_verdicts(frauds, lead, audit.id, [VerdictDraft(task=task, label="fraud")])
    during = audit_result(frauds, lead, audit.id)
    finish_audit(frauds, QA, audit.id, note="enough")
    after = audit_result(frauds, lead, audit.id)

    assert before.audit.labeler == after.audit.labeler == "victim"
    assert isinstance(during, AuditCase)
    assert (during.blind, during.labeler, during.reason) == (True, None, "")


def test_a_cancelled_audit_takes_no_verdicts_until_it_is_resumed(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit

    cancelled = cancel_audit(frauds, QA, audit.id, reason="wrong question")
    assert (cancelled.status, cancelled.note) == ("cancelled", "wrong question")
    assert audit_tasks(frauds, person("ann"), audit.id).tasks == ()
    assert open_work(frauds, person("ann")) == []
    with pytest.raises(Conflict, match="cancelled"):
        finish_audit(frauds, QA, audit.id, note="x")

    resumed = resume_audit(frauds, QA, audit.id, reason="right after all")
    assert resumed.status == "under_way"
    assert len(audit_tasks(frauds, person("ann"), audit.id).tasks) == 60


def test_an_audit_of_the_whole_project_proposes_nothing_about_anybody(frauds):
    audit = drawn(frauds, QA, plan={"size": 100}).audit
    reviewed(frauds, audit.id, "ann", "ben")

    result = audit_result(frauds, QA, audit.id)

    assert audit.labeler is None
    assert result.accusers == ()
    assert result.proposal.act == "none"
    assert isinstance(result.error_rate, Estimate)
    # the liars are the majority of half of the items
    assert result.error_rate.low <= 0.5 <= result.error_rate.high + 0.1


def test_an_early_stop_is_offered_as_soon_as_the_answer_is_sure(frauds):
    plan = {"size": 200, "twice": 0.0, "stops_early": True}
    audit = drawn(frauds, QA, labeler="mallory", plan=plan).audit
    ann = person("ann")
    needed = 0
    for task in audit_tasks(frauds, ann, audit.id, limit=500).tasks:
        said = [VerdictDraft(task=task.task, label=truth_of(task.item))]
        record_verdicts(frauds, ann, audit.id, said)
        needed += 1
        result = audit_result(frauds, QA, audit.id)
        if result.proposal.settled:
            break

    assert result.proposal.act == "confirm"
    assert 25 <= needed < audit.items


def test_the_price_is_told_before_anything_is_drawn(frauds):
    cost = price_audit(frauds, QA, AuditDraft(project="fraud", labeler="victim"))

    assert (cost.items, cost.reviews, cost.seconds_each) == (50, 60, 12.0)
    assert cost.seconds_known
    assert list_audits(frauds, QA, "fraud") == []


def test_a_labeler_without_labels_and_a_strange_question_are_refused_in_words(frauds):
    with pytest.raises(NotFound, match="no labeler"):
        drawn(frauds, QA, labeler="nobody")
    with pytest.raises(NotFound, match="no question"):
        drawn(frauds, QA, labeler="victim", question="tone")
    with pytest.raises(InvalidInput, match="reason"):
        draw_audit(frauds, QA, AuditDraft(project="fraud", labeler="victim", reason=" "))


def test_an_empty_project_has_nothing_to_audit(deployment):
    from recorded import project  # noqa: PLC0415

    project(deployment)

    with pytest.raises(InvalidInput, match="no labeled item"):
        drawn(deployment, QA)


def test_audits_of_projects_out_of_scope_are_not_there(frauds):
    audit = drawn(frauds, QA, labeler="victim").audit
    elsewhere = person("eve", "qa_lead", projects=frozenset({"other"}))

    for ask in (show_audit, audit_result, audit_tasks):
        with pytest.raises(NotFound, match=f"no audit {audit.id}"):
            ask(frauds, elsewhere, audit.id)
    assert list_audits(frauds, elsewhere) == []
    with pytest.raises(NotAllowed):
        drawn(frauds, person("ann"), labeler="victim")
