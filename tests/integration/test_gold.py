"""Gold by hand: whose item it is, and that the newest counts."""

import pytest
from factories import owner
from records import Record, chain_rows

from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.create_project import create_project
from labeltrust.services.declare_gold import GoldDraft, declare_gold, list_gold, withdraw_gold


def golds(deployment, project):
    return {gold.item: gold.label for gold in list_gold(deployment, owner(), project)}


def test_the_newest_gold_label_of_an_item_counts_and_withdrawing_takes_it_away(deployment, clock):
    record = Record(deployment)
    record.send(record.label("i1", "ann"))
    draft = GoldDraft(project=record.project, item="i1", label="yes", note="from the bank")

    declare_gold(deployment, owner(), draft)
    clock.tick()
    declare_gold(deployment, owner(), GoldDraft(project=record.project, item="i1", label="no"))
    assert golds(deployment, record.project) == {"i1": "no"}
    clock.tick()
    withdraw_gold(deployment, owner(), GoldDraft(project=record.project, item="i1"))

    assert golds(deployment, record.project) == {}
    said = [(r.type, r.actor) for r in chain_rows(deployment, record.project)[-3:]]
    declared, withdrawn = ("gold.declared", "os:tester"), ("gold.withdrawn", "os:tester")
    assert said == [declared, declared, withdrawn]


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
