"""Audits of suspects put side by side with the training labels, for the estimate of the damage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.policy.audit_candidates import Labeled, others_of
from labeltrust.policy.audit_truth import alike
from labeltrust.policy.damage import AuditedLabels

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOfSuspect:
    """What one audit of one suspect found.

    Attributes:
        labeler: Code of the suspect.
        population: (n_strata,) labels in each stratum of the audit.
        stratum: (k,) stratum of each label with a verdict.
        item: (k,) its item.
        given: (k,) the label, canonical.
        found: (k,) the verdict, canonical.
        looked_on: It may have been ended after a look at what it had found.
    """

    labeler: int
    population: Int
    stratum: Int
    item: Int
    given: Sequence[str]
    found: Sequence[str]
    looked_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The current judgments, and which of them are under suspicion.

    Attributes:
        labeled: All of them.
        rows: (n,) those under suspicion.
        suspects: Codes of the suspects; what they said before is no peer's opinion either.
        before: Training label by item with all judgments; items without one are left out.
        after: The same without the rows under suspicion.
    """

    labeled: Labeled
    rows: Bool
    suspects: frozenset[int]
    before: Mapping[int, str]
    after: Mapping[int, str]


def audited_labels(held: Held, audits: Sequence[AuditOfSuspect]) -> AuditedLabels | None:
    """Return audited labels with what training labels and others say; None without any audit.

    Args:
        held: The judgments.
        audits: One for each audited suspect.
    """
    if not audits:
        return None
    scale = held.labeled.scale
    item = np.concatenate([one.item for one in audits])
    given = [word for one in audits for word in one.given]
    found = [word for one in audits for word in one.found]
    shift = np.cumsum([0, *(one.population.size for one in audits[:-1])])
    parts = zip(audits, shift, strict=True)
    return AuditedLabels(
        population=np.concatenate([one.population for one in audits]),
        stratum=np.concatenate([one.stratum + start for one, start in parts]),
        wrong=~_same(scale, given, found),
        first=_first(held, audits),
        was_wrong=_contradicted(scale, held.before, item, found),
        is_wrong=_contradicted(scale, held.after, item, found),
        usual=_usual(held, item, found),
        given=given,
        found=found,
        looked_on=any(one.looked_on for one in audits),
    )


def _same(scale: str, one: Sequence[str], two: Sequence[str]) -> Bool:
    return np.array(alike(scale, one, two), dtype=np.bool_)


def _first(held: Held, audits: Sequence[AuditOfSuspect]) -> Bool:
    """Say of each audited label whether no suspect with an earlier audit labeled the item."""
    labeled, seen = held.labeled, np.zeros(0, dtype=np.int64)
    told = []
    for one in audits:
        told.append(~np.isin(one.item, seen))
        mine = held.rows & (labeled.labeler == one.labeler)
        seen = np.union1d(seen, labeled.item[mine])
    return np.concatenate(told)


def _contradicted(scale: str, training: Mapping[int, str], item: Int, found: Sequence[str]) -> Bool:
    said = [training.get(number) for number in item.tolist()]
    there = np.array([word is not None for word in said], dtype=np.bool_)
    return there & ~_same(scale, [word or "" for word in said], found)


def _usual(held: Held, item: Int, found: Sequence[str]) -> Float:
    """Return the share of the unsuspected others who are wrong on each item, NaN without any."""
    labeled = held.labeled
    peers = ~np.isin(labeled.labeler, list(held.suspects))
    kept = Labeled(
        item=labeled.item[peers], labeler=labeled.labeler[peers], label=labeled.label[peers],
        words=labeled.words, scale=labeled.scale,
    )  # fmt: skip
    others = others_of(kept, np.unique(item), None)
    said = [
        (place, word, truth)
        for place, (number, truth) in enumerate(zip(item.tolist(), found, strict=True))
        for _, word in others[number]
    ]
    wrong = ~_same(labeled.scale, [row[1] for row in said], [row[2] for row in said])
    place = np.array([row[0] for row in said], dtype=np.int64)
    n = np.bincount(place, minlength=item.size)
    mistaken = np.bincount(place, weights=wrong.astype(np.float64), minlength=item.size)
    return np.where(n > 0, mistaken / np.maximum(n, 1), np.nan)
