"""Audits by time, by signal and by the posterior, from the draw to the rates they tell."""

from dataclasses import replace

import pytest
from audited import crowd, drawn, person, reviewed
from factories import label
from flagging import flagged
from recorded import project, record

from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.projects import Question
from labeltrust.services.apart import Apart
from labeltrust.services.draw_audit import AuditDraft, price_audit
from labeltrust.services.show_audit import audit_result

QA = person("quinn", "qa_lead")


@pytest.fixture
def wrong(deployment):
    """The share of wrong labels of each labeler."""
    return crowd(deployment)


@pytest.fixture
def frauds(deployment, wrong):
    return deployment


def test_a_sample_by_time_and_signal_tells_the_error_rate_of_each(frauds, clock):
    clock.tick(86_400)
    record(frauds, [label(f"txn-{n}", "mallory", label="benign") for n in range(400, 460, 4)])
    record(frauds, [label(f"txn-{n}", "honest-a", label="fraud") for n in range(400, 460, 4)])
    evidence = {"signals": {"targeted_flip": {"detail": {"true": "fraud", "said": "benign"}}}}
    flag = flagged(frauds, "mallory", since=None, evidence=evidence)
    plan = {"by_time": True, "by_signal": True, "by_class": False}

    audit = drawn(frauds, QA, flag=flag, plan=plan).audit
    reviewed(frauds, audit.id, "ann", "ben")
    result = audit_result(frauds, QA, audit.id)

    flips, others = result.by_signal
    assert (flips.name, others.name) == ("benign where others say fraud", "no signal")
    assert flips.error_rate.value > 0.8
    assert flips.population + others.population == sum(p.population for p in result.by_time) == 135
    assert result.by_time[-1].error_rate.value > result.by_time[0].error_rate.value
    assert len(result.by_time) > 1


def test_a_sample_drawn_in_a_process_of_its_own_is_the_same(frauds):
    plan = AuditPlan(size=40, seed=5, by_time=True, by_signal=True, sampling="posterior")
    flag = flagged(frauds, "mallory", since=None)
    drafts = [
        AuditDraft(project="fraud", plan=plan, **of)
        for of in ({}, {"flag": flag}, {"labeler": "victim"})
    ]
    apart = Apart()
    try:
        there = [price_audit(replace(frauds, apart=apart), QA, draft) for draft in drafts]
    finally:
        apart.close()

    assert there == [price_audit(frauds, QA, draft) for draft in drafts]


def test_a_sample_of_a_project_tells_the_items_of_flagged_labelers_apart(frauds):
    flagged(frauds, "mallory")

    audit = drawn(frauds, QA, plan={"by_signal": True}).audit
    reviewed(frauds, audit.id, "ann", "ben")

    parts = {part.name: part.population for part in audit_result(frauds, QA, audit.id).by_signal}
    assert parts == {"labeled by flagged labelers": 120, "labeled by others": 120}


def test_a_sample_by_the_posterior_goes_where_labels_are_wrong_and_weighs_them_back(frauds, wrong):
    plan = {"sampling": "posterior", "size": 40}
    audit = drawn(frauds, QA, labeler="mallory", plan=plan)
    reviewed(frauds, audit.audit.id, "ann", "ben")

    result = audit_result(frauds, QA, audit.audit.id)
    whole = sum(part.population for part in result.by_kind)
    raw = sum(part.wrong for part in result.by_kind) / result.audited

    assert (result.audited, whole) == (40, 120)
    assert raw > wrong["mallory"] > 0
    assert result.error_rate.low <= wrong["mallory"] <= result.error_rate.high
    assert audit.cost.expected < audit.cost.margin
    assert result.plan.sampling == "posterior"
    assert result.proposal.act == "confirm"


def test_a_posterior_of_free_text_is_the_share_of_others_who_differ(deployment):
    project(deployment, questions=[Question(scale="text")])
    record(deployment, [label(f"t-{n}", "a", label=f"word {n}") for n in range(30)])
    record(deployment, [label(f"t-{n}", "b", label=f"word {n % 10}") for n in range(30)])
    plan = AuditPlan(size=10, sampling="posterior")

    price = price_audit(deployment, QA, AuditDraft(project="fraud", labeler="a", plan=plan))

    assert price.items == 10
    assert price.expected <= price.margin
