"""Findings for a security team's own tools, as a feed that is read on from where it was left."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.services._ocsf import KINDS, finding_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.findings import LATEST_US, FoundAct, acts_after
from labeltrust.store.session import reading

MOST: Final = 1_000
MOST_CHAINS: Final = 1_000


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a reader of the feed is.

    Attributes:
        since_us: Nothing at or before this moment is told any more.
        newest_us: The latest moment that was told.
        seen: Of each chain with something newer: the last sequence told, and its moment.
    """

    since_us: int = 0
    newest_us: int = 0
    seen: dict[str, tuple[int, int]] = {}


BEGINNING: Final = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Some findings, and where to read on; `more` says that there are more by now."""

    findings: list[dict[str, Any]]
    place: Place
    more: bool


def list_findings(
    deployment: Deployment, principal: Principal, *, after: Place = BEGINNING, limit: int = 100
) -> Findings:
    """Return what was found after a place, as OCSF Detection Findings, by time within the page.

    Raises:
        NotAllowed: The role may not see raw deliveries, which these findings quote from.
        InvalidInput: The limit is out of range, or the place is none of ours.
    """
    principal.require("read_raw")
    if not 1 <= limit <= MOST:
        detail = f"limit is {limit}, must be 1 to {MOST}"
        raise InvalidInput(detail, place="limit")
    if not _is_ours(after):
        raise InvalidInput("this cursor is none of ours", place="cursor", code="bad_cursor")
    with reading(deployment.engine) as session:
        acts = acts_after(
            session,
            tuple(KINDS),
            since_us=after.since_us,
            seen={chain: sequence for chain, (sequence, _) in after.seen.items()},
            projects=principal.projects,
            limit=limit + 1,
        )
    page, more = acts[:limit], len(acts) > limit
    told = sorted(page, key=lambda act: (act.received_us, act.chain_id, act.sequence))
    findings = [found for act in told if (found := finding_of(act)) is not None]
    return Findings(findings=findings, place=_after(after, page, more=more), more=more)


def _is_ours(place: Place) -> bool:
    numbers = [place.since_us, place.newest_us]
    numbers += [number for told in place.seen.values() for number in told]
    return (
        len(place.seen) <= MOST_CHAINS
        and all(0 <= number < _TOO_LARGE for number in numbers)
        and not any("\0" in chain for chain in place.seen)
    )


_TOO_LARGE: Final = 2**63


def _after(place: Place, page: list[FoundAct], *, more: bool) -> Place:
    """Return the place behind a page; once all is told, old chains need not be remembered."""
    seen = place.seen | {act.chain: (act.sequence, act.received_us) for act in page}
    newest = max([place.newest_us, *(act.received_us for act in page)])
    if more:
        return Place(place.since_us, newest, seen)
    since = max(place.since_us, newest - LATEST_US)
    return Place(since, newest, {c: told for c, told in seen.items() if told[1] > since})
