"""A project looked at again and again while its labels come in."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labeltrust.counts import Judgments
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.redteam._appraised import appraised, flagged_in, held_in, judgments_of
from labeltrust.redteam._draw import Drawn
from labeltrust.redteam.measures import Bool, Float, Int
from labeltrust.services.appraise import Appraisal
from labeltrust.simulate import Scene

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """When each labeler was first flagged or held, microseconds; the largest number for never.

    Attributes:
        looks: How often the project was appraised before it was complete.
        flagged_us: (n_labelers,) moment of the first look with a flag.
        held_us: (n_labelers,) moment of the first look with an automatic freeze.
    """

    looks: int
    flagged_us: Int
    held_us: Int

    @property
    def ever_flagged(self) -> Bool:
        """(n_labelers,) flagged at any look."""
        found: Bool = self.flagged_us < _NEVER
        return found

    @property
    def ever_held(self) -> Bool:
        """(n_labelers,) held at any look."""
        found: Bool = self.held_us < _NEVER
        return found


def look(scene: Scene, looks: int, last: Appraisal, planted: Bool | None = None) -> Looked:
    """Appraise what had come in at `looks` moments, evenly over the labels, the last one complete.

    Each appraisal stands alone, as if no flag had been opened before: a labeler counts from the
    first that accuses him.

    Args:
        scene: The whole stream.
        looks: Appraisals, the complete one included; with fewer than two only that one counts.
        last: The appraisal of all labels.
        planted: (n_labelers,) attackers; no more looks are taken once each of them was flagged, so
            honest labelers are followed to the end only where there are none.
    """
    bad = np.zeros(scene.n_labelers, dtype=np.bool_) if planted is None else planted
    flagged = np.full(scene.n_labelers, _NEVER)
    held = np.full(scene.n_labelers, _NEVER)
    for moment_us, rows in _prefixes(scene, looks):
        found = last if rows is None else appraised(judgments_of(scene, rows))
        first = flagged_in(found, scene.n_labelers) & (flagged == _NEVER)
        flagged[first] = moment_us
        held[held_in(found, scene.n_labelers) & (held == _NEVER)] = moment_us
        if bad.any() and (flagged[bad] < _NEVER).all():
            break
    return Looked(looks=max(looks, 1), flagged_us=flagged, held_us=held)


def _prefixes(scene: Scene, looks: int) -> Iterator[tuple[int, Bool | None]]:
    ordered = np.sort(scene.occurred_us)
    for k in range(1, looks):
        moment_us = int(ordered[k * ordered.size // looks - 1])
        yield moment_us, scene.occurred_us <= moment_us
    yield int(ordered[-1]), None


def attackers(drawn: Drawn, looked: Looked, found: Appraisal) -> list[dict[str, object]]:
    """Return one row an attacker: how long he went unseen, and how well his onset is placed.

    `labels_to_flag` and `poisoned_to_flag` are None where he was never flagged; `onset_error` is
    the distance from the true onset in labels of his, as a share of all of them, None where he is
    not flagged at the end or nothing estimates an onset.
    """
    scene = drawn.scene
    flagged = flagged_in(found, scene.n_labelers)
    onset_us = _likeliest_onsets(found, judgments_of(scene))
    rows: list[dict[str, object]] = []
    for labeler in np.flatnonzero(drawn.attacks).tolist():
        mine = scene.labeler == labeler
        after = mine & (scene.occurred_us >= drawn.since_us[labeler])
        seen = after & (scene.occurred_us <= looked.flagged_us[labeler])
        caught = bool(looked.ever_flagged[labeler])
        times = np.sort(scene.occurred_us[mine])
        error = _distance(times, int(drawn.since_us[labeler]), onset_us[labeler])
        rows.append(
            {
                "labeler": labeler,
                "labels": int(mine.sum()),
                "labels_after_onset": int(after.sum()),
                "poisoned": int((mine & drawn.poisoned).sum()),
                "labels_to_flag": int(seen.sum()) if caught else None,
                "poisoned_to_flag": int((seen & drawn.poisoned).sum()) if caught else None,
                "flagged_at_end": bool(flagged[labeler]),
                "onset_error": error if flagged[labeler] else None,
            }
        )
    return rows


def _distance(times: Int, true_us: int, said_us: float) -> float | None:
    if np.isnan(said_us) or not times.size:
        return None
    places = np.searchsorted(times, [true_us, said_us])
    return float(abs(int(places[1]) - int(places[0])) / times.size)


def _likeliest_onsets(found: Appraisal, judgments: Judgments) -> Float:
    """Return the likeliest onset by the reading that proves most, (n_labelers,), NaN if none.

    The reading with the largest e-value speaks; a reading from the start says the first label.
    """
    readings = [r for r in found.readings.values() if np.isfinite(r.log_e).any()]
    if not readings:
        return np.full(judgments.n_labelers, np.nan)
    log_e = np.array([np.nan_to_num(r.log_e, nan=-np.inf) for r in readings])
    row = np.array([r.onset_row for r in readings])
    best = log_e.argmax(axis=0)
    onset = np.take_along_axis(row, best[None, :], axis=0)[0]
    times = crowd_rows(judgments).occurred_us
    said = np.where(onset < 0, np.iinfo(np.int64).min, times[np.maximum(onset, 0)])
    return np.where(np.isneginf(log_e.max(axis=0)), np.nan, said.astype(np.float64))
