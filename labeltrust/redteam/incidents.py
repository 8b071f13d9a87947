"""Simulated incidents: does the interval of a damage estimate cover the truth as often as it says?

Each draws a crowd and an attack at random, takes whoever is flagged for the suspects, draws the
usual audit of each of them, has a reviewer who knows the truth re-label it, and compares the
estimate with what only the simulation knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.inference.consensus import consensus
from labeltrust.policy.audit_candidates import Labeled, labeler_candidates
from labeltrust.policy.audit_cost import planned_size
from labeltrust.policy.audit_sampling import allocation, strata_of
from labeltrust.policy.audit_sampling import draw as draw_items
from labeltrust.policy.audited_labels import AuditOfSuspect, Held, audited_labels
from labeltrust.policy.damage import Damage, damage_of
from labeltrust.redteam._appraised import appraised, flagged_in, judgments_of
from labeltrust.redteam._draw import draw
from labeltrust.redteam.cells import CLASS_SHARES, Cell, planting
from labeltrust.simulate import Crowd, Scene

Int = NDArray[np.int64]
Row = dict[str, object]
CROWD = Crowd(n_labelers=30, n_items=900, labels_per_item=5, class_shares=CLASS_SHARES)
INCIDENTS = Cell(name="incidents", crowd=CROWD, looks=0, table="incidents")
"""Stands for all of them where tasks are planned; each draws its own attack."""
ATTACKS = (
    ("uniform_flip", 0.3, 0.7),
    ("targeted_flip", 0.5, 0.9),
    ("random_answers", 0.4, 0.9),
    ("constant", 0.4, 0.9),
    ("sleeper", 0.6, 0.9),
    ("copy_ring", 0.3, 0.6),
)
"""Attacks with the least and the greatest rate: each is found often enough to be audited."""
ESTIMANDS = ("wrong_labels", "wrong_items", "left_items", "usual_rate", "excess_rate")


def incident_cell(seed: int) -> Cell:
    """Return a crowd with an attack drawn at random: kind, rate, and two to six attackers."""
    rng = np.random.default_rng([seed, 1])
    attack, least, most = ATTACKS[int(rng.integers(len(ATTACKS)))]
    rate, members = float(rng.uniform(least, most)), int(rng.integers(2, 7))
    planned = planting(attack, round(rate, 2), n_members=members)
    return Cell(name=attack, crowd=CROWD, plantings=(planned,), looks=0, table="incidents")


def run_incidents(seeds: Sequence[int], plan: AuditPlan | None = None) -> dict[str, list[Row]]:
    """Run many incidents.

    Args:
        seeds: One an incident.
        plan: How the labels of a suspect are audited; the usual plan if None.

    Returns:
        `incidents`: one row an incident: `attack`, `suspects`, and of every estimand the true
        value, the estimate, its ends and whether they cover the truth; None where nobody is flagged
        or the estimate is undefined.
    """
    return {"incidents": [_incident(seed, plan or AuditPlan()) for seed in seeds]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """What only the simulation knows, by the names of the estimands."""

    wrong_labels: float
    wrong_items: float
    left_items: float
    usual_rate: float
    excess_rate: float


def _incident(seed: int, plan: AuditPlan) -> Row:
    cell = incident_cell(seed)
    drawn = draw(cell, seed)
    judgments = judgments_of(drawn.scene)
    suspects = np.flatnonzero(flagged_in(appraised(judgments), drawn.scene.n_labelers))
    key: Row = {"cell": cell.name, "seed": seed, "suspects": int(suspects.size)}
    if not suspects.size:
        return {**key, **_nothing()}
    held = held_labels(drawn.scene, suspects)
    rng = np.random.default_rng([seed, 2])
    audits = [_audit(drawn.scene, held.labeled, int(code), plan, rng) for code in suspects]
    return {**key, **_compared(damage_of(audited_labels(held, audits)), _truth(drawn.scene, held))}


def _nothing() -> Row:
    return {f"{name}{end}": None for name in ESTIMANDS for end in ("", "_true", "_covered")}


def held_labels(scene: Scene, suspects: Int) -> Held:
    """Return the judgments of a scene with all labels of the suspects under suspicion."""
    rows = np.isin(scene.labeler, suspects)
    words = [str(code) for code in range(scene.n_classes)]
    labeled = Labeled(
        item=scene.item, labeler=scene.labeler, label=scene.label, words=words, scale="nominal"
    )
    return Held(
        labeled=labeled,
        rows=rows,
        suspects=frozenset(suspects.tolist()),
        before=_training(judgments_of(scene), words),
        after=_training(judgments_of(scene, ~rows), words),
    )


def _training(judgments: Judgments, words: Sequence[str]) -> dict[int, str]:
    label = consensus(judgments).label
    there = label >= 0
    said = [words[code] for code in label[there].tolist()]
    return dict(zip(judgments.item_id[there].tolist(), said, strict=True))


def _audit(
    scene: Scene, labeled: Labeled, code: int, plan: AuditPlan, rng: np.random.Generator
) -> AuditOfSuspect:
    """Draw the audit of a suspect, and have somebody re-label it who knows the truth."""
    pool = labeler_candidates(labeled, code)
    strata = strata_of(pool, labeled.words, by_class=plan.by_class)
    sample = draw_items(strata, allocation(strata, plan, planned_size(strata, plan)), rng)
    item = pool.item[sample.row]
    return AuditOfSuspect(
        labeler=code,
        population=strata.population,
        stratum=sample.stratum,
        item=item,
        given=[labeled.words[label] for label in pool.label[sample.row].tolist()],
        found=[labeled.words[truth] for truth in scene.truth[item].tolist()],
    )


def _truth(scene: Scene, held: Held) -> _Truth:
    truth = scene.truth[scene.item]
    mine = held.rows
    touched = np.unique(scene.item[mine])
    wrong = (scene.label != truth).astype(np.float64)
    peers = np.bincount(scene.item[~mine], minlength=scene.truth.size)
    mistaken = np.bincount(scene.item[~mine], weights=wrong[~mine], minlength=scene.truth.size)
    usual = (mistaken / np.maximum(peers, 1))[scene.item[mine]]
    there = peers[scene.item[mine]] > 0
    return _Truth(
        wrong_labels=float(wrong[mine].sum()),
        wrong_items=_wrong(scene, held.before, touched),
        left_items=_wrong(scene, held.after, touched),
        usual_rate=float(usual[there].mean()),
        excess_rate=float((wrong[mine] - usual)[there].mean()),
    )


def _wrong(scene: Scene, training: Mapping[int, str], touched: Int) -> float:
    said = [(training.get(item), scene.truth[item]) for item in touched.tolist()]
    return float(sum(label is not None and label != str(truth) for label, truth in said))


def _compared(found: Damage, truth: _Truth) -> Row:
    row: Row = {"labels": found.labels, "audited": found.audited}
    for name in ESTIMANDS:
        estimate, true = getattr(found, name), getattr(truth, name)
        row |= {f"{name}_true": true, **_against(name, estimate, true)}
    return row


def _against(name: str, estimate: Measured, true: float) -> Row:
    if not isinstance(estimate, Estimate):
        return {name: None, f"{name}_covered": None}
    return {
        name: estimate.value,
        f"{name}_low": estimate.low,
        f"{name}_high": estimate.high,
        f"{name}_covered": bool(estimate.low <= true <= estimate.high),
    }
