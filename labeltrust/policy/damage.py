"""How much harm suspects did: wrong labels, and items whose training label is wrong for it.

What an audit of a suspect's labels found is weighed up to all of them. Nothing is known without an
audit: that others disagree is a reason to look, and no count of errors.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics.audit_estimates import AuditedStrata
from labeltrust.metrics.sampled_totals import hits, sampled_ratio, sampled_total

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
NO_AUDIT = Undefined(reason="no audit of the suspects' labels has a verdict yet")
MOST_PAIRS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedLabels:
    """Audited labels of suspects; each suspect's audit has strata of its own.

    Attributes:
        population: (n_strata,) labels of the suspects, audited or not.
        stratum: (k,) stratum of each audited label that has a verdict.
        wrong: (k,) the suspect's label contradicts the verdict.
        first: (k,) no suspect named earlier labeled the item and is audited: so each item counts
            once, whoever labeled it.
        was_wrong: (k,) the training label with the suspects' labels contradicts the verdict.
        is_wrong: (k,) the training label without them does.
        usual: (k,) share of the others, not suspected, who are wrong on the item; NaN without any.
        given: (k,) the suspect's label; `found`: (k,) the verdict.
        looked_on: An audit may have been ended after a look at what it had found.
    """

    population: Int
    stratum: Int
    wrong: Bool
    first: Bool
    was_wrong: Bool
    is_wrong: Bool
    usual: Float
    given: Sequence[str]
    found: Sequence[str]
    looked_on: bool = False

    @property
    def strata(self) -> AuditedStrata:
        """The strata, with wrong labels as hits."""
        audited = np.bincount(self.stratum, minlength=self.population.size)
        empty = np.zeros(self.population.size, dtype=np.int64)
        plain = AuditedStrata(population=self.population, audited=audited, wrong=empty)
        return hits(plain, self.stratum, self.wrong)

    def total(self, hit: Bool) -> Measured:
        """Return how many labels of the suspects are hits, audited or not."""
        return sampled_total(hits(self.strata, self.stratum, hit), looked_on=self.looked_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistaken:
    """How many labels of one class are of another in truth."""

    given: str
    found: str
    labels: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What the suspects' labels did, as far as audits tell.

    Attributes:
        labels: Labels of audited suspects, all they gave.
        audited: Of those, labels with a verdict.
        wrong_labels: How many are wrong, for whatever cause.
        wrong_rate: The same as a share.
        usual_rate: Share of wrong labels that others gave on the same items.
        excess_rate: `wrong_rate` on these items less `usual_rate`: what is not everybody's error.
        wrong_items: Items whose training label is wrong with the suspects' labels in.
        left_items: Of the items they labeled, those whose training label is wrong without them.
        pairs: Labels by class given and class found, the most frequent first.
    """

    labels: int
    audited: int
    wrong_labels: Measured
    wrong_rate: Measured
    usual_rate: Measured
    excess_rate: Measured
    wrong_items: Measured
    left_items: Measured
    pairs: tuple[Mistaken, ...]


def damage_of(audited: AuditedLabels | None) -> Damage:
    """Weigh what audits found up to all labels of the suspects.

    Args:
        audited: What audits found; None without any.

    >>> damage_of(None).wrong_labels.reason
    "no audit of the suspects' labels has a verdict yet"
    """
    if audited is None or not audited.stratum.size:
        return _unknown(0 if audited is None else int(audited.population.sum()))
    n = int(audited.population.sum())
    known = np.isfinite(audited.usual)
    usual = np.where(known, audited.usual, 0.0)
    wrong = np.where(known, audited.wrong.astype(np.float64), 0.0)
    there = known.astype(np.float64)
    strata, stratum = audited.strata, audited.stratum
    return Damage(
        labels=n,
        audited=int(stratum.size),
        wrong_labels=audited.total(audited.wrong),
        wrong_rate=_share(audited.total(audited.wrong), n),
        usual_rate=_within(sampled_ratio(strata, stratum, usual, there, half_range=0.5), 0.0),
        excess_rate=_within(sampled_ratio(strata, stratum, wrong - usual, there), -1.0),
        wrong_items=audited.total(audited.first & audited.was_wrong),
        left_items=audited.total(audited.first & audited.is_wrong),
        pairs=_pairs(audited),
    )


def _unknown(labels: int) -> Damage:
    return Damage(
        labels=labels, audited=0, wrong_labels=NO_AUDIT, wrong_rate=NO_AUDIT, usual_rate=NO_AUDIT,
        excess_rate=NO_AUDIT, wrong_items=NO_AUDIT, left_items=NO_AUDIT, pairs=(),
    )  # fmt: skip


def _share(total: Measured, n: int) -> Measured:
    if isinstance(total, Undefined):
        return total
    return Estimate(value=total.value / n, low=total.low / n, high=total.high / n, n=total.n)


def _within(ratio: Measured, least: float) -> Measured:
    """Cut an interval where no share can be."""
    if isinstance(ratio, Undefined):
        return ratio
    low, high = max(ratio.low, least), min(ratio.high, 1.0)
    return Estimate(value=ratio.value, low=low, high=high, n=ratio.n)


def _pairs(audited: AuditedLabels) -> tuple[Mistaken, ...]:
    """Return what wrong labels were taken for what, the ten most frequent of the sample."""
    seen = [
        (given, found) if wrong else None
        for given, found, wrong in zip(audited.given, audited.found, audited.wrong, strict=True)
    ]
    counted = Counter(pair for pair in seen if pair is not None).most_common(MOST_PAIRS)
    return tuple(
        Mistaken(
            given=pair[0],
            found=pair[1],
            labels=audited.total(np.array([one == pair for one in seen], dtype=np.bool_)),
        )
        for pair, _ in counted
    )
