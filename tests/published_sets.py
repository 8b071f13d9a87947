"""The published data sets beside the project, and the figures their READMEs state."""

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from optional_data import ROOT

from labeltrust.counts import Judgments, block

FOLDER = ROOT / "data" if (ROOT / "data").is_dir() else ROOT
NAMES = (
    "adult-content2",
    "anaesthetists-1979",
    "bluebirds",
    "crowdtruth-tweets",
    "crowdtruth-whaling-sentiment",
    "dogs",
    "face-sentiment",
    "hitspam-mturk",
    "hs-brexit",
    "md-agreement",
    "popquorn-offensive",
    "product-match",
    "sentiment-tweets-companies",
    "snow-emotion",
    "snow-rte",
    "snow-temp",
    "snow-valence",
    "snow-wordsim",
    "snow-wsd",
    "tweet-sensitivity-offensive",
    "weather-amt",
    "web-relevance",
    "xhate-stability",
)
NUMBERS = {"interval", "ratio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSet:
    """One data set: its answers in source order, and the figures of its README.

    Attributes:
        answers: (item, labeler, label) words, every answer.
        gold: Gold label by item.
        level: Scale, as the README states it.
        alpha: Krippendorff's alpha, four digits.
        majority: Share right, gold items and ties of the majority vote, None without.
    """

    answers: list[tuple[str, str, str]]
    gold: dict[str, str]
    level: str
    alpha: float
    majority: tuple[float, int, int] | None

    def last_answers(self) -> list[tuple[str, str, str]]:
        """Return the last answer of each labeler to each item, in source order."""
        last = {(item, labeler): label for item, labeler, label in self.answers}
        return [(*key, label) for key, label in last.items()]

    def block(self, answers: list[tuple[str, str, str]] | None = None) -> Judgments:
        answers = self.answers if answers is None else answers
        words = {label for _, _, label in answers} | set(self.gold.values())
        labels = sorted(words, key=float if self.level != "nominal" else str)
        codes = [_codes(column) for column in zip(*answers, strict=True)]
        label_code = {word: code for code, word in enumerate(labels)}
        known = [item for item in self.gold if item in codes[0]]
        return block(
            [codes[0][item] for item, _, _ in answers],
            [codes[1][labeler] for _, labeler, _ in answers],
            [label_code[label] for _, _, label in answers],
            n_labelers=len(codes[1]),
            values=[float(x) for x in labels] if self.level in NUMBERS else range(len(labels)),
            level=self.level,
            gold=([codes[0][i] for i in known], [label_code[self.gold[i]] for i in known]),
        )


def _codes(column: tuple[str, ...]) -> dict[str, int]:
    return {word: code for code, word in enumerate(dict.fromkeys(column))}


def found(name: str) -> bool:
    """Whether the set is there."""
    return (FOLDER / name / "labels.csv.gz").is_file()


def read(name: str) -> PublishedSet:
    """Read a set and the figures of its README."""
    folder = FOLDER / name
    text = (folder / "README.md").read_text(encoding="utf-8")
    majority = re.search(r"majority vote ([\d.]+) on (\d+) items \((\d+) tied", text)
    with gzip.open(folder / "labels.csv.gz", "rt", encoding="utf-8", newline="") as file:
        answers = [(row["item"], row["labeler"], row["label"]) for row in csv.DictReader(file)]
    return PublishedSet(
        answers=answers,
        gold=_gold(folder / "gold.csv"),
        level=_figure(r"Scale: (\w+)", text),
        alpha=float(_figure(r"alpha \(\w+\) (-?[\d.]*\d)", text)),
        majority=majority and (float(majority[1]), int(majority[2]), int(majority[3])),
    )


def _figure(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        message = f"the README states no figure like {pattern!r}"
        raise ValueError(message)
    return match[1]


def _gold(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: row[1] for row in rows}
