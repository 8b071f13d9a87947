"""Names of others in a message of ours: they call nobody, link nowhere, and hide nothing."""

import re

from labeltrust.domain.visible import visible

_MOST_CHARACTERS = 80
# A mention, a link, a command or markup begins with one of these somewhere; what stands for it
# reads the same to a person.
_STAND_INS = str.maketrans(
    {"<": "\u2039", ">": "\u203a", "[": "(", "]": ")", "`": "'", "|": "\u00a6", "*": "\u2217",
     "~": "\u223c", "&": "+", "{": "(", "}": ")", '"': "'", "$": "S", "=": "\u2261"}
)  # fmt: skip
_AT = re.compile("[@\uff20\ufe6b]")
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=[^\s:])")
_DOT = re.compile("(?<=\\w)[.\u3002\uff0e\uff61](?=\\w)")
# What some readers link or run without a scheme.
_HASH = re.compile("[#!/\uff03\uff01](?=\\w)")


def neutral(name: str, most: int = _MOST_CHARACTERS) -> str:
    r"""Return a name from outside that is nothing but text to any channel.

    Control characters are spelled out; `@`, schemes, dots of hosts and markup become what looks
    alike and does nothing. The page that a message links to shows the name as it is.

    >>> neutral("ann@example.org"), neutral("<!channel>")
    ('ann[at]example[.]org', '\u2039[!]channel\u203a')
    >>> neutral("http://evil.test\n[x](y)")
    'http[:]/[/]evil[.]test\\n(x)(y)'
    >>> neutral("reviewer-30"), neutral("x" * 200)[-1]
    ('reviewer-30', '…')
    """
    shown = visible(name[: most + 1])
    if len(shown) > most:
        shown = shown[: most - 1] + "\u2026"
    shown = shown.translate(_STAND_INS)
    shown = _HASH.sub(lambda found: f"[{found[0]}]", shown)
    shown = _AT.sub("[at]", shown)
    return _DOT.sub("[.]", _SCHEME.sub("[:]", shown))
