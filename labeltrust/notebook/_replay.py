"""A replayed history as a tidy frame and a chart."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import pandas as pd

from labeltrust.charts import draw_replay
from labeltrust.charts._look import Drawing
from labeltrust.services._replayed import Replayed
from labeltrust.services.what_if import WhatIf

_TIMES = ("then_at", "held_at", "really_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """What would have happened, beside what did."""

    found: WhatIf

    @property
    def changed(self) -> Mapping[str, tuple[float | None, float | None]]:
        """The thresholds that differ: (in force, replayed)."""
        return self.found.changed

    def frame(self) -> pd.DataFrame:
        """Return one row a labeler who would have been flagged or was, earliest first.

        Columns are those of `Replayed`: `then_at`, `then_signals`, `held_at`, `really_at`,
        `labels`, `labels_then`, `between` and so on; NaT and missing where it never happened.
        """
        columns = [field.name for field in fields(Replayed)]
        frame = pd.DataFrame([asdict(one) for one in self.found.labelers], columns=columns)
        times = {name: pd.to_datetime(frame[name], utc=True) for name in _TIMES}
        counts = {name: frame[name].astype("Int64") for name in ("labels_then", "between")}
        return frame.assign(**times, **counts)

    def chart(self) -> Drawing:
        """Return when each was first flagged in the replay, and really."""
        return draw_replay(self.frame())
