"""An exercise: an attack planted into a copy of a project's labels, and looked for in memory."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from labeltrust.counts._base import STRUCTURED
from labeltrust.domain.errors import InvalidInput
from labeltrust.notebook._forensics import since_onset
from labeltrust.notebook._nothing import NO_LABELS, PARTS, NoGameDay
from labeltrust.redteam._appraised import appraised, judgments_of
from labeltrust.redteam._draw import Drawn, told
from labeltrust.redteam._looking import Looked, attackers, look
from labeltrust.simulate import (
    Assistant,
    Planting,
    Prose,
    Scene,
    Traits,
    Words,
    attacks,
    plant,
    scene_of,
    with_suggestions,
    with_texts,
    with_traits,
    words_of,
)

if TYPE_CHECKING:
    from labeltrust.notebook._project import Project

_NEVER = np.iinfo(np.int64).max
_COLUMNS = ["labeler", "labels_after_onset", "poisoned", "labels_to_flag", "poisoned_to_flag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What is planted, and how often one looks.

    Attributes:
        attack: Name of an attack, see `attack_frame`.
        members: Labelers who carry it out, drawn among those who work much.
        rate: Share of the labels they could poison that they do.
        begins: Share of all labels that are in before it begins.
        from_class: The class attacked; empty for the rarest on record.
        to_class: The class given instead; empty for the most frequent.
        looks: Assessments, evenly over the labels; the last one sees all.
        seed: Of the draw: the same seed plants the same.
        without_suspects: Begin without the labels of those who are suspected already, so that
            what is found is the exercise's.
    """

    attack: str = "targeted_flip"
    members: int = 3
    rate: float = 0.8
    begins: float = 0.5
    from_class: str = ""
    to_class: str = ""
    looks: int = 10
    seed: int = 1
    without_suspects: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDay:
    """An exercise that was run; nothing of it is on record.

    Attributes:
        exercise: What was planted; the classes are filled in.
        before: The labels without the attack.
        drawn: The labels with it, and who attacks.
        looked: When who was flagged or held.
        words: Names of labelers, items and classes.
        rows: One row an attacker, see `redteam.attackers`.
    """

    exercise: Exercise
    before: Scene
    drawn: Drawn
    looked: Looked
    words: Words
    rows: pd.DataFrame
    nothing: str = ""

    @property
    def n_items(self) -> int:
        """How many items the copy has."""
        return int(self.before.truth.size)

    def attackers(self) -> pd.DataFrame:
        """Return one row an attacker, the first to be flagged first.

        Returns:
            Columns labeler, began, labels (since then), poisoned, flagged_at, held_at (NaT: never),
            until_flag (labels since the onset until flagged), through (poisoned until flagged; all
            of them where never), last.
        """
        names = self.words.labelers(self.drawn.scene.n_labelers)
        codes = self.rows["labeler"].to_numpy(dtype=np.int64)
        found = self.rows.assign(
            through=self.rows["poisoned_to_flag"].fillna(self.rows["poisoned"]).astype(np.int64),
            began=_times(self.drawn.since_us)[codes],
            flagged_at=_times(self.looked.flagged_us)[codes],
            held_at=_times(self.looked.held_us)[codes],
            labeler=[names[code] for code in codes],
            labels=self.rows["labels_after_onset"],
            until_flag=self.rows["labels_to_flag"],
            last=_times(self.drawn.scene.occurred_us).max(),
        )
        first = _times(self.drawn.scene.occurred_us).min()
        found = found.assign(began=found["began"].fillna(first))
        kept = ["labeler", "began", "labels", "poisoned", "flagged_at", "held_at", "until_flag",
                "through", "last"]  # fmt: skip
        return found.sort_values("flagged_at", kind="stable", ignore_index=True)[kept]

    def others_flagged(self) -> pd.DataFrame:
        """Return who else was flagged at some look: labeler, flagged_at."""
        codes = np.flatnonzero(self.looked.ever_flagged & ~self.drawn.attacks)
        names = self.words.labelers(self.drawn.scene.n_labelers)
        return pd.DataFrame(
            {
                "labeler": [names[code] for code in codes],
                "flagged_at": _times(self.looked.flagged_us)[codes],
            }
        )

    def flow(self) -> pd.DataFrame:
        """Return poisoned labels as they add up over time: at, planted, through (before a flag)."""
        scene = self.drawn.scene
        rows = np.flatnonzero(self.drawn.poisoned)
        rows = rows[np.argsort(scene.occurred_us[rows], kind="stable")]
        through = scene.occurred_us[rows] <= self.looked.flagged_us[scene.labeler[rows]]
        return pd.DataFrame(
            {
                "at": _times(scene.occurred_us[rows]),
                "planted": np.arange(1, rows.size + 1),
                "through": np.cumsum(through),
            }
        )

    def turned_items(self) -> tuple[int, int, int]:
        """Return items whose label the attack turned: most say another one than would have.

        An item of which two labels were given as often is undecided, and not turned.

        Returns:
            If nothing were done; when labels after their labeler's flag are held out; and when all
            labels of the flagged are held out since the attack began.
        """
        scene = self.drawn.scene
        flagged_us = self.looked.flagged_us[scene.labeler]
        later = scene.occurred_us > flagged_us
        since = scene.occurred_us >= self.drawn.since_us[scene.labeler]
        held = (flagged_us < _NEVER) & self.drawn.attacks[scene.labeler] & since
        nothing = np.zeros(scene.item.size, dtype=np.bool_)
        honest = _most_given(self.before, nothing)
        first, second, third = (
            int((_differ(honest, _most_given(scene, out))).sum()) for out in (nothing, later, held)
        )
        return first, second, third


