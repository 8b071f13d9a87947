"""Blocks of judgments for tests: drawn, cut, renamed, and their counts compared."""

from dataclasses import dataclass, fields, replace

import numpy as np
from hypothesis import strategies as st

from labeltrust.counts import N_GROUPS, Cells, Judgments, block
from labeltrust.counts._cells import cells

N_LABELERS = 5
N_LABELS = 3
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Plain columns, before a block is made of them."""

    item: np.ndarray
    labeler: np.ndarray
    label: np.ndarray
    occurred_us: np.ndarray
    gold: tuple[np.ndarray, np.ndarray]
    level: str = "nominal"
    values: tuple[float, ...] = (0.0, 1.0, 2.0)

    def block(self) -> Judgments:
        return block(
            self.item,
            self.labeler,
            self.label,
            n_labelers=N_LABELERS,
            values=self.values,
            level=self.level,
            occurred_us=self.occurred_us,
            gold=self.gold,
        )

    def take(self, rows: np.ndarray) -> "Rows":
        columns = {
            name: getattr(self, name)[rows] for name in ("item", "labeler", "label", "occurred_us")
        }
        return replace(self, **columns)


@st.composite
def rows(draw: st.DrawFn, *, repeats: bool = True, levels: tuple[str, ...] | None = None) -> Rows:
    """Draw up to 40 judgments of 5 labelers on up to 8 items, 3 labels, some gold."""
    n = draw(st.integers(0, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    level = draw(st.sampled_from(levels or ("nominal", "ordinal", "interval", "ratio")))
    return drawn(np.random.default_rng(seed), n, level, repeats=repeats)


def drawn(
    rng: np.random.Generator, n: int, level: str = "nominal", *, repeats: bool = True
) -> Rows:
    item, labeler = rng.integers(0, 8, n), rng.integers(0, N_LABELERS, n)
    if not repeats:
        keep = np.sort(np.unique(item * N_LABELERS + labeler, return_index=True)[1])
        item, labeler = item[keep], labeler[keep]
    values = rng.permutation(N_LABELS).astype(float)
    if level in {"interval", "ratio"}:
        values = np.round(rng.random(N_LABELS) * 10, 3)
    gold = rng.permutation(8)[:4]
    return Rows(
        item=item,
        labeler=labeler,
        label=rng.choice(N_LABELS, item.size, p=[0.5, 0.3, 0.2]),
        occurred_us=rng.integers(0, 3 * DAY_US, item.size),
        gold=(gold, rng.integers(0, N_LABELS, 4)),
        level=level,
        values=tuple(values),
    )


def split_anywhere(whole: Rows, part: np.ndarray) -> list[Judgments]:
    """Return blocks of whole items: item i goes to part[i]."""
    return [whole.take(np.flatnonzero(part[whole.item] == p)).block() for p in np.unique(part)]


def same_counts(one: object, two: object) -> bool:
    """Whether two counts are equal up to the rounding of sums in another order."""
    return all(
        _same(getattr(one, f.name), getattr(two, f.name))
        for f in fields(one)  # type: ignore[arg-type] - any counts
    )


def _same(one: object, two: object) -> bool:
    if isinstance(one, Cells) and isinstance(two, Cells):
        keys = np.union1d(one.key, two.key)
        return one.shape == two.shape and np.allclose(_at(one, keys), _at(two, keys), atol=1e-9)
    if isinstance(one, str):
        return one == two
    return np.allclose(one, two, atol=1e-9)


def _at(table: Cells, keys: np.ndarray) -> np.ndarray:
    out = np.zeros((table.sums.shape[0], keys.size))
    out[:, np.searchsorted(keys, table.key)] = table.sums
    return out


def without_groups(counts: object) -> object:
    """Return counts summed over the random groups of items."""
    changed = {
        f.name: _total(getattr(counts, f.name))
        for f in fields(counts)  # type: ignore[arg-type] - any counts
    }
    return replace(counts, **changed)  # type: ignore[type-var] - any counts


def _total(value: object) -> object:
    if not isinstance(value, Cells) or N_GROUPS not in value.shape:
        return value
    return value.over(*(a for a, size in enumerate(value.shape) if size != N_GROUPS))


def renamed(counts: object, labelers: np.ndarray, labels: np.ndarray) -> object:
    """Return counts as they must be when labeler a is called labelers[a], and label x labels[x]."""
    changed = {}
    for f in fields(counts):  # type: ignore[arg-type] - any counts
        changed[f.name] = _renamed(getattr(counts, f.name), labelers, labels, f.name)
    return replace(counts, **changed)  # type: ignore[type-var] - any counts


def _renamed(value: object, labelers: np.ndarray, labels: np.ndarray, name: str) -> object:
    new = {N_LABELERS: labelers, N_LABELS: labels}
    if isinstance(value, Cells):
        at = [
            new.get(size, np.arange(0))[i] if size in new else i
            for size, i in zip(value.shape, value.index, strict=True)
        ]
        return unordered(cells(value.shape, tuple(at), *value.sums))
    if isinstance(value, np.ndarray) and value.size in new and name != "bin_of_label":
        out = np.empty_like(value)
        out[new[value.size]] = value
        return out
    return value


def unordered(table: Cells) -> Cells:
    """Return a table of labeler pairs with the smaller code first; other tables as they are."""
    if table.shape[:2] != (N_LABELERS, N_LABELERS):
        return table
    a, b, x, y = table.index
    turned = a > b
    index = (
        np.where(turned, b, a),
        np.where(turned, a, b),
        np.where(turned, y, x),
        np.where(turned, x, y),
    )
    return cells(table.shape, index, *table.sums)
