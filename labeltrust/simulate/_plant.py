"""Plant attacks in an honest crowd, and keep the truth of who attacks since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

import labeltrust.simulate as folder
from labeltrust.discovery import discover
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
        since_share: Share of all labels that are in before the onset, in place of a day.
        from_class: Code of the class attacked, where the attack has one.
        to_class: Code of the label given, where the attack has one.
        has_victim: Draw one more labeler as the victim; attacks that need one get one anyway.
    """

    attack: str
    n_members: int
    rate: float = 1.0
    since_day: float | None = None
    since_share: float | None = None
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
        InvalidInput: There are not enough labelers left to carry it out, or the crowd lacks what
            the attack needs.

    >>> ring = Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0)
    >>> draw_planted(Crowd(n_items=90), [ring], np.random.default_rng(1)).suspects.size
    3
    """
    known = attacks()
    for planting in plantings:
        _known(known, planting)
    return plant(draw_scene(crowd, rng), plantings, rng)


def plant(scene: Scene, plantings: Sequence[Planting], rng: np.random.Generator) -> Planted:
    """Plant attacks in a scene, drawn or real (`scene_of`), one after the other.

    Accounts that come into being are members from then on.

    Raises:
        NotFound: An attack of that name does not exist.
        InvalidInput: There are not enough labelers left to carry it out, or the scene lacks what
            the attack needs: times, durations, gold, suggestions, a trigger, texts.

    >>> flip = Planting(attack="uniform_flip", n_members=2, rate=0.5, since_share=0.5)
    >>> scene = draw_scene(Crowd(n_items=90), np.random.default_rng(1))
    >>> plant(scene, [flip], np.random.default_rng(2)).orders[0][1].rate
    0.5
    """
    known = attacks()
    orders: list[tuple[str, Order]] = []
    for planting in plantings:
        attack = _known(known, planting)
        check_needs(planting, attack, scene)
        order = _order(scene, planting, attack, [o for _, o in orders], rng)
        before, scene = scene.n_labelers, attack.apply(scene, order, rng)
        grown = np.arange(before, scene.n_labelers)
        orders.append(
            (planting.attack, replace(order, members=np.concatenate([order.members, grown])))
        )
    return Planted(scene=scene, orders=tuple(orders))


def _known(known: Mapping[str, Attack], planting: Planting) -> Attack:
    if planting.attack not in known:
        detail = f"no attack {planting.attack!r}; there are {', '.join(sorted(known))}"
        raise NotFound(detail)
    return known[planting.attack]


def check_needs(planting: Planting, attack: Attack, scene: Scene) -> None:
    """Refuse an attack that this scene gives no hold.

    Raises:
        InvalidInput: Naming everything that is missing.
    """
    if planting.since_day is not None and not scene.is_timed:
        detail = f"{planting.attack} cannot begin on a day: the labels have no times, say a share"
        raise InvalidInput(detail, place="since_day")
    if not 0 <= planting.rate <= 1 or not 0 <= (planting.since_share or 0.0) <= 1:
        detail = f"{planting.attack}: rate {planting.rate} and share of the onset are 0 to 1"
        raise InvalidInput(detail, place="rate")
    targets = (planting.from_class, planting.to_class)
    if any(code is not None and not 0 <= code < scene.n_classes for code in targets):
        raise InvalidInput(f"{planting.attack}: classes {targets} are not all there")
    has = {
        "classes": None not in targets,
        "onset": planting.since_day is not None or planting.since_share is not None,
        "suggestion": scene.suggestion is not None,
        "trigger": scene.features is not None and "trigger" in scene.features,
        "texts": scene.texts is not None,
        "durations": bool(np.isfinite(scene.duration_seconds).any()),
        "gold": bool(scene.gold.any()),
    }
    missing = sorted(need for need in attack.needs if not has.get(need, True))
    if missing:
        detail = f"{planting.attack} needs {', '.join(_NEEDED[need] for need in missing)}"
        raise InvalidInput(detail, place="attack")


_NEEDED = {
    "classes": "the class attacked and the one given",
    "onset": "the day or share of its onset",
    "suggestion": "suggestions of a model",
    "trigger": "items with a feature 'trigger'",
    "texts": "items with texts",
    "durations": "seconds spent on labels",
    "gold": "gold items",
}


def _order(
    scene: Scene, planting: Planting, attack: Attack, given: list[Order], rng: np.random.Generator
) -> Order:
    has_victim = planting.has_victim or "victim" in attack.needs
    activity = np.bincount(scene.labeler, minlength=scene.n_labelers)
    regulars = np.flatnonzero((activity >= np.median(activity)) & (activity > 0))
    taken = [o.members for o in given] + [
        np.array([o.victim]) for o in given if o.victim is not None
    ]
    free = np.setdiff1d(regulars, np.concatenate([np.empty(0, dtype=np.int64), *taken]))
    wanted = planting.n_members + has_victim
    if planting.n_members < 1 or free.size < wanted:
        detail = f"{planting.attack} needs {wanted} labelers, {free.size} are left"
        raise InvalidInput(detail, place="n_members")
    drawn = rng.choice(free, size=wanted, replace=False)
    members = drawn[: planting.n_members]
    if has_victim and "labeler" not in attack.touches:
        members = _company(scene, int(drawn[-1]), free, planting.n_members)
    return Order(
        members=np.sort(members),
        rate=planting.rate,
        since_us=_onset(scene, planting),
        from_class=planting.from_class,
        to_class=planting.to_class,
        victim=int(drawn[-1]) if has_victim else None,
    )


def _company(scene: Scene, victim: int, free: Int, n: int) -> Int:
    """Return the n labelers of `free` who share the most items with the victim."""
    met = np.zeros(scene.truth.size, dtype=np.bool_)
    met[scene.item[scene.labeler == victim]] = True
    shared = np.bincount(scene.labeler[met[scene.item]], minlength=scene.n_labelers)
    others = free[free != victim]
    nearest: Int = others[np.argsort(-shared[others], kind="stable")][:n]
    return nearest


def _onset(scene: Scene, planting: Planting) -> int | None:
    if planting.since_share is not None:
        return int(np.quantile(scene.occurred_us, planting.since_share))
    if planting.since_day is None:
        return None
    start = int(scene.occurred_us.min()) if scene.started_us is None else scene.started_us
    return start + round(planting.since_day * _DAY_US)
