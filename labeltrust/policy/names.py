"""The words of the outside for the codes inside."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labeltrust.counts import Judgments
from labeltrust.counts.label_mix import LabelMix
from labeltrust.inference.crowd_rows import CrowdRows
from labeltrust.policy.population import Bool, Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of labelers and labels by code.

    Attributes:
        labelers: (n_labelers,) names as the sources call them.
        labeler_ids: (n_labelers,) opaque ids.
        kinds: (n_labelers,) `human`, `model`, `heuristic` or `import`.
        labels: (n_labels,) labels as text.
    """

    labelers: tuple[str, ...]
    labeler_ids: Int
    kinds: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassWords:
    """Words for the classes that fitting uses, and for those that label mixes are counted in."""

    fitted: tuple[str, ...]
    mixed: tuple[str, ...]


def class_words(
    names: Names, judgments: Judgments, fitted: CrowdRows, mixed: LabelMix
) -> ClassWords:
    """Return a word for every class: its label, the range of its numbers, or `any other`.

    >>> from labeltrust.counts import block, label_mix
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=[0, 1])
    >>> words = Names(labelers=("ann", "bob"), labeler_ids=np.array([7, 9]),
    ...               kinds=("human", "human"), labels=("benign", "fraud"))
    >>> class_words(words, b, crowd_rows(b), label_mix.count(b)).fitted
    ('benign', 'fraud')
    """
    return ClassWords(
        fitted=_words(names, judgments, fitted.class_of_label),
        mixed=_words(names, judgments, mixed.bin_of_label),
    )


def _words(names: Names, judgments: Judgments, class_of_label: Int) -> tuple[str, ...]:
    n_classes = int(class_of_label.max(initial=-1)) + 1
    return tuple(_word(names, judgments, class_of_label == c) for c in range(n_classes))


def _word(names: Names, judgments: Judgments, members: Bool) -> str:
    labels = np.flatnonzero(members)
    if labels.size == 1:
        return names.labels[int(labels[0])]
    if judgments.level == "nominal" or not labels.size:
        return "any other"
    by_value = labels[np.argsort(judgments.values[labels], kind="stable")]
    return f"{names.labels[int(by_value[0])]} to {names.labels[int(by_value[-1])]}"


_CLASS_KEYS = frozenset({"true", "said", "label"})


def worded(detail: Mapping[str, object], words: ClassWords) -> dict[str, object]:
    """Return a signal's detail with class codes put into words.

    >>> words = ClassWords(fitted=("benign", "fraud"), mixed=())
    >>> worded({"true": 1, "said": 0, "times": 9}, words)
    {'true': 'fraud', 'said': 'benign', 'times': 9}
    """
    out: dict[str, object] = {}
    for key, value in detail.items():
        if key in _CLASS_KEYS and isinstance(value, int):
            out[key] = words.fitted[value]
        elif key == "mixed" and isinstance(value, int):
            out["class"] = words.mixed[value]
        elif key == "by_class" and isinstance(value, Mapping):
            out[key] = {words.fitted[int(code)]: counts for code, counts in value.items()}
        else:
            out[key] = value
    return out
