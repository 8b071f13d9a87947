"""Drills: poison campaigns that are tried in a shadow of the installation, and what came of them.

campaign   what is planted: who poisons how much of which labels
drill      one campaign by one seed, carried out
shadow     an installation of its own with one project, made for a drill and thrown away
game day   one drill of each campaign of the suite, ordered together
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from labeltrust.domain.errors import InvalidInput

CAMPAIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "flip": "three labelers call most of the rarer class the other one",
        "slice": "three labelers flip the items that bear a trigger, and nothing else",
        "ring": "four labelers give one agreed answer",
        "slow": "three labelers flip every fourth label, evenly spaced",
        "framing": "four labelers outvote an honest one, so that he looks bad",
        "sleeper": "three labelers work well, and from a moment on flip every other label",
        "import": "a new supplier's file calls most of the rarer class the other one",
    }
)
SUITE: Final = ("flip", "import", "sleeper", "ring", "slice")
"""Campaigns of a game day; the others are there to be missed at times."""
LABELS_A_MINUTE: Final = 100.0
_MOST_A_MINUTE = 1_000_000.0
MOST_SEED: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDraft:
    """A drill to be carried out.

    Attributes:
        campaign: One of `CAMPAIGNS`.
        seed: The same seed plants the same into the same crowd, from 0.
        labels_a_minute: How fast labels come in; minutes are counted by it.
    """

    campaign: str
    seed: int
    labels_a_minute: float = LABELS_A_MINUTE

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        if self.campaign not in CAMPAIGNS:
            detail = f"campaign {self.campaign[:80]!r} is none of {', '.join(CAMPAIGNS)}"
            raise InvalidInput(detail, place="campaign")
        if not 0 <= self.seed <= MOST_SEED:
            raise InvalidInput(f"seed {self.seed} is not in 0 to {MOST_SEED}", place="seed")
        if not 0.0 < self.labels_a_minute <= _MOST_A_MINUTE:
            detail = f"{self.labels_a_minute:g} labels a minute is no pace"
            raise InvalidInput(detail, place="labels_a_minute")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFound:
    """What was planted in a drill, when it was found, and when it was contained.

    Moments are of the shadow: labels arrive at the drill's pace, and an assessment takes the time
    that it took. None is never.

    A supplier's file is found where its vetting raises a concern, and is held out by its probation:
    then none of its labels has come to count. Where the vetting finds nothing, the supplier is
    trusted, and its labelers are watched like others.

    Attributes:
        labels: Labels of the whole campaign; a drill ends early once every attacker is held.
        labelers: Who gave them.
        attackers: Who poisoned.
        bad_labels: Labels that the campaign changed to a wrong one.
        flagged: Attackers with a flag at the end.
        frozen: Attackers whose labels were held out by the machine at the end.
        bad_until_found: Bad labels that had come in when the first attacker was flagged.
        minutes_until_found: From the first bad label until then.
        seconds_until_contained: From that flag until labels of an attacker were out of a training
            set that was written and verified, and the state of the gate was stored.
        others_flagged: Labelers with a flag who did not poison.
        others_frozen: Those whose labels the machine held out.
        held_wrongly: Which they are, by their number in the crowd, ascending; empty in drills from
            before it was kept.
        victim_frozen: Whether the framed labeler's were; None where nobody is framed.
        gate_open: Whether training might have gone on at the end.
        seconds: Time that the drill took.
    """

    labels: int
    labelers: int
    attackers: int
    bad_labels: int
    flagged: int
    frozen: int
    bad_until_found: int | None
    minutes_until_found: float | None
    seconds_until_contained: float | None
    others_flagged: int
    others_frozen: int
    victim_frozen: bool | None
    gate_open: bool
    seconds: float
    held_wrongly: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A drill as it is kept; `found` is None until it is over, `error` says why nothing was.

    `game_day` is the number of the game day that it belongs to, None where it stands alone.
    """

    id: int
    game_day: int | None
    ordered_at: datetime
    ordered_by: str
    draft: DrillDraft
    finished_at: datetime | None
    found: DrillFound | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDay:
    """Drills that were ordered together: as a rule, one of each campaign of `SUITE`."""

    id: int
    ordered_at: datetime
    ordered_by: str
    drills: tuple[Drill, ...]

    @property
    def finished_at(self) -> datetime | None:
        """When the last drill was over; None while one is not."""
        ends = [drill.finished_at for drill in self.drills]
        return None if None in ends else max((end for end in ends if end), default=None)
