"""Gold items that deserve a second look, as they stand in the assessment document."""

import numpy as np

from labeltrust.counts import Judgments
from labeltrust.metrics._estimates import Bool
from labeltrust.metrics.gold_items import LeakedGold, WrongGold, leaked_gold, wrong_gold
from labeltrust.policy.names import Names
from labeltrust.policy.scorecard import Document, probability, shown

SHOWN = 20
_EQUAL = frozenset({"nominal", "ordinal"})


def gold_report(judgments: Judgments, trusted: Bool, names: Names) -> Document:
    """Return how many gold items are answered, and which are probably wrong or perhaps leaked.

    Args:
        judgments: The block.
        trusted: (n_labelers,) labelers nobody suspects.
        names: Words of the labels.

    >>> from labeltrust.counts import block
    >>> b = block([1, 2], [0, 0], [0, 1], n_labelers=1, values=[0, 1])
    >>> words = Names(labelers=("ann",), labeler_ids=np.array([7]), kinds=("human",),
    ...               labels=("benign", "fraud"))
    >>> gold_report(b, np.ones(1, dtype=bool), words)["reason"]
    'no gold items'
    """
    if judgments.level not in _EQUAL:
        return _none(f"gold is compared by equality, and these labels are {judgments.level}")
    n = int(np.unique(judgments.item[judgments.gold[judgments.item] >= 0]).size)
    if not n:
        return _none("no gold items")
    wrong, leaked = wrong_gold(judgments, trusted), leaked_gold(judgments)
    return {
        "n": n,
        "probably_wrong": _wrong(wrong, judgments, names),
        "perhaps_leaked": _leaked(leaked, judgments),
        "reason": leaked.reason,
    }


def _none(reason: str) -> Document:
    return {"n": 0, "probably_wrong": [], "perhaps_leaked": [], "reason": reason}


def _wrong(found: WrongGold, judgments: Judgments, names: Names) -> list[Document]:
    return [
        {
            "item": int(judgments.item_id[item]),
            "gold": names.labels[int(judgments.gold[item])],
            "said": names.labels[int(found.said[k])],
            "right": shown(found.right[k]),
            "q_value": probability(float(found.q_value[k])),
        }
        for k, item in enumerate(found.item[:SHOWN].tolist())
    ]


def _leaked(found: LeakedGold, judgments: Judgments) -> list[Document]:
    return [
        {
            "item": int(judgments.item_id[item]),
            "right": shown(found.right[k]),
            "pace": shown(found.pace[k]),
            "q_value": probability(float(found.q_value[k])),
        }
        for k, item in enumerate(found.item[:SHOWN].tolist())
    ]
