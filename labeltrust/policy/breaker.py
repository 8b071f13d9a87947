"""The circuit breaker: how much the machine may freeze within 24 hours without a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from labeltrust.domain.clock import microseconds
from labeltrust.domain.freezes import FreezeState
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.policy.population import Int
from labeltrust.policy.settings import PolicySettings

_DAY = timedelta(hours=24)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is frozen within 24 hours, against what may be.

    Attributes:
        volume_of_day: Labels received by day (days since 1970, UTC).
        limit: Labelers that may be frozen.
        most: Share of the volume that may be frozen.
        frozen: Labelers frozen so far.
        held: Labels frozen so far.
        days: Days on which those were received.
        tripped: Whether the next one was too many; it stays so.
    """

    volume_of_day: Mapping[int, int]
    limit: int
    most: float
    frozen: int = 0
    held: int = 0
    days: frozenset[int] = frozenset()
    tripped: bool = False

    def after(self, received_us: Int) -> "Breaker":
        """Return the breaker after one more labeler's labels, or tripped by them.

        The volume is that of the days on which the held labels were received: a month of labels is
        judged against a month, an import against its own size.

        >>> calm = Breaker(volume_of_day={0: 100}, limit=2, most=0.1)
        >>> one = calm.after(np.zeros(6, dtype=np.int64))
        >>> one.tripped, one.after(np.zeros(6, dtype=np.int64)).tripped
        (False, True)
        """
        days = self.days | frozenset((received_us // _DAY_US).tolist())
        held, frozen = self.held + int(received_us.size), self.frozen + 1
        volume = sum(self.volume_of_day.get(day, 0) for day in days)
        if self.tripped or frozen > self.limit or held > self.most * volume:
            return replace(self, tripped=True)
        return replace(self, frozen=frozen, held=held, days=days)


def breaker_now(
    crowd: FittedCrowd,
    code_of: Mapping[int, int],
    history: Sequence[FreezeState],
    settings: PolicySettings,
    now: datetime,
) -> Breaker:
    """Return the breaker as the machine's label freezes of the last 24 hours left it.

    Args:
        crowd: The fitted crowd.
        code_of: Labeler code by opaque id.
        history: Every freeze there was.
        settings: The limits.
        now: The present moment.
    """
    days, n = np.unique(crowd.rows.received_us // _DAY_US, return_counts=True)
    active = int((crowd.rows.activity > 0).sum())
    breaker = Breaker(
        volume_of_day=dict(zip(days.tolist(), n.tolist(), strict=True)),
        limit=max(settings.breaker_labelers, int(settings.breaker_share * active)),
        most=settings.breaker_volume,
    )
    for freeze in history:
        recent = freeze.automatic and freeze.kind == "label" and freeze.placed_at > now - _DAY
        code = None if freeze.labeler_id is None else code_of.get(freeze.labeler_id)
        if recent and code is not None:
            rows = held_rows(crowd, code, freeze)
            breaker = breaker.after(crowd.rows.received_us[rows])
    return breaker


def held_rows(crowd: FittedCrowd, labeler: int, freeze: FreezeState) -> Int:
    """Return the rows of a labeler that a freeze holds out."""
    mine = crowd.rows_of(labeler)
    if freeze.since is None:
        return mine
    column = crowd.rows.occurred_us if freeze.clock == "occurred" else crowd.rows.received_us
    return mine[column[mine] >= microseconds(freeze.since)]
