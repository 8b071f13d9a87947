"""The counts behind a signal's reading, in words for a reviewer."""

from collections.abc import Mapping
from typing import Any

# What a signal tells of a labeler, known by its keys: the first row whose keys are all there says
# it. A signal that tells something new adds a row, or is shown by its estimate alone.
_WORDS: dict[str, str] = {
    "true said times of expected": (
        "{true} called {said} {times} of {of} times, where {expected} are expected"
    ),
    "right gold floor": "{right} of {gold} gold items right, the floor is {floor%}",
    "wrong_on_gold wrong_elsewhere": (
        "wrong on {wrong_on_gold%} of gold, on {wrong_elsewhere%} elsewhere"
    ),
    "feature value disagreed of elsewhere of_others": (
        "disagrees on {disagreed} of {of} items with {feature} {value}, on {elsewhere} of "
        "{of_others} others"
    ),
    "word said disagreed of elsewhere of_others": (
        "called {said} against the others {disagreed} of {of} items whose text holds {word}, and "
        "{elsewhere} of {of_others} others"
    ),
    "word disagreed of elsewhere of_others": (
        "disagrees on {disagreed} of {of} items whose text holds {word}, on {elsewhere} of "
        "{of_others} others"
    ),
    "true said before after": "{true} called {said} in {before%} before, in {after%} since",
    "before after": "in error on {before%} before, on {after%} since",
    "label share share_of_others": (
        "{label} is {share%} of the answers, {share_of_others%} of the others' on the same items"
    ),
    "class shift": "{class} by {shift+} of all labels against {baseline}",
    "same of expected": "{same} of {of} labels as the ring gave, where {expected} are expected",
    "accepted of expected": (
        "{accepted} of {of} contradicted suggestions accepted, where {expected} are expected"
    ),
    "hasty of": "{hasty} of {of} labels in far less time than others take",
    "short of": "{short} of {of} labels in bursts",
    "alike of": "{alike} of {of} intervals alike",
    "looks share": "{share%} of the answers look {looks}",
    "contested items": "labelers differ on {contested} of {items} items",
    "period": "every answer resembles the one {period} before",
}


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Return the counts behind a reading as one clause; empty where there are none to tell.

    >>> facts_in_words({"true": "fraud", "said": "ok", "times": 162, "of": 239, "expected": 53.4})
    '“fraud” called “ok” 162 of 239 times, where 53.4 are expected'
    >>> facts_in_words({"right": 3, "gold": 20, "floor": 0.7, "by_class": {}})
    '3 of 20 gold items right, the floor is 70 %'
    >>> facts_in_words({})
    ''
    """
    told = {"baseline": "before", **facts}
    for keys, words in _WORDS.items():
        if all(told.get(key) is not None for key in keys.split()):
            return _filled(words, told)
    return ""


def _filled(words: str, facts: Mapping[str, Any]) -> str:
    """Fill in value by value, never twice: what is filled in may itself hold braces."""
    out = []
    for part in words.split("{"):
        name, closed, rest = part.partition("}")
        out.append(_shown(name, facts) + rest if closed else part)
    return "".join(out)


def _shown(name: str, facts: Mapping[str, Any]) -> str:
    value = facts[name.rstrip("%+")]
    if isinstance(value, str):
        return value if name in {"feature", "baseline", "looks"} else f"“{value}”"
    if name.endswith("%"):
        return f"{100 * value:.0f} %"
    if name.endswith("+"):
        return f"{100 * value:+.1f} %"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
