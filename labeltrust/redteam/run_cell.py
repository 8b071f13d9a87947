"""One run of one cell: every method on the same crowd, and the product looked at closely."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from labeltrust.redteam._appraised import (
    appraised,
    disputed_in,
    flagged_in,
    held_in,
    judgments_of,
)
from labeltrust.redteam._draw import Drawn, draw
from labeltrust.redteam._looking import Looked, attackers, look
from labeltrust.redteam._rings import accusers_named, named_rings
from labeltrust.redteam.cells import Cell
from labeltrust.redteam.measures import (
    Float,
    area_under_curve,
    false_discoveries,
    found_at_cut,
    power_of,
    share_of,
)
from labeltrust.redteam.methods import OURS, Method
from labeltrust.redteam.published import draw_published
from labeltrust.services.appraise import Appraisal

Row = dict[str, object]
Oracle = Callable[[Drawn, Cell, np.random.Generator], Float | None]
"""The chance of every labeler to be honest, (n_labelers,), by the true likelihoods; None where
nobody can know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a run brings along.

    Attributes:
        methods: Ways to rank labelers, beside the product's own.
        oracle: What knows the true likelihoods, or None.
    """

    methods: tuple[Method, ...] = ()
    oracle: Oracle | None = None


def run_cell(cell: Cell, seed: int, bench: Bench, *, index: int = 0) -> dict[str, list[Row]]:
    """Run one cell once.

    Args:
        cell: What is run.
        seed: Seed of the crowd and of its attack.
        bench: Methods and oracle.
        index: Which run of the cell it is; slow methods take part in the first few only.

    Returns:
        `runs`: one row a method; `attackers`: one row an attacker.
    """
    drawn = draw(cell, seed) if cell.published is None else draw_published(cell, seed)
    judgments = judgments_of(drawn.scene)
    key: Row = {"table": cell.table, "cell": cell.name, "seed": seed}
    began = perf_counter()
    found = appraised(judgments)
    seconds = perf_counter() - began
    looked = look(drawn.scene, cell.looks, found, drawn.attacks)
    ours = {
        **key,
        **ranking(OURS, found.suspicion.score, drawn, seconds),
        **_decided(drawn, found, looked),
        "oracle_power": _oracle_power(cell, drawn, bench, seed),
    }
    others = [
        {**key, **_timed(method, drawn)}
        for method in bench.methods
        if drawn.attacks.any() and _takes_part(method, cell, index)
    ]
    caught = attackers(drawn, looked, found)
    return {"runs": [ours, *others], "attackers": [{**key, **row} for row in caught]}


def _takes_part(method: Method, cell: Cell, index: int) -> bool:
    """Whether a method has the time: a slow one takes a few seeds of the standard crowd."""
    return method.most_seeds is None or (index < method.most_seeds and cell.table == "attacks")


def ranking(name: str, score: Float, drawn: Drawn, seconds: float) -> Row:
    """Return how well a ranking puts the attackers above the honest who labeled at all."""
    there = drawn.attacks | drawn.honest
    planted = drawn.attacks[there]
    return {
        "method": name,
        "labels": int(drawn.scene.item.size),
        "attackers": int(drawn.attacks.sum()),
        "honest": int(drawn.honest.sum()),
        "auc": area_under_curve(score[there], planted),
        "found_at_cut": found_at_cut(score[there], planted),
        "seconds": round(seconds, 4),
    }


def _timed(method: Method, drawn: Drawn) -> Row:
    """Return the ranking of a method, without an area where it can say nothing of anybody."""
    judgments = judgments_of(drawn.scene)
    began = perf_counter()
    score = method.score(judgments)
    row = ranking(method.name, score, drawn, perf_counter() - began)
    return {**row, "auc": None, "found_at_cut": None} if np.isnan(score).all() else row


def _decided(drawn: Drawn, found: Appraisal, looked: Looked) -> Row:
    n = drawn.scene.n_labelers
    flagged, held = flagged_in(found, n), held_in(found, n)
    disputed = disputed_in(found, n)
    return {
        "power": share_of(flagged, drawn.attacks),
        "false_discovery": false_discoveries(flagged & ~disputed, drawn.attacks),
        "honest_disputed": int((disputed & drawn.honest).sum()),
        "flagged": int(flagged.sum()),
        "honest_flagged": int((flagged & drawn.honest).sum()),
        "honest_held": int((held & drawn.honest).sum()),
        "attackers_held": int((held & drawn.attacks).sum()),
        "looks": looked.looks,
        "honest_ever_flagged": int((looked.ever_flagged & drawn.honest).sum()),
        "honest_ever_held": int((looked.ever_held & drawn.honest).sum()),
        "attackers_ever_flagged": int((looked.ever_flagged & drawn.attacks).sum()),
        "ring_named": _ring_named(found, drawn),
    }


def _ring_named(found: Appraisal, drawn: Drawn) -> bool:
    """Whether a named ring holds at least half of an attacking party and more of it than others."""
    return any(
        2 * len(ring & named) >= max(len(ring), len(named))
        for named in named_rings(found)
        for ring in drawn.rings
    )


def _oracle_power(cell: Cell, drawn: Drawn, bench: Bench, seed: int) -> float | None:
    if bench.oracle is None or cell.published is not None or not drawn.attacks.any():
        return None
    local = bench.oracle(drawn, cell, np.random.default_rng(seed))
    if local is None:
        return None
    there = drawn.attacks | drawn.honest
    return power_of(local[there], drawn.attacks[there])


def run_framing(cell: Cell, seeds: Sequence[int]) -> dict[str, list[Row]]:
    """Run one cell of the framing grid many times.

    Returns:
        `framing`: one row a run: whether the victim's labels freeze, whether he is flagged, whether
        a member of the ring is named, and how many other honest labelers are held.
    """
    key: Row = {"table": cell.table, "cell": cell.name}
    return {"framing": [{**key, "seed": seed, **_framed(draw(cell, seed), cell)} for seed in seeds]}


def _framed(drawn: Drawn, cell: Cell) -> Row:
    found = appraised(judgments_of(drawn.scene))
    n = drawn.scene.n_labelers
    order = drawn.planted.orders[0][1]
    flagged, held = flagged_in(found, n), held_in(found, n)
    ring = set(order.members.tolist())
    rings = named_rings(found)
    named = set().union(*rings) | accusers_named(found)
    others = drawn.honest & (np.arange(n) != order.victim)
    return {
        "ring": len(ring),
        "reach": cell.plantings[0].rate,
        "labels_per_item": cell.crowd.labels_per_item if cell.crowd is not None else None,
        "victim_flagged": bool(flagged[order.victim]),
        "victim_held": bool(held[order.victim]),
        "victim_named": order.victim in set().union(*rings),
        "accusers_surface": bool(flagged[order.members].any() or ring & named),
        "others_held": int((held & others).sum()),
        "others_flagged": int((flagged & others).sum()),
    }
