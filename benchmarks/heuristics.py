"""Corrupted heuristics: how often signals find them, and how often honest ones are flagged.

Four rules label three of five items beside 24 people; the first is changed in the middle. Seeds are
those of this file alone: no threshold was chosen by them.

    python benchmarks/heuristics.py [RUNS]
"""

import sys
from collections import Counter
from datetime import UTC, datetime

import numpy as np

from labeltrust.counts import Judgments, block
from labeltrust.policy.names import Names
from labeltrust.policy.settings import PolicySettings
from labeltrust.services.appraise import Appraisal, History, appraise
from labeltrust.simulate import Crowd, Scene, draw_planted
from labeltrust.simulate._heuristics import Corruption, Heuristics, with_heuristics

CROWD = Crowd(n_labelers=24, n_items=1200, labels_per_item=5, class_shares=(0.6, 0.4))
FIRST_SEED = 9_100_000
WAYS: tuple[Corruption | None, ...] = (None, "moved", "constant", "inverted")


def scene_of(corruption: Corruption | None, seed: int) -> Scene:
    """Return a crowd with four rules, the first of them corrupted in the middle."""
    rng = np.random.default_rng(seed)
    crowd = draw_planted(CROWD, (), rng).scene
    return with_heuristics(crowd, Heuristics(corruption=corruption), rng)


def judgments_of(scene: Scene) -> Judgments:
    """Return a scene as a block."""
    gold = np.flatnonzero(scene.gold)
    return block(
        scene.item, scene.labeler, scene.label, n_labelers=scene.n_labelers,
        values=np.arange(scene.n_classes), occurred_us=scene.occurred_us,
        received_us=scene.occurred_us, gold=(gold, scene.truth[gold]),
    )  # fmt: skip


def appraised(scene: Scene) -> Appraisal:
    """Appraise a scene as an assessment does."""
    n = scene.n_labelers
    names = Names(
        labelers=tuple(f"l{k}" for k in range(n)),
        labeler_ids=np.arange(n) + 100,
        kinds=("human",) * CROWD.n_labelers + ("heuristic",) * (n - CROWD.n_labelers),
        labels=("0", "1"),
    )
    return appraise(
        judgments_of(scene), names, policy=PolicySettings(), history=History(),
        now=datetime(2026, 10, 5, tzinfo=UTC), documented=False,
    )  # fmt: skip


def flagged(found: Appraisal) -> dict[int, tuple[str, ...]]:
    """Return the signals of each labeler that is flagged."""
    return {f.labeler: f.state.signals for f in found.flags if f.action != "weaken"}


def main(runs: int) -> None:
    """Print one line a way of corrupting."""
    n = CROWD.n_labelers
    for way in WAYS:
        hit, rules, people, why = 0, 0, 0, Counter[str]()
        held = 0
        for run in range(runs):
            found = appraised(scene_of(way, FIRST_SEED + run))
            flags = flagged(found)
            honest = set(range(n + (way is not None), n + 4))
            hit += way is not None and n in flags
            why.update(flags.get(n, ()) if way else ())
            rules += len(honest & set(flags))
            people += len(set(range(n)) & set(flags))
            held += len({f.labeler for f in found.freezes} - ({n} if way else set()))
        of = runs * (4 if way is None else 3)
        sys.stdout.write(
            f"{way or 'honest'}: corrupted rule flagged in {hit} of {runs} {dict(why)}; honest "
            f"rules flagged {rules} of {of}, people {people} of {runs * n}; honest held {held}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
