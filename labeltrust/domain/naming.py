"""Names that people here choose: of projects, questions, sources, people and keys."""

from labeltrust.domain.errors import InvalidInput

MAX_NAME = 128
# `system` is the chain of what belongs to no project; `.` and `..` vanish from addresses.
_RESERVED = frozenset({"system", ".", ".."})


def checked_name(name: str, place: str) -> str:
    """Return a name, or refuse what could not be shown, typed or put into an address.

    Ids that come from outside (labelers, items, events) are not names: any text is theirs.

    Args:
        name: 1 to 128 printable characters, no slash, no blank at its ends.
        place: What is named, for the message.

    Raises:
        InvalidInput: `bad_name`.

    >>> checked_name("fraud", "project")
    'fraud'
    """
    reason = _reason(name)
    if reason:
        detail = f"{place} {name[:MAX_NAME]!r} {reason}"
        raise InvalidInput(detail, place=place, code="bad_name")
    return name


def _reason(name: str) -> str:
    if not 0 < len(name) <= MAX_NAME:
        return f"must have 1 to {MAX_NAME} characters"
    if not name.isprintable() or name != name.strip():
        return "must be printable text without blanks at its ends"
    if "/" in name:
        return "must not hold a slash"
    return "is a reserved name" if name.lower() in _RESERVED else ""


def checked_note(text: str, place: str) -> str:
    """Return a written reason without blanks at its ends, or refuse an empty or unreadable one.

    Raises:
        InvalidInput: `reason_missing` or `bad_text`.

    >>> checked_note(" looked at 25 items ", "note")
    'looked at 25 items'
    """
    note = text.strip()
    if not note:
        detail = f"{place} is empty; write down why"
        raise InvalidInput(detail, place=place, code="reason_missing")
    if len(note) > MAX_NOTE or not is_storable(note):
        detail = f"{place} must be at most {MAX_NOTE} characters of text without NUL"
        raise InvalidInput(detail, place=place, code="bad_text")
    return note


MAX_NOTE = 4_000


def is_storable(text: str) -> bool:
    """Say whether both databases can keep a text: no NUL, no lone surrogate.

    >>> is_storable("a" + chr(0))
    False
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
