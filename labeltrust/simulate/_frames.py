"""A scene as the tidy frames that an import reads, with the names of the outside."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeltrust.domain.clock import moment
from labeltrust.simulate._base import Scene
from labeltrust.simulate._plant import Planted


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How labelers and items are called outside, and the word of each class code.

    Attributes:
        classes: Word of each class code.
        labeler: Made-up labelers are called by it and a number.
        item: Made-up items are called by it and a number.
        labeler_names: Names of real labelers, by code; accounts beyond them are made up.
        item_names: Names of real items, by code.
    """

    classes: tuple[str, ...]
    labeler: str = "reviewer"
    item: str = "item"
    labeler_names: tuple[str, ...] = ()
    item_names: tuple[str, ...] = ()

    def labelers(self, n: int) -> list[str]:
        """Return n labeler names; made-up ones have one width: `reviewer-01` and so on."""
        return [*self.labeler_names[:n], *_numbered(self.labeler, len(self.labeler_names), n)]

    def items(self, n: int) -> list[str]:
        """Return n item names; made-up ones have one width."""
        return [*self.item_names[:n], *_numbered(self.item, len(self.item_names), n)]


def _numbered(word: str, first: int, n: int) -> list[str]:
    return [f"{word}-{i + 1:0{len(str(n))}d}" for i in range(first, n)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A simulated crowd in words.

    Attributes:
        labels: item, labeler, label, created_at (ISO 8601, UTC), duration_seconds, and where they
            are known suggestion and guideline_version; by created_at. Without times in the
            original there is no created_at, and without durations no duration_seconds.
        gold: item, label; only the items whose truth the project knows.
        truth: labeler, attack, since (ISO 8601, `row 7` of labels without times, or empty), rate,
            victim; one row per suspect.
        items: item, text where items have one, and one column a feature; None where nothing is
            known of items.
    """

    labels: pd.DataFrame
    gold: pd.DataFrame
    truth: pd.DataFrame
    items: pd.DataFrame | None = None


def to_frames(planted: Planted, names: Words) -> Simulated:
    """Put a planted scene into words.

    >>> from labeltrust.simulate._crowd import Crowd
    >>> from labeltrust.simulate._plant import draw_planted
    >>> planted = draw_planted(Crowd(n_items=20), [], np.random.default_rng(1))
    >>> to_frames(planted, Words(classes=("benign", "fraud"))).labels.shape
    (120, 5)
    """
    return Simulated(
        labels=_labels(planted, names),
        gold=_gold(planted, names),
        truth=_truth(planted, names),
        items=_items(planted, names),
    )


def _labels(planted: Planted, names: Words) -> pd.DataFrame:
    scene = planted.scene
    order = np.lexsort((scene.labeler, scene.item, scene.occurred_us))
    classes = np.array(names.classes)
    seconds = pd.Series(scene.occurred_us[order] // 1_000_000)
    created = pd.to_datetime(seconds, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    columns = {
        "item": np.array(names.items(scene.truth.size))[scene.item[order]],
        "labeler": np.array(names.labelers(scene.n_labelers))[scene.labeler[order]],
        "label": classes[scene.label[order]],
    }
    if scene.is_timed:
        columns["created_at"] = created.to_numpy()
    if np.isfinite(scene.duration_seconds).any():
        columns["duration_seconds"] = scene.duration_seconds[order]
    if scene.suggestion is not None:
        # the empty word stands last, where the code of no suggestion points to
        columns["suggestion"] = np.array([*names.classes, ""])[scene.suggestion[order]]
    if scene.guideline is not None:
        columns["guideline_version"] = scene.guideline[order]
    return pd.DataFrame(columns)


def _items(planted: Planted, names: Words) -> pd.DataFrame | None:
    scene = planted.scene
    told = {} if scene.texts is None else {"text": list(scene.texts)}
    if not scene.features and not told:
        return None
    return pd.DataFrame({"item": names.items(scene.truth.size), **told, **(scene.features or {})})


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
            "since": _since(planted.scene, order.since_us),
            "rate": order.rate,
            "victim": "" if order.victim is None else labelers[order.victim],
        }
        for attack, order in planted.orders
        for member in order.members
    ]
    return pd.DataFrame(rows, columns=["labeler", "attack", "since", "rate", "victim"])


def _since(scene: Scene, since_us: int | None) -> str:
    if since_us is None:
        return ""
    if not scene.is_timed:
        return f"row {int((scene.occurred_us < since_us).sum()) + 1}"
    return moment(since_us).strftime("%Y-%m-%dT%H:%M:%SZ")
