"""What a password must be: long, and not the name."""

from labeltrust.domain.errors import InvalidInput

MIN_PASSWORD = 12
# Beyond this a hash would only cost time.
MAX_PASSWORD = 1_000


def checked_password(password: str, name: str) -> str:
    """Return a password, or refuse one that is short or holds the person's name.

    Args:
        password: As typed.
        name: Of its person; short names are found in any sentence, so from three letters on.

    Raises:
        InvalidInput: `weak_password`; the message never holds the password.

    >>> checked_password("correct horse battery", "ann")
    'correct horse battery'
    """
    reason = ""
    if len(password) < MIN_PASSWORD:
        reason = f"has fewer than {MIN_PASSWORD} characters"
    elif len(password) > MAX_PASSWORD:
        reason = f"has more than {MAX_PASSWORD} characters"
    elif len(set(password)) < 4:  # noqa: PLR2004 - one key held down
        reason = "repeats too few characters"
    elif any(part in password.casefold() for part in _parts(name)):
        reason = "contains the name"
    if reason:
        detail = f"the password {reason}"
        raise InvalidInput(detail, place="password", code="weak_password")
    return password


def _parts(name: str) -> list[str]:
    """Return a name as a password must not hold it: whole, and before its `@`."""
    whole = name.casefold()
    return [part for part in {whole, whole.partition("@")[0]} if len(part) >= 3]  # noqa: PLR2004
