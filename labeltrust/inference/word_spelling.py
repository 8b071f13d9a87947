"""A word as the expression that finds it again in texts, whatever its case."""

import re

_PLAIN = re.compile(r"[a-z0-9_]+")
_UNSEEN = re.compile(r"u\+([0-9a-f]{4,6})")


def pattern_of(word: str) -> str:
    r"""Return an expression of RE2 for a word, as `labeltrust pattern add` takes it.

    Outside ASCII RE2 knows no edges of words, so the word is found within longer ones too.

    >>> pattern_of("crystal"), pattern_of("u+200b"), pattern_of("★")
    ('(?i)\\bcrystal\\b', '\\x{200b}', '(?i)★')
    """
    unseen = _UNSEEN.fullmatch(word)
    if unseen:
        return rf"\x{{{unseen[1]}}}"
    return rf"(?i)\b{word}\b" if _PLAIN.fullmatch(word) else f"(?i){re.escape(word)}"
