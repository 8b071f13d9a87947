"""Gold that stands is changed by two persons on every road: by hand, file, events and audit."""

import json

import pytest
from audited import crowd, drawn, person, reviewed, truth_of
from factories import owner
from recorded import history, project

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import add_source
from labeltrust.services.declare_gold import GoldDraft, declare_gold, list_gold
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.give_approval import approve
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.intake import Intake
from labeltrust.services.list_approvals import list_approvals, show_approval
from labeltrust.services.list_quarantine import list_quarantine
from labeltrust.services.receive_delivery import receive_delivery
from labeltrust.services.record_events import record_events
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.services.verify_ledger import verify_ledger

QA = person("qa", "qa_lead")
SECOND = person("ben", "qa_lead")
PROGRAM = Principal(name="key:lt_0123456789ab", role="qa_lead", projects=None)


def golds(deployment):
    return {gold.item: gold.label for gold in list_gold(deployment, owner(), "fraud")}


def waiting(deployment):
    return [approval.id for approval in list_approvals(deployment, QA)]


@pytest.fixture
def gold(deployment, clock):
    """A project with one gold item, declared a minute ago."""
    project(deployment)
    declare_gold(deployment, QA, GoldDraft(project="fraud", item="i1", label="benign"))
    clock.tick(60)
    return deployment


@pytest.fixture
def load(gold, tmp_path):
    """Import gold labels of the source `feed`."""

    def run(text, principal=QA):
        labels, path = tmp_path / "labels.csv", tmp_path / "gold.csv"
        labels.write_text("item,labeler,label\ni1,ann,benign\n")
        path.write_text("item,label\n" + text)
        wanted = ImportRequest(path=labels, project="fraud", source="feed", gold=path)
        return import_file(gold, principal, wanted, lambda _: None).gold

    return run


def event(number, label, item="i1", **more):
    kind = "gold.withdrawn" if label is None else "gold.declared"
    told = {"id": f"g{number}", "type": kind, "project": "fraud", "item": item} | more
    return told if label is None else told | {"label": label}


async def sent(deployment, principal, *events, **more):
    with Intake(deployment) as intake:
        body = json.dumps(list(events)).encode()
        return await record_events(intake, principal, body, {}, **more)


def test_a_file_declares_new_gold_at_once_and_asks_for_what_would_change(gold, load):
    report = load("i1,fraud\ni2,fraud\ni3,benign\n")

    assert (report.accepted, report.waiting, report.refused, report.quarantined) == (2, 1, 0, 0)
    assert [p.code for p in report.problems] == ["gold_takes_two"]
    assert golds(gold) == {"i1": "benign", "i2": "fraud", "i3": "benign"}
    assert waiting(gold) == list(report.approvals) == [1]
    assert list_quarantine(gold, owner()) == []
    said = show_approval(gold, QA, 1)
    assert said.said == (("Item i1", "benign → fraud, question label"),)
    assert "import of gold.csv" in said.reason

    approve(gold, SECOND, 1, reason="I have seen the file")

    assert golds(gold)["i1"] == "fraud"
    assert verify_ledger(gold, owner()).ok
    again = load("i1,fraud\ni2,fraud\ni3,benign\n")
    assert (again.waiting, again.approvals, again.accepted + again.duplicates) == (0, (), 3)


def test_the_same_file_twice_asks_once_and_nobody_approves_their_own(gold, load):
    first, second = load("i1,fraud\n"), load("i1,fraud\n")

    assert first.approvals == second.approvals == (1,)
    with pytest.raises(Exception, match="second person"):
        approve(gold, QA, 1, reason="me again")
    assert golds(gold) == {"i1": "benign"}


def test_many_changes_are_asked_for_together_and_carried_out_together(gold, load, clock):
    n = 520
    load("".join(f"m{k},benign\n" for k in range(n)))
    clock.tick(60)

    report = load("".join(f"m{k},fraud\n" for k in range(n)))

    assert (report.waiting, len(report.approvals)) == (n, 2)
    approve(gold, SECOND, report.approvals[0], reason="seen")
    assert sum(label == "fraud" for label in golds(gold).values()) == 500
    assert not [row.detail for row in history(gold, "approval.asked") if "m17" in row.detail]


