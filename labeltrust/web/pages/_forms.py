"""Fields of forms into what services take."""

from datetime import UTC, datetime

from labeltrust.domain.errors import InvalidInput
from labeltrust.services.freeze_labels import FreezeDraft
from labeltrust.web.pages._view import Form


def freeze_draft(project: str, labeler: str, form: Form) -> FreezeDraft:
    """Return what is to be frozen.

    Raises:
        InvalidInput: `since` is no date.

    >>> freeze_draft("fraud", "mallory", {"reason": "ring", "since": "2026-11-01"}).since.day
    1
    """
    return FreezeDraft(
        project=project,
        labeler=labeler,
        reason=form.get("reason", ""),
        since=_moment(form.get("since", "")),
        clock=form.get("clock", "received"),
    )


def _moment(text: str) -> datetime | None:
    """Return a moment of a date field; a time without zone is UTC, as the page says."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        detail = f"{text[:40]!r} is no date such as 2026-11-01 or 2026-11-01T12:00"
        raise InvalidInput(detail, place="since") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
