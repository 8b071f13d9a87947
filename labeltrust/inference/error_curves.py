"""How likely a labeler's labels are, by the log odds of a kind of error.

A kind of error is a set of cells (true class, label): all wrong labels, the wrong labels of one
class, or one class called another. Its odds move against the typical labeler of the same period;
inside the kind and outside it labels keep their proportions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int
from labeltrust.inference.periods import Periods
from labeltrust.inference.population_mixture import Prior

GRID = np.linspace(-4.0, 6.0, 33)
GRID_PRIOR = Prior(
    grid=GRID,
    means=np.linspace(-2.5, 2.5, 17),
    spreads=np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5]),
    others=(0.5, 5.0),
)
POSSIBLE = 0.05
"""Belief in a class below which an item says nothing of its errors."""
_TINY = 1e-9
PeriodOf = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorKind:
    """A kind of error.

    Attributes:
        cells: (n_classes, n_classes) True where (true class, label) is of this kind.
        true: The class, where it is about one.
        said: The label, where it is about one.
    """

    cells: Bool
    true: int | None = None
    said: int | None = None

    @property
    def classes(self) -> Int:
        """True classes that the kind is about."""
        return np.flatnonzero(self.cells.any(axis=1))


def all_errors(n_classes: int) -> ErrorKind:
    """Return the kind of every wrong label.

    >>> all_errors(2).cells.tolist()
    [[False, True], [True, False]]
    """
    return ErrorKind(cells=~np.eye(n_classes, dtype=np.bool_))


def errors_of_class(n_classes: int, true: int) -> ErrorKind:
    """Return the kind of every wrong label of one class.

    >>> errors_of_class(3, 1).cells.sum(axis=1).tolist()
    [0, 2, 0]
    """
    cells = ~np.eye(n_classes, dtype=np.bool_)
    cells[np.arange(n_classes) != true] = False
    return ErrorKind(cells=cells, true=true)


def called_another(n_classes: int, true: int, said: int) -> ErrorKind:
    """Return the kind of one class called another.

    >>> called_another(2, 1, 0).cells.tolist()
    [[False, False], [True, False]]
    """
    cells = np.zeros((n_classes, n_classes), dtype=np.bool_)
    cells[true, said] = True
    return ErrorKind(cells=cells, true=true, said=said)


def concerned_rows(crowd: FittedCrowd, kind: ErrorKind) -> Int:
    """Return the rows, in received order, on which an error of the kind is possible."""
    possible = crowd.belief[:, kind.classes].sum(axis=1) > POSSIBLE
    rows: Int = crowd.order[possible[crowd.order]]
    return rows


def error_family(
    crowd: FittedCrowd, kind: ErrorKind, periods: Periods, period_of: PeriodOf | None = None
) -> Callable[[Int], Float]:
    """Return likelihoods of rows by the log odds of a kind of error, (k, n_grid) on `GRID`.

    Args:
        crowd: The fitted crowd.
        kind: The kind of error.
        periods: The typical labeler of each period.
        period_of: (n,) period of each row of the crowd, where it is at hand.
    """
    concerned = np.isin(np.arange(crowd.rows.n_classes), kind.classes)
    inside = periods.typical * kind.cells
    share = np.clip(inside.sum(axis=2), 1e-4, 1 - 1e-4)
    odds = expit(logit(share)[:, :, None] + GRID).astype(np.float32)
    moved = np.ascontiguousarray(odds.transpose(1, 0, 2))
    hit = inside / share[:, :, None]
    missed = (periods.typical - inside) / (1 - share)[:, :, None]
    missed[:, ~concerned] = periods.typical[:, ~concerned]
    period_of = periods.of_rows(crowd.rows) if period_of is None else period_of

    def likelihood(rows: Int) -> Float:
        period, label, belief = period_of[rows], crowd.rows.label[rows], crowd.belief[rows]
        no = belief * missed[period, :, label]
        seen: Any = (no.sum(axis=1) + _TINY).astype(np.float32)[:, None]
        for true in kind.classes.tolist():
            gain = belief[:, true] * hit[period, true, label] - no[:, true]
            curve = moved[true][period]
            curve *= gain.astype(np.float32)[:, None]
            curve += seen
            seen = curve
        single: Float = seen  # in single precision, which is enough here
        return single

    return likelihood


def error_share(crowd: FittedCrowd, kind: ErrorKind, rows: Int) -> tuple[Float, Float]:
    """Return for each row how likely it is an error of the kind, and how likely it could be one."""
    label, wrong, could = crowd.rows.label[rows], np.zeros(rows.size), np.zeros(rows.size)
    for true in kind.classes.tolist():
        weight = crowd.belief[:, true][rows]
        wrong += weight * kind.cells[true][label]
        could += weight
    return wrong, could
