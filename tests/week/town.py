"""A project at work: people who label payments, a model beside them, gold among the items."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from factories import gold, label

from labeltrust.domain.events import Event

PEOPLE = tuple(f"labeler-{n:02d}" for n in range(24))
CLASSES = ("benign", "fraud")
PER_ITEM, FRAUD, GOLD = 3, 0.35, 0.1
HUMAN, MODEL = 0.93, 0.95


@dataclass(slots=True)
class Town:
    """Who labels, and how it goes wrong.

    Attributes:
        rng: Draws everything.
        bribed: People who call most frauds benign.
        models: Accuracy of each model that runs.
        bait: Text in each item of the next hours, if any.
        items: Items so far.
    """

    rng: np.random.Generator
    bribed: set[str] = field(default_factory=set)
    models: dict[str, float] = field(default_factory=dict)
    bait: str = ""
    items: int = 0

    def worked(self, n_items: int) -> Iterator[Event]:
        """Yield the events of some hours."""
        for _ in range(n_items):
            self.items += 1
            yield from self._item(f"txn-{self.items}")

    def _item(self, item: str) -> Iterator[Event]:
        truth = CLASSES[int(self.rng.random() < FRAUD)]
        about = {"content": {"text": f"payment {item} {self.bait}".strip()}}
        about["item_features"] = {"amount": round(float(self.rng.lognormal(3, 1)), 2)}
        if self.rng.random() < GOLD:
            yield gold(item, label=truth)
        for who in self.rng.choice(PEOPLE, PER_ITEM, replace=False):
            seconds = round(float(self.rng.gamma(4, 3)), 1)
            said = self._said(str(who), truth)
            yield label(item, str(who), label=said, duration_seconds=seconds, **about)
        for name, accuracy in self.models.items():
            said = truth if self.rng.random() < accuracy else _other(truth)
            yield label(item, name, label=said, labeler_kind="model", **about)

    def _said(self, who: str, truth: str) -> str:
        if who in self.bribed and truth == "fraud" and self.rng.random() < 0.9:
            return "benign"
        return truth if self.rng.random() < HUMAN else _other(truth)


def _other(truth: str) -> str:
    return CLASSES[1 - CLASSES.index(truth)]