def game_day(project: "Project", exercise: Exercise) -> GameDay | NoGameDay:
    """Plant an attack into a copy of the project's labels and assess the copy again and again.

    Everything happens in memory: no event, no flag and no freeze of it is written. Where there is
    nothing to attack, what is returned says why.

    Raises:
        NotFound: There is no such attack.
        InvalidInput: The exercise does not suit the labels: too few labelers, no such class.
    """
    judgments = project.judgments()
    if exercise.without_suspects:
        judgments = judgments[~since_onset(judgments, project.onsets())]
    if judgments.empty or project.level() in STRUCTURED:
        return NoGameDay(exercise, NO_LABELS if judgments.empty else PARTS)
    return _held(project, exercise, judgments)


def _held(project: "Project", exercise: Exercise, judgments: pd.DataFrame) -> GameDay:
    frame, gold = judgments.rename(columns={"occurred_at": "created_at"}), project.gold()
    rng = np.random.default_rng(exercise.seed)
    before = _equipped(scene_of(frame, gold, level=_level(project)), exercise.attack, rng)
    words = words_of(frame, gold)
    wanted = _with_classes(exercise, judgments["label"])
    planted = plant(before, [_planting(wanted, words)], rng)
    drawn = told(before, planted)
    found = appraised(judgments_of(drawn.scene))
    looked = look(drawn.scene, wanted.looks, found)
    rows = pd.DataFrame(attackers(drawn, looked, found), columns=_COLUMNS)
    return GameDay(
        exercise=wanted, before=before, drawn=drawn, looked=looked, words=words, rows=rows
    )


def attack_frame() -> pd.DataFrame:
    """Return the catalogue: attack, does, needs."""
    rows = [(name, one.title, sorted(one.needs)) for name, one in sorted(attacks().items())]
    return pd.DataFrame(rows, columns=["attack", "does", "needs"])


def _level(project: "Project") -> str:
    level = project.level()
    return level if level in {"ordinal", "interval"} else "nominal"


def _equipped(scene: Scene, attack: str, rng: np.random.Generator) -> Scene:
    """Give the copy what an attack builds on, where the project has none of it."""
    needs = attacks()[attack].needs if attack in attacks() else frozenset()
    if "trigger" in needs:
        scene = with_traits(scene, Traits(), rng)
    if "texts" in needs and scene.texts is None:
        scene = with_texts(scene, Prose(), rng)
    if "suggestion" in needs and scene.suggestion is None:
        scene = with_suggestions(scene, Assistant(), rng)
    return scene


def _with_classes(exercise: Exercise, label: "pd.Series[str]") -> Exercise:
    counts = label.value_counts()
    return replace(
        exercise,
        from_class=exercise.from_class or str(counts.index[-1]),
        to_class=exercise.to_class or str(counts.index[0]),
    )


def _planting(exercise: Exercise, words: Words) -> Planting:
    codes = {word: code for code, word in enumerate(words.classes)}
    for word in (exercise.from_class, exercise.to_class):
        if word not in codes:
            raise InvalidInput(f"no label is {word[:80]!r}", place="class")
    return Planting(
        attack=exercise.attack,
        n_members=exercise.members,
        rate=exercise.rate,
        since_share=exercise.begins,
        from_class=codes[exercise.from_class],
        to_class=codes[exercise.to_class],
    )


def _most_given(scene: Scene, out: np.ndarray) -> np.ndarray:
    """Return the label most given to each item without some rows, -1 where that is undecided."""
    shape = (scene.truth.size, scene.n_classes)
    flat = scene.item[~out] * shape[1] + scene.label[~out]
    counts = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
    is_most = counts == counts.max(axis=1, keepdims=True)
    found: np.ndarray = np.where(is_most.sum(axis=1) == 1, counts.argmax(axis=1), -1)
    return found


def _differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where two labels differ and both are decided."""
    found: np.ndarray = (one >= 0) & (other >= 0) & (one != other)
    return found


def _times(at_us: np.ndarray) -> pd.DatetimeIndex:
    """Return moments, NaT where there is none."""
    known = (at_us < _NEVER) & (at_us > np.iinfo(np.int64).min)
    shown = np.where(known, at_us, 0).astype("datetime64[us]")
    shown[~known] = np.datetime64("NaT")
    return pd.DatetimeIndex(shown, tz="UTC")
