"""Words kept beside the history: it binds them by a digest, so that they can be erased."""

import hashlib
import secrets
from dataclasses import dataclass

SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundWords:
    """Words with the salt of their digest; without the salt nobody can guess them from it."""

    text: str
    salt: bytes

    @property
    def digest(self) -> str:
        """What the history holds of them, in hex.

        >>> len(BoundWords(text="looked at 25 items", salt=b"0" * 16).digest)
        64
        """
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()


def bound(text: str) -> BoundWords:
    """Return words with a salt of their own."""
    return BoundWords(text=text, salt=secrets.token_bytes(SALT_BYTES))
