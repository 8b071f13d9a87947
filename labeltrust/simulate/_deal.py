"""Who labels which item."""

import numpy as np

from labeltrust.simulate._base import Bool, Int

_CHUNK = 4096  # items dealt at a time: bounds memory at chunk x labelers

Generators = tuple[np.random.Generator, np.random.Generator]


def dealt_rows(
    n_items: int, n_labelers: int, seats: tuple[int, int], spread: float, rngs: Generators
) -> tuple[Int, Int, Bool]:
    """Deal labelers to items without repeats, by uneven activity.

    Args:
        n_items: Items.
        n_labelers: Labelers.
        seats: Fewest and most labels of an item.
        spread: Standard deviation of log activity.
        rngs: The crowd's generator, and the one of circumstances for the number of labels.

    Returns:
        Item and labeler of each row, (n,), and which of the (n_items * most) seats are taken.

    >>> rngs = (np.random.default_rng(1), np.random.default_rng(2))
    >>> dealt_rows(2, 5, (3, 3), 0.5, rngs)[0].tolist()
    [0, 0, 0, 1, 1, 1]
    """
    low, high = seats
    rng, extra = rngs
    log_activity = spread * rng.standard_normal(n_labelers)
    is_even = low == high
    dealt = []
    for start in range(0, n_items, _CHUNK):
        size = (min(_CHUNK, n_items - start), n_labelers)
        keys = log_activity + rng.gumbel(size=size)
        dealt.append(_winners(keys, high, is_ranked=not is_even))
    labeler = np.concatenate(dealt).ravel().astype(np.int64)
    item = np.repeat(np.arange(n_items), high)
    if is_even:
        return item, labeler, np.ones(item.size, dtype=np.bool_)
    taken = extra.integers(low, high + 1, size=n_items)
    kept = (np.arange(high) < taken[:, None]).ravel()
    return item[kept], labeler[kept], kept


def _winners(keys: np.ndarray, k: int, *, is_ranked: bool) -> np.ndarray:
    """Return the labelers with the k greatest keys of each item (Gumbel top-k), best first."""
    # a copy, or each chunk would keep all its keys
    best = np.argpartition(-keys, k - 1, axis=1)[:, :k].copy()
    if not is_ranked:
        return best
    order = np.argsort(-np.take_along_axis(keys, best, axis=1), axis=1)
    return np.take_along_axis(best, order, axis=1)
