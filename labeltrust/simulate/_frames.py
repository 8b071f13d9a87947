"""A scene as the tidy frames that an import reads, with the names of the outside."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeltrust.domain.clock import moment
from labeltrust.simulate._plant import Planted


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How labelers and items are called outside, and the word of each class code."""

    classes: tuple[str, ...]
    labeler: str = "reviewer"
    item: str = "item"

    def labelers(self, n: int) -> list[str]:
        """Return n labeler names of one width: `reviewer-01` and so on."""
        return [f"{self.labeler}-{i + 1:0{len(str(n))}d}" for i in range(n)]

    def items(self, n: int) -> list[str]:
        """Return n item names of one width."""
        return [f"{self.item}-{i + 1:0{len(str(n))}d}" for i in range(n)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A simulated crowd in words.

    Attributes:
        labels: item, labeler, label, created_at (ISO 8601, UTC), duration_seconds; by created_at.
        gold: item, label; only the items whose truth the project knows.
        truth: labeler, attack, since (ISO 8601 or empty), rate, victim; one row per suspect.
    """

    labels: pd.DataFrame
    gold: pd.DataFrame
    truth: pd.DataFrame


def to_frames(planted: Planted, names: Words) -> Simulated:
    """Put a planted scene into words.

    >>> from labeltrust.simulate._crowd import Crowd
    >>> from labeltrust.simulate._plant import draw_planted
    >>> planted = draw_planted(Crowd(n_items=20), [], np.random.default_rng(1))
    >>> to_frames(planted, Words(classes=("benign", "fraud"))).labels.shape
    (120, 5)
    """
    return Simulated(
        labels=_labels(planted, names), gold=_gold(planted, names), truth=_truth(planted, names)
    )


def _labels(planted: Planted, names: Words) -> pd.DataFrame:
    scene = planted.scene
    order = np.lexsort((scene.labeler, scene.item, scene.occurred_us))
    classes = np.array(names.classes)
    seconds = pd.Series(scene.occurred_us[order] // 1_000_000)
    created = pd.to_datetime(seconds, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.DataFrame(
        {
            "item": np.array(names.items(scene.truth.size))[scene.item[order]],
            "labeler": np.array(names.labelers(scene.n_labelers))[scene.labeler[order]],
            "label": classes[scene.label[order]],
            "created_at": created.to_numpy(),
            "duration_seconds": scene.duration_seconds[order],
        }
    )


def _gold(planted: Planted, names: Words) -> pd.DataFrame:
    known = np.flatnonzero(planted.scene.gold)
    items = np.array(names.items(planted.scene.truth.size))[known]
    labels = np.array(names.classes)[planted.scene.truth[known]]
    return pd.DataFrame({"item": items, "label": labels})


def _truth(planted: Planted, names: Words) -> pd.DataFrame:
    labelers = names.labelers(planted.scene.n_labelers)
    rows = [
        {
            "labeler": labelers[member],
            "attack": attack,
            "since": _iso(order.since_us),
            "rate": order.rate,
            "victim": "" if order.victim is None else labelers[order.victim],
        }
        for attack, order in planted.orders
        for member in order.members
    ]
    return pd.DataFrame(rows, columns=["labeler", "attack", "since", "rate", "victim"])


def _iso(since_us: int | None) -> str:
    return "" if since_us is None else moment(since_us).strftime("%Y-%m-%dT%H:%M:%SZ")
