"""Every model of a project beside the one it is measured against, out of the judgments at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeltrust.counts._base import STRUCTURED
from labeltrust.domain.model_roles import ModelPair
from labeltrust.metrics.model_pair import Hours, PairFound, Said, compared, said
from labeltrust.store.judgments import LoadedJudgments
from labeltrust.store.slices import Int

_NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRead:
    """What an assessment read of a pair: `found`, or the reason why there is nothing to compare."""

    pair: ModelPair
    found: PairFound | None
    reason: str = ""

    @property
    def lost(self) -> Int:
        """Gold items that the other one has right and the model wrong."""
        return _NOBODY if self.found is None else self.found.lost


def pairs_read(loaded: LoadedJudgments, pairs: Sequence[ModelPair]) -> tuple[PairRead, ...]:
    """Compare each pair on the items of both.

    What comes from sources on probation is compared as well: a shadow is there to be looked at
    before anybody vouches for it.
    """
    if not pairs:
        return ()
    if loaded.level in STRUCTURED:
        reason = f"labels of the scale {loaded.scale} are alike by degrees, not right or wrong"
        return tuple(PairRead(pair=pair, found=None, reason=reason) for pair in pairs)
    order = np.argsort(loaded.gold_item, kind="stable")
    gold = Said(
        item=loaded.gold_item[order],
        label=loaded.gold_label[order],
        received_us=loaded.gold_received_us[order],
    )
    codes = {labeler.id: code for code, labeler in enumerate(loaded.labelers)}
    return tuple(_read(loaded, pair, codes, gold) for pair in pairs)


def _read(loaded: LoadedJudgments, pair: ModelPair, codes: dict[int, int], gold: Said) -> PairRead:
    for number, who in ((pair.labeler_id, "the model"), (pair.against_id, "the one before it")):
        if number not in codes:
            return PairRead(pair=pair, found=None, reason=f"{who} gave no label to this question")
    new, before = (_said(loaded, codes[n]) for n in (pair.labeler_id, pair.against_id))
    return PairRead(pair=pair, found=compared(new, before, gold))


def _said(loaded: LoadedJudgments, code: int) -> Said:
    rows = np.flatnonzero(loaded.labeler == code)
    columns = (loaded.item, loaded.label, loaded.received_us, loaded.order_us)
    return said(*(column[rows] for column in columns))


def found_of(read: PairRead) -> dict[str, Any]:
    """Return what is stored of a pair as plain values: counts, and hours as three lists.

    >>> pair = ModelPair(labeler_id=1, role="canary", against_id=2)
    >>> found_of(PairRead(pair=pair, found=None, reason="no label"))
    {'reason': 'no label'}
    """
    found = read.found
    if found is None:
        return {"reason": read.reason}
    hours = {"parting": found.parting, "losing": found.losing, "gaining": found.gaining}
    return {
        "shared": found.shared,
        "parted": found.parted,
        "gold": found.gold,
        "right": found.right,
        "right_before": found.right_before,
        "lost": int(found.lost.size),
        "gained": found.gained,
        "hours": {name: _lists(counted) for name, counted in hours.items()},
    }


def _lists(counted: Hours) -> list[list[int]]:
    return [counted.hour.tolist(), counted.valid.tolist(), counted.bad.tolist()]
