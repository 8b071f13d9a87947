"""Which judgments stay out of training sets, and why: one rule for snapshot, gate and check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.clock import microseconds
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.store.judgments import LoadedJudgments

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason to keep judgments out, and whose they are.

    Attributes:
        code: `frozen`, `provisional`, `confirmed`, `contested`, `probation`, `left_out` (whoever
            made the snapshot wanted it so) or `fresh`.
        labeler_id: All judgments of this labeler, or None.
        source_id: All judgments that this source sent, or None.
        import_id: All judgments of this import, or None.
        since: Only those from this moment on; None holds all.
        until: Only those before this moment; None holds all.
        clock: Which time of a judgment is compared with `since` and `until`.
        freeze: Number of the freeze behind it, or None.
        flag: Number of the flag behind it, or None.
    """

    code: str
    labeler_id: int | None = None
    source_id: int | None = None
    import_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    clock: str = "received"
    freeze: int | None = None
    flag: int | None = None


def holds(
    freezes: Sequence[FreezeState],
    flags: Sequence[FlagState],
    probation: Iterable[int],
    now: datetime,
) -> list[Hold]:
    """Return what stays out now: freezes first, then flags, then sources on probation.

    Confirmed flags hold labels without a freeze, and contested ones until somebody settles them.
    """
    out = [_of_freeze(freeze) for freeze in freezes if freeze.holds_labels(now)]
    out += [_of_flag(flag) for flag in flags if flag.status == "confirmed"]
    out += [_of_flag(flag) for flag in flags if flag.status == "open" and flag.contested]
    out += [Hold(code="probation", source_id=source) for source in probation]
    return out


def _of_freeze(freeze: FreezeState) -> Hold:
    return Hold(
        code="provisional" if freeze.kind == "provisional" else "frozen",
        labeler_id=freeze.labeler_id,
        source_id=freeze.source_id,
        import_id=freeze.delivery_id,
        since=freeze.since,
        clock=freeze.clock,
        freeze=freeze.id,
        flag=freeze.flag_id,
    )


def _of_flag(flag: FlagState) -> Hold:
    code = "confirmed" if flag.status == "confirmed" else "contested"
    return Hold(
        code=code,
        labeler_id=flag.labeler_id,
        since=flag.since,
        clock=flag.clock,
        flag=flag.id,
    )


def held_by(loaded: LoadedJudgments, reasons: Sequence[Hold]) -> NDArray[np.int64]:
    """Return (n,) the place in `reasons` of the first that holds each judgment, -1 for none."""
    place = np.full(loaded.item.size, -1, dtype=np.int64)
    for number in range(len(reasons) - 1, -1, -1):
        place[_covers(loaded, reasons[number])] = number
    return place


def _covers(loaded: LoadedJudgments, hold: Hold) -> Bool:
    mask = np.ones(loaded.item.size, dtype=np.bool_)
    if hold.labeler_id is not None:
        codes = [code for code, who in enumerate(loaded.labelers) if who.id == hold.labeler_id]
        mask &= np.isin(loaded.labeler, codes)
    if hold.source_id is not None:
        mask &= loaded.source == hold.source_id
    if hold.import_id is not None:
        mask &= loaded.delivery == hold.import_id
    return mask & _within(loaded, hold)


def _within(loaded: LoadedJudgments, hold: Hold) -> Bool:
    times = loaded.occurred_us if hold.clock == "occurred" else loaded.received_us
    mask = np.ones(times.size, dtype=np.bool_)
    if hold.since is not None:
        mask &= times >= microseconds(hold.since)
    if hold.until is not None:
        mask &= times < microseconds(hold.until)
    return mask
