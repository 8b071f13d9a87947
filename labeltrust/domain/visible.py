"""Text of others, spelled out so that nothing in it is unseen."""

import unicodedata

# Other, format, surrogate, private: invisible or able to reorder what is seen.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""Return a text whose control characters and bidirectional overrides are spelled out.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(_seen(character) for character in text)


def _seen(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN:
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


# What makes spreadsheets run a cell, the full-width forms that some of them fold into it, too.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def spreadsheet_text(text: str) -> str:
    """Return a text that a spreadsheet takes for text.

    >>> spreadsheet_text("=1+1"), spreadsheet_text("a=b")
    ("'=1+1", 'a=b')
    """
    return f"'{text}" if text[:1] in _FORMULA and text else text
