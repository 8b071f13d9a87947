"""What a signal declares, gets and says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What one signal says of every labeler; arrays have shape (n_labelers,).

    Attributes:
        effect: Size of the deviation in the signal's own unit, NaN where undefined; larger is worse.
        low: Lower end of the 95 % interval of the effect.
        high: Upper end.
        n: Units behind it (judgments, items, gold items).
        p_value: One-sided p-value against the honest population, NaN where undefined. For
            Benjamini-Hochberg; opens review flags only.
        log_e: Log e-value in received order, valid at any time one looks; NaN where the signal has
            none or is undefined. The only thing that may freeze by itself.
        reason: (n_labelers,) words where undefined, empty text elsewhere.
        detail: Per labeler, plain values for the evidence (class pair, onset, counts).
    """

    effect: Float
    low: Float
    high: Float
    n: NDArray[np.int64]
    p_value: Float
    log_e: Float
    reason: tuple[str, ...]
    detail: tuple[Mapping[str, object], ...]


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
    """

    title: str
    levels: frozenset[str]
    min_judgments: int
    read: Callable[["Evidence"], Readings]
    unit: str
    corroborates_only: bool = field(default=False)
