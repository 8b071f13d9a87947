"""One labeler as an investigator reads him: trust, signals, confusion, time, pairs, items."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from labeltrust.charts import (
    confusion_frame,
    confusion_words,
    draw_confusion,
    draw_meetings,
    draw_mix,
    draw_standing,
    draw_timeline,
    mix_frame,
    mix_words,
    standing_words,
    timeline_frame,
    timeline_words,
)
from labeltrust.charts._look import Drawing
from labeltrust.notebook._frames import spread
from labeltrust.services.show_portrait import DoubtedItem, Drawn, Meeting

_PAIRS = ["labeler", "shared", "same", "expected", "excess"]
_SIGNALS = ["signal", "title", *spread("size", {}), "unit", "p_value", "q_value", "stands_out",
            "words"]  # fmt: skip
_ITEMS = ["item", "at", "said", "believed", "belief", "gold", "others", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerReport:
    """What the newest assessment holds of one labeler.

    Attributes:
        name: The outside id.
        drawn: Numbers, and what charts are drawn from.
        meetings: Others who agree most or least beyond expectation.
        doubted: Items where peers or gold believe something else, the surest first.
        flag_rate: q-value up to which a signal stands out.
        nothing: Why there is nothing to tell, and what to do; empty where there is something.
    """

    name: str
    drawn: Drawn
    meetings: Sequence[Meeting]
    doubted: Sequence[DoubtedItem]
    flag_rate: float
    nothing: str = ""

    @property
    def onset(self) -> datetime | None:
        """Since when the standing flag suspects the labeler."""
        return self.drawn.onset

    def trust(self) -> pd.DataFrame:
        """Return one row for all classes together and one a class: label, trust, reason."""
        whole = self.drawn.entry["trust"]
        rows = [{"label": "all classes", **whole}, *whole.get("classes", ())]
        return pd.DataFrame(
            [
                {"label": row["label"], **spread("trust", row), "because": row.get("reason")}
                for row in rows
            ]
        )

    def figures(self) -> pd.DataFrame:
        """Return one row a number of the assessment: number, figure with its interval."""
        names = {
            "gold_accuracy": "gold accuracy",
            "cohen_kappa": "Cohen's kappa with peers",
            "kappa_to_consensus": "Cohen's kappa with the consensus",
            "alpha_effect": "gain of Krippendorff's alpha without",
            "label_shift": "label shift against peers",
        }
        entry = self.drawn.entry
        return pd.DataFrame(
            [
                {"number": words, **spread("figure", entry[name])}
                for name, words in names.items()
                if name in entry
            ],
            columns=["number", *spread("figure", {})],
        )

    def signals(self) -> pd.DataFrame:
        """Return one row a signal, those that stand out first: title, size, unit, q_value, words.

        A signal that can say nothing is among them, with the reason.
        """
        rows = [self._signal(said) for said in self.drawn.entry["signals"]]
        found = pd.DataFrame(rows, columns=_SIGNALS).astype({"stands_out": bool})
        return found.sort_values("p_value", kind="stable", na_position="last", ignore_index=True)

    def _signal(self, said: Mapping[str, Any]) -> dict[str, Any]:
        sizes = self._sizes(said["signal"])
        q_value = said["q_value"]
        return {
            "signal": said["signal"],
            "title": sizes.get("title", said["signal"]),
            **spread("size", said["estimate"]),
            "unit": sizes.get("unit", ""),
            "p_value": _number(said["p_value"]),
            "q_value": _number(q_value),
            "stands_out": q_value is not None and q_value <= self.flag_rate,
            "words": standing_words(sizes, said),
        }

    def _sizes(self, signal: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.drawn.figures.get("sizes", {}).get(signal, {})
        return found

    def draw_signal(self, signal: str) -> Drawing:
        """Draw where the labeler stands among all by one signal."""
        (said,) = (one for one in self.drawn.entry["signals"] if one["signal"] == signal)
        return draw_standing(self._sizes(signal), said)

    def confusion(self, against: str = "believed") -> pd.DataFrame:
        """Return one row a true and a said class; `against` is `gold` or `believed`."""
        return confusion_frame(self.drawn.portrait, self.drawn.words, against)

    def draw_confusion(self, against: str = "believed") -> Drawing:
        """Draw the confusion."""
        return draw_confusion(self.confusion(against), self.drawn.words, against)

    def confusion_words(self, against: str = "believed") -> str:
        """Return the confusion in words."""
        return confusion_words(self.confusion(against), against)

    def mix(self) -> pd.DataFrame:
        """Return one row a class and who: share of the labeler, and of others of these items."""
        return mix_frame(self.drawn.portrait, self.drawn.words)

    def draw_mix(self) -> Drawing:
        """Draw the mix of labels."""
        return draw_mix(self.mix(), self.drawn.words)

    def mix_words(self) -> str:
        """Return the mix in words."""
        return mix_words(self.mix())

    def timeline(self) -> pd.DataFrame:
        """Return one row a span of time: begins, ends, labels, doubted, usual."""
        return timeline_frame(self.drawn.portrait)

    def draw_timeline(self) -> Drawing:
        """Draw labels and doubt over time, with the onset."""
        return draw_timeline(self.timeline(), self.onset)

    def timeline_words(self) -> str:
        """Return the timeline in words."""
        return timeline_words(self.timeline(), self.onset)

    def pairs(self) -> pd.DataFrame:
        """Return one row another labeler: shared, same, expected, excess (standard deviations)."""
        return pd.DataFrame([asdict(one) for one in self.meetings], columns=_PAIRS)

    def draw_pairs(self) -> Drawing:
        """Draw who agrees with the labeler more or less than their items lead one to expect."""
        return draw_meetings(self.pairs())

    def items(self) -> pd.DataFrame:
        """Return one row a doubted item: what was said, believed, and what others said."""
        return pd.DataFrame([_item(one) for one in self.doubted], columns=_ITEMS)


def _item(one: DoubtedItem) -> dict[str, Any]:
    counted = Counter(other.said for other in one.others).most_common()
    return {
        "item": one.item,
        "at": pd.Timestamp(one.at),
        "said": one.said,
        "believed": one.others_believe,
        "belief": one.belief,
        "gold": one.gold,
        "others": [f"{n} {label}" for label, n in counted],
        "content": "; ".join(f"{key}: {value}" for key, value in one.content.items()),
    }


def _number(value: object) -> float | None:
    """Return a p- or q-value; where a document gives a reason instead, None."""
    return float(value) if isinstance(value, (int, float)) else None
