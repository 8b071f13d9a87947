"""A ring that takes the other seats on a victim's items and outvotes the victim there."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Bool, Int, Order, Scene, since_onset


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Seat the ring on a share of the victim's items and let it give one answer, not the victim's.

    Seats are taken over from the labelers who had them; an item with more seats than members is
    filled as far as the ring goes. Elsewhere the ring stays as honest as it was.

    Raises:
        InvalidInput: The order names no victim, or the victim is a member.
    """
    if order.victim is None or order.victim in order.members:
        detail = f"a framing ring needs a victim outside the ring, not {order.victim}"
        raise InvalidInput(detail)
    framed = _framed_items(scene, order, rng)[scene.item]
    seats = np.flatnonzero(framed & since_onset(scene, order))
    seats = seats[scene.labeler[seats] != order.victim]
    member, taken = _seat(scene, seats, order, rng)
    labeler, label = scene.labeler.copy(), scene.label.copy()
    labeler[seats[taken]] = member[taken]
    answers = _answers(scene, order, rng)
    hit = seats[np.isin(labeler[seats], order.members)]
    label[hit] = answers[scene.item[hit]]
    return replace(scene, labeler=labeler, label=label)


def _framed_items(scene: Scene, order: Order, rng: np.random.Generator) -> Bool:
    mine = scene.labeler == order.victim
    if order.since_us is not None:
        mine &= scene.occurred_us >= order.since_us
    framed = np.zeros(scene.truth.size, dtype=np.bool_)
    framed[scene.item[mine]] = rng.random(int(mine.sum())) < order.rate
    return framed


def _seat(scene: Scene, seats: Int, order: Order, rng: np.random.Generator) -> tuple[Int, Bool]:
    """Deal the members to the seats of each item in a random order, nobody twice on one item."""
    _, first, inverse = np.unique(scene.item[seats], return_index=True, return_inverse=True)
    place = np.arange(seats.size) - first[inverse]
    shift = rng.integers(0, order.members.size, size=first.size)
    member = order.members[(place + shift[inverse]) % order.members.size]
    already = np.isin(scene.labeler[seats], order.members)
    crowded = np.bincount(inverse, weights=already, minlength=first.size)[inverse] > 0
    return member, (place < order.members.size) & ~crowded


def _answers(scene: Scene, order: Order, rng: np.random.Generator) -> Int:
    """Return one answer an item that is not the victim's, (n_items,)."""
    shown = scene.truth.copy()
    mine = scene.labeler == order.victim
    shown[scene.item[mine]] = scene.label[mine]
    step = rng.integers(1, max(scene.n_classes, 2), size=shown.size)
    return (shown + step) % scene.n_classes


ATTACK = Attack(
    title="outvotes one honest labeler",
    apply=apply,
    needs=frozenset({"victim"}),
    touches=frozenset({"labeler", "label"}),
)
