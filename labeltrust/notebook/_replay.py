"""A replayed history as a tidy frame and a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import pandas as pd

from labeltrust.charts import draw_replay
from labeltrust.charts._look import Drawing
from labeltrust.domain.principals import Principal
from labeltrust.services._replayed import Replayed
from labeltrust.services.deployment import Deployment
from labeltrust.services.what_if import WhatIf, WhatIfDraft, what_if

READER = Principal(name="notebook", role="auditor", projects=None)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """One project of an open installation, to be replayed."""

    deployment: Deployment
    name: str

    def what_if(
        self,
        *,
        without: Sequence[str] = (),
        thresholds: Mapping[str, float | None] | None = None,
        looks: int = 10,
        every_days: float | None = None,
        clock: str = "received",
    ) -> ReplayReport:
        """Replay the history under other thresholds or without labelers; nothing is written.

        Args:
            without: Labelers whose labels are taken as if they had never come.
            thresholds: Thresholds that differ from those in force; None unsets one.
            looks: How often it is assessed, after equal numbers of labels.
            every_days: Or after so many days each.
            clock: `received`, or `occurred` for a history that was imported at once.

        Raises:
            NotFound: There is no such labeler.
            InvalidInput: A threshold, the clock or the looks cannot be.
        """
        draft = WhatIfDraft(
            project=self.name,
            without=tuple(without),
            thresholds=thresholds or {},
            looks=looks,
            every_days=every_days,
            clock=clock,
        )
        return ReplayReport(found=what_if(self.deployment, READER, draft))
