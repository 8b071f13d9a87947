"""Peers beside labeltrust in the red team: crowd-kit's methods and cleanlab, as rankings.

A peer's score is what it believes of a labeler's accuracy, turned round. None of them states an
error rate. Wawa and ZeroBasedSkill: `predict` fails under the installed scikit-learn
(`__sklearn_tags__`), but `fit` gives the skills, which is all that is ranked by here.
"""

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pandas as pd
from crowdkit.aggregation import (
    GLAD,
    KOS,
    MACE,
    MMSR,
    DawidSkene,
    OneCoinDawidSkene,
    Wawa,
    ZeroBasedSkill,
)

from labeltrust.counts import Judgments
from labeltrust.redteam.measures import Float
from labeltrust.redteam.methods import Method

SLOW_SEEDS, SOME_SEEDS = 8, 20
_BINARY = 2


def frame(judgments: Judgments) -> pd.DataFrame:
    """Return the labels as crowd-kit reads them."""
    return pd.DataFrame(
        {"task": judgments.item, "worker": judgments.labeler, "label": judgments.label}
    )


def _less(skill: pd.Series, judgments: Judgments) -> Float:
    """Return minus the skill of each labeler code, NaN where the peer knows none."""
    return -skill.reindex(np.arange(judgments.n_labelers)).to_numpy(dtype=float)


def wawa(judgments: Judgments) -> Float:
    """Share of labels that agree with the majority."""
    return _less(Wawa().fit(frame(judgments)).skills_, judgments)


def zero_based_skill(judgments: Judgments) -> Float:
    """Skill of the zero-based model."""
    return _less(ZeroBasedSkill().fit(frame(judgments)).skills_, judgments)


def dawid_skene(judgments: Judgments) -> Float:
    """Accuracy by the fitted confusion matrix: its diagonal weighed by the class priors."""
    fitted = DawidSkene(n_iter=100).fit(frame(judgments))
    told, classes = fitted.errors_.reset_index(level="label"), fitted.priors_.index
    # errors_ has rows (worker, observed label) and one column a true label
    diagonal = sum(
        told.loc[told["label"] == c, c] * float(fitted.priors_[c])
        for c in classes
        if (told["label"] == c).any()
    )
    return _less(diagonal.fillna(0.0), judgments)


def one_coin(judgments: Judgments) -> Float:
    """Skill of the one-coin model."""
    return _less(OneCoinDawidSkene(n_iter=100).fit(frame(judgments)).skills_, judgments)


def mmsr(judgments: Judgments) -> Float:
    """Skill by robust rank-one matrix completion."""
    return _less(MMSR().fit(frame(judgments)).skills_, judgments)


def kos(judgments: Judgments) -> Float:
    """Agreement with the labels that belief propagation infers; two classes only."""
    data = frame(judgments)
    if data["label"].nunique() != _BINARY:
        return np.full(judgments.n_labelers, np.nan)
    inferred = KOS().fit(data).labels_
    right = data["label"] == inferred.reindex(data["task"]).to_numpy()
    return _less(right.groupby(data["worker"]).mean(), judgments)


def mace(judgments: Judgments) -> Float:
    """Probability to label rather than to spam.

    MACE codes labelers and labels by first appearance but sums by sorted code, so they are handed
    over in codes for which both orders are one.
    """
    worker, workers = pd.factorize(judgments.labeler)
    label, _ = pd.factorize(judgments.label)
    data = pd.DataFrame({"task": judgments.item, "worker": worker, "label": label})
    fitted = MACE(random_state=0).fit(data)
    return _less(pd.Series(fitted.spamming_[:, 1], index=workers), judgments)


def glad(judgments: Judgments) -> Float:
    """Ability alpha."""
    return _less(GLAD(n_iter=100).fit(frame(judgments)).alphas_, judgments)


def crowdlab(judgments: Judgments) -> Float:
    """Annotator quality of cleanlab's CROWDLAB on the probabilities that Dawid-Skene gives."""
    from cleanlab.multiannotator import get_label_quality_multiannotator  # noqa: PLC0415 - slow

    data = frame(judgments)
    probable = DawidSkene(n_iter=100).fit(data).probas_.sort_index()
    shown = np.sort(data["label"].unique())
    wide = data.assign(label=np.searchsorted(shown, data["label"]))
    wide = wide.pivot_table(index="task", columns="worker", values="label")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        found = get_label_quality_multiannotator(
            wide, probable[shown].to_numpy(), verbose=False, return_detailed_quality=False
        )
    return _less(found["annotator_stats"]["annotator_quality"], judgments)


_SLOW = f"first {SLOW_SEEDS} seeds of an attack only, since a call takes ten seconds"
_SECONDS = f"first {SOME_SEEDS} seeds of an attack only, since a call takes seconds"
PEERS = (
    Method(name="Wawa", score=wawa, told="skills of `fit`; `predict` does not run here"),
    Method(name="Dawid-Skene", score=dawid_skene, told="diagonal weighed by the class priors"),
    Method(name="one-coin", score=one_coin),
    Method(
        name="ZeroBasedSkill",
        score=zero_based_skill,
        most_seeds=SOME_SEEDS,
        told=f"skills of `fit`; `predict` does not run here; {_SECONDS}",
    ),
    Method(name="MMSR", score=mmsr, most_seeds=SOME_SEEDS, told=_SECONDS),
    Method(
        name="KOS",
        score=kos,
        most_seeds=SOME_SEEDS,
        told=f"two classes only; agreement with what it infers; {_SECONDS}",
    ),
    Method(
        name="CROWDLAB",
        score=crowdlab,
        most_seeds=SOME_SEEDS,
        told="of cleanlab, which needs a classifier's probabilities; items have no features here, "
        f"so it gets those of Dawid-Skene; {_SECONDS}",
    ),
    Method(name="MACE", score=mace, most_seeds=SLOW_SEEDS, told=_SLOW),
    Method(name="GLAD", score=glad, most_seeds=SLOW_SEEDS, told=_SLOW),
)
