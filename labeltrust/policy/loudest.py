"""Those whom a signal sets apart most: with whom a page compares a suspect."""

import numpy as np

from labeltrust.signals._base import Int, Readings

MOST = 30
"""As many as one chart shows beside each other."""


def loudest(found: Readings, labeler_ids: Int) -> list[int]:
    """Return the ids of those whom a signal finds least likely to be honest, surest first.

    Args:
        found: What the signal says.
        labeler_ids: (n_labelers,) opaque ids by code.

    Returns:
        At most `MOST` ids of labelers with an effect and its interval; those without a p-value
        come last.
    """
    known = np.flatnonzero(np.isfinite(found.effect) & np.isfinite(found.low))
    order = np.argsort(found.p_value[known], kind="stable")
    return [int(labeler_ids[code]) for code in known[order[:MOST]]]
