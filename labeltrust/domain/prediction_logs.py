"""How much of a model's log of predictions is kept: a stated sample, the same whoever draws it."""

import hashlib
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput

_BYTES = 8
_WHOLE = 1 << (8 * _BYTES)
MOST_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What is kept of predictions on items that nobody else labeled.

    Attributes:
        share: Share of the items, in (0, 1].
        seed: Draws the items: one seed draws the same ones for every model, so that versions can
            be compared on what is kept.
    """

    share: float
    seed: int = 0

    def draws(self, item: str) -> bool:
        """Say whether an item is of the sample: by a hash of seed and outside id alone.

        >>> Sampling(share=1.0).draws("txn-9")
        True
        >>> round(sum(Sampling(share=0.1).draws(f"txn-{n}") for n in range(10_000)) / 10_000, 1)
        0.1
        """
        key = self.seed.to_bytes(_BYTES, "big")
        found = hashlib.blake2b(item.encode(), digest_size=_BYTES, key=key).digest()
        return int.from_bytes(found, "big") < self.share * _WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many predictions were kept, by why, and how many left out.

    Attributes:
        gold: The item has a gold label.
        labeled: Somebody other than a model labeled the item.
        sampled: The item is of the sample.
        left_out: None of these: no event was made of it.
    """

    gold: int = 0
    labeled: int = 0
    sampled: int = 0
    left_out: int = 0


def checked_sampling(share: float, seed: int) -> Sampling:
    """Return a sampling, or refuse what is none.

    Raises:
        InvalidInput: The share is not in (0, 1], or the seed negative or beyond 63 bits.

    >>> checked_sampling(0.01, 7)
    Sampling(share=0.01, seed=7)
    """
    if not 0.0 < share <= 1.0:
        detail = f"a share of {share} is not above 0 and at most 1"
        raise InvalidInput(detail, place="sample", code="bad_share")
    if not 0 <= seed <= MOST_SEED:
        detail = f"the seed {seed} is not between 0 and {MOST_SEED}"
        raise InvalidInput(detail, place="seed", code="bad_seed")
    return Sampling(share=share, seed=seed)
