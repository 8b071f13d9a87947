"""What one signal says of everybody, with a suspect among them, as a chart for a page."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from labeltrust.charts import draw_effects
from labeltrust.charts._look import LIKE_OTHERS, STANDS_OUT, TOO_LITTLE
from labeltrust.domain.errors import NotFound
from labeltrust.domain.estimates import Undefined
from labeltrust.domain.principals import Principal
from labeltrust.inference.population_null import fit_null
from labeltrust.services._reasons import known_signals
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_flags import show_flag
from labeltrust.services.read_assessment import read_assessment

SHOWN = 30
_Z95 = 1.959963984540054
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
    flag = show_flag(deployment, principal, flag_id)
    known = known_signals().get(signal)
    if known is None:
        detail = f"no signal {signal[:80]!r}"
        raise NotFound(detail)
    document = read_assessment(deployment, principal, flag.project)
    asked = str(flag.evidence.get("question", document["question"]))
    part = document if asked == document["question"] else document["questions"].get(asked, document)
    frame = effects(part["labelers"], signal, flag.labeler, deployment.settings.flag_rate)
    drawn = frame.assign(unit=known.unit, title=known.title.capitalize())
    spec: dict[str, Any] = draw_effects(drawn).to_dict()
    return spec


def effects(
    labelers: Sequence[Mapping[str, Any]], signal: str, suspect: str, flag_rate: float
) -> pd.DataFrame:
    """Return the labelers that a signal measured, the suspect and those who stand out most.

    Args:
        labelers: Entries of an assessment document.
        signal: Name of the signal.
        suspect: Name of the labeler to mark.
        flag_rate: q-value up to which a labeler stands out.

    Returns:
        One row a labeler, largest effect first, as the chart of effects takes it, but for unit and
        title.
    """
    rows = [_row(entry, said) for entry in labelers for said in entry["signals"]
            if said["signal"] == signal]  # fmt: skip
    found = pd.DataFrame(rows, columns=["labeler", "flagged", *_NUMBERS])
    found[_NUMBERS] = found[_NUMBERS].astype(float)
    found = found[found["effect"].notna() & found["low"].notna()]
    middle, low, high = _population(found)
    stands_out = found["q_value"].fillna(1.0) <= flag_rate
    known = np.where(stands_out, STANDS_OUT, LIKE_OTHERS)
    mine = found["labeler"] == suspect
    found = found.assign(
        status=np.where(found["p_value"].isna(), TOO_LITTLE, known),
        population=middle,
        honest_low=low,
        honest_high=high,
        of=len(found),
        labeler=found["labeler"].where(~mine, "\u25b8 " + found["labeler"]),
        mine=mine,
    )
    first = found.sort_values(["mine", "p_value"], ascending=[False, True], kind="stable")
    return first.head(SHOWN).sort_values("effect", ascending=False, kind="stable")


def _row(entry: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    estimate = said["estimate"]
    return {
        "labeler": entry["labeler"],
        "flagged": entry["flag"] is not None,
        "effect": estimate.get("value"),
        "low": estimate.get("low"),
        "high": estimate.get("high"),
        "n": estimate.get("n"),
        "p_value": said.get("p_value") if isinstance(said.get("p_value"), float) else None,
        "q_value": said.get("q_value") if isinstance(said.get("q_value"), float) else None,
    }


def _population(found: pd.DataFrame) -> tuple[float, float, float]:
    """Return middle and 95 % range of the honest: of those who are not flagged."""
    error = np.maximum((found["high"] - found["low"]).to_numpy(), 1e-9) / (2 * _Z95)
    null = fit_null(found["effect"].to_numpy(), error, ~found["flagged"].to_numpy(dtype=bool))
    if isinstance(null, Undefined):
        return float("nan"), float("nan"), float("nan")
    return null.mean, null.mean - _Z95 * null.spread, null.mean + _Z95 * null.spread
