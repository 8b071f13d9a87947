"""What a signal declares, gets and says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.counts.exchange import Exchange
from labeltrust.counts.label_mix import LabelMix
from labeltrust.counts.tempo import Tempo
from labeltrust.inference.collusion import Ring
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.sequential_test import SequentialTest

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

FROM_THE_START = -1
NO_HONEST_MAJORITY = "no part of the crowd is known to be honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What a project asks of its labelers; None lets the crowd set it, see the signals.

    Attributes:
        gold_accuracy: Least share right on gold, in (0, 1).
        class_accuracy: Least share right on gold of each single class, in (0, 1).
    """

    gold_accuracy: float | None = None
    class_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that signals read of a project; they count nothing again.

    Attributes:
        judgments: The whole block.
        crowd: The crowd fitted to the reference labelers, with one row per (item, labeler).
        reference: (n_labelers,) True for labelers whose labels count as peers: not yet flagged.
        exchange: Agreement within the item, against reference peers.
        label_mix: Labels by day and class, and what the same items lead one to expect.
        tempo: Durations against the others of the same items; None where nobody counted them.
        floors: What the project asks for.
        window_days: Length of the windows in which a change of the label mix is looked for.
        peers_prove: False where so many are suspected that no part of the crowd is known to be
            honest: then nothing is proven by a population.
    """

    judgments: Judgments
    crowd: FittedCrowd
    reference: Bool
    exchange: Exchange
    label_mix: LabelMix
    tempo: Tempo | None = None
    floors: Floors = field(default_factory=Floors)
    window_days: int = 7
    peers_prove: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What one signal says of every labeler; arrays have shape (n_labelers,).

    Attributes:
        effect: Size of the deviation in the signal's unit, NaN where undefined; larger is worse.
        low: Lower end of the 95 % interval of the effect.
        high: Upper end.
        n: Units behind it (judgments, items, gold items).
        p_value: One-sided p-value against the honest population, NaN where undefined. For
            Benjamini-Hochberg; opens review flags only.
        log_e: Log e-value in received order, valid at any time one looks; NaN where the signal has
            none or is undefined. The only thing that may freeze by itself.
        reason: (n_labelers,) words where there is no p-value, empty text elsewhere.
        detail: Per labeler, plain values for the evidence (class pair, counts).
        onset_row: Row of the crowd at the likeliest onset, `FROM_THE_START` where there is none.
        earliest_row: The same for the earliest credible onset: the onset with its margin.
        tests: The sequential tests behind `log_e`, to be played again without some accusers; empty
            where it rests on gold alone.
        groups: Groups of labelers found to act together, named to people; strongest first.
    """

    effect: Float
    low: Float
    high: Float
    n: Int
    p_value: Float
    log_e: Float
    reason: tuple[str, ...]
    detail: tuple[Mapping[str, object], ...]
    onset_row: Int
    earliest_row: Int
    tests: tuple[SequentialTest, ...] = ()
    groups: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal found by discovery.

    Attributes:
        title: A reason to suspect, as a short clause ("misses gold items").
        levels: Measurement levels it can read.
        min_judgments: Least units a labeler needs to be read at all.
        read: The signal itself; gets the evidence of the whole project.
        corroborates_only: True where it is too weak to open a flag alone (timing).
        unit: What `effect` counts, in words for people.
        rests_on: `gold` or `peers`: who says so.
        needs: Data a project may lack, as short nouns: `gold`, `times`, `durations`, `suggestions`,
            `features`, `texts`. Without them it is silent and says which it misses.
        weight: Share of the false discovery budget, relative to other signals: an attack that is
            common and hard to see deserves more (Genovese, Roeder and Wasserman 2006).
        whole_from: Labels of a labeler from which on it has its whole weight. With fewer it finds
            little, so what finds more gets its share.
    """

    title: str
    levels: frozenset[str]
    min_judgments: int
    read: Callable[[Evidence], Readings]
    unit: str
    corroborates_only: bool = field(default=False)
    rests_on: str = field(default="peers")
    needs: frozenset[str] = field(default=frozenset())
    weight: float = field(default=1.0)
    whole_from: int = field(default=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Effect with interval and n of every labeler, before gaps are cut."""

    value: Float
    low: Float
    high: Float
    n: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """P-values, e-values and onsets of every labeler, before gaps are cut.

    `gap` says why there is no p-value for anybody, where there is none.
    """

    p_value: Float
    log_e: Float
    onset_row: Int | None = None
    earliest_row: Int | None = None
    tests: tuple[SequentialTest, ...] = ()
    gap: str = ""


def silent(n_labelers: int, reason: str) -> Readings:
    """Return readings that say nothing of anybody, with the reason.

    >>> silent(2, "no gold items").reason
    ('no gold items', 'no gold items')
    """
    nan = np.full(n_labelers, np.nan)
    start = np.full(n_labelers, FROM_THE_START, dtype=np.int64)
    return Readings(
        effect=nan,
        low=nan,
        high=nan,
        n=np.zeros(n_labelers, dtype=np.int64),
        p_value=nan,
        log_e=nan,
        reason=(reason,) * n_labelers,
        detail=({},) * n_labelers,
        onset_row=start,
        earliest_row=start,
    )


def readings(
    effects: Effects,
    said: Said,
    detail: tuple[Mapping[str, object], ...],
    *,
    enough: Bool,
    needs: str,
) -> Readings:
    """Build readings, undefined where a labeler has too little.

    Args:
        effects: Effects of all labelers.
        said: P-values and e-values of all labelers.
        detail: One mapping a labeler.
        enough: (n_labelers,) who has enough units.
        needs: What it takes, for the reason: "10 labels on shared items".
    """
    start = np.full(enough.size, FROM_THE_START, dtype=np.int64)
    onset = start if said.onset_row is None else said.onset_row
    earliest = start if said.earliest_row is None else said.earliest_row
    return Readings(
        effect=np.where(enough, effects.value, np.nan),
        low=np.where(enough, effects.low, np.nan),
        high=np.where(enough, effects.high, np.nan),
        n=effects.n,
        p_value=np.where(enough, said.p_value, np.nan),
        log_e=np.where(enough, said.log_e, np.nan),
        reason=tuple(
            said.gap if ok else f"{n} where it takes {needs}"
            for ok, n in zip(enough.tolist(), effects.n.tolist(), strict=True)
        ),
        detail=detail,
        onset_row=np.where(enough, onset, FROM_THE_START),
        earliest_row=np.where(enough, earliest, FROM_THE_START),
        tests=said.tests,
    )
