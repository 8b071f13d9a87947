"""True classes and one accuracy a labeler: the one-coin model.

Zhang, Chen, Zhou and Jordan (2016), "Spectral Methods Meet EM: A Provably Optimal Algorithm for
Crowdsourcing", Journal of Machine Learning Research 17, section 2.1: a labeler is right with one
probability whatever the class, and errs evenly over the others. Floors and stopping rule are those
of crowd-kit, whose answers these are to rounding at equal iterations.
"""

import numpy as np

from labeltrust.inference._label_matrix import LabelMatrix, Swept
from labeltrust.inference.crowd_labels import CrowdLabels
from labeltrust.inference.crowd_rows import Float
from labeltrust.inference.truth_model import FLOOR, Fitting, TruthModel, fitted

_PLAIN = Fitting()


def one_coin(labels: CrowdLabels, fitting: Fitting = _PLAIN) -> TruthModel:
    """Infer each item's class and each labeler's accuracy by expectation-maximization.

    Args:
        labels: What the crowd said; known items stay known.
        fitting: When to stop, and how much to smooth; by default as crowd-kit does.

    Returns:
        The fitted model; the diagonal of a labeler's confusion is his accuracy throughout.

    Raises:
        InvalidInput: Columns, codes or weights that cannot be used, see `CrowdLabels`.

    >>> import numpy as np
    >>> found = one_coin(CrowdLabels(
    ...     item=np.repeat([0, 1, 2, 3], 3), labeler=np.tile([0, 1, 2], 4),
    ...     label=np.array([0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]),
    ...     n_items=4, n_labelers=3, n_classes=2))
    >>> found.confusion[:, 0, 0].round(2).tolist()
    [1.0, 1.0, 0.5]
    """
    return fitted(labels, fitting, coins)


def coins(sums: Swept, matrix: LabelMatrix, smoothing: float) -> Float:
    """Return the confusions of the most likely coins, (n_labelers * n_classes, n_classes)."""
    n = matrix.n_classes
    right = sums.table.reshape(-1, n, n).trace(axis1=1, axis2=2)
    weight = matrix.given.reshape(-1, n).sum(axis=1)
    if smoothing > 0:
        typical = (right.sum() + 1.0) / (weight.sum() + n)
        right, weight = right + smoothing * n * typical, weight + smoothing * n
    skill = np.divide(right, weight, out=np.full(right.size, 1.0 / max(n, 1)), where=weight > 0)
    wrong = (1.0 - skill) / max(n - 1, 1)
    same = np.eye(n, dtype=np.bool_)
    shares = np.where(same, skill[:, None, None], wrong[:, None, None])
    clipped: Float = np.clip(shares, FLOOR, 1.0 - FLOOR)
    return clipped.reshape(-1, n)
