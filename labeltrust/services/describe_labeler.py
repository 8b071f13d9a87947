"""Say whose people a labeler belongs to: vendor and team."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_note, is_storable
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act
from labeltrust.services._cases import labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import About, append
from labeltrust.store.identity import profiles_of, set_profile
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work

MOST_CHARACTERS = 256
_COLUMNS = ("labeler", "vendor", "team")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Vendor and team of one labeler; "" where it has none, None leaves it as it is."""

    labeler: str
    vendor: str | None = None
    team: str | None = None


def describe_labelers(
    deployment: Deployment,
    principal: Principal,
    project: str,
    profiles: Iterable[Profile],
    *,
    reason: str,
) -> int:
    """Set vendor and team of labelers, all or none; each change is an event.

    Args:
        deployment: The installation.
        principal: Who says so.
        project: In which the labelers are known.
        profiles: One a labeler.
        reason: Why, in words; kept in the history.

    Returns:
        How many changed.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such project, or no such labeler.
        InvalidInput: A name too long or not storable, or an empty reason.
    """
    principal.require("configure", project)
    note = checked_note(reason, "reason")
    n_changed = 0
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        act = begin_act(session, row, principal.name, deployment.clock())
        for profile in profiles:
            number = labeler_named(deployment, session, row, profile.labeler)
            before = profiles_of(session, {number}).get(number, ("", ""))
            after = _checked(profile.vendor, before[0]), _checked(profile.team, before[1])
            if after == before:
                continue
            set_profile(session, number, *after)
            detail = {"labeler": number, "vendor": after[0], "team": after[1],
                      "before": list(before), "reason": note}  # fmt: skip
            about = About(labeler_alias_id=number)
            append(session, chain=act.chain, type="labeler.described", actor=act.actor,
                   at=act.at, detail=detail, about=about)  # fmt: skip
            n_changed += 1
    return n_changed


def read_profiles(text: str) -> list[Profile]:
    """Return the profiles of a CSV table with the columns labeler, vendor and team.

    Raises:
        InvalidInput: Another header, or a row that does not fit; names the row.

    >>> read_profiles("labeler,vendor" + chr(10) + "alice,acme")
    [Profile(labeler='alice', vendor='acme', team=None)]
    """
    rows = list(csv.reader(io.StringIO(text)))
    header = [name.strip() for name in rows[0]] if rows else []
    if "labeler" not in header or not set(header) <= set(_COLUMNS):
        detail = f"has the columns {', '.join(header)[:200]!r}; known are {', '.join(_COLUMNS)}"
        raise InvalidInput(detail, place="header", code="bad_header")
    found = []
    for number, row in enumerate(rows[1:], start=1):
        if row and len(row) != len(header):
            raise InvalidInput(f"has {len(row)} cells", place=f"row {number}", code="bad_row")
        if row:
            found.append(Profile(**dict(zip(header, row, strict=True))))
    return found


def _checked(value: str | None, before: str) -> str:
    if value is None:
        return before
    if len(value) > MOST_CHARACTERS or not is_storable(value):
        detail = f"must be at most {MOST_CHARACTERS} characters of text"
        raise InvalidInput(detail, place="vendor or team", code="bad_name")
    return value.strip()
