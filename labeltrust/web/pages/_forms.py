"""Fields of forms into what services take."""

from datetime import UTC, datetime

from labeltrust.domain.errors import InvalidInput
from labeltrust.services.freeze_labels import FreezeDraft
from labeltrust.web.pages._view import Form

_MOST_DIGITS = 18  # what both databases can compare with a row id


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
        since=moment_of(form.get("since", "")),
        clock=form.get("clock", "received"),
    )


def scoped_draft(form: Form) -> FreezeDraft:
    """Return what is to be frozen where the form names the scope, too.

    Raises:
        InvalidInput: `since` is no date, or an import is named by no number.

    >>> scoped_draft({"project": "fraud", "scope": "source", "who": "feed"}).source
    'feed'
    """
    scope, who = form.get("scope", "labeler"), form.get("who", "").strip()
    return FreezeDraft(
        project=form.get("project", ""),
        reason=form.get("reason", ""),
        labeler=form.get("who", "") if scope in {"labeler", "person"} else None,
        source=who if scope == "source" else None,
        import_id=whole_number(who, "import") if scope == "import" else None,
        since=moment_of(form.get("since", "")),
        clock=form.get("clock", "received"),
        kind="person-hold" if scope == "person" else "label",
    )


def whole_number(text: str, place: str) -> int:
    """Return the number that a field holds.

    Raises:
        InvalidInput: It holds none.

    >>> whole_number("12", "import")
    12
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        detail = f"{text[:40]!r} is no number"
        raise InvalidInput(detail, place=place)
    return int(text)


def moment_of(text: str) -> datetime | None:
    """Return a moment of a date field; a time without zone is UTC, as the page says."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        detail = f"{text[:40]!r} is no date such as 2026-11-01 or 2026-11-01T12:00"
        raise InvalidInput(detail, place="since") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def scope_of(form: Form) -> tuple[str, ...] | None:
    r"""Return the projects named in a field, one a line; None, for all, where none is named.

    >>> scope_of({"projects": " fraud \r\n\n spam"}), scope_of({"projects": " "})
    (('fraud', 'spam'), None)
    """
    lines = (line.strip() for line in form.get("projects", "").splitlines())
    return tuple(line for line in lines if line) or None
