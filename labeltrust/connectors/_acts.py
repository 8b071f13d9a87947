"""What a connector may change at its platform, and how: looked at first, set to a stated value.

Every act is a list of steps, each of which sets one thing at the platform to a whole number. Before
a step the platform is asked what the thing is now, so that a step which was done already is not
done again, and what somebody else changed meanwhile is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from labeltrust.connectors._asked import Asked
from labeltrust.connectors._web import Api
from labeltrust.domain.platform_acts import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom and what an act is about.

    Attributes:
        accounts: The labeler's ids on the platform, by a number of ours that steps are named by.
        annotations: The platform's ids of annotations whose labels are frozen.
        most: An act with more steps than this is refused.
    """

    accounts: Mapping[int, str] = field(default_factory=dict)
    annotations: tuple[str, ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What a thing at the platform is.

    Attributes:
        value: The number that steps set.
        beside: What else is needed to set it.
    """

    value: int
    beside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDoer:
    """One kind of act at one platform.

    Attributes:
        kind: Of `domain.platform_acts.KINDS`.
        does: What it does there, in a sentence for people.
        undo: What taking it back restores, and what it cannot.
        check: Refuses a source whose token or platform cannot do it: raises InvalidInput.
        plan: Looks, and returns the steps; changes nothing.
        now: Returns what a thing is, None where it is gone.
        put: Sets it, and returns what the platform answered, in words without names.
    """

    kind: str
    does: str
    undo: str
    check: Callable[[Api, Asked], None]
    plan: Callable[[Api, Asked, Wanted], list[Step]]
    now: Callable[[Api, Asked, Wanted, str], Now | None]
    put: Callable[[Api, Asked, Wanted, str, int], str]
