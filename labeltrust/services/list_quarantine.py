"""List and show what could not be read."""

import codecs
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.quarantine import (
    HeldOf,
    HeldRow,
    find_held,
    held_choices,
    held_row,
    held_rows,
    original,
)
from labeltrust.store.session import reading

STATUSES = ("open", "accepted", "discarded")
MOST_ROWS = 1_000
MOST_BYTES = 262_144
MOST_DUMPED = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """A held row with the original behind it.

    Attributes:
        body: The raw delivery as text, bytes that are none shown as such; None where it is not
            shown, and `body_missing` says why.
        is_cut: The body is longer than what is shown.
        dump: The first bytes in hex beside what of them is text, where the body is no text.
    """

    held: HeldRow
    headers: dict[str, object]
    parser: str
    body: str | None
    body_missing: str
    is_cut: bool
    dump: str | None = None


def list_quarantine(
    deployment: Deployment,
    principal: Principal,
    *,
    status: str | None = "open",
    only: HeldOf | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[HeldRow]:
    """Return held rows of sources that speak for a project in scope, oldest first.

    Args:
        deployment: The installation.
        principal: Who reads.
        status: One of `STATUSES`, None for all.
        only: Only of one source, or with one reason.
        after: Number of the last row of the page before.
        limit: Rows of a page, 1 to 1,000.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: Unknown status, or a limit out of range.
    """
    principal.require("read")
    if status is not None and status not in STATUSES:
        detail = f"unknown status {status[:80]!r}; known are {', '.join(STATUSES)}"
        raise InvalidInput(detail, place="status")
    if not 1 <= limit <= MOST_ROWS:
        detail = f"limit is {limit}, must be 1 to {MOST_ROWS}"
        raise InvalidInput(detail, place="limit")
    with reading(deployment.engine) as session:
        return held_rows(
            session,
            status=status,
            projects=principal.projects,
            only=only,
            after=after,
            limit=limit,
        )


def find_quarantine(
    deployment: Deployment, principal: Principal, wanted: Listing
) -> Listed[HeldRow]:
    """Return held rows of sources that speak for a project in scope, as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Filters `status`, `source` and `code`; sorted by `id`, `source`, `code` or
            `created_at`.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return find_held(session, principal.projects, wanted)


def quarantine_choices(
    deployment: Deployment, principal: Principal, status: str
) -> list[tuple[str, str, int]]:
    """Return what the list can be narrowed to: source, reason, and how many rows.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return held_choices(session, status, principal.projects)


def show_quarantine(deployment: Deployment, principal: Principal, number: int) -> HeldDelivery:
    """Return one held row with the raw delivery.

    A delivery may carry the platform's own secrets, so only some roles see it raw.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is none of that number in scope.
        Tampered: The sealed delivery was changed.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        held, row = held_row(session, number, principal.projects)
        stored = original(session, row.delivery_id)
    body, missing = None, "destroyed, as the retention settings say"
    if not principal.may("read_raw"):
        missing = f"not for role {principal.role}: it can hold the platform's own secrets"
    elif stored.body is not None and stored.data_key is not None:
        body, missing = deployment.vault.open(stored.body, stored.data_key), ""
    return HeldDelivery(
        held=held,
        headers=dict(stored.headers),
        parser=stored.parser,
        body=None if body is None else body[:MOST_BYTES].decode(errors="backslashreplace"),
        body_missing=missing,
        is_cut=body is not None and len(body) > MOST_BYTES,
        dump=None if body is None or _is_text(body) else hex_dump(body[:MOST_DUMPED]),
    )


def _is_text(body: bytes) -> bool:
    """Say whether a body is UTF-8; one cut in the middle of a character still is."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body[:MOST_BYTES])
    except UnicodeDecodeError:
        return False
    return b"\x00" not in body[:MOST_BYTES]


def hex_dump(data: bytes) -> str:
    """Return bytes in lines of sixteen: place, hex, and the printable ASCII among them.

    >>> hex_dump(b"ab" + bytes([0, 255]))
    '00000000  61 62 00 ff                                      ab..'
    """
    lines = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        text = "".join(chr(b) if 0x20 <= b < 0x7F else "." for b in part)  # noqa: PLR2004 - ASCII
        lines.append(f"{start:08x}  {part.hex(' '):<47}  {text}")
    return "\n".join(lines)
