"""The scenario of the demo: bribed labelers call fraud benign from a certain day on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from labeltrust.simulate._base import Int
from labeltrust.simulate._crowd import Crowd
from labeltrust.simulate._frames import Simulated, Words, to_frames
from labeltrust.simulate._plant import Planted, Planting, draw_planted

BENIGN, FRAUD = 0, 1
NAMES = Words(classes=("benign", "fraud"), item="txn")
CROWD = Crowd(n_labelers=40, n_items=3000, labels_per_item=6, class_shares=(0.7, 0.3))
BRIBE_DAY = 12.0
_OF_FEATURES = 1
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


def fraud_features(truth: Int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw what a bank knows of a transaction, so that a model can learn the class from it.

    Fraud is of larger amounts, further from home, on younger cards, after more attempts; the hour
    tells nothing. No feature tells the class by itself.

    Args:
        truth: (n_items,) `BENIGN` or `FRAUD`.
        rng: Draws them.

    Returns:
        Columns amount, distance_km, card_age_days, attempts, hour.

    >>> fraud_features(np.array([0, 1]), np.random.default_rng(1)).shape
    (2, 5)
    """
    n = truth.size
    noise = rng.standard_normal((3, n))
    return pd.DataFrame(
        {
            "amount": np.exp(3.4 + 1.2 * truth + noise[0]).round(2),
            "distance_km": np.exp(2.0 + 1.3 * truth + noise[1]).round(1),
            "card_age_days": np.exp(6.0 - 1.2 * truth + noise[2]).round(),
            "attempts": 1 + rng.poisson(0.6 + truth),
            "hour": rng.integers(24, size=n),
        }
    )


def fraud_answers(seed: int) -> pd.DataFrame:
    """Return the true label of every transaction: item, label.

    >>> fraud_answers(1)["label"].value_counts().index.tolist()
    ['benign', 'fraud']
    """
    truth = draw_fraud_review(seed).scene.truth
    labels = [NAMES.classes[code] for code in truth]
    return pd.DataFrame({"item": NAMES.items(truth.size), "label": labels})


def fraud_review(seed: int) -> Simulated:
    """Return the scenario in words, with features of the transactions.

    Features come from a generator of their own: the labels are the same with and without them.

    >>> fraud_review(1).truth["attack"].value_counts()["targeted_flip"]
    np.int64(4)
    """
    planted = draw_fraud_review(seed)
    drawn = fraud_features(planted.scene.truth, np.random.default_rng((seed, _OF_FEATURES)))
    drawn.insert(0, "item", NAMES.items(planted.scene.truth.size))
    return replace(to_frames(planted, NAMES), items=drawn)
