"""Gold by hand: whose item it is, and that the newest counts."""

import pytest
from factories import owner
from records import Record, chain_rows

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.create_project import create_project
from labeltrust.services.declare_gold import GoldDraft, declare_gold, list_gold, withdraw_gold
from labeltrust.services.give_approval import approve
from labeltrust.services.list_approvals import show_approval

SECOND = Principal(name="person:ben", role="qa_lead", projects=None, person="ben")


def golds(deployment, project):
    return {gold.item: gold.label for gold in list_gold(deployment, owner(), project)}


def test_the_newest_gold_label_of_an_item_counts_and_withdrawing_takes_it_away(deployment, clock):
    record = Record(deployment)
    record.send(record.label("i1", "ann"))
    draft = GoldDraft(project=record.project, item="i1", label="yes", note="from the bank")

    declare_gold(deployment, owner(), draft)
    clock.tick()
    other = GoldDraft(project=record.project, item="i1", label="no", note="the bank erred")
    changed = declare_gold(deployment, owner(), other)
    assert golds(deployment, record.project) == {"i1": "yes"}
    approve(deployment, SECOND, changed.id, reason="the bank wrote to me, too")
    assert golds(deployment, record.project) == {"i1": "no"}
    clock.tick()
    gone = GoldDraft(project=record.project, item="i1", note="nobody knows")
    approve(deployment, SECOND, withdraw_gold(deployment, owner(), gone).id, reason="so it is")

    assert golds(deployment, record.project) == {}
    rows = chain_rows(deployment, record.project)
    said = [(r.type, r.actor) for r in rows if not r.type.startswith("gate.")][-7:]
    asked = ("approval.asked", "os:tester")
    approved = ("approval.approved", "person:ben")
    assert said == [
        ("gold.declared", "os:tester"),
        asked, approved, ("gold.declared", "person:ben"),
        asked, approved, ("gold.withdrawn", "person:ben"),
    ]  # fmt: skip


def test_gold_said_again_takes_one_person_and_changed_needs_a_note(deployment, clock):
    record = Record(deployment)
    draft = GoldDraft(project=record.project, item="i1", label="yes")
    declare_gold(deployment, owner(), draft)
    clock.tick()

    assert declare_gold(deployment, owner(), draft).accepted == 1
    with pytest.raises(InvalidInput, match="note"):
        declare_gold(deployment, owner(), GoldDraft(project=record.project, item="i1", label="no"))
    with pytest.raises(NotFound, match="no gold"):
        withdraw_gold(deployment, owner(), GoldDraft(project=record.project, item="i2", note="x"))


def test_a_change_of_gold_is_not_carried_out_upon_another_label(deployment, clock):
    record = Record(deployment)
    values = {"project": record.project, "item": "i1", "note": "x"}
    declare_gold(deployment, owner(), GoldDraft(**values, label="a"))
    clock.tick()
    to_b = declare_gold(deployment, owner(), GoldDraft(**values, label="b"))
    to_c = declare_gold(deployment, owner(), GoldDraft(**values, label="c"))
    clock.tick()
    approve(deployment, SECOND, to_c.id, reason="x")

    with pytest.raises(Conflict, match="changed meanwhile"):
        approve(deployment, SECOND, to_b.id, reason="x")

    assert golds(deployment, record.project) == {"i1": "c"}
    assert show_approval(deployment, owner(), to_b.id).status == "waiting"


def test_the_history_names_no_item_whose_gold_is_to_change(deployment, clock):
    record = Record(deployment)
    values = {"project": record.project, "item": "secret-item", "note": "x"}
    declare_gold(deployment, owner(), GoldDraft(**values, label="a"))
    clock.tick()
    declare_gold(deployment, owner(), GoldDraft(**values, label="b"))

    asked = chain_rows(deployment, record.project)[-1]

    assert asked.type == "approval.asked"
    assert "secret-item" not in asked.detail
    assert asked.item_alias_id is not None


def test_gold_of_a_known_item_is_that_sources_item(deployment):
    record = Record(deployment)
    record.add_source(f"{record.source}-b")
    record.send(record.label("i1", "ann"), source=f"{record.source}-b")

    declare_gold(deployment, owner(), GoldDraft(project=record.project, item="i1", label="yes"))

    loaded = record.judgments()
    assert loaded.gold_item.tolist() == loaded.item.tolist()


def test_an_item_that_two_sources_know_must_be_told_apart(deployment):
    record = Record(deployment)
    record.add_source(f"{record.source}-b")
    for source in (record.source, f"{record.source}-b"):
        record.send(record.label("i1", "ann"), source=source)
    draft = GoldDraft(project=record.project, item="i1", label="yes")

    with pytest.raises(InvalidInput, match="name one source"):
        declare_gold(deployment, owner(), draft)

    named = GoldDraft(project=record.project, item="i1", label="yes", source=record.source)
    assert declare_gold(deployment, owner(), named).accepted == 1


def test_gold_may_come_before_any_label(deployment):
    create_project(deployment, owner(), ProjectDraft(name="fraud"))

    declare_gold(deployment, owner(), GoldDraft(project="fraud", item="i1", label="yes"))

    assert golds(deployment, "fraud") == {"i1": "yes"}


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        ({"label": "maybe"}, InvalidInput),
        ({"label": None}, InvalidInput),
        ({"item": ""}, InvalidInput),
        ({"question": "other"}, InvalidInput),
        ({"source": "nobody"}, InvalidInput),
        ({"project": "nowhere"}, NotFound),
    ],
)
def test_gold_that_does_not_fit_is_refused(deployment, draft, error):
    questions = (Question(classes=("yes", "no")),)
    create_project(deployment, owner(), ProjectDraft(name="fraud", questions=questions))
    values = {"project": "fraud", "item": "i1", "label": "yes"} | draft

    with pytest.raises(error):
        declare_gold(deployment, owner(), GoldDraft(**values))


def test_gold_is_declared_by_qa_leads_only(deployment):
    create_project(deployment, owner(), ProjectDraft(name="fraud"))
    draft = GoldDraft(project="fraud", item="i1", label="yes")

    for role in ("source", "reviewer", "admin", "auditor", "investigator", "ml_engineer"):
        with pytest.raises(NotAllowed):
            declare_gold(deployment, Principal(name="k", role=role, projects=None), draft)

    lead = Principal(name="k", role="qa_lead", projects=None)
    assert declare_gold(deployment, lead, draft).accepted == 1
