"""What truth inference returns, and the expectation-maximization that gets there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeltrust.inference._label_matrix import LabelMatrix, Swept, sweep, votes
from labeltrust.inference.crowd_labels import CrowdLabels, Prepared, prepared
from labeltrust.inference.crowd_rows import Float, Int

FLOOR = 1e-10
"""Least probability, as in crowd-kit: what was never seen is not impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """How long to fit, and how much is believed before any label is seen.

    Attributes:
        max_iterations: Most rounds of expectation and maximization; 0 leaves the vote shares.
        tolerance: A round that raises the evidence lower bound by less, in nats a label, is the
            last; minus infinity: never stop early.
        smoothing: Labels, per labeler and true class, that the pooled confusion of the whole crowd
            is worth for each labeler (one-coin: pooled accuracy). 0 is plain maximum likelihood;
            more keeps labelers with few labels from looking certain.
    """

    max_iterations: int = 100
    tolerance: float = 1e-5
    smoothing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthModel:
    """The classes of all items as inferred from a crowd, and what that says of its labelers.

    Attributes:
        posterior: (n_items, n_classes) probability of each class; certain on gold, the prior where
            an item has no labels.
        n_labels: (n_items,) labels of positive weight behind it.
        confusion: (n_labelers, n_classes, n_classes) P(label | true class) by labeler, true class,
            label; even where nothing is known.
        support: (n_labelers, n_classes) expected weight of a labeler's labels by true class.
        prior: (n_classes,) share of each true class.
        lower_bound: (n_iterations,) evidence lower bound a label after each round, as crowd-kit
            computes it: it decides when to stop.
        log_likelihood: (n_iterations,) log likelihood of all labels, in nats, under the parameters
            that each round started from; it never falls without smoothing.
    """

    posterior: Float
    n_labels: Int
    confusion: Float
    support: Float
    prior: Float
    lower_bound: Float
    log_likelihood: Float

    @property
    def n_iterations(self) -> int:
        """Rounds of expectation and maximization that were made."""
        return int(self.lower_bound.size)


Maximise = Callable[[Swept, LabelMatrix, float], Float]
"""From sums, labels and smoothing to P(label | true class), by (labeler, label) and true class."""


def fitted(labels: CrowdLabels, fitting: Fitting, maximise: Maximise) -> TruthModel:
    """Fit a model of a crowd, starting from the share of votes for each class.

    Args:
        labels: What the crowd said.
        fitting: When to stop, and how much to smooth.
        maximise: The model's maximization.
    """
    ready = prepared(labels)
    matrix = ready.matrix
    posterior = np.zeros((matrix.n_items, matrix.n_classes))
    sums = votes(matrix, posterior)
    bounds, likelihoods, before = [], [], -np.inf
    confusion = maximise(sums, matrix, fitting.smoothing)
    for _ in range(fitting.max_iterations if matrix.n_items else 0):
        sums = sweep(matrix, _log(confusion), np.log(_prior(sums)), posterior)
        confusion = maximise(sums, matrix, fitting.smoothing)
        likelihoods.append(sums.log_likelihood)
        bounds.append(_lower_bound(sums, confusion, float(matrix.given.sum())))
        if bounds[-1] - before < fitting.tolerance:
            break
        before = bounds[-1]
    curves = (np.array(bounds, dtype=np.float64), np.array(likelihoods, dtype=np.float64))
    return _model(labels, ready, (posterior, confusion, sums), curves)


def pooled(table: Float, n_classes: int) -> Float:
    """Return the sum of a table over labelers, (n_classes, n_classes) by label and true class."""
    total: Float = table.reshape(-1, n_classes, n_classes).sum(axis=0)
    return total


def _log(confusion: Float) -> Float:
    return np.log(np.where(confusion > 0, confusion, 1.0))  # zeros belong to labels never given


def _prior(sums: Swept) -> Float:
    floored: Float = np.maximum(_share(sums), FLOOR)
    return floored


def _share(sums: Swept) -> Float:
    share: Float = sums.items / max(sums.items.sum(), 1.0)
    return share


def _lower_bound(sums: Swept, confusion: Float, n_labels: float) -> float:
    """Return the bound that crowd-kit watches: it counts the prior at every label of an item."""
    joint = (sums.table * (_log(confusion) + np.log(_prior(sums)))).sum()
    return (float(joint) + sums.entropy) / n_labels


def _model(
    labels: CrowdLabels,
    ready: Prepared,
    fit: tuple[Float, Float, Swept],
    curves: tuple[Float, Float],
) -> TruthModel:
    """Put items, labelers and classes back to their own codes."""
    found, confusion, sums = fit
    n, seen = labels.n_classes, ready.classes
    prior = np.zeros(n)
    prior[seen] = _share(sums)
    if not ready.matrix.n_items:
        prior[:] = 1.0 / n
    posterior = np.tile(prior, (labels.n_items, 1))
    posterior[np.ix_(ready.items, seen)] = found
    if labels.gold is not None:
        known = np.flatnonzero(labels.gold >= 0)
        posterior[known] = np.eye(n)[labels.gold[known]]
    shape = (labels.n_labelers, seen.size, seen.size)
    support = np.zeros((labels.n_labelers, n))
    support[:, seen] = sums.table.reshape(shape).sum(axis=1)
    return TruthModel(
        posterior=posterior,
        n_labels=ready.n_labels,
        confusion=_by_truth(confusion.reshape(shape), seen, n),
        support=support,
        prior=prior,
        lower_bound=curves[0],
        log_likelihood=curves[1],
    )


def _by_truth(confusion: Float, seen: Int, n_classes: int) -> Float:
    """Return (labeler, true class, label) of (labeler, label, true class), even where unknown."""
    out = np.full((confusion.shape[0], n_classes, n_classes), 1.0 / n_classes)
    known = confusion.any(axis=(1, 2))
    within = np.zeros((int(known.sum()), n_classes, n_classes))
    within[:] = out[known]
    within[:, seen, :] = 0.0
    within[np.ix_(np.arange(within.shape[0]), seen, seen)] = confusion[known].transpose(0, 2, 1)
    out[known] = within
    return out
