"""Published data sets, whose real labels attacks are injected into.

What an attack calls the truth is gold where there is some and the plurality elsewhere; times are
the order of the file. Labelers of real crowds are not all honest, so who is flagged beside the
injected may be rightly so: realised false discovery rates there are no error of a stated size.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from labeltrust.domain.errors import InvalidInput
from labeltrust.redteam._draw import Drawn, told
from labeltrust.redteam.cells import Cell, planting
from labeltrust.redteam.measures import Int
from labeltrust.simulate import Order, Planted, Planting, Scene, attacks

_LABELS = "labels.csv.gz"
_SECOND_US = 1_000_000
_REGULAR = 30
"""Labels that make a labeler one whom it pays to bribe, and whom anybody could find."""
_FEWEST_REGULARS, _MOST_CLASSES, _MOST_LABELS, _MOST_MEMBERS = 20, 10, 60_000, 6
_INJECTED = (
    ("uniform_flip", 0.30, "flip 30 %"),
    ("targeted_flip", 0.30, "targeted 30 %"),
    ("copy_ring", 0.30, "copy ring 30 %"),
    ("sleeper", 0.50, "flip 50 % from half-time"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSet:
    """One set as a scene, and who labeled enough to be worth a bribe."""

    scene: Scene
    regulars: Int


def published_cells(folder: Path | None) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return a cell for every attack on every set of adequate size, and what is left out and why.

    Adequate: labels of one choice, at most ten classes, at least twenty labelers with thirty labels
    each, at most 60,000 labels.

    Args:
        folder: The sets, a folder each with `labels.csv.gz`; None or missing skips all.
    """
    if folder is None or not folder.is_dir():
        return (), ("published data sets: skipped, their folder was not found",)
    found = sorted(path.parent for path in folder.glob(f"*/{_LABELS}"))
    reasons = {path: _unfit(path) for path in found}
    cells = tuple(
        Cell(
            name=f"{path.name}: {spoken}",
            crowd=None,
            published=str(path),
            plantings=(planting(attack, rate),),
            looks=0,
            table="published",
        )
        for path, reason in reasons.items()
        if not reason
        for attack, rate, spoken in _INJECTED
    )
    left = "; ".join(f"{path.name} ({reason})" for path, reason in reasons.items() if reason)
    return cells, (f"published data sets left out: {left}",) if left else ()


def _unfit(folder: Path) -> str:
    """Say why a set is not used; empty where it is."""
    readme = folder / "README.md"
    scale = re.search(r"Scale: (\w+)", readme.read_text("utf-8")) if readme.exists() else None
    if scale is not None and scale[1] not in {"nominal", "ordinal"}:
        return f"{scale[1]} scale"
    found = read(folder)
    if found.scene.n_classes > _MOST_CLASSES:
        return f"{found.scene.n_classes} classes"
    if found.scene.item.size > _MOST_LABELS:
        return f"{found.scene.item.size} labels"
    if found.regulars.size < _FEWEST_REGULARS:
        return f"{found.regulars.size} labelers with {_REGULAR} labels"
    return ""


@lru_cache(maxsize=4)
def read(folder: Path) -> PublishedSet:
    """Read a set; of repeated answers of a labeler to an item the last one stands."""
    frame = pd.read_csv(folder / _LABELS, dtype=str, usecols=["item", "labeler", "label"])
    frame = frame.dropna().drop_duplicates(["item", "labeler"], keep="last")
    words = sorted(frame["label"].unique())
    item, items = pd.factorize(frame["item"])
    labeler, labelers = pd.factorize(frame["labeler"])
    label = pd.Categorical(frame["label"], categories=words).codes.astype(np.int64)
    truth = _plurality(item, label, len(items), len(words))
    gold = _gold(folder / "gold.csv", items, words)
    order = np.argsort(item, kind="stable")
    scene = Scene(
        item=item[order].astype(np.int64),
        labeler=labeler[order].astype(np.int64),
        label=label[order],
        occurred_us=order.astype(np.int64) * _SECOND_US,
        duration_seconds=np.full(order.size, np.nan),
        truth=np.where(gold >= 0, gold, truth),
        gold=gold >= 0,
        n_labelers=len(labelers),
        n_classes=len(words),
        is_timed=False,
    )
    return PublishedSet(
        scene=scene, regulars=np.flatnonzero(np.bincount(scene.labeler) >= _REGULAR)
    )


def _plurality(item: Int, label: Int, n_items: int, n_classes: int) -> Int:
    votes = np.bincount(item * n_classes + label, minlength=n_items * n_classes)
    most: Int = votes.reshape(n_items, n_classes).argmax(axis=1)
    return most


def _gold(path: Path, items: pd.Index, words: list[str]) -> Int:
    """Return the gold code of each item, -1 where there is none or nobody ever said it."""
    found = np.full(len(items), -1, dtype=np.int64)
    if not path.exists():
        return found
    told_of = pd.read_csv(path, dtype=str).iloc[:, :2].dropna()
    place = items.get_indexer(pd.Index(told_of.iloc[:, 0]))
    code = pd.Categorical(told_of.iloc[:, 1], categories=words).codes.astype(np.int64)
    found[place[place >= 0]] = code[place >= 0]
    return found


def draw_published(cell: Cell, seed: int) -> Drawn:
    """Inject the attack of a cell into the set that it names.

    Raises:
        InvalidInput: The cell names no set.
    """
    if cell.published is None:
        detail = f"{cell.name} names no data set"
        raise InvalidInput(detail)
    found, rng = read(Path(cell.published)), np.random.default_rng(seed)
    scene, orders = found.scene, []
    for planted in cell.plantings:
        order = _order(found, planted, rng)
        scene = attacks()[planted.attack].apply(scene, order, rng)
        orders.append((planted.attack, order))
    return told(found.scene, Planted(scene=scene, orders=tuple(orders)))


def _order(found: PublishedSet, planted: Planting, rng: np.random.Generator) -> Order:
    """Draw a tenth of the regulars, two to six, against the rarest class."""
    scene = found.scene
    wanted = int(np.clip(found.regulars.size // 10, 2, _MOST_MEMBERS))
    shares = np.bincount(scene.truth, minlength=scene.n_classes)
    there = np.flatnonzero(shares)
    aimed = planted.from_class is not None
    middle = int(np.median(scene.occurred_us))
    return Order(
        members=np.sort(rng.choice(found.regulars, size=wanted, replace=False)),
        rate=planted.rate,
        since_us=None if planted.since_day is None else middle,
        from_class=int(there[shares[there].argmin()]) if aimed else None,
        to_class=int(shares.argmax()) if aimed else None,
    )
