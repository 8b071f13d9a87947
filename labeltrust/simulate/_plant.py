"""Plant attacks in an honest crowd, and keep the truth of who attacks since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import labeltrust.simulate as folder
from labeltrust.discovery import discover
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.simulate._base import Attack, Int, Order, Scene
from labeltrust.simulate._crowd import Crowd, draw_scene

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    """An attack to be planted.

    Attributes:
        attack: Name of the attack's module, such as `targeted_flip`.
        n_members: Number of labelers who carry it out; drawn among those not yet planted whose
            activity is at least the median, since nobody bribes who hardly works.
        rate: Share of eligible labels poisoned.
        since_day: Day of the onset, counted from the first; None from the start.
        from_class: Code of the class attacked, where the attack has one.
        to_class: Code of the label given, where the attack has one.
        has_victim: Draw one more labeler as the victim.
    """

    attack: str
    n_members: int
    rate: float = 1.0
    since_day: float | None = None
    from_class: int | None = None
    to_class: int | None = None
    has_victim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A scene with its attacks, as they were carried out: name and order of each."""

    scene: Scene
    orders: tuple[tuple[str, Order], ...]

    @property
    def suspects(self) -> Int:
        """Codes of all labelers who attack."""
        members = [order.members for _, order in self.orders]
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *members]))


def attacks() -> Mapping[str, Attack]:
    """Return every attack there is, by name.

    >>> "targeted_flip" in attacks()
    True
    """
    return discover(folder, "ATTACK", Attack)


def draw_planted(crowd: Crowd, plantings: Sequence[Planting], rng: np.random.Generator) -> Planted:
    """Draw a crowd and plant attacks in it, one after the other.

    Raises:
        NotFound: An attack of that name does not exist.
        InvalidInput: There are not enough labelers left to carry it out.

    >>> ring = Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0)
    >>> draw_planted(Crowd(n_items=90), [ring], np.random.default_rng(1)).suspects.size
    3
    """
    known = attacks()
    scene = draw_scene(crowd, rng)
    orders: list[tuple[str, Order]] = []
    for planting in plantings:
        if planting.attack not in known:
            detail = f"no attack {planting.attack!r}; there are {', '.join(sorted(known))}"
            raise NotFound(detail)
        order = _order(crowd, scene, planting, [o for _, o in orders], rng)
        scene = known[planting.attack].apply(scene, order, rng)
        orders.append((planting.attack, order))
    return Planted(scene=scene, orders=tuple(orders))


def _order(
    crowd: Crowd, scene: Scene, planting: Planting, given: list[Order], rng: np.random.Generator
) -> Order:
    activity = np.bincount(scene.labeler, minlength=scene.n_labelers)
    regulars = np.flatnonzero(activity >= np.median(activity))
    taken = [o.members for o in given] + [
        np.array([o.victim]) for o in given if o.victim is not None
    ]
    free = np.setdiff1d(regulars, np.concatenate([np.empty(0, dtype=np.int64), *taken]))
    wanted = planting.n_members + planting.has_victim
    if free.size < wanted:
        detail = f"{planting.attack} needs {wanted} labelers, {free.size} are left"
        raise InvalidInput(detail, place="n_members")
    drawn = rng.choice(free, size=wanted, replace=False)
    return Order(
        members=np.sort(drawn[: planting.n_members]),
        rate=planting.rate,
        since_us=_onset(crowd, planting.since_day),
        from_class=planting.from_class,
        to_class=planting.to_class,
        victim=int(drawn[-1]) if planting.has_victim else None,
    )


def _onset(crowd: Crowd, day: float | None) -> int | None:
    if day is None:
        return None
    return microseconds(crowd.started_at) + round(day * _DAY_US)
