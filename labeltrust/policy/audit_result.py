"""What an audit says: how many labels are wrong, whom it clears, and what it proposes.

A proposal is no verdict: a person decides. It follows the disputed items, since those are what an
accusation rests on: on each of them either the suspect or somebody who disagreed is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.audits import (
    DISPUTED,
    LEAST_DISPUTED,
    UNANIMOUS,
    AuditState,
    SampledItem,
)
from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.metrics.audit_estimates import AuditedStrata, error_rate
from labeltrust.policy.audit_table import Part, Table, audit_table
from labeltrust.policy.audit_truth import Truth, alike

HALF = 0.5
HIDDEN = 0.10
"""More wrong labels than this where all agree are no slips: agreement hides them."""
MOST_ACCUSERS = 50
_NOBODY = "The audit is about the project's labels as a whole, and proposes nothing about anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuser:
    """Somebody who disagreed with the suspect on audited items.

    Attributes:
        labeler_id: Opaque id.
        disputes: Audited items on which the two differ.
        right: Of those, items on which the accuser was right.
        suspect_right: Of those, items on which the suspect was right.
        standing: `borne out`, `refuted`, or `open` where the items do not tell.
    """

    labeler_id: int
    disputes: int
    right: int
    suspect_right: int
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What follows from an audit, for a person to decide.

    Attributes:
        act: `confirm`, `dismiss`, `draw_more`, or `wait` while verdicts are missing.
        because: One sentence.
        settled: Sure enough that re-labeling may stop.
    """

    act: str
    because: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The numbers of an audit.

    Attributes:
        audited: Items with one answer.
        split: Items whose two reviewers differ; they count nowhere.
        unclear: Items of which nobody could tell.
        error_rate: Share of wrong labels among all items; n counts answers.
        standard_error: Of the estimate, or None.
        disputed: Error rate among the disputed items alone.
        kinds: By what others said.
        classes: By the class that was given; empty where the sample was not drawn by class.
        windows: By time, likewise.
        signals: By what rests on the items, likewise.
        accusers: Those who disagreed, most disputes first.
        proposal: What follows.
    """

    audited: int
    split: int
    unclear: int
    error_rate: Measured
    standard_error: float | None
    disputed: Measured
    kinds: tuple[Part, ...]
    classes: tuple[Part, ...]
    windows: tuple[Part, ...]
    signals: tuple[Part, ...]
    accusers: tuple[Accuser, ...]
    proposal: Proposal


def findings(
    audit: AuditState, scale: str, sample: Sequence[SampledItem], truths: Sequence[Truth]
) -> Findings:
    """Return what an audit says.

    Args:
        audit: As it was drawn.
        scale: Of the question.
        sample: Its items.
        truths: What reviewers found, in the order of the sample.
    """
    sure = [(item, t.label) for item, t in zip(sample, truths, strict=True) if t.label is not None]
    right = alike(scale, [item.label for item, _ in sure], [label for _, label in sure])
    table = audit_table(audit, [item for item, _ in sure], right, drawn=len(sample))
    kinds = _kinds(table)
    whole = table.whole()
    accusers = _accusers(scale, sure, right) if audit.labeler_id is not None else ()
    states = [t.state for t in truths]
    return Findings(
        audited=len(sure),
        split=states.count("split"),
        unclear=states.count("unclear"),
        error_rate=whole,
        standard_error=table.standard_error() if isinstance(whole, Estimate) else None,
        disputed=kinds[0].error_rate,
        kinds=kinds,
        classes=_family(table, [s.label for s in audit.strata]),
        windows=tuple(
            sorted(_family(table, [s.window for s in audit.strata]), key=lambda part: part.name)
        ),
        signals=_family(table, [s.signal for s in audit.strata]),
        accusers=accusers,
        proposal=proposal(kinds, n_open=states.count("open"))
        if audit.labeler_id is not None
        else Proposal(act="none", because=_NOBODY, settled="open" not in states),
    )


def _kinds(table: Table) -> tuple[Part, ...]:
    kinds = (DISPUTED, UNANIMOUS, "alone")
    return tuple(table.part(k, [s.kind == k for s in table.audit.strata]) for k in kinds)


def _family(table: Table, names: Sequence[str | None]) -> tuple[Part, ...]:
    """Return the error rate of every part that strata are told apart by."""
    found = dict.fromkeys(name for name in names if name is not None)
    return tuple(table.part(one, [name == one for name in names]) for one in found)


def _accusers(
    scale: str, sure: Sequence[tuple[SampledItem, str]], right: Sequence[bool]
) -> tuple[Accuser, ...]:
    rows = [
        (who, said, item.label, truth, ok)
        for (item, truth), ok in zip(sure, right, strict=True)
        for who, said in item.others
    ]
    same = alike(scale, [row[1] for row in rows], [row[2] for row in rows])
    borne = alike(scale, [row[1] for row in rows], [row[3] for row in rows])
    sums: dict[int, list[int]] = {}
    for (who, _, _, _, ok), agrees, accuser_right in zip(rows, same, borne, strict=True):
        if not agrees:
            mine = sums.setdefault(who, [0, 0, 0])
            mine[0] += 1
            mine[1] += accuser_right
            mine[2] += ok and not accuser_right
    found = [_accuser(who, *mine) for who, mine in sums.items()]
    return tuple(sorted(found, key=lambda a: (-a.disputes, a.labeler_id))[:MOST_ACCUSERS])


def _accuser(who: int, disputes: int, right: int, suspect_right: int) -> Accuser:
    """Judge one accuser by the disputes in which one of the two was right."""
    told = right + suspect_right
    standing = "open"
    if told:
        one = AuditedStrata(
            population=np.array([10_000_000]), audited=np.array([told]), wrong=np.array([right])
        )
        found = error_rate(one)
        if isinstance(found, Estimate) and found.low > HALF:
            standing = "borne out"
        if isinstance(found, Estimate) and found.high < HALF:
            standing = "refuted"
    return Accuser(
        labeler_id=who, disputes=disputes, right=right, suspect_right=suspect_right,
        standing=standing,
    )  # fmt: skip


def proposal(kinds: Sequence[Part], *, n_open: int) -> Proposal:
    """Return what follows from the disputed items, and from those on which all agree."""
    disputed, unanimous = kinds[0], kinds[1]
    rate = disputed.error_rate
    if disputed.audited < LEAST_DISPUTED or not isinstance(rate, Estimate):
        return _too_few(disputed, n_open)
    told = f"{disputed.wrong} of {disputed.audited} audited disputed labels are wrong"
    if rate.low > HALF:
        return Proposal(act="confirm", because=f"{told}: more than half beyond doubt", settled=True)
    hidden = unanimous.error_rate
    if isinstance(hidden, Estimate) and hidden.low > HIDDEN:
        said = f"{unanimous.wrong} of {unanimous.audited} labels on which all agree are wrong"
        because = f"{told}, but {said}: agreement hides errors here, look for a ring"
        return Proposal(act="draw_more", because=because, settled=False)
    if rate.high < HALF:
        because = f"{told}: fewer than half beyond doubt, those who disagreed were wrong more often"
        return Proposal(act="dismiss", because=because, settled=True)
    return Proposal(
        act="wait" if n_open else "draw_more",
        because=f"{told}: too close to half to tell; audit more disputed items",
        settled=False,
    )


def _too_few(disputed: Part, n_open: int) -> Proposal:
    told = f"{disputed.audited} disputed items were audited, a verdict about a person needs"
    because = f"{told} {LEAST_DISPUTED}"
    if disputed.population < LEAST_DISPUTED:
        because += f", and there are {disputed.population} in all; gold on new items can tell"
    return Proposal(act="wait" if n_open else "draw_more", because=because, settled=False)
