"""Reviewers over time: who drifts is told by gold, and audits that still run stay blind."""

import pytest
from audited import OTHER, crowd, drawn, person, truth_of
from commands import commands
from factories import label, owner
from queries import counted_queries
from recorded import record

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.events import Event
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.create_project import create_project
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks
from labeltrust.services.show_reviewers import show_reviewers

QA = person("quinn", "qa_lead")
DAY = 86_400


@pytest.fixture
def frauds(deployment):
    """The crowd, and gold from chargebacks for every second item."""
    crowd(deployment)
    golds = [
        Event(type="gold.declared", project="fraud", item=f"txn-{n}", label=truth_of(f"txn-{n}"))
        for n in range(0, 240, 2)
    ]
    record(deployment, golds)
    return deployment


def answer(deployment, audit, name, *, wrong=0.0, unsure=0):
    """Have a reviewer do the work of an audit, a share of it wrongly."""
    who = person(name)
    tasks = audit_tasks(deployment, who, audit, limit=1_000).tasks
    said = []
    for place, task in enumerate(sorted(tasks, key=lambda one: one.item)):
        truth = truth_of(task.item)
        slips = int((place + 1) * wrong) > int(place * wrong)
        said.append(VerdictDraft(task=task.task, label=OTHER[truth] if slips else truth))
    said[:unsure] = [VerdictDraft(task=one.task, cannot_tell=True) for one in said[:unsure]]
    record_verdicts(deployment, who, audit, said)


def audited(deployment, *, seed, finish=True, ann=0.0, ben=0.0, unsure=0):
    """Draw an audit of all labels that two reviewers do in whole, and close it."""
    plan = {"size": 80, "twice": 1.0, "seed": seed}
    audit = drawn(deployment, QA, plan=plan).audit.id
    answer(deployment, audit, "ann", wrong=ann, unsure=unsure)
    answer(deployment, audit, "ben", wrong=ben)
    if finish:
        finish_audit(deployment, QA, audit, note="complete")
    return audit


def records(deployment, who=QA, **more):
    return {one.reviewer: one for one in show_reviewers(deployment, who, "fraud", **more).reviewers}


@pytest.fixture
def turned(frauds, clock):
    """Two good months; in the third ann errs on a third of her items."""
    for seed in (1, 2):
        audited(frauds, seed=seed)
        clock.tick(28 * DAY)
    audited(frauds, seed=3, ann=1 / 3)
    clock.tick(DAY)
    return frauds


def test_both_reviewers_agree_less_and_gold_tells_which_of_them_has_turned(turned):
    found = records(turned)
    ann, ben = found["ann"], found["ben"]

    for one in (ann, ben):
        assert one.with_reviewers.before.value == 1.0
        assert one.with_reviewers.before.n == 160
        assert one.with_reviewers.lately.value == pytest.approx(54 / 80)
        assert one.with_reviewers.changed
    assert ann.with_gold.changed
    assert ann.with_gold.change.high < 0
    assert ben.with_gold.lately.value == ben.with_gold.before.value == 1.0
    assert ben.with_gold.change.low < 0 < ben.with_gold.change.high
    assert not ben.with_gold.changed
    assert (ann.answers, ben.answers) == (240, 240)
    measured = [w.agreement.n for w in ann.with_reviewers.windows if w.agreement.value is not None]
    assert measured == [80, 80, 80]


def test_what_a_reviewers_own_audit_made_gold_is_no_proof_of_the_reviewer(frauds, clock):
    audited(frauds, seed=1)
    clock.tick(1)
    first = records(frauds)["ann"].with_gold.lately.n
    items = {f"txn-{n}" for n in range(0, 240, 2)}
    drawn_items = _items(frauds, 1)

    audited(frauds, seed=1)
    clock.tick(1)
    again = records(frauds)["ann"].with_gold.lately.n

    assert first == len(drawn_items & items) < 80
    assert again == 2 * first  # the gold of the first audit is hers in the second one, too


def _items(deployment, audit):
    from sqlmodel import select  # noqa: PLC0415

    from labeltrust.store.session import reading  # noqa: PLC0415
    from labeltrust.store.tables import AuditItem, ItemAlias  # noqa: PLC0415

    wanted = select(ItemAlias.outside_id).join(AuditItem, AuditItem.item_id == ItemAlias.id)
    with reading(deployment.engine) as session:
        return set(session.exec(wanted.where(AuditItem.audit_id == audit)))


