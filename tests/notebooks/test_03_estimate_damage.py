"""The damage of the sample's suspects: facts without an audit, estimates with one."""

import shutil

import pytest
from factories import owner
from notebook_runs import ran

from labeltrust.app import build_deployment
from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.principals import Principal
from labeltrust.notebook import Project
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks
from labeltrust.settings import Settings
from labeltrust.simulate._fraud_review import NAMES, draw_fraud_review
from labeltrust.simulate._seeds import SEED

NAME = "03_estimate_damage"
SUSPECT = "reviewer-22"
ANN = Principal(name="person:ann", role="reviewer", projects=None, person="ann")


@pytest.fixture(scope="module")
def truth():
    """The true label of every item."""
    drawn = draw_fraud_review(SEED).scene.truth
    words = [NAMES.classes[code] for code in drawn]
    return dict(zip(NAMES.items(drawn.size), words, strict=True))


@pytest.fixture(scope="module")
def audited(seeded, truth, tmp_path_factory):
    """The sample project copied, one suspect audited by somebody who knows the truth."""
    home = tmp_path_factory.mktemp("damage") / "var"
    shutil.copytree(seeded.deployment.settings.home, home)
    deployment = build_deployment(Settings(home=home))
    project = Project(deployment=deployment, name=seeded.name)
    flags = project.flags()
    flag = int(flags.loc[flags["labeler"] == SUSPECT, "id"].iloc[0])
    plan = AuditPlan(size=80, twice=0.0, seed=3)
    audit = draw_audit(
        deployment, owner(), AuditDraft(project=seeded.name, reason="damage", flag=flag, plan=plan)
    ).audit
    tasks = audit_tasks(deployment, ANN, audit.id, limit=1_000).tasks
    drafts = [VerdictDraft(task=task.task, label=truth[task.item]) for task in tasks]
    record_verdicts(deployment, ANN, audit.id, drafts)
    yield project
    deployment.engine.dispose()


@pytest.fixture(scope="module")
def shown(audited):
    return ran(NAME, audited.deployment.settings)


def test_without_an_audit_it_tells_facts_and_what_is_missing(seeded):
    found = ran(NAME, seeded.deployment.settings)

    assert "of 6 labelers" in found.text
    assert "undefined: no audit of the suspects' labels has a verdict yet" in found.text
    assert "6 of 6 suspects were not audited" in found.text
    assert "labeltrust audit draw" in found.text
    assert len(found.pictures) == 1


def test_a_case_file_narrows_it_to_its_suspects(case):
    found = ran(NAME, case.project.deployment.settings, INCIDENT=case.number)

    report = case.project.case_damage(case.number).report
    assert [one.labeler for one in report.suspects] == list(case.suspects)
    assert "of 3 labelers" in found.text
    assert "3 of 3 suspects were not audited" in found.text
    assert f"{report.labels:,} labels" in found.text


def test_a_case_file_without_labelers_says_so_in_words(case):
    found = ran(NAME, case.project.deployment.settings, INCIDENT=case.empty)

    assert "no labeler belongs to this incident" in found.text


def test_with_an_audit_it_weighs_up_what_was_found_and_names_training_sets(shown):
    assert "5 of 6 suspects were not audited" in shown.text
    assert "what suspects have above others on the same items" in shown.text
    assert "training set" in shown.text
    assert len(shown.pictures) == 2


def test_the_intervals_hold_what_is_true_of_the_sample(audited, truth):
    found = audited.damage([SUSPECT])
    told = found.report.damage
    since = found.suspects()["since"].iloc[0]
    said = audited.judgments()
    theirs = said[(said["labeler"] == SUSPECT) & (said["received_at"] >= since)]
    if theirs.empty or found.suspects()["clock"].iloc[0] == "occurred":
        theirs = said[(said["labeler"] == SUSPECT) & (said["occurred_at"] >= since)]
    wrong = theirs["label"] != theirs["item"].map(truth)

    assert told.labels == len(theirs)
    assert told.wrong_labels.low <= wrong.sum() <= told.wrong_labels.high
    assert told.excess_rate.low > 0
    assert found.mistaken().iloc[0]["given"] == "benign"
