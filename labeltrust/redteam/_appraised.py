"""A scene as the product sees it: judgments in received order, appraised as a project's are."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from labeltrust.counts import Judgments, Tokens, block
from labeltrust.domain.clock import moment
from labeltrust.policy.item_words import words_held
from labeltrust.policy.names import Names
from labeltrust.policy.settings import PolicySettings
from labeltrust.redteam.measures import Bool, Float, Int
from labeltrust.services.appraise import Appraisal, History, appraise
from labeltrust.simulate import Scene

_WEAKENS = "weaken"
_NO_SUGGESTION = -1


def judgments_of(scene: Scene, rows: Bool | None = None) -> Judgments:
    """Return the rows of a scene as a block; every label is received when it is given.

    Args:
        scene: Who labeled what.
        rows: (n,) which rows are there yet; None for all.
    """
    there = np.ones(scene.item.size, dtype=np.bool_) if rows is None else rows
    gold = np.flatnonzero(scene.gold)
    nothing = np.full(scene.item.size, _NO_SUGGESTION)
    suggestion = nothing if scene.suggestion is None else scene.suggestion
    return block(
        scene.item[there],
        scene.labeler[there],
        scene.label[there],
        n_labelers=scene.n_labelers,
        values=np.arange(scene.n_classes),
        level=scene.level,
        occurred_us=scene.occurred_us[there],
        received_us=scene.occurred_us[there],
        duration_seconds=scene.duration_seconds[there],
        suggestion=suggestion[there],
        gold=(gold, scene.truth[gold]),
        features=_features(scene),
        tokens=_tokens(scene),
    )


def _features(scene: Scene) -> Mapping[str, tuple[Int, Float | Int]]:
    items = np.arange(scene.truth.size)
    return {name: (items, values) for name, values in (scene.features or {}).items()}


def _tokens(scene: Scene) -> Tokens | None:
    return None if scene.texts is None else words_held(np.arange(len(scene.texts)), scene.texts)


def names_of(judgments: Judgments) -> Names:
    """Return names that say the code of each labeler and label."""
    n = judgments.n_labelers
    return Names(
        labelers=tuple(f"labeler-{code}" for code in range(n)),
        labeler_ids=np.arange(n, dtype=np.int64),
        kinds=("human",) * n,
        labels=tuple(str(code) for code in range(judgments.n_labels)),
    )


def appraised(judgments: Judgments) -> Appraisal:
    """Appraise a project of its own, without a history, a minute after its last label."""
    now = moment(int(judgments.received_us.max(initial=0))) + timedelta(minutes=1)
    names = names_of(judgments)
    policy = PolicySettings()
    return appraise(judgments, names, policy=policy, history=History(), now=now, documented=False)


def flagged_in(found: Appraisal, n_labelers: int) -> Bool:
    """Return who has a review flag, (n_labelers,)."""
    return _members([f.labeler for f in found.flags if f.action != _WEAKENS], n_labelers)


def disputed_in(found: Appraisal, n_labelers: int) -> Bool:
    """Return whose flag is contested: a dispute with a file on both sides, (n_labelers,)."""
    flags = [f for f in found.flags if f.action != _WEAKENS and f.state.contested]
    return _members([f.labeler for f in flags], n_labelers)


def held_in(found: Appraisal, n_labelers: int) -> Bool:
    """Return whose labels are held out automatically, provisionally too, (n_labelers,)."""
    return _members([p.labeler for p in found.freezes], n_labelers)


def _members(codes: list[int], n_labelers: int) -> Bool:
    there = np.zeros(n_labelers, dtype=np.bool_)
    there[codes] = True
    return there
