"""The plan of an audit: its numbers are those of the command that it ends with."""

import shlex

import pytest
from commands import commands
from factories import owner
from notebook_runs import ran

from labeltrust.domain.audits import AuditPlan
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


def test_chances_are_those_of_each_part_and_stand_for_all_items(seeded):
    strata = seeded.plan_audit(margin=0.05).strata()

    assert (strata["probability"] == strata["drawn"] / strata["population"]).all()
    assert (strata["stands_for"] * strata["drawn"]).sum() == pytest.approx(3000)
