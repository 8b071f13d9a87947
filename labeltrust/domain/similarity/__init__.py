"""How alike two labels are: s(x, y) in [0, 1], symmetric, 1 for equal labels.

Nominal labels are alike if equal, numbers and ranks by their distance: that needs no more than
codes and places (`counts._similarity`). Labels with parts need the labels themselves:

| scale | similarity | source |
| --- | --- | --- |
| set | Jaccard; `sets.masi` beside it | Jaccard 1912; Passonneau 2006 |
| spans | F1 of covered places, by class | Rajpurkar et al. 2016 |
| boxes | IoU of the best one-to-one matching, by class, as F1 | Everingham et al. 2010 |
| text | 1 - edit distance / longer length | Levenshtein 1966 |

A measure is made once for all labels, which are read then, and compares millions of pairs of codes.
"""

from collections.abc import Callable, Mapping, Sequence

from labeltrust.domain.similarity._base import Float, Int, Measure
from labeltrust.domain.similarity.boxes import box_f1
from labeltrust.domain.similarity.sets import jaccard
from labeltrust.domain.similarity.spans import span_f1
from labeltrust.domain.similarity.text import edit_similarity

MEASURES: Mapping[str, Callable[[Sequence[str]], Measure]] = {
    "set": jaccard,
    "spans": span_f1,
    "boxes": box_f1,
    "text": edit_similarity,
}
"""The measure of each scale whose labels have parts, by canonical labels."""

RIGHT = 0.5
"""Similarity from which a label counts as right where only right and wrong can be counted: the
usual line for boxes (PASCAL VOC), and for the others as well: more is shared than is not."""

__all__ = ["MEASURES", "RIGHT", "Float", "Int", "Measure"]
