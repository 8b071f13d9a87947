"""Simulated crowds as events, with the truth of who attacks."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.clock import moment
from labeltrust.domain.events import Event
from labeltrust.simulate._crowd import Crowd
from labeltrust.simulate._plant import Planting, draw_planted

WORDS = ("benign", "fraud")
FLIP = Planting(attack="targeted_flip", n_members=1, rate=0.95, from_class=1, to_class=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCrowd:
    """Events of a crowd, and the names of those who attack."""

    events: tuple[Event, ...]
    suspects: frozenset[str]


def small_crowd(
    *plantings: Planting, seed: int = 7, prefix: str = "w", project: str = "fraud", **more: object
) -> SmallCrowd:
    """Draw a crowd of 24 labelers and 400 items with a third of them gold."""
    values = {"n_labelers": 24, "n_items": 400, "class_shares": (0.6, 0.4), "gold_share": 0.35}
    crowd = Crowd(**(values | more))
    planted = draw_planted(crowd, plantings, np.random.default_rng(seed))
    scene = planted.scene
    labels = [
        Event(
            type="label.submitted",
            project=project,
            item=f"i{item}",
            labeler=f"{prefix}{labeler}",
            label=WORDS[label],
            occurred_at=moment(at),
            event_id=f"{prefix}-{n}",
        )
        for n, (item, labeler, label, at) in enumerate(
            zip(
                scene.item.tolist(),
                scene.labeler.tolist(),
                scene.label.tolist(),
                scene.occurred_us.tolist(),
                strict=True,
            )
        )
    ]
    golds = [
        Event(
            type="gold.declared",
            project=project,
            item=f"i{item}",
            label=WORDS[scene.truth[item]],
            event_id=f"{prefix}-gold-{item}",
        )
        for item in np.flatnonzero(scene.gold).tolist()
    ]
    suspects = frozenset(f"{prefix}{code}" for code in planted.suspects.tolist())
    return SmallCrowd(events=(*labels, *golds), suspects=suspects)
