"""A ring frames an honest labeler: accused, held by a person, cleared blind, given back; and then
it is the ring's trust that falls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from audited import person
from crowds import WORDS
from factories import owner
from recorded import project, record

from labeltrust.domain.audits import LEAST_DISPUTED, AuditPlan
from labeltrust.domain.clock import moment
from labeltrust.domain.events import Event
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.create_snapshot import create_snapshot, snapshot_folder
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks
from labeltrust.services.show_audit import audit_result
from labeltrust.simulate import Crowd, Planting, draw_planted

QA, LEAD = person("quinn", "qa_lead"), person("lena", "qa_lead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A crowd with an attack, on record.

    Attributes:
        truth: (n_items,) class codes.
        attackers: Who attacks.
        victim: Whom they frame, or "".
    """

    truth: np.ndarray
    attackers: frozenset[str]
    victim: str


def recorded(deployment, planting, seed):
    """Record 30 honest labelers of accuracy 0.9 and an attack among them; no gold at all."""
    crowd = Crowd(
        n_labelers=31 + planting.n_members, n_items=600, labels_per_item=3, gold_share=0.0,
        class_shares=(0.6, 0.4), skills=(0.86, 0.94), activity_spread=0.3,
    )  # fmt: skip
    drawn = draw_planted(crowd, [planting], np.random.default_rng(seed))
    scene, order = drawn.scene, drawn.orders[0][1]
    rows = zip(scene.item, scene.labeler, scene.label, scene.occurred_us.tolist(), strict=True)
    project(deployment)
    record(
        deployment,
        [
            Event(
                type="label.submitted", project="fraud", item=f"i{item}", labeler=f"w{who}",
                label=WORDS[label], occurred_at=moment(at), event_id=f"e{n}",
            )
            for n, (item, who, label, at) in enumerate(rows)
        ],
    )  # fmt: skip
    victim = "" if order.victim is None else f"w{order.victim}"
    attackers = frozenset(f"w{code}" for code in drawn.suspects.tolist())
    return Case(truth=scene.truth, attackers=attackers, victim=victim)


@pytest.fixture
def framed(deployment):
    """Two liars in the other seats on 90 % of a victim's items."""
    ring = Planting(attack="framing_ring", n_members=2, rate=0.9, has_victim=True)
    return recorded(deployment, ring, seed=3)


def assessed(deployment):
    """The trust of every labeler, after an assessment."""
    assess_project(deployment, owner(), "fraud")
    document = read_assessment(deployment, owner(), "fraud")
    return {one["labeler"]: one["trust"]["value"] for one in document["labelers"]}


def flag_on(deployment, name):
    return next(f for f in list_flags(deployment, owner(), "fraud") if f.labeler == name)


def audited(deployment, flag, truth):
    """Audit a flag by two reviewers who know the truth, close the audit, return its result."""
    plan = AuditPlan(size=60, seed=1)
    draft = AuditDraft(project="fraud", reason="is the flag right?", flag=flag, plan=plan)
    number = draw_audit(deployment, QA, draft).audit.id
    for name in ("ann", "ben"):
        tasks = audit_tasks(deployment, person(name), number, limit=1_000).tasks
        said = [VerdictDraft(task=t.task, label=WORDS[truth[int(t.item[1:])]]) for t in tasks]
        record_verdicts(deployment, person(name), number, said)
    finish_audit(deployment, QA, number, note="every verdict is given")
    return audit_result(deployment, QA, number)


def in_training(deployment):
    """How many labels of each labeler a training set made now holds."""
    made = create_snapshot(deployment, owner(), "fraud")
    folder = snapshot_folder(deployment, made["snapshot"])
    return pd.read_parquet(folder / "judgments.parquet")["labeler"].value_counts().to_dict()


def test_a_framed_victim_is_accused_cleared_blind_and_given_the_labels_back(
    deployment, framed, clock
):
    mine = in_training(deployment)[framed.victim]
    assessed(deployment)
    flag = flag_on(deployment, framed.victim)
    assert (flag.contested, flag.freezes) == (True, ())  # a dispute: the machine freezes nothing

    draft = FreezeDraft(project="fraud", labeler=framed.victim, reason="audit under way")
    held = freeze_labels(deployment, LEAD, draft)
    assert framed.victim not in in_training(deployment)
    clock.tick(60)
    result = audited(deployment, flag.id, framed.truth)
    cleared = decide_flag(deployment, QA, flag.id, verdict="dismiss", note="audit cleared her")
    lift_freeze(deployment, LEAD, held.id, reason="audit cleared her")
    clock.tick(60)
    assessed(deployment)

    assert (result.proposal.act, result.proposal.settled) == ("dismiss", True)
    assert result.by_kind[0].audited >= LEAST_DISPUTED
    standing = {a.labeler: a.standing for a in result.accusers}
    assert {standing[name] for name in framed.attackers} == {"refuted"}
    assert cleared.status == flag_on(deployment, framed.victim).status == "dismissed"
    assert in_training(deployment)[framed.victim] == mine
    for name in framed.attackers:  # their labels are held now, and wait for a person in turn
        decide_flag(
            deployment, LEAD, flag_on(deployment, name).id, verdict="confirm", note="framed her"
        )
    assert check_gate(deployment, owner(), "fraud").open
    assert framed.attackers.isdisjoint(in_training(deployment))


def test_an_audit_that_refutes_an_accusation_lowers_the_accusers_trust(deployment, framed, clock):
    before = assessed(deployment)
    assert all(before[name] > 0.9 for name in framed.attackers)
    assert before[framed.victim] < 0.1

    audited(deployment, flag_on(deployment, framed.victim).id, framed.truth)
    clock.tick(60)
    after = assessed(deployment)

    assert all(after[name] < 0.1 for name in framed.attackers)
    assert after[framed.victim] > 0.9
    others = before.keys() - framed.attackers - {framed.victim}
    assert len(others) == 30
    assert all(after[name] > 0.5 for name in others if before[name] > 0.5)
    open_ones = {f.labeler for f in list_flags(deployment, owner(), "fraud", status="open")}
    assert open_ones >= framed.attackers  # a file is open on the other side now
    assert {f.labeler for f in list_standing(deployment, owner(), "fraud")} == framed.attackers


def test_an_audit_that_bears_an_accusation_out_lowers_the_suspect_alone(deployment, clock):
    bad = recorded(deployment, Planting(attack="uniform_flip", n_members=1, rate=0.9), seed=4)
    (suspect,) = bad.attackers
    before = assessed(deployment)

    result = audited(deployment, flag_on(deployment, suspect).id, bad.truth)
    clock.tick(60)
    after = assessed(deployment)

    assert result.proposal.act == "confirm"
    assert not [a for a in result.accusers if a.standing == "refuted"]
    assert after[suspect] <= before[suspect] < 0.1
    accusers = [a.labeler for a in result.accusers]
    assert len(accusers) > 10
    assert all(after[name] > 0.5 for name in accusers if before[name] > 0.5)
