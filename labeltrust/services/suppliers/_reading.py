"""What an assessment reads of each supplier, out of the judgments at hand."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts._base import STRUCTURED
from labeltrust.domain.clock import microseconds
from labeltrust.metrics.supplier_drift import Labels, SupplierDrift, supplier_drift, weeks_of
from labeltrust.store.judgments import LoadedJudgments

Bool = NDArray[np.bool_]

MOST = 50
"""Suppliers of one kind that are looked at, those with most labels first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRead:
    """A supplier and how it drifts.

    Attributes:
        kind: `source` or `vendor`.
        source_id: Row of the source, or None.
        vendor: Name of the vendor, or nothing.
        labels: All its current labels.
    """

    kind: str
    source_id: int | None
    vendor: str
    labels: int
    drift: SupplierDrift


def suppliers_read(
    loaded: LoadedJudgments,
    vendors: Mapping[int, str],
    probation: Collection[int],
    now: datetime,
) -> tuple[SupplierRead, ...]:
    """Compare each source and each vendor with its past and with what is trusted.

    A source on probation is looked at as well, and nobody is compared with it.

    Args:
        loaded: All current judgments of a question.
        vendors: Whose people labelers are, by id.
        probation: Ids of sources that are not vetted.
        now: The moment of the assessment.
    """
    if loaded.level in STRUCTURED or not loaded.item.size:
        return ()
    labels = _labels(loaded)
    trusted = ~np.isin(loaded.source, list(probation))
    weeks = weeks_of(labels, microseconds(now))
    return tuple(
        SupplierRead(
            kind=kind,
            source_id=number,
            vendor=vendor,
            labels=int(mine.sum()),
            drift=supplier_drift(labels, weeks, mine, trusted & ~mine),
        )
        for kind, number, vendor, mine in _suppliers(loaded, vendors)
    )


def _labels(loaded: LoadedJudgments) -> Labels:
    order = np.argsort(loaded.gold_item, kind="stable")
    gold_item, gold_label = loaded.gold_item[order], loaded.gold_label[order]
    gold = np.full(loaded.item.size, -1, dtype=np.int64)
    if gold_item.size:
        place = np.minimum(np.searchsorted(gold_item, loaded.item), gold_item.size - 1)
        known = gold_item[place] == loaded.item
        gold[known] = gold_label[place[known]]
    return Labels(item=loaded.item, label=loaded.label, gold=gold, received_us=loaded.received_us)


def _suppliers(
    loaded: LoadedJudgments, vendors: Mapping[int, str]
) -> Iterator[tuple[str, int | None, str, Bool]]:
    sources, n = np.unique(loaded.source, return_counts=True)
    for number in sources[np.argsort(-n, kind="stable")][:MOST].tolist():
        yield "source", number, "", loaded.source == number
    named = np.array([vendors.get(one.id, "") for one in loaded.labelers])
    names, n = np.unique(named[loaded.labeler], return_counts=True)
    for name in names[np.argsort(-n, kind="stable")][:MOST].tolist():
        if name:
            yield "vendor", None, name, (named == name)[loaded.labeler]
