"""The plan of an audit: its numbers are those of the command that it ends with."""

import shlex

import pytest
from commands import commands
from factories import owner
from notebook_runs import ran

from labeltrust.domain.audits import AuditPlan
from labeltrust.notebook import audit_plan
from labeltrust.services.draw_audit import AuditDraft, price_audit


@pytest.fixture(scope="module")
def shown(seeded):
    return ran("01_draw_reaudit_sample", seeded.deployment.settings)


def test_it_tells_size_margin_and_price_and_shows_them(seeded, shown):
    draft = AuditDraft(project=seeded.name, plan=AuditPlan(margin=0.05))
    cost = price_audit(seeded.deployment, owner(), draft)

    assert f"{cost.items} of 3,000 items of the whole project" in shown.text
    assert f"so {cost.reviews} verdicts" in shown.text
    assert cost.margin <= 0.05
    assert len(shown.pictures) == 2
    assert cost.items < 385  # of endless items, by a plain random sample


def test_every_planted_suspect_is_offered_an_audit_with_enough_disputed_items(seeded, planted):
    offered = seeded.plan_audits(0.10)

    assert set(offered["labeler"]) == set(planted)
    assert (offered["disputed"] >= 25).all()


def test_the_command_at_the_end_draws_what_the_notebook_told(seeded, shown, monkeypatch, capsys):
    command = next(line for line in shown.text.splitlines() if line.startswith("labeltrust audit"))
    cli = commands(seeded.deployment.settings, monkeypatch, capsys)

    told = cli(*shlex.split(command)[1:], "--dry-run", "--json").document

    strata = seeded.plan_audit(margin=0.05).strata()
    assert [part["drawn"] for part in told["strata"]] == strata["drawn"].tolist()


@pytest.fixture(scope="module")
def by_posterior(seeded):
    more = {"STRATIFY": "class,time", "SAMPLING": "posterior", "MARGIN": 0.1}
    return ran("01_draw_reaudit_sample", seeded.deployment.settings, **more)


def test_a_plan_by_the_posterior_tells_its_own_promise(seeded, by_posterior):
    plan = audit_plan(0.1, stratify="class,time", sampling="posterior")
    audit = seeded.plan_audit(plan=plan)
    told = audit.promise()

    assert f"{audit.cost.items:,} of 3,000 items of the whole project" in by_posterior.text
    assert f"{100 * told.expected:.2f} points are to be expected" in by_posterior.text
    assert "follows the posterior probability that a label is wrong" in by_posterior.text
    assert "spent on items on which labelers differ" not in by_posterior.text
    assert told.margin == audit.cost.margin <= 0.1
    assert told.expected == audit.cost.expected < told.margin
    assert len(by_posterior.pictures) == 2


@pytest.mark.parametrize(
    ("plan", "options"),
    [
        (audit_plan(0.1), "--stratify=class"),
        (audit_plan(0.1, stratify="none"), "--stratify=none"),
        (audit_plan(0.1, stratify="time,signal"), "--stratify=time,signal"),
        (audit_plan(0.1, stratify="class,time,signal"), "--stratify=class,time,signal"),
        (audit_plan(sampling="posterior"), "--stratify=class --sampling=posterior"),
        (AuditPlan(size=40, stops_early=True, twice=0.0), "--stop-early"),
        (AuditPlan(size=40, reviewers=("ann", "b e n")), "--reviewer=ann '--reviewer=b e n'"),
    ],
)
def test_every_choice_of_a_plan_is_in_its_command(seeded, plan, options, monkeypatch, capsys):
    flag = int(seeded.flags()["id"].iloc[0])
    audit = seeded.plan_audit(flag=flag, plan=plan)

    command = str(audit.command("is it right?", 7))
    cli = commands(seeded.deployment.settings, monkeypatch, capsys)
    told = cli(*shlex.split(command)[1:], "--dry-run", "--json")

    assert options in command
    assert told.code == 0, told.err
    keys = ("kind", "label", "window", "signal", "population")
    assert [[part[key] for key in keys] for part in told.document["strata"]] == audit.strata()[
        list(keys)
    ].values.tolist()
    assert (told.document["items"], told.document["margin"]) == (
        audit.cost.items, pytest.approx(audit.cost.margin)
    )  # fmt: skip


def test_chances_by_the_posterior_differ_within_a_part_and_add_up_to_the_sample(seeded):
    audit = seeded.plan_audit(plan=audit_plan(0.1, sampling="posterior"))
    strata = audit.strata()

    assert (strata["probability_least"] < strata["probability_most"]).any()
    assert (strata["probability"] * strata["population"]).sum() == pytest.approx(audit.cost.items)
    assert (strata["probability_least"] > 0).all()


def test_chances_are_those_of_each_part_and_stand_for_all_items(seeded):
    strata = seeded.plan_audit(margin=0.05).strata()

    assert (strata["probability"] == strata["drawn"] / strata["population"]).all()
    assert (strata["stands_for"] * strata["drawn"]).sum() == pytest.approx(3000)
