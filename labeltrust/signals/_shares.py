"""Readings of signals that count rows of one kind."""

from collections.abc import Mapping

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.share_tail import Share, SharePopulation
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.signals._base import Bool, Effects, Float, Readings, Said, readings, silent

NO_TIMES = "no times on record that tell labels of one session apart"
TEMPO_TAIL = 4
"""Degrees of freedom of honest habits of work: who is quick or works off a queue is so by a lot."""


def share_effects(share: Share, usual: Float) -> Effects:
    """Return the share of hits beyond the usual one, with Wilson's interval.

    Args:
        share: The counts.
        usual: (n_labelers,) share of a typical honest labeler on the same rows.
    """
    found = wilson(share.hits, share.n, "no rows")
    return Effects(
        value=found.value - usual,
        low=found.low - usual,
        high=found.high - usual,
        n=share.n.astype(np.int64),
    )


def share_readings(
    share: Share,
    found: SharePopulation | Undefined,
    detail: tuple[Mapping[str, object], ...],
    *,
    enough: Bool,
    needs: str,
) -> Readings:
    """Return the readings of one share; those of a population that is none are silent.

    Args:
        share: The counts.
        found: The population fitted to them.
        detail: One mapping a labeler.
        enough: (n_labelers,) who has enough rows.
        needs: What it takes, for the reason.
    """
    if isinstance(found, Undefined):
        return silent(share.n.size, found.reason)
    said = Said(p_value=found.p_value, log_e=np.full(share.n.size, np.nan))
    effects = share_effects(share, found.usual)
    return readings(effects, said, detail, enough=enough, needs=needs)


def at_least(share: Share, n: int) -> tuple[Share, Bool]:
    """Return the share without those who have fewer than `n` rows, and who has them."""
    enough = share.n >= n
    kept = Share(
        hits=np.where(enough, share.hits, 0.0),
        n=np.where(enough, share.n, 0.0),
        expected=np.where(enough, share.expected, 0.0),
    )
    return kept, enough