def test_what_two_persons_agreed_on_is_not_carried_out_upon_other_gold(gold, load, clock):
    report = load("i1,fraud\n")
    clock.tick(60)
    other = GoldDraft(project="fraud", item="i1", label="fraud", note="the bank wrote")
    approve(gold, SECOND, declare_gold(gold, QA, other).id, reason="so it did")

    with pytest.raises(Conflict, match="changed meanwhile"):
        approve(gold, SECOND, report.approvals[0], reason="seen")


async def test_events_of_people_ask_and_events_of_a_program_are_left(gold, clock):
    await sent(gold, QA, event(0, "benign"))
    clock.tick(60)

    outcome = await sent(gold, QA, event(1, "fraud"), event(2, "fraud", item="i2"), event(3, None))
    program = await sent(gold, PROGRAM, event(4, "fraud"), event(5, "fraud", item="i5"))

    assert (outcome.accepted, outcome.quarantined) == (1, 0)
    assert [(p.index, p.code, p.status) for p in outcome.problems] == [
        (0, "gold_takes_two", 409), (2, "gold_takes_two", 409)
    ]  # fmt: skip
    assert "approval 1 waits" in outcome.problems[0].detail
    assert show_approval(gold, QA, 1).said == (
        ("Item i1", "benign → no gold label, question label"),
    )
    assert (program.accepted, [p.code for p in program.problems]) == (1, ["gold_takes_two"])
    assert "waits" not in program.problems[0].detail
    assert waiting(gold) == [1]
    assert golds(gold) == {"i1": "benign", "i2": "fraud", "i5": "fraud"}


async def test_gold_in_one_delivery_is_changed_by_its_own_later_words_neither(gold):
    outcome = await sent(gold, QA, event(1, "fraud", item="i9"), event(2, "benign", item="i9"))

    assert (outcome.accepted, len(outcome.problems)) == (1, 1)
    assert golds(gold)["i9"] == "fraud"


async def test_the_same_gold_again_and_older_words_are_taken(gold, clock):
    old = "2020-01-01T00:00:00Z"
    await sent(gold, QA, event(0, "benign"))
    clock.tick(60)

    outcome = await sent(gold, QA, event(1, "benign"), event(2, "fraud", occurred_at=old))

    assert (outcome.accepted, outcome.problems) == (2, ())
    assert golds(gold) == {"i1": "benign"}


async def test_gold_of_a_trusted_platform_counts_at_once_and_no_retry_changes_gold(gold):
    trusted = SourceDraft(
        name="bank", platform="generic", projects=("fraud",), id_space="source:feed",
        config={"may_declare_gold": True},
    )  # fmt: skip
    plain = SourceDraft(name="crm", platform="generic", projects=("fraud",), id_space="source:feed")
    secrets = [add_source(gold, owner(), draft)[1].text for draft in (trusted, plain)]

    def bearer(secret):
        return {"authorization": f"Bearer {secret}"}

    with Intake(gold) as intake:
        bodies = [json.dumps(event(n, "fraud")).encode() for n in (1, 2)]
        taken = await receive_delivery(intake, "bank", bodies[0], bearer(secrets[0]))
        changed = json.dumps(event(2, "benign")).encode()
        held = await receive_delivery(intake, "crm", changed, bearer(secrets[1]))
    retried = retry_quarantine(gold, QA, list_quarantine(gold, owner())[0].id)

    assert (taken.accepted, held.problems[0].code) == (1, "gold_not_allowed")
    assert golds(gold) == {"i1": "fraud"}
    assert (retried.held.status, retried.held.code) == ("open", "gold_takes_two")


def test_an_audit_asks_before_it_changes_gold_that_stands(deployment, clock):
    crowd(deployment)
    audit = drawn(deployment, QA, labeler="victim", plan={"size": 30}).audit
    reviewed(deployment, audit.id, "ann", "ben")
    for n in range(40):
        wrong = "fraud" if truth_of(f"txn-{n}") == "benign" else "benign"
        declare_gold(deployment, QA, GoldDraft(project="fraud", item=f"txn-{n}", label=wrong))
    before = golds(deployment)
    clock.tick(60)

    done = finish_audit(deployment, QA, audit.id, note="all re-labeled")
    again = finish_audit(deployment, QA, audit.id, note="all re-labeled")

    assert {k: v for k, v in golds(deployment).items() if k in before} == before
    assert len(done.approvals) == 1
    assert again.approvals == done.approvals
    n_changed = len(show_approval(deployment, QA, done.approvals[0]).said)
    assert done.gold + n_changed == 30
