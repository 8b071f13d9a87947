"""What each campaign plants into which crowd, and the truth that only the drill knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.drills import DrillDraft
from labeltrust.simulate import Crowd, Planting, Scene, Traits, draw_planted, draw_scene

CLASSES = ("benign", "fraud")
_FRAUD, _BENIGN = 1, 0
_CROWD = Crowd(
    n_labelers=30,
    n_items=800,
    labels_per_item=5,
    class_shares=(0.6, 0.4),
    skills=(0.80, 0.95),
    gold_share=0.15,
    days=1,
    traits=Traits(trigger_share=0.35),
)
_BEGINS = 0.4
_PLANTED: Mapping[str, Planting] = MappingProxyType(
    {
        "flip": Planting(
            attack="targeted_flip", n_members=3, rate=0.9, since_share=_BEGINS,
            from_class=_FRAUD, to_class=_BENIGN,
        ),
        "slice": Planting(
            attack="feature_backdoor", n_members=3, rate=1.0, since_share=_BEGINS, to_class=_BENIGN
        ),
        "ring": Planting(attack="copy_ring", n_members=4, rate=0.8, since_share=_BEGINS),
        "slow": Planting(attack="low_and_slow", n_members=3, rate=0.25, since_share=_BEGINS),
        "framing": Planting(attack="framing_ring", n_members=4, rate=0.6, since_share=_BEGINS),
        "sleeper": Planting(attack="sleeper", n_members=3, rate=0.5, since_share=_BEGINS),
        "import": Planting(
            attack="targeted_flip", n_members=3, rate=0.9, from_class=_FRAUD, to_class=_BENIGN
        ),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A crowd with a campaign in it, rows in the order in which they arrive.

    Attributes:
        scene: Who labels what.
        order: (n,) rows of the scene as they arrive.
        bad: (n,) whether the campaign made a row wrong.
        attacks: (n_labelers,) who poisons.
        victim: Code of the framed labeler, or None.
        file: Places `[first, end)` in the order that a new supplier sends as one file; None where
            there is no supplier.
    """

    scene: Scene
    order: NDArray[np.int64]
    bad: NDArray[np.bool_]
    attacks: NDArray[np.bool_]
    victim: int | None
    file: tuple[int, int] | None = None

    @property
    def first_bad(self) -> int:
        """Place of the first bad row in the order of arrival; the number of rows without any."""
        places = np.flatnonzero(self.bad[self.order])
        return int(places[0]) if places.size else int(self.order.size)


def campaign_of(draft: DrillDraft) -> Campaign:
    """Draw the crowd of a drill, with and without its campaign.

    >>> drawn = campaign_of(DrillDraft(campaign="flip", seed=1))
    >>> int(drawn.attacks.sum()), bool(drawn.bad.sum() > 20)
    (3, True)
    """
    before = draw_scene(_CROWD, np.random.default_rng(draft.seed))
    planting = _PLANTED[draft.campaign]
    planted = draw_planted(_CROWD, [planting], np.random.default_rng(draft.seed))
    scene = planted.scene
    attacks = np.zeros(scene.n_labelers, dtype=np.bool_)
    attacks[planted.suspects] = True
    changed = (scene.label != before.label) | (scene.labeler != before.labeler)
    wrong = scene.label != scene.truth[scene.item]
    order = np.argsort(scene.occurred_us, kind="stable")
    mine = attacks[scene.labeler]
    told = _as_file(order, mine) if draft.campaign == "import" else (order, None)
    return Campaign(
        scene=scene,
        order=told[0],
        bad=changed & wrong & mine,
        attacks=attacks,
        victim=planted.orders[0][1].victim,
        file=told[1],
    )


def _as_file(
    order: NDArray[np.int64], mine: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Let all rows of a supplier's labelers arrive together, when others have given their share."""
    others, file = order[~mine[order]], order[mine[order]]
    first = int(_BEGINS * others.size)
    moved = np.concatenate([others[:first], file, others[first:]])
    return moved, (first, first + file.size)
