"""How often labelers, and the inferred classes themselves, are right by the model's own belief."""

import numpy as np
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.inference.truth_model import TruthModel
from labeltrust.metrics._estimates import TAIL, Estimates, Z, estimates

NO_LABELS = "no labels"


def expected_accuracy(model: TruthModel) -> Estimates:
    """Return the chance that each labeler's next label is right: prior times own confusion.

    The interval takes each class's share right as binomial in the expected number of his labels of
    that class, with one success and one failure added (Agresti and Coull 1998), and fits a Beta to
    the mean and variance of the mixture. It does not know that posteriors may be wrong together.

    Returns:
        (n_labelers,) shares in [0, 1]; n is the expected weight of his labels.

    >>> import numpy as np
    >>> from labeltrust.inference.crowd_labels import CrowdLabels
    >>> from labeltrust.inference.one_coin import one_coin
    >>> found = one_coin(CrowdLabels(
    ...     item=np.repeat([0, 1, 2, 3], 3), labeler=np.tile([0, 1, 2], 4),
    ...     label=np.array([0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]),
    ...     n_items=4, n_labelers=4, n_classes=2))
    >>> accuracy = expected_accuracy(found)
    >>> round(accuracy[2].value, 2), accuracy[2].n, accuracy[3].reason
    (0.5, 4, 'no labels')
    """
    right = np.diagonal(model.confusion, axis1=1, axis2=2)
    value = right @ model.prior
    near = (right * model.support + 1.0) / (model.support + 2.0)
    middle = near @ model.prior
    spread = (near * (1.0 - near) / (model.support + 3.0)) @ model.prior**2
    size = np.maximum(middle * (1.0 - middle) / np.maximum(spread, 1e-12) - 1.0, 1e-9)
    low, high = (
        stats.beta.ppf(q, middle * size, (1.0 - middle) * size) for q in (1.0 - TAIL, TAIL)
    )
    n = model.support.sum(axis=1)
    low, high = np.minimum(low, value), np.maximum(high, value)
    return estimates(value, low, high, n, (NO_LABELS, n <= 0))


def expected_share_right(model: TruthModel) -> Measured:
    """Return the share of items whose most probable class is the true one, as the model believes.

    The interval is that of a sum of independent trials with the posterior's own chances. Where
    labelers err together posteriors are too sure: on published crowds with gold plain fits believe
    in up to 35 points more than is true, so read it as an upper end.

    Returns:
        Share in [0, 1]; n counts items with labels. Undefined without any.

    >>> import numpy as np
    >>> from labeltrust.inference.crowd_labels import CrowdLabels
    >>> from labeltrust.inference.dawid_skene import dawid_skene
    >>> column = np.array([0, 1])
    >>> expected_share_right(dawid_skene(CrowdLabels(
    ...     item=column, labeler=column * 0, label=column, n_items=2, n_labelers=1, n_classes=2
    ... ))).n
    2
    """
    top = model.posterior[model.n_labels > 0].max(axis=1)
    if not top.size:
        return Undefined(reason=NO_LABELS)
    value = float(top.mean())
    half = Z * float(np.sqrt((top * (1.0 - top)).sum())) / top.size
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Estimate(value=value, low=low, high=high, n=int(top.size))
