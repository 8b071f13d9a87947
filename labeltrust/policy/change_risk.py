"""How risky is a change of the training data: does it need the whole red team, or a light run?"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Suite = Literal["none", "light", "full"]

LARGE_SHARE: Final = 0.05
"""So many of the judgments of unknown labelers are a matter of their own: as much as it takes a
targeted flip to turn the consensus of some items where each has a handful of labels."""
_FULL_FROM: Final = 3
_WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "new_source": 3,
        "new_kind": 3,
        "new_class": 3,
        "new_question": 3,
        "guideline_changed": 3,
        "many_new_labelers": 3,
        "new_labelers": 1,
        "new_labels": 1,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a training set is made of.

    Attributes:
        judgments: How many there are behind its labels.
        by_labeler: Judgments by labeler.
        sources: Who sent them.
        kinds: What gave them: human, model, heuristic, import.
        classes: Labels given, as question and label; of questions without classes, none.
        questions: What was asked.
        guideline: Version that labelers were told; None where the set does not say.
    """

    judgments: int
    by_labeler: Mapping[str, int]
    sources: frozenset[str]
    kinds: frozenset[str]
    classes: frozenset[tuple[str, str]]
    questions: frozenset[str]
    guideline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Something that the change brings.

    Attributes:
        code: One of the weights.
        detail: In words, with numbers.
        weight: What it adds to the score.
    """

    code: str
    detail: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRisk:
    """The score of a change, why, and the suite that it needs.

    Attributes:
        score: Sum of the weights of the reasons.
        suite: `none` where nothing came, `light` below 3, `full` from there on.
    """

    score: int
    suite: Suite
    reasons: tuple[Reason, ...]


def change_risk(before: Contents, after: Contents) -> ChangeRisk:
    """Score what a training set has that the one before it had not.

    What was taken away is no risk of poison, and scores nothing.

    >>> same = Contents(judgments=0, by_labeler={}, sources=frozenset(), kinds=frozenset(),
    ...     classes=frozenset(), questions=frozenset(), guideline="")
    >>> change_risk(same, same).suite
    'none'
    """
    found = [*_of_names(before, after), *_of_labelers(before, after)]
    score = sum(reason.weight for reason in found)
    suite: Suite = "full" if score >= _FULL_FROM else "light" if found else "none"
    return ChangeRisk(score=score, suite=suite, reasons=tuple(found))


def _of_names(before: Contents, after: Contents) -> list[Reason]:
    new = {
        "new_source": after.sources - before.sources,
        "new_kind": after.kinds - before.kinds,
        "new_question": after.questions - before.questions,
        "new_class": {
            f"{question}={label}" for question, label in after.classes - before.classes
            if question in before.questions
        },
    }  # fmt: skip
    found = [_reason(code, _listed(names)) for code, names in new.items() if names]
    if None not in {before.guideline, after.guideline} and before.guideline != after.guideline:
        words = f"{before.guideline or 'none'} before, {after.guideline or 'none'} now"
        found.append(_reason("guideline_changed", words))
    return found


def _of_labelers(before: Contents, after: Contents) -> list[Reason]:
    new = after.by_labeler.keys() - before.by_labeler.keys()
    n = sum(after.by_labeler[name] for name in new)
    grown = sum(
        max(count - before.by_labeler[name], 0)
        for name, count in after.by_labeler.items()
        if name in before.by_labeler
    )
    found = []
    if new:
        share = n / after.judgments
        code = "many_new_labelers" if share >= LARGE_SHARE else "new_labelers"
        found.append(
            _reason(code, f"{len(new)} unknown labelers: {n} judgments, {share:.1%} of all")
        )
    if grown:
        found.append(_reason("new_labels", f"{grown} more judgments of known labelers"))
    return found


def _reason(code: str, detail: str) -> Reason:
    return Reason(code=code, detail=detail, weight=_WEIGHTS[code])


def _listed(names: AbstractSet[str]) -> str:
    shown = sorted(names)[:5]
    more = len(names) - len(shown)
    return ", ".join(name[:80] for name in shown) + (f" and {more} more" if more else "")
