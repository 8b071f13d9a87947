"""Published data sets, whose real labels attacks are injected into.

What an attack calls the truth is gold where there is some and the plurality elsewhere; times are
the order of the file where it has none. Labelers of real crowds are not all honest, so who is
flagged beside the injected may be rightly so: what counts there as a false discovery may be none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from labeltrust.domain.errors import InvalidInput
from labeltrust.redteam._draw import Drawn, told
from labeltrust.redteam.cells import Cell, planting
from labeltrust.simulate import Planting, Scene, plant, scene_of

_LABELS, _GOLD = "labels.csv.gz", "gold.csv"
_SCALES = {"nominal", "ordinal"}
_REGULAR = 30
"""Labels that make a labeler one whom anybody could find out."""
_FEWEST_REGULARS, _MOST_CLASSES, _MOST_LABELS, _MOST_MEMBERS = 20, 10, 60_000, 6
_HALF = 0.5
_INJECTED = (
    ("uniform_flip", 0.30, "flip 30 %"),
    ("targeted_flip", 0.30, "targeted 30 %"),
    ("copy_ring", 0.30, "copy ring 30 %"),
    ("sleeper", 0.50, "flip 50 % from half-time"),
)


def published_cells(folder: Path | None) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return a cell for every attack on every set of adequate size, and what is left out and why.

    Adequate: one choice a label, at most ten classes, at least twenty labelers with thirty labels
    each, at most 60,000 labels. A tenth of such labelers attack, at most six; a targeted attack
    calls the rarest class the most frequent.

    Args:
        folder: The sets, a folder each with `labels.csv.gz`; None or missing skips all.
    """
    if folder is None or not folder.is_dir():
        return (), ("published data sets: skipped, their folder was not found",)
    found = sorted(path.parent for path in folder.glob(f"*/{_LABELS}"))
    reasons = {path: _unfit(path) for path in found}
    cells = [cell for path, reason in reasons.items() if not reason for cell in _cells(path)]
    left = "; ".join(f"{path.name} ({reason})" for path, reason in reasons.items() if reason)
    return tuple(cells), (f"published data sets left out: {left}",) if left else ()


def _cells(folder: Path) -> Sequence[Cell]:
    scene = read(folder)
    members = min(int(_regulars(scene)) // 10, _MOST_MEMBERS)
    return [
        Cell(
            name=f"{folder.name}: {spoken}",
            crowd=None,
            published=str(folder),
            plantings=(_aimed(planting(attack, rate, n_members=members), scene),),
            looks=0,
            table="published",
        )
        for attack, rate, spoken in _INJECTED
    ]


def _aimed(planted: Planting, scene: Scene) -> Planting:
    """Return an attack on the classes of a set, from half of its labels on if it has an onset."""
    shares = np.bincount(scene.truth, minlength=scene.n_classes)
    there = np.flatnonzero(shares)
    aimed = planted.from_class is not None
    return replace(
        planted,
        since_day=None,
        since_share=None if planted.since_day is None else _HALF,
        from_class=int(there[shares[there].argmin()]) if aimed else None,
        to_class=int(shares.argmax()) if aimed else None,
    )


def _regulars(scene: Scene) -> int:
    return int((np.bincount(scene.labeler) >= _REGULAR).sum())


def _unfit(folder: Path) -> str:
    """Say why a set is not used; empty where it is."""
    scale = _scale(folder)
    if scale not in _SCALES:
        return f"{scale} scale"
    scene = read(folder)
    if scene.n_classes > _MOST_CLASSES:
        return f"{scene.n_classes} classes"
    if scene.item.size > _MOST_LABELS:
        return f"{scene.item.size} labels"
    regulars = _regulars(scene)
    return f"{regulars} labelers with {_REGULAR} labels" if regulars < _FEWEST_REGULARS else ""


def _scale(folder: Path) -> str:
    """Return the scale that the set's README states; nominal if it states none."""
    readme = folder / "README.md"
    said = re.search(r"Scale: (\w+)", readme.read_text("utf-8")) if readme.exists() else None
    return said[1] if said is not None else "nominal"


@lru_cache(maxsize=2)
def read(folder: Path) -> Scene:
    """Read a set; of repeated answers of a labeler to an item the last one stands."""
    wanted = {"item", "labeler", "label", "created_at"}
    labels = pd.read_csv(folder / _LABELS, dtype=str, usecols=lambda name: name in wanted)
    gold = folder / _GOLD
    known = pd.read_csv(gold, dtype=str).iloc[:, :2].dropna() if gold.exists() else None
    if known is not None:
        known.columns = pd.Index(["item", "label"])
    return scene_of(labels, known, level=_scale(folder))


def draw_published(cell: Cell, seed: int) -> Drawn:
    """Inject the attack of a cell into the set that it names.

    Raises:
        InvalidInput: The cell names no set.
    """
    if cell.published is None:
        detail = f"{cell.name} names no data set"
        raise InvalidInput(detail)
    scene = read(Path(cell.published))
    return told(scene, plant(scene, cell.plantings, np.random.default_rng(seed)))
