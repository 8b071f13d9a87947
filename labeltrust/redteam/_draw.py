"""One run's crowd with its attack: what everybody sees, and what only the red team knows."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.redteam.cells import Cell
from labeltrust.redteam.measures import Bool, Int
from labeltrust.simulate import Planted, Scene, attacks, draw_planted, draw_scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A planted crowd and the truth about it.

    Attributes:
        planted: The scene with its orders.
        attacks: (n_labelers,) who mislabels on purpose.
        honest: (n_labelers,) who labels and does not.
        poisoned: (n,) rows of attackers whose label the attack changed.
        since_us: (n_labelers,) onset of each attacker, the first moment where it is from the start.
        rings: Codes of those who act together, one set an order.
    """

    planted: Planted
    attacks: Bool
    honest: Bool
    poisoned: Bool
    since_us: Int
    rings: tuple[frozenset[int], ...]

    @property
    def scene(self) -> Scene:
        """What was labeled."""
        return self.planted.scene


def draw(cell: Cell, seed: int) -> Drawn:
    """Draw the crowd of a cell and plant its attacks.

    Raises:
        InvalidInput: The cell names no crowd to draw.
    """
    if cell.crowd is None:
        detail = f"{cell.name} has no crowd to draw"
        raise InvalidInput(detail)
    before = draw_scene(cell.crowd, np.random.default_rng(seed))
    planted = draw_planted(cell.crowd, cell.plantings, np.random.default_rng(seed))
    return told(before, planted)


def told(before: Scene, planted: Planted) -> Drawn:
    """Return a planted crowd with the truth, from the same scene before the attack."""
    scene, known = planted.scene, attacks()
    working = np.bincount(scene.labeler, minlength=scene.n_labelers) > 0
    bad = np.zeros(scene.n_labelers, dtype=np.bool_)
    since = np.full(scene.n_labelers, np.iinfo(np.int64).min)
    orders = [order for name, order in planted.orders if not known[name].is_honest]
    for order in orders:
        bad[order.members] = True
        since[order.members] = since[order.members] if order.since_us is None else order.since_us
    # accounts that were opened for an attack belong to it
    bad[before.n_labelers :] = bool(orders)
    changed = (scene.label != before.label) | (scene.labeler != before.labeler)
    return Drawn(
        planted=planted,
        attacks=bad & working,
        honest=~bad & working,
        poisoned=changed & bad[scene.labeler] & (scene.label != scene.truth[scene.item]),
        since_us=since,
        rings=tuple(frozenset(order.members.tolist()) for order in orders),
    )
