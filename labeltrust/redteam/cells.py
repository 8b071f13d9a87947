"""What the red team runs: crowds on record, and an attack at a rate in each cell of the table.

An attack that no line names gets a cell of its own with the usual six members at 30 %, so that a
new file in `simulate/` is in the next report without an edit here.
"""

from dataclasses import dataclass, replace

from labeltrust.simulate import Assistant, Crowd, Planting, Prose, Traits, attacks

CLASS_SHARES = (0.4, 0.3, 0.2, 0.1)
"""Shares of the true classes in the standard crowd; near classes are confused most."""
TWO_CLASSES = (0.6, 0.4)
STANDARD = Crowd(n_labelers=60, n_items=4000, labels_per_item=5, class_shares=CLASS_SHARES)
"""The crowd of the table: uneven activity, skill uniform from 0.70 to 0.92, about 333 labels each.
"""
MEMBERS = 6
HALF_TIME = STANDARD.days / 2
FRAMING = "framing_ring"
NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One line of a table: a crowd, real or drawn, and what is planted in it.

    Attributes:
        name: As the report calls it.
        crowd: The crowd to draw; None where it is a published one.
        published: Name of a published data set, whose labels are the honest ones; None if drawn.
        plantings: The attacks.
        looks: Moments, evenly over the labels, at which the project is appraised as it grows.
        table: Table of the report it belongs to.
    """

    name: str
    crowd: Crowd | None = STANDARD
    published: str | None = None
    plantings: tuple[Planting, ...] = ()
    looks: int = 10
    table: str = "attacks"


def _one(
    name: str, attack: str, rate: float, *, since_day: float | None = None, looks: int = 10
) -> Cell:
    needs = attacks()[attack].needs
    crowd = replace(
        STANDARD,
        assistant=Assistant() if "suggestion" in needs else None,
        traits=Traits() if "trigger" in needs else None,
        prose=Prose() if "texts" in needs else None,
    )
    return Cell(name=name, crowd=crowd, plantings=(planting(attack, rate, since_day),), looks=looks)


def planting(
    attack: str, rate: float, since_day: float | None = None, n_members: int = MEMBERS
) -> Planting:
    """Return an attack by the usual six, with what it needs: classes, a victim, an onset."""
    needs = attacks()[attack].needs
    aimed = "classes" in needs
    return Planting(
        attack=attack,
        n_members=n_members,
        rate=rate,
        since_day=HALF_TIME if since_day is None and "onset" in needs else since_day,
        from_class=1 if aimed else None,
        to_class=0 if aimed else None,
        has_victim="victim" in needs,
    )


_RATES = {
    "accept_suggestions": 0.8,
    "copying": 0.8,
    "feature_backdoor": 1.0,
    "hostile_reports": 0.6,
    "low_and_slow": 0.05,
    "poison_before_snapshot": 1.0,
    "slow_boil": 0.6,
    "text_backdoor": 1.0,
}
"""Rates of attacks to which 30 % means too little: they touch few items, or grow from nothing."""
_USUAL_RATE = 0.3
_COARSE = 4
"""Looks where no target speaks of the time to detect."""
_FINE = 40
"""Looks where the time to detect has a target: about one every 8 labels of a labeler."""


def standard_cells() -> tuple[Cell, ...]:
    """Return the cells of the main table, those of every attack there is."""
    named = (
        Cell(name=NONE),
        _one("flip 15 %", "uniform_flip", 0.15),
        _one("flip 30 %", "uniform_flip", 0.30, looks=_FINE),
        _one("flip 50 % from half-time", "sleeper", 0.50, since_day=HALF_TIME, looks=20),
        _one("targeted 30 %", "targeted_flip", 0.30),
        _one("targeted 60 %", "targeted_flip", 0.60),
        _one("random 30 %", "random_answers", 0.30),
        _one("constant 40 %", "constant", 0.40),
        _one("copy ring 30 %", "copy_ring", 0.30),
        _one("gold-aware flip 30 %", "gold_aware", 0.30),
    )
    taken = {planted.attack for cell in named for planted in cell.plantings}
    rates = {name: _RATES.get(name, _USUAL_RATE) for name in sorted(attacks())}
    others = [
        _one(f"{name.replace('_', ' ')} {rate:.0%}".replace("%", " %"), name, rate, looks=_COARSE)
        for name, rate in rates.items()
        if name not in taken
    ]
    return (*named, *others)


def other_crowds() -> tuple[Cell, ...]:
    """Return the cells of the sweep: the main attacks on other classes and overlaps."""
    crowds = {
        "2 classes": replace(STANDARD, class_shares=TWO_CLASSES),
        "2 classes, 1 in 5 positive": replace(STANDARD, class_shares=(0.8, 0.2)),
        "3 classes": replace(STANDARD, class_shares=(0.5, 0.3, 0.2)),
        "3 labels an item": replace(STANDARD, labels_per_item=3),
        "10 labels an item": replace(STANDARD, labels_per_item=10, n_items=2000),
    }
    wanted = (("uniform_flip", 0.30, "flip"), ("targeted_flip", 0.30, "targeted"))
    return tuple(
        Cell(
            name=f"{spoken} 30 %, {words}",
            crowd=crowd,
            plantings=(planting(attack, rate),),
            looks=0,
            table="other crowds",
        )
        for words, crowd in crowds.items()
        for attack, rate, spoken in wanted
    )


def honest_cells() -> tuple[Cell, ...]:
    """Return crowds without attackers, on which the error rates are claimed."""
    usual = Crowd(n_items=2000, labels_per_item=5, class_shares=CLASS_SHARES)
    crowds = {
        "honest: 40 labelers": usual,
        "honest: 60 labelers, 2 classes": replace(usual, n_labelers=60, class_shares=TWO_CLASSES),
        "honest: 3 labels an item, 15 % positives": replace(
            usual, n_labelers=60, labels_per_item=3, class_shares=(0.85, 0.15)
        ),
        "honest: hard items, strong leanings": replace(
            usual, bias_spread=0.5, difficulty_spread=1.2
        ),
        "honest: 12 labelers, 3 classes": replace(
            usual, n_labelers=12, n_items=500, labels_per_item=4, class_shares=(0.4, 0.3, 0.3)
        ),
    }
    return tuple(
        Cell(name=name, crowd=crowd, looks=10, table="honest") for name, crowd in crowds.items()
    )


def framing_cells() -> tuple[Cell, ...]:
    """Return the framing grid: ring of 2, 4, 8 x reach 0 to 40 % x 3 and 5 labels an item.

    Thirty honest labelers of accuracy about 0.9 and the ring, 600 items; one of them is the victim.
    """
    return tuple(
        Cell(
            name=f"ring of {ring}, reach {reach} %, {seats} labels an item",
            crowd=Crowd(
                n_labelers=30 + ring,
                n_items=600,
                labels_per_item=seats,
                class_shares=TWO_CLASSES,
                skills=(0.82, 0.97),
                activity_spread=0.3,
            ),
            plantings=(
                Planting(attack=FRAMING, n_members=ring, rate=reach / 100, has_victim=True),
            ),
            looks=0,
            table="framing",
        )
        for seats in (3, 5)
        for ring in (2, 4, 8)
        for reach in (0, 10, 20, 30, 40)
    )
