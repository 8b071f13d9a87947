"""Who knows everything but who attacks: the most that any method could find.

The oracle knows the true class and the difficulty of every item, who confuses what, the law that
skills and leanings are drawn from, and exactly what an attacker does, how often and since when. It
does not know a labeler's skill, and averages over it. By Neyman and Pearson no method finds more at
the same rate of false discoveries (Sun and Cai 2007, theorem 1), as far as members act apart: a
ring that coordinates shows more than the labels of each member alone.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import expit, logit, logsumexp

from labeltrust.redteam._draw import Drawn
from labeltrust.redteam.cells import Cell
from labeltrust.redteam.measures import Float
from labeltrust.simulate import Scene, attacks, draw_leanings, draw_skills, honest_chance
from labeltrust.simulate._base import Order

Law = Callable[[Float, Scene, Order], Float]
DRAWS = 150
"""Draws of skill and leaning that the likelihoods are averaged over."""
_LEAST = 1e-12


def oracle(drawn: Drawn, cell: Cell, rng: np.random.Generator) -> Float | None:
    """Return the chance of every labeler to be honest, (n_labelers,).

    None where the attack is no matter of labels given apart: where several are planted, or where
    what a member does depends on who else is one.

    Args:
        drawn: The planted crowd.
        cell: Its cell.
        rng: For the draws.
    """
    scene, orders = drawn.scene, drawn.planted.orders
    if cell.crowd is None or scene.honest is None or len(orders) != 1:
        return None
    name, order = orders[0]
    law = attacks()[name].law
    if law is None or scene.n_labelers != cell.crowd.n_labelers:
        return None
    row = np.arange(scene.item.size)
    others = np.setdiff1d(
        np.arange(scene.n_labelers), [-1 if order.victim is None else order.victim]
    )
    anybody = replace(order, members=others)
    if not _acts_apart(law, scene, order, anybody):
        return None
    logs = np.empty((2, DRAWS, scene.n_labelers))
    for k in range(DRAWS):
        chance = honest_chance(
            scene,
            skill=draw_skills(cell.crowd, scene.n_labelers, rng),
            leaning=draw_leanings(cell.crowd, scene.n_labelers, rng),
        )
        for place, table in enumerate((chance, law(chance, scene, anybody))):
            given = np.log(np.maximum(table[row, scene.label], _LEAST))
            logs[place, k] = np.bincount(scene.labeler, given, minlength=scene.n_labelers)
    honest, attacking = logsumexp(logs, axis=1)
    share = float(drawn.attacks.sum() / max(int((drawn.attacks | drawn.honest).sum()), 1))
    doubt: Float = expit(honest - attacking - logit(share))
    return doubt


def _acts_apart(law: Law, scene: Scene, order: Order, anybody: Order) -> bool:
    """Whether a member's chances are the same whoever else is a member."""
    chance = honest_chance(scene)
    mine = np.isin(scene.labeler, order.members)
    together, alone = law(chance, scene, order)[mine], law(chance, scene, anybody)[mine]
    return bool(np.allclose(together, alone))