def test_what_another_reviewers_audit_made_gold_counts(frauds, clock):
    audited(frauds, seed=1)
    audit = drawn(frauds, QA, plan={"size": 80, "twice": 0.0, "seed": 1}).audit.id
    answer(frauds, audit, "cora", wrong=0.25)
    finish_audit(frauds, QA, audit, note="complete")
    clock.tick(1)

    cora = records(frauds)["cora"]

    assert cora.with_gold.lately.n == 80
    assert cora.with_gold.lately.value == 0.75
    assert cora.with_reviewers.lately.reason.startswith("no item was re-labeled by another")


def test_an_audit_that_runs_or_was_given_up_tells_nothing_yet(frauds, clock):
    audit = audited(frauds, seed=1, finish=False)
    clock.tick(1)
    running = records(frauds)

    finish_audit(frauds, QA, audit, note="complete")
    clock.tick(1)

    assert running == {}
    assert set(records(frauds)) == {"ann", "ben"}


def test_who_could_not_tell_neither_agrees_nor_differs(frauds, clock):
    audited(frauds, seed=1, unsure=20)
    clock.tick(1)

    found = records(frauds)

    assert found["ann"].with_reviewers.lately.n == found["ben"].with_reviewers.lately.n == 60
    assert (found["ann"].answers, found["ben"].answers) == (60, 80)


def test_who_only_reviews_sees_nobody_else(turned):
    assert set(records(turned, person("ann"))) == {"ann"}
    assert set(records(turned, person("zoe"))) == set()
    assert set(records(turned, person("otto", "auditor"))) == {"ann", "ben"}


def test_windows_may_be_shorter_and_old_answers_fall_out(turned):
    week = show_reviewers(turned, QA, "fraud", days=7)

    assert (week.end - week.start).days == 42
    assert [one.answers for one in week.reviewers] == [160, 160]  # the first audit is too old
    assert records(turned, days=1)["ann"].with_reviewers.before.value is None
    with pytest.raises(InvalidInput, match="0 days"):
        show_reviewers(turned, QA, "fraud", days=0)


def test_other_projects_are_out_of_sight(turned):
    create_project(turned, owner(), ProjectDraft(name="theirs"))
    stranger = person("eve", "qa_lead", projects=frozenset({"theirs"}))

    assert show_reviewers(turned, stranger).reviewers == ()
    assert show_reviewers(turned, owner(), "theirs").reviewers == ()
    with pytest.raises(NotFound):
        show_reviewers(turned, stranger, "fraud")


def test_the_database_is_asked_as_often_for_many_audits_as_for_one(frauds, clock):
    audited(frauds, seed=1)
    clock.tick(1)
    with counted_queries(frauds.engine) as one:
        show_reviewers(frauds, QA)
    for seed in (2, 3, 4):
        audited(frauds, seed=seed)
    clock.tick(1)
    with counted_queries(frauds.engine) as four:
        show_reviewers(frauds, QA)

    assert len(four) == len(one) < 10


def test_labels_with_parts_agree_in_their_own_measure(deployment, clock):
    from recorded import project  # noqa: PLC0415

    from labeltrust.domain.projects import Question  # noqa: PLC0415

    project(deployment, questions=(Question(scale="text"),))
    record(
        deployment, [label(f"t-{n}", who, label="colour") for n in range(30) for who in ("a", "b")]
    )
    audit = drawn(deployment, QA, plan={"size": 20, "twice": 1.0}).audit.id
    for name, word in (("ann", "colour"), ("ben", "color")):
        tasks = audit_tasks(deployment, person(name), audit, limit=100).tasks
        said = [VerdictDraft(task=task.task, label=word) for task in tasks]
        record_verdicts(deployment, person(name), audit, said)
    finish_audit(deployment, QA, audit, note="complete")
    clock.tick(1)

    assert records(deployment)["ann"].with_reviewers.lately.value == 1.0


def test_the_command_tells_lately_before_and_change(settings, monkeypatch, capsys, frauds):
    audited(frauds, seed=1)
    cli = commands(settings, monkeypatch, capsys)  # by the clock of the machine

    table = cli("audit", "reviewers", "-p", "fraud")
    plain = cli("audit", "reviewers", "-p", "fraud", "--days", 366, "--json").document
    wrong = cli("audit", "reviewers", "-p", "fraud", "--days", 0)

    assert plain["days"] == 366
    assert table.code == 0
    assert wrong.code == 2
    assert "0 days, must be 1 to 366" in wrong.err
    told = {one["reviewer"]: one for one in plain["reviewers"]}
    numbers = [
        window["agreement"]
        for window in told["ann"]["with_reviewers"]["windows"]
        if window["agreement"]["value"] is not None
    ]
    assert [(one["value"], one["n"]) for one in numbers] == [(1.0, 80)]
    assert told["ben"]["with_gold"]["change"]["value"] is None
    assert told["ben"]["with_gold"]["change"]["reason"]
