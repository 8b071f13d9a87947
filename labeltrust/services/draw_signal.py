"""What one signal says of everybody, with a suspect among them, as a chart for a page.

Reads the suspect and a few dozen others, whom the newest assessment named, never all labelers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlmodel import Session

from labeltrust.charts import draw_effects
from labeltrust.charts._look import LIKE_OTHERS, STANDS_OUT, TOO_LITTLE
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.policy.loudest import MOST
from labeltrust.services._reasons import known_signals
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import entry_of, head_of
from labeltrust.store.assessed import figures_of, some_parts
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.flags import FlagRow
from labeltrust.store.session import reading_at_once

_TEXTS = ("labeler", "status", "unit", "title")
_NUMBERS = ["effect", "low", "high", "n", "p_value", "q_value"]


def draw_signal(
    deployment: Deployment, principal: Principal, flag_id: int, signal: str
) -> dict[str, Any]:
    """Return a Vega-Lite specification out of the newest assessment; nothing is counted anew.

    Args:
        deployment: The installation.
        principal: Who looks.
        flag_id: Number of the flag whose labeler is marked.
        signal: Name of the signal.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope, no such signal, or nothing was assessed yet.
    """
    known = known_signals().get(signal)
    if known is None:
        detail = f"no signal {signal[:80]!r}"
        raise NotFound(detail)
    with reading_at_once(deployment.engine) as session:
        flag = seen_flag(session, principal, flag_id, "read")
        seen = _seen(session, flag, signal)
    frame = effects(seen, signal, deployment.settings.flag_rate)
    drawn = frame.drop(columns=["id", "mine", "p_value", "q_value"])
    drawn = drawn.assign(unit=known.unit, title=known.title.capitalize())
    drawn = drawn.astype(dict.fromkeys(_TEXTS, object))  # of which JSON is made twice as fast
    spec: dict[str, Any] = draw_effects(drawn).to_dict(validate=False)
    return spec


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
        title.
    """
    rows = [_row(entry, said) for entry in seen.labelers for said in entry["signals"]
            if said["signal"] == signal]  # fmt: skip
    found = pd.DataFrame(rows, columns=["id", "labeler", *_NUMBERS])
    found[_NUMBERS] = found[_NUMBERS].astype(float)
    found = found[found["effect"].notna() & found["low"].notna()]
    low, high = seen.honest or (float("nan"), float("nan"))
    stands_out = found["q_value"].fillna(1.0) <= flag_rate
    known = np.where(stands_out, STANDS_OUT, LIKE_OTHERS)
    mine = found["id"] == seen.suspect
    found = found.assign(
        status=np.where(found["p_value"].isna(), TOO_LITTLE, known),
        population=(low + high) / 2,
        honest_low=low,
        honest_high=high,
        of=seen.of,
        labeler=found["labeler"].where(~mine, "\u25b8 " + found["labeler"]),
        mine=mine,
    )
    first = found.sort_values(["mine", "p_value"], ascending=[False, True], kind="stable")
    return first.head(MOST).sort_values("effect", ascending=False, kind="stable")


def _row(entry: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    estimate = said["estimate"]
    return {
        "id": entry["id"],
        "labeler": entry["labeler"],
        "effect": estimate.get("value"),
        "low": estimate.get("low"),
        "high": estimate.get("high"),
        "n": estimate.get("n"),
        "p_value": said.get("p_value") if isinstance(said.get("p_value"), float) else None,
        "q_value": said.get("q_value") if isinstance(said.get("q_value"), float) else None,
    }
