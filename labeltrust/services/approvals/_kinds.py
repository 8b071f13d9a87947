"""The kinds that there are, found by their files."""

from functools import cache

from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.services import approvals
from labeltrust.services.approvals._base import ApprovalKind


@cache
def kinds() -> dict[str, ApprovalKind]:
    """Return every kind by its name."""
    return discover(approvals, "KIND", ApprovalKind)


def kind_named(name: str) -> ApprovalKind:
    """Return a kind.

    Raises:
        InvalidInput: `unknown_kind`.
    """
    found = kinds().get(name)
    if found is None:
        detail = f"unknown kind {name[:80]!r}; known are {', '.join(kinds())}"
        raise InvalidInput(detail, place="kind", code="unknown_kind")
    return found
