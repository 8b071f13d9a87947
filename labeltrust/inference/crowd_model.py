"""What the crowd as a whole believes of each item, and what one labeler's peers do without him.

The model of Dawid and Skene (1979, section 2: one confusion matrix a labeler, EM), with three
changes that a hostile crowd asks for: gold items are known and not inferred; each labeler's matrix
is shrunk to the typical one, so that few labels cannot make anybody look certain; and the typical
matrix counts nobody for more than the median labeler, so that giants do not define it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from labeltrust.inference.crowd_rows import Bool, CrowdRows, Float, Int, summed

PRIOR_LABELS = 6.0
"""Labels per true class that the typical matrix is worth for each labeler."""
MAX_STEPS = 50
CLOSE = 1e-4
"""Mean change of a posterior below which EM stops."""
ENOUGH = 10
"""Labels that make a labeler count for the median activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdModel:
    """A fitted crowd.

    Attributes:
        log_scores: (n_items, n_classes) log prior plus the log likelihood of all reference labels.
        log_confusion: (n_labelers, n_classes, n_classes) log P(own label | true class), by labeler,
            own label, true class.
        typical: (n_classes, n_classes) P(label | true class) of the typical reference labeler.
        prior: (n_classes,) share of each true class.
        reference: (n_labelers,) True for labelers whose labels count as peers.
    """

    log_scores: Float
    log_confusion: Float
    typical: Float
    prior: Float
    reference: Bool


def fit_crowd_model(rows: CrowdRows, reference: Bool) -> CrowdModel:
    """Fit the crowd by EM, with the labels of the reference labelers only.

    Confusion matrices are given to everybody, in the light of the reference labelers' belief.

    Args:
        rows: One label a labeler and item.
        reference: (n_labelers,) whose labels count.

    >>> import numpy as np
    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 1, 1, 2, 2, 2], [0, 1, 2] * 2, [0, 0, 1, 1, 1, 1], n_labelers=3,
    ...           values=[0, 1])
    >>> model = fit_crowd_model(crowd_rows(b), np.ones(3, dtype=bool))
    >>> belief(model, crowd_rows(b)).argmax(axis=1).tolist()
    [0, 1]
    """
    voice = _voice(rows, reference)
    posterior = _first_guess(rows, voice)
    for _ in range(MAX_STEPS):
        model = _maximise(rows, posterior, voice, reference)
        improved = belief(model, rows)
        change = float(np.abs(improved - posterior).mean()) if improved.size else 0.0
        posterior = improved
        if change < CLOSE:
            break
    return _maximise(rows, posterior, voice, reference)


def belief(model: CrowdModel, rows: CrowdRows) -> Float:
    """Return the posterior of each item's true class, certain on gold, (n_items, n_classes)."""
    return _known(softmax(model.log_scores, axis=1), rows.gold)


def peer_belief(model: CrowdModel, rows: CrowdRows) -> Float:
    """Return for each row the posterior of its item's class without that row's label.

    Returns:
        (n, n_classes); the prior where a labeler has no peers on the item, certain on gold.
    """
    own = model.log_confusion[rows.labeler, rows.label]
    own = np.where(model.reference[rows.labeler][:, None], own, 0.0)
    return _known(softmax(model.log_scores[rows.item] - own, axis=1), rows.gold[rows.item])


def _known(posterior: Float, gold: Int) -> Float:
    at = np.flatnonzero(gold >= 0)
    posterior[at] = np.eye(posterior.shape[1])[gold[at]]
    return posterior


def _voice(rows: CrowdRows, reference: Bool) -> Float:
    """Weight of a labeler in the typical matrix: nobody counts for more than the median, (L,)."""
    n = rows.activity
    busy = n[reference & (n >= ENOUGH)]
    cap = float(np.median(busy)) if busy.size else float(max(n.max(initial=0), 1))
    return np.where(reference, np.minimum(1.0, cap / np.maximum(n, 1)), 0.0)


def _first_guess(rows: CrowdRows, voice: Float) -> Float:
    size = rows.n_items * rows.n_classes
    cell = rows.item * rows.n_classes + rows.label
    votes = summed(cell, voice[rows.labeler], size).reshape(rows.n_items, rows.n_classes) + 0.1
    return _known(votes / votes.sum(axis=1, keepdims=True), rows.gold)


def _maximise(rows: CrowdRows, posterior: Float, voice: Float, reference: Bool) -> CrowdModel:
    shape = (rows.n_labelers, rows.n_classes, rows.n_classes)
    cell = rows.labeler * rows.n_classes + rows.label
    table = np.empty(shape)  # labeler, own label, true class
    for true in range(rows.n_classes):
        sums = summed(cell, posterior[rows.item, true], shape[0] * shape[1])
        table[:, :, true] = sums.reshape(shape[:2])
    typical = np.einsum("lxt,l->xt", table, voice) + 1.0
    typical /= typical.sum(axis=0)
    table += PRIOR_LABELS * typical
    log_confusion = np.log(table / table.sum(axis=1, keepdims=True))
    prior = (posterior.sum(axis=0) + 1.0) / (rows.n_items + rows.n_classes)
    return CrowdModel(
        log_scores=_scores(rows, log_confusion, reference) + np.log(prior),
        log_confusion=log_confusion,
        typical=typical.T.copy(),
        prior=prior,
        reference=reference,
    )


def _scores(rows: CrowdRows, log_confusion: Float, reference: Bool) -> Float:
    """Sum the log likelihoods of the reference rows of every item, (n_items, n_classes)."""
    terms = log_confusion[rows.labeler, rows.label]
    terms[~reference[rows.labeler]] = 0.0
    out = np.zeros((rows.n_items, rows.n_classes))
    if rows.n:
        items, first = np.unique(rows.item, return_index=True)
        out[items] = np.add.reduceat(terms, first, axis=0)
    return out
