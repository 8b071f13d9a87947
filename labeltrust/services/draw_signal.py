"""What one signal saw in a case, to be drawn: as it was when it accused, else as it is now.

As it is now, it reads the suspect and a few dozen others, whom the newest assessment named, never
all labelers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlmodel import Session

from labeltrust.charts._look import LIKE_OTHERS, STANDS_OUT, TOO_LITTLE
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.policy.loudest import MOST
from labeltrust.services._case_charts import number_in, numbered, unpacked
from labeltrust.services._reasons import known_signals
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import entry_of, head_of
from labeltrust.store.assessed import figures_of, some_parts
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.flag_charts import KeptChart, chart_of_flag
from labeltrust.store.flags import FlagRow
from labeltrust.store.labelers import labeler_names
from labeltrust.store.session import reading_at_once

_NUMBERS = ["effect", "low", "high", "n", "p_value", "q_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDrawing:
    """What a chart of a case is drawn from.

    Attributes:
        signal: Name of the signal.
        frame: As the chart takes it; cells that stand for a labeler are keys of `names`.
        names: Name of each labeler in the frame.
        suspect: The key of the labeler of the case.
        kept: It is the signal's own chart, as it was kept with the flag; else the effects of those
            who stand out by the newest assessment.
    """

    signal: str
    frame: pd.DataFrame
    names: Mapping[str, str]
    suspect: str
    kept: bool


def draw_signal(
    deployment: Deployment, principal: Principal, flag_id: int, signal: str
) -> CaseDrawing:
    """Return what is drawn of a signal in a case; nothing is counted anew.

    Args:
        deployment: The installation.
        principal: Who looks.
        flag_id: Number of the flag whose labeler is marked.
        signal: Name of the signal.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope, no such signal, or nothing was assessed yet.
    """
    if signal not in known_signals():
        detail = f"no signal {signal[:80]!r}"
        raise NotFound(detail)
    with reading_at_once(deployment.engine) as session:
        flag = seen_flag(session, principal, flag_id, "read")
        chart = chart_of_flag(session, flag_id, signal)
        if chart is not None:
            return _kept(session, chart, flag.state.labeler_id)
        seen = _seen(session, flag, signal)
    return _of_today(seen, signal, deployment.settings.flag_rate)


def _kept(session: Session, chart: KeptChart, suspect: int) -> CaseDrawing:
    frame = unpacked(chart.frame)
    return CaseDrawing(
        signal=chart.signal,
        frame=frame,
        names={numbered(n): name for n, name in labeler_names(session, _labelers(frame)).items()},
        suspect=numbered(suspect),
        kept=True,
    )


def _labelers(frame: pd.DataFrame) -> set[int]:
    cells = {cell for name in frame for cell in frame[name].unique()}
    return {number for cell in cells if (number := number_in(cell)) is not None}


def _of_today(seen: "Compared", signal: str, flag_rate: float) -> CaseDrawing:
    known, frame = known_signals()[signal], effects(seen, signal, flag_rate)
    drawn = frame.drop(columns=["mine", "p_value", "q_value"])
    return CaseDrawing(
        signal=signal,
        frame=drawn.assign(unit=known.unit, title=known.title.capitalize()),
        names={numbered(entry["id"]): entry["labeler"] for entry in seen.labelers},
        suspect=numbered(seen.suspect),
        kept=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a signal says of some labelers, and how large its effects are among all.

    Attributes:
        labelers: Entries of an assessment document, the suspect's among them.
        suspect: Opaque id of the labeler to mark.
        honest: Between which effects 95 % of the honest lie, or None where nobody can tell.
        of: How many labelers the signal measured.
    """

    labelers: Sequence[Mapping[str, Any]]
    suspect: int
    honest: Sequence[float] | None
    of: int


def _seen(session: Session, flag: FlagRow, signal: str) -> Compared:
    """Read the suspect, and those whom the newest assessment found to stand out most."""
    document = head_of(latest_assessment(session, flag.project_id), flag.project)
    question = str(flag.state.evidence.get("question", ""))
    if question not in document["questions"]:
        question = document["question"]
    figures = json.loads(figures_of(session, flag.project_id, question))
    sizes, suspect = figures.get("sizes", {}).get(signal, {}), flag.state.labeler_id
    wanted = [suspect, *figures.get("loudest", {}).get(signal, ())]
    parts = some_parts(session, flag.project_id, question, wanted)
    return Compared(
        labelers=[entry_of(parts[number]) for number in dict.fromkeys(wanted) if number in parts],
        suspect=suspect,
        honest=sizes.get("honest"),
        of=sizes.get("n", 0),
    )


def effects(seen: Compared, signal: str, flag_rate: float) -> pd.DataFrame:
    """Return the labelers that a signal measured, the suspect and those who stand out most.

    Args:
        seen: The labelers, and how large the effects of all are.
        signal: Name of the signal.
        flag_rate: q-value up to which a labeler stands out.

    Returns:
        One row a labeler, largest effect first, as the chart of effects takes it, but for unit and
        title; labelers by number.
    """
    rows = [_row(entry, said) for entry in seen.labelers for said in entry["signals"]
            if said["signal"] == signal]  # fmt: skip
    found = pd.DataFrame(rows, columns=["labeler", *_NUMBERS])
    found[_NUMBERS] = found[_NUMBERS].astype(float)
    found = found[found["effect"].notna() & found["low"].notna()]
    low, high = seen.honest or (float("nan"), float("nan"))
    stands_out = found["q_value"].fillna(1.0) <= flag_rate
    known = np.where(stands_out, STANDS_OUT, LIKE_OTHERS)
    found = found.assign(
        status=np.where(found["p_value"].isna(), TOO_LITTLE, known),
        population=(low + high) / 2,
        honest_low=low,
        honest_high=high,
        of=seen.of,
        mine=found["labeler"] == numbered(seen.suspect),
    )
    first = found.sort_values(["mine", "p_value"], ascending=[False, True], kind="stable")
    return first.head(MOST).sort_values("effect", ascending=False, kind="stable")


def _row(entry: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    estimate = said["estimate"]
    return {
        "labeler": numbered(entry["id"]),
        "effect": estimate.get("value"),
        "low": estimate.get("low"),
        "high": estimate.get("high"),
        "n": estimate.get("n"),
        "p_value": said.get("p_value") if isinstance(said.get("p_value"), float) else None,
        "q_value": said.get("q_value") if isinstance(said.get("q_value"), float) else None,
    }
