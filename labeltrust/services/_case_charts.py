"""Charts of cases: what a signal saw when it first accused, kept with the flag.

A frame is kept and no drawing, with labelers by number and no names, so that erasing a labeler
reaches it. Frames are of bounded size: charts show a bounded number of labelers.
"""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pandas as pd
from sqlmodel import Session

from labeltrust.policy.flagging import FlagFinding
from labeltrust.services._acts import Act
from labeltrust.services._appraisal import Appraised
from labeltrust.services._reasons import known_signals
from labeltrust.store.flag_charts import Accusation, KeptChart, add_charts, charted
from labeltrust.store.flags import brief_flags

MOST_CHARTS = 150
"""Charts that one assessment draws; of a flood of flags the rest is drawn by the next ones."""
_MARK = "\x00"
"""Before a labeler's number in a frame: no name and no label on record holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChart:
    """What a signal saw of one accusation, not stored yet."""

    accusation: Accusation
    frame: bytes


def case_charts(found: Sequence[Appraised], known: Collection[Accusation]) -> list[CaseChart]:
    """Return charts of what is accused and has none yet; outside of any transaction.

    Args:
        found: Appraisals of all questions.
        known: Accusations of which a chart is kept.
    """
    new = (
        (one, finding, signal)
        for one in found
        for finding in one.appraisal.flags
        for signal in _signals(finding)
        if (one.question, finding.state.labeler_id, signal) not in known
    )
    return [_seen(*accusation) for accusation in islice(new, MOST_CHARTS)]


def keep_charts(act: Act, charts: Sequence[CaseChart]) -> None:
    """Store charts with the flags that they belong to, in the transaction that opens those."""
    if not charts:
        return
    known = charted(act.session, act.project_id)
    flags = _standing(act.session, act.project_id)
    new = [chart for chart in charts if chart.accusation not in known]
    add_charts(
        act.session,
        [
            KeptChart(
                flag_id=flags[question, who], signal=signal, drawn_at=act.at, frame=chart.frame
            )
            for chart in new
            for question, who, signal in [chart.accusation]
            if (question, who) in flags
        ],
    )


def _standing(session: Session, project_id: int) -> Mapping[tuple[str, int], int]:
    flags = brief_flags(session, project_id)
    return {(f.question, f.labeler_id): f.id for f in flags if f.status != "dismissed"}


def _signals(finding: FlagFinding) -> Iterator[str]:
    """Yield the signals that a case shows: those it rests on, and those that agree with it."""
    if finding.action == "weaken":
        return
    yield from finding.state.signals
    more = finding.state.evidence.get("corroborated_by")
    yield from more if isinstance(more, Mapping) else ()


def _seen(one: Appraised, finding: FlagFinding, signal: str) -> CaseChart:
    # Slow to import, and most assessments have nothing to draw.
    from labeltrust.charts import Seen, chart_of  # noqa: PLC0415

    appraisal, ids = one.appraisal, one.appraisal.names.labeler_ids
    seen = Seen(
        evidence=appraisal.evidence,
        readings=appraisal.readings[signal],
        signal=known_signals()[signal],
        names=replace(appraisal.names, labelers=tuple(numbered(int(n)) for n in ids)),
        suspect=finding.labeler,
    )
    return CaseChart(
        accusation=(one.question, finding.state.labeler_id, signal),
        frame=packed(chart_of(signal).frame(seen)),
    )


def numbered(labeler_id: int) -> str:
    """Return what stands for a labeler in a frame.

    >>> number_in(numbered(7)), number_in("7")
    (7, None)
    """
    return f"{_MARK}{labeler_id}"


def number_in(text: object) -> int | None:
    """Return the number of the labeler that a cell of a frame stands for, None where for none."""
    if isinstance(text, str) and text.startswith(_MARK):
        return int(text.removeprefix(_MARK))
    return None


def packed(frame: pd.DataFrame) -> bytes:
    """Return a frame as it is kept: no picture tells more than seven digits apart.

    >>> unpacked(packed(pd.DataFrame({"labeler": [numbered(7)]})))["labeler"].map(number_in)[0]
    np.int64(7)
    """
    kept = io.BytesIO()
    halves = dict.fromkeys(frame.select_dtypes("float64"), "float32")
    frame.astype(halves).to_parquet(kept, index=False, compression="zstd")
    return kept.getvalue()


def unpacked(frame: bytes) -> pd.DataFrame:
    """Return a frame as it was kept."""
    return pd.read_parquet(io.BytesIO(frame))
