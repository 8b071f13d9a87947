"""The assessment document of a project, but for what the store knows (ids, position, name)."""

from collections.abc import Mapping, Sequence

import numpy as np

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.policy.flagging import FlagFinding
from labeltrust.policy.names import ClassWords, Names, worded
from labeltrust.policy.numbers import LabelerNumbers, ProjectNumbers
from labeltrust.policy.population import Bool, Suspicion
from labeltrust.policy.scorecard import Document, SignalLine, labeler_part, project_part, shown
from labeltrust.policy.trust import Scores, Trust
from labeltrust.signals._base import Readings


def trust_part(trust: Trust, code: int) -> Document:
    """Return a labeler's trust score as it stands in the document, with that of each class."""
    if trust.overall.n[code] == 0:
        return {"value": None, "reason": "no gold and no peers"}
    classes = [{"label": word, **_score(scores, code)} for word, scores in trust.classes]
    return {**_score(trust.overall, code), "classes": classes}


def _score(scores: Scores, code: int) -> Document:
    if scores.n[code] == 0:
        return {"value": None, "reason": "no gold and no peers of this class"}
    estimate = Estimate(
        value=float(scores.value[code]),
        low=float(scores.low[code]),
        high=float(scores.high[code]),
        n=int(scores.n[code]),
    )
    return shown(estimate, reason=scores.reason[code])


def signal_lines(
    readings: Mapping[str, Readings], suspicion: Suspicion, classes: ClassWords, code: int
) -> list[SignalLine]:
    """Return what every signal says of one labeler, by name."""
    q_value = dict(zip(suspicion.signals, suspicion.q_value[:, code].tolist(), strict=True))
    return [
        SignalLine(
            signal=name,
            estimate=_estimate(found, code),
            p_value=float(found.p_value[code]),
            q_value=q_value.get(name, float("nan")),
            detail=worded(found.detail[code], classes),
        )
        for name, found in sorted(readings.items())
    ]


def _estimate(found: Readings, code: int) -> Measured:
    if not np.isfinite(found.effect[code]):
        return Undefined(reason=found.reason[code] or "nothing to compare")
    low, high = float(found.low[code]), float(found.high[code])
    return Estimate(value=float(found.effect[code]), low=low, high=high, n=int(found.n[code]))


def labeler_entries(
    numbers: LabelerNumbers,
    trust: Trust,
    lines: Sequence[Sequence[SignalLine]],
    names: Names,
    standing: tuple[Bool, Mapping[int, FlagFinding]],
) -> list[Document]:
    """Return the entries of all labelers.

    Args:
        numbers: What is measured of them.
        trust: Their trust scores.
        lines: What the signals say, one sequence a labeler.
        names: Names by code.
        standing: (n_labelers,) whose labels are held, and the finding on each one's flag.
    """
    frozen, findings = standing
    return [
        {
            "labeler": names.labelers[code],
            "id": int(names.labeler_ids[code]),
            "kind": names.kinds[code],
            "frozen": bool(frozen[code]),
            **labeler_part(numbers, code, trust_part(trust, code), lines[code]),
            "flag": _flag(findings.get(code)),
        }
        for code in range(len(names.labelers))
    ]


def _flag(finding: FlagFinding | None) -> Document | None:
    if finding is None:
        return None
    state = finding.state
    return {
        "id": state.id or None,
        "status": state.status,
        "severity": state.severity,
        "signals": list(state.signals),
        "since": None if state.since is None else state.since.isoformat(),
        "contested": state.contested,
        "strong": state.strong,
    }


def whole(
    project: ProjectNumbers, level: str, sizes: Mapping[str, int], labelers: list[Document]
) -> Document:
    """Return the document around the labelers' entries.

    Args:
        project: The project's own numbers.
        level: Level of measurement.
        sizes: `items`, `labels` and `labelers_n`.
        labelers: The entries.
    """
    return {**sizes, **project_part(project, level), "labelers": labelers}
