"""Hostile text made harmless to look at: what cannot be seen is named."""

import unicodedata

_PLAIN = frozenset(" \n\t")
# Format, control, surrogate, private and unassigned characters, and the blanks that are no space.
_HIDDEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


def visible(text: str) -> str:
    """Return a text in which every character that hides or reorders others is spelled out.

    >>> visible("a" + chr(0x202E) + "b")
    'a⟨U+202E⟩b'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in _PLAIN or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def shortened(text: str, most: int = 120) -> str:
    """Return a text cut in its middle, so that both of its ends can be compared.

    >>> shortened("a" * 10, 5)
    'aa…aa'
    """
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[-end:]}"
