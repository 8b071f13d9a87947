"""What whoever makes a training set wants to stay out of it, besides what is held out anyway."""

from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.errors import InvalidInput

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open span of received time, [start, end), aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """Labels to be left out of one snapshot; nothing stands against them afterwards.

    Attributes:
        labelers: Outside ids of labelers: all their labels.
        sources: Names of sources: all that they sent.
        imports: Numbers of imports.
        windows: Everything received within.
        reason: Why, in words; may be empty.
    """

    labelers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    imports: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ()
    reason: str = ""

    def __len__(self) -> int:
        """Return how many things are named; nothing named is false.

        >>> len(Without(labelers=("mallory",), imports=(7,)))
        2
        """
        return sum(map(len, (self.labelers, self.sources, self.imports, self.windows)))


NOTHING_LEFT_OUT = Without()


def checked_without(without: Without) -> Without:
    """Return what is to be left out, or refuse what means nothing.

    Raises:
        InvalidInput: A window ends before it begins or has no time zone, or too much is named.

    >>> len(checked_without(Without(labelers=("mallory",))))
    1
    """
    if len(without) > MOST:
        detail = f"{len(without)} things are to be left out; at most {MOST} are"
        raise InvalidInput(detail, place="without", code="too_many")
    for window in without.windows:
        _check_window(window)
    return without


def _check_window(window: Window) -> None:
    if window.start.tzinfo is None or window.end.tzinfo is None:
        raise InvalidInput("a moment of a window has no time zone", place="windows")
    if window.start >= window.end:
        detail = f"the window from {window.start.isoformat()} ends before it begins"
        raise InvalidInput(detail, place="windows", code="bad_window")
