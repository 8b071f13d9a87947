"""The sample of an audit, drawn from the labels on record: the heavy part of drawing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from labeltrust.domain.audits import POSTERIOR, AuditPlan, SampledItem
from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.audit_candidates import (
    Labeled,
    common_labels,
    consensus_candidates,
    labeler_candidates,
    others_of,
)
from labeltrust.policy.audit_cost import AuditCost, audit_cost, items_twice, planned_size
from labeltrust.policy.audit_sampling import (
    Candidates,
    Sample,
    Strata,
    allocation,
    draw,
    most_strata,
    strata_of,
)
from labeltrust.policy.audit_weighting import (
    Weights,
    chances,
    expected_margin,
    weighted_draw,
    weighted_margin,
    weighted_size,
)
from labeltrust.services._audit_groups import (
    Bool,
    Crowd,
    Float,
    Target,
    doubts,
    times_of,
    told_apart,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.audit_work import Reviewer, Turn
from labeltrust.store.judgments import LoadedJudgments, read_judgments


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sample that is not on record yet.

    Attributes:
        cost: What it takes.
        sample: Its items.
        turns: The work.
        choices: Answers that reviewers are offered.
        weights: What a draw by the posterior goes by; None: items are drawn by strata.
    """

    cost: AuditCost
    sample: tuple[SampledItem, ...]
    turns: tuple[Turn, ...]
    choices: tuple[str, ...]
    weights: Weights | None


def draw_sample(deployment: Deployment, project: str, target: Target, plan: AuditPlan) -> Drawn:
    """Read the labels and draw; to be run apart from the server's threads.

    Raises:
        NotFound: There is no such question.
        InvalidInput: There is nothing to audit, or the plan asks for too much or too little.
    """
    loaded = read_judgments(deployment.engine, project, target.question, through=target.position)
    code = _code(loaded, target.labeler_id)
    crowd = Crowd(loaded=loaded, kept=_kept(loaded, target, code), code=code)
    labeled = _labeled(loaded, crowd.kept)
    pool = consensus_candidates(labeled) if code is None else labeler_candidates(labeled, code)
    pool = told_apart(pool, crowd, target, plan)
    rng = np.random.default_rng(plan.seed)
    doubt = None
    if plan.sampling == POSTERIOR:
        doubt = doubts(pool, crowd, labeled)
    strata = _strata(pool, loaded, plan)
    sample, cost = _sampled(strata, loaded, plan, doubt, rng)
    items = _items(loaded, pool, sample, others_of(labeled, pool.item[sample.row], code))
    return Drawn(
        cost=cost,
        sample=items,
        turns=_turns(items, plan, target, rng),
        choices=common_labels(labeled),
        weights=None if doubt is None else Weights(doubt=doubt, stratum=strata.of_item),
    )


def _strata(pool: Candidates, loaded: LoadedJudgments, plan: AuditPlan) -> Strata:
    classed = plan.by_class and loaded.scale in {"nominal", "ordinal"}
    return strata_of(pool, loaded.words, by_class=classed, most=most_strata(plan))


def _sampled(
    strata: Strata,
    loaded: LoadedJudgments,
    plan: AuditPlan,
    doubt: Float | None,
    rng: np.random.Generator,
) -> tuple[Sample, AuditCost]:
    """Draw within strata, or by the posterior, and tell the price."""
    seconds = _median_seconds(loaded)
    if doubt is None:
        drawn = allocation(strata, plan, planned_size(strata, plan))
        return draw(strata, drawn, rng), audit_cost(plan, strata, drawn, seconds)
    chance = chances(doubt, weighted_size(doubt, plan))
    sample = weighted_draw(chance, strata, rng)
    drawn = np.bincount(sample.stratum, minlength=strata.population.size)
    cost = audit_cost(plan, strata, drawn, seconds)
    return sample, replace(
        cost, margin=weighted_margin(chance), expected=expected_margin(chance, doubt)
    )


def _kept(loaded: LoadedJudgments, target: Target, code: int | None) -> Bool:
    """Leave out the judgments of the audited labeler before the moment asked for."""
    kept = np.ones(loaded.item.size, dtype=np.bool_)
    if code is not None and target.since_us is not None:
        mine = loaded.labeler == code
        kept = ~mine | (times_of(loaded, target.clock) >= target.since_us)
        if not (mine & kept).any():
            raise InvalidInput("this labeler gave no labels since then", code="nothing_to_audit")
    return kept


def _labeled(loaded: LoadedJudgments, kept: Bool) -> Labeled:
    return Labeled(
        item=loaded.item[kept], labeler=loaded.labeler[kept], label=loaded.label[kept],
        words=loaded.words, scale=loaded.scale,
    )  # fmt: skip


def _items(
    loaded: LoadedJudgments,
    pool: Candidates,
    sample: Sample,
    others: Mapping[int, Sequence[tuple[int, str]]],
) -> tuple[SampledItem, ...]:
    rows = zip(sample.row, sample.stratum, sample.probability, strict=True)
    return tuple(
        SampledItem(
            item_id=int(pool.item[row]),
            place=place,
            stratum=int(stratum),
            probability=float(probability),
            label=loaded.words[int(pool.label[row])],
            others=tuple((loaded.labelers[c].id, said) for c, said in others[int(pool.item[row])]),
        )
        for place, (row, stratum, probability) in enumerate(rows)
    )


def _median_seconds(loaded: LoadedJudgments) -> float:
    """Return the median time of a label, NaN where none was told."""
    told = loaded.duration_seconds[np.isfinite(loaded.duration_seconds)]
    return float(np.median(told)) if told.size else float("nan")


def _code(loaded: LoadedJudgments, labeler_id: int | None) -> int | None:
    if labeler_id is None:
        return None
    found = [code for code, who in enumerate(loaded.labelers) if who.id == labeler_id]
    if not found:
        raise InvalidInput("this labeler has no labels on record", code="nothing_to_audit")
    return found[0]


def _turns(
    items: Sequence[SampledItem], plan: AuditPlan, target: Target, rng: np.random.Generator
) -> tuple[Turn, ...]:
    """Make the work: a turn for every item, a second one for some, all in random order."""
    twice = set(rng.choice(len(items), size=items_twice(plan, len(items)), replace=False).tolist())
    wanted = [(n, 1) for n in range(len(items))] + [(n, 2) for n in sorted(twice)]
    load: dict[str, int] = {who.name: 0 for who in target.reviewers}
    given: dict[int, str] = {}
    turns = []
    for place, k in enumerate(rng.permutation(len(wanted)).tolist()):
        number, turn = wanted[k]
        item = items[number]
        barred = {target.labeler_id, *(who for who, _ in item.others)}
        who = _least_busy(target.reviewers, load, barred, given.get(number), rng)
        if who is not None:
            given[number] = who
            load[who] += 1
        turns.append(
            Turn(
                audit_id=0, item_id=item.item_id, turn=turn, place=place,
                assigned=who is not None, reviewer=who,
            )
        )  # fmt: skip
    return tuple(turns)


def _least_busy(
    reviewers: Sequence[Reviewer],
    load: Mapping[str, int],
    barred: set[int | None],
    but: str | None,
    rng: np.random.Generator,
) -> str | None:
    """Return who labels an item: not who labeled it before, nor who has it already."""
    fit = [r.name for r in reviewers if r.name != but and not r.labeler_ids & barred]
    if not fit:
        return None
    least = min(load[name] for name in fit)
    return str(rng.choice([name for name in fit if load[name] == least]))
