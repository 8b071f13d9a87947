"""True classes and confusion matrices by the model of Dawid and Skene, a million labels at a time.

Dawid and Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm", Applied Statistics 28 (1): equations 2.3 to 2.5. Floors and stopping rule are those of
crowd-kit, whose answers these are to rounding at equal iterations.
"""

import numpy as np

from labeltrust.inference._label_matrix import LabelMatrix, Swept
from labeltrust.inference.crowd_labels import CrowdLabels
from labeltrust.inference.crowd_rows import Float
from labeltrust.inference.truth_model import FLOOR, Fitting, TruthModel, fitted, pooled

_PLAIN = Fitting()


def dawid_skene(labels: CrowdLabels, fitting: Fitting = _PLAIN) -> TruthModel:
    """Infer each item's class and each labeler's confusion matrix by expectation-maximization.

    Args:
        labels: What the crowd said; known items stay known.
        fitting: When to stop, and how much to smooth; by default as crowd-kit does.

    Returns:
        The fitted model. A labeler's confusion has zeros at labels that he never gave, unless
        smoothed.

    Raises:
        InvalidInput: Columns, codes or weights that cannot be used, see `CrowdLabels`.

    >>> import numpy as np
    >>> found = dawid_skene(CrowdLabels(
    ...     item=np.repeat([0, 1, 2, 3], 3), labeler=np.tile([0, 1, 2], 4),
    ...     label=np.array([0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]),
    ...     n_items=4, n_labelers=3, n_classes=2))
    >>> found.posterior.argmax(axis=1).tolist(), found.confusion[2].round(2).tolist()
    ([0, 1, 0, 1], [[0.5, 0.5], [0.5, 0.5]])
    """
    return fitted(labels, fitting, confusions)


def confusions(sums: Swept, matrix: LabelMatrix, smoothing: float) -> Float:
    """Return the most likely confusions, (n_labelers * n_classes, n_classes), equation 2.3.

    Args:
        sums: Expected labels.
        matrix: The labels; a label never given keeps probability 0 where nothing is smoothed.
        smoothing: See `Fitting`.
    """
    n = matrix.n_classes
    table = np.where(matrix.given[:, None] > 0, np.maximum(sums.table, FLOOR), 0.0)
    by_labeler = table.reshape(-1, n, n)
    if smoothing > 0:
        typical = pooled(sums.table, n) + 1.0
        by_labeler = by_labeler + smoothing * typical / typical.sum(axis=0)
    total = by_labeler.sum(axis=1, keepdims=True)
    shares: Float = by_labeler / np.where(total > 0, total, 1.0)
    return shares.reshape(-1, n)
