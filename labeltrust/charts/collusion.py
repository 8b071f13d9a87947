"""Which pairs give the same unusual labels, beyond what their items lead one to expect."""

import altair as alt
import numpy as np
import pandas as pd
from scipy import sparse

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._look import Drawing, finished
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int

LABELERS = 18
_CELL = 22
_COLUMNS = ["one", "two", "same", "expected", "excess", "ring"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row an ordered pair of the most suspect labelers, rings together.

    Returns:
        Columns one, two (names), same (times that both gave one unusual label), expected, excess
        (standard deviations beyond expectation), ring (number of the ring both are in, 0 for none).
        The ring of a case comes first.
    """
    people = labeler_frame(seen).set_index("code")["labeler"]
    rings = [ring.members.tolist() for ring in seen.readings.groups]
    number = {a: k + 1 for k, ring in reversed(list(enumerate(rings))) for a in ring}
    near = sorted(rings, key=lambda ring: seen.suspect not in ring)
    alone = [] if seen.suspect is None or seen.suspect in number else [seen.suspect]
    ordered = [*alone, *(a for ring in near for a in ring), *people.index]
    codes = list(dict.fromkeys(ordered))[:LABELERS]
    same, expected = _pairs(seen.evidence.crowd, np.array(codes, dtype=np.int64))
    rows = [
        (people[a], people[b], same[i, j], expected[i, j], number.get(a, 0), number.get(b, 0))
        for i, a in enumerate(codes)
        for j, b in enumerate(codes)
        if i != j
    ]
    out = pd.DataFrame(rows, columns=["one", "two", "same", "expected", "ring", "other"])
    out["excess"] = (out["same"] - out["expected"]) / np.sqrt(out["expected"] + 0.5)
    return out.assign(ring=np.where(out["ring"] == out["other"], out["ring"], 0))[_COLUMNS]


def _pairs(crowd: FittedCrowd, codes: Int) -> tuple[Float, Float]:
    """Return how often each pair shares an unusual label, and how often they would by chance.

    A label of n_x among m on an item is unusual for two of those who gave it if the others
    together prefer another; two of the item's labelers share it with chance n_x (n_x - 1) over
    m (m - 1).
    """
    rows = crowd.rows
    cell = rows.item * rows.n_classes + rows.label
    n = np.bincount(cell, minlength=rows.n_items * rows.n_classes).reshape(-1, rows.n_classes)
    rank = np.sort(n, axis=1)
    top = rank[:, -1:]
    second = rank[:, -2:-1] if rows.n_classes > 1 else np.zeros_like(top)
    unusual = (n >= 2) & (n - 2 < np.where(n == top, second, top))  # noqa: PLR2004 - a pair
    m = n.sum(axis=1)
    chance = (np.where(unusual, n * (n - 1), 0)).sum(axis=1) / np.maximum(m * (m - 1), 1)
    place = np.full(rows.n_labelers, -1)
    place[codes] = np.arange(codes.size)
    at = np.flatnonzero(place[rows.labeler] >= 0)
    who = place[rows.labeler[at]]
    rare = unusual.ravel()[cell[at]].astype(float)
    shape = codes.size, n.size
    labels = sparse.csr_matrix((rare, (who, cell[at])), shape=shape)
    items = sparse.csr_matrix((np.ones(at.size), (who, rows.item[at])), shape=(shape[0], m.size))
    expected = (items.multiply(chance[None, :]).tocsr() @ items.T).toarray()
    return (labels @ labels.T).toarray(), expected


def draw(found: pd.DataFrame) -> Drawing:
    """Draw the matrix: a ring is an orange block."""
    names = found["one"].drop_duplicates().tolist()
    base = alt.Chart(found).encode(
        x=alt.X("one:N", sort=names, title=None, axis=alt.Axis(labelAngle=-60)),
        y=alt.Y("two:N", sort=names, title=None),
    )
    scale = alt.Scale(scheme="blueorange", domain=[-4, 4], clamp=True)
    color = alt.Color("excess:Q", scale=scale, title="standard deviations beyond expectation")
    cells = base.mark_rect().encode(
        color=color,
        tooltip=[
            alt.Tooltip("one:N", title="labeler"),
            alt.Tooltip("two:N", title="and"),
            alt.Tooltip("same:Q", title="same unusual label", format=".0f"),
            alt.Tooltip("expected:Q", title="expected", format=".1f"),
            alt.Tooltip("ring:Q", title="ring (0: none)"),
        ],
    )
    numbers = base.mark_text(fontSize=10).encode(
        text=alt.Text("same:Q", format=".0f"),
        color=alt.condition("abs(datum.excess) > 3", alt.value("white"), alt.value("#1b1f24")),
    )
    size = _CELL * max(len(names), 1)
    return finished(
        alt.layer(cells, numbers).properties(width=size, height=size),
        "Pairs who give the same unusual label",
        "Numbers: times that both gave a label that the others of the item did not prefer. Orange: "
        "more often than their items lead one to expect. A ring is an orange block.",
    )


CHART = SignalChart(frame=frame, draw=draw)
