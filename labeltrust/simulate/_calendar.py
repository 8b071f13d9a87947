"""When items open and labels come: at any hour, or in sessions of working days."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labeltrust.simulate._base import Float, Int
from labeltrust.simulate._circumstances import Rhythm

DAY_US = 86_400_000_000
_HOUR_US = DAY_US // 24
_SECOND_US = 1_000_000
_SHIFT_US = 8 * _HOUR_US
_FIRST_SHIFT_US, _LAST_SHIFT_US = 7 * _HOUR_US, 11 * _HOUR_US
_BETWEEN_SECONDS = 2.0  # mean time from one answer to the next item
_SATURDAY = 5
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of a crowd's work, and their rhythm if they have one."""

    started_at: datetime
    days: int
    rhythm: Rhythm | None

    def weekday(self, day: Int) -> Int:
        """Return the weekday of days counted from the first, Monday 0."""
        return (self.started_at.weekday() + day) % _WEEK


def openings(calendar: Calendar, n_items: int, rng: np.random.Generator) -> Float:
    """Return when items open, ascending, microseconds from the first midnight, (n_items,)."""
    place = np.sort(rng.random(n_items))
    if calendar.rhythm is None:
        return place * calendar.days * DAY_US
    weekend = calendar.weekday(np.arange(calendar.days)) >= _SATURDAY
    volume = np.where(weekend, calendar.rhythm.weekend_volume, 1.0)
    passed = np.concatenate([[0.0], np.cumsum(volume)])
    opened: Float = np.interp(place, passed / passed[-1], np.arange(calendar.days + 1)) * DAY_US
    return opened


def at_any_hour(opened: Float, delay: Float) -> Int:
    """Return label times some hours after the openings, whole seconds, (n,) microseconds."""
    seconds = ((opened + delay * DAY_US) // _SECOND_US).astype(np.int64)
    return seconds * _SECOND_US


def in_sessions(
    calendar: Calendar, nominal: Int, labeler: Int, seconds: Float, rng: np.random.Generator
) -> tuple[Int, Int]:
    """Gather labels into the sessions of their labelers, one after the other.

    Args:
        calendar: With a rhythm.
        nominal: (n,) when labels would come at any hour.
        labeler: (n,) labeler codes.
        seconds: (n,) seconds spent on each.
        rng: Draws shifts, weekend workers, pauses.

    Returns:
        (n,) label times, whole seconds in microseconds from the first midnight, and (n,) session
        numbers of each labeler from 0.
    """
    rhythm = calendar.rhythm or Rhythm()
    n_labelers = int(labeler.max(initial=0)) + 1
    shift = rng.uniform(_FIRST_SHIFT_US, _LAST_SHIFT_US, size=n_labelers)
    weekends = rng.random(n_labelers) < rhythm.weekend_share
    day = _working_days(calendar, nominal // DAY_US, weekends[labeler])
    part = (nominal % DAY_US) * rhythm.sessions_per_day // DAY_US
    order = np.lexsort((nominal, part, day, labeler))
    session = (labeler * (int(day.max(initial=0)) + 1) + day) * rhythm.sessions_per_day + part
    first = np.diff(session[order], prepend=-1) != 0
    number = np.cumsum(first) - 1
    start = np.flatnonzero(first)
    length = _SHIFT_US / rhythm.sessions_per_day
    late = rng.uniform(0, 0.5, size=start.size)
    head = order[start]
    begins = day[head] * DAY_US + shift[labeler[head]] + (part[head] + late) * length
    spent = seconds[order] + rng.exponential(_BETWEEN_SECONDS, size=order.size)
    passed = np.cumsum(spent)
    passed -= (passed[start] - spent[start])[number]
    at = (begins[number] + passed * _SECOND_US) // _SECOND_US
    occurred, numbered = np.empty_like(nominal), np.empty_like(nominal)
    occurred[order] = at.astype(np.int64) * _SECOND_US
    numbered[order] = number - number[_first_rows(labeler[order])]
    return occurred, numbered


def _working_days(calendar: Calendar, day: Int, works_weekends: np.ndarray) -> Int:
    """Move the weekend work of those who rest to the next Monday, (n,)."""
    weekday = calendar.weekday(day)
    rests = (weekday >= _SATURDAY) & ~works_weekends
    return day + np.where(rests, _WEEK - weekday, 0)


def _first_rows(codes: Int) -> Int:
    """Return the first place of each row's code among sorted codes, (n,)."""
    return np.searchsorted(codes, codes)
