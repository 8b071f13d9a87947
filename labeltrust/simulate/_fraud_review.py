"""The scenario of the demo: bribed labelers call fraud benign from a certain day on."""

from collections.abc import Sequence

import numpy as np

from labeltrust.simulate._crowd import Crowd
from labeltrust.simulate._frames import Simulated, Words, to_frames
from labeltrust.simulate._plant import Planted, Planting, draw_planted

BENIGN, FRAUD = 0, 1
NAMES = Words(classes=("benign", "fraud"), item="txn")
CROWD = Crowd(n_labelers=40, n_items=3000, labels_per_item=6, class_shares=(0.7, 0.3))
BRIBE_DAY = 12.0
PLANTINGS: Sequence[Planting] = (
    Planting(
        attack="targeted_flip",
        n_members=4,
        rate=0.9,
        since_day=BRIBE_DAY,
        from_class=FRAUD,
        to_class=BENIGN,
    ),
    Planting(attack="sleeper", n_members=1, rate=0.6, since_day=16.0),
    Planting(attack="constant", n_members=1, rate=0.97, to_class=BENIGN),
)


def draw_fraud_review(seed: int) -> Planted:
    """Draw the scenario: 40 labelers, 3,000 transactions, 4 bribed, a sleeper, a spammer.

    >>> draw_fraud_review(1).suspects.size
    6
    """
    return draw_planted(CROWD, PLANTINGS, np.random.default_rng(seed))


def fraud_review(seed: int) -> Simulated:
    """Return the scenario in words.

    >>> fraud_review(1).truth["attack"].value_counts()["targeted_flip"]
    np.int64(4)
    """
    return to_frames(draw_fraud_review(seed), NAMES)
