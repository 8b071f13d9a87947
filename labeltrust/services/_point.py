"""The main numbers of an assessment as one point of a project's trends."""

from datetime import datetime

from labeltrust.policy.figures import pooled_gold
from labeltrust.services._appraisal import Appraised
from labeltrust.services.read_assessment import Document, Standing
from labeltrust.store.tables import AssessmentPoint


def point_of(
    project_id: int, document: Document, main: Appraised, standing: Standing, *, gate_open: bool
) -> AssessmentPoint:
    """Return the point of an assessment of a project.

    Args:
        project_id: Whose.
        document: What was found.
        main: The appraisal of the main question.
        standing: What stands against labelers after it.
        gate_open: Whether the gate is open after it.
    """
    alpha, gold = document["alpha"], pooled_gold(main.appraisal.evidence.crowd.rows)
    labels, missing = document["labels"], document["provenance"]["missing"]
    return AssessmentPoint(
        project_id=project_id,
        as_of=datetime.fromisoformat(document["as_of"]),
        labels=labels,
        labelers=document["labelers_n"],
        alpha=alpha["value"],
        alpha_low=alpha.get("low"),
        alpha_high=alpha.get("high"),
        gold=gold["value"],
        gold_low=gold.get("low"),
        gold_high=gold.get("high"),
        gold_n=gold.get("n", 0),
        label_shift=document["label_shift"]["value"],
        provenance=1 - missing / labels if labels else None,
        open_flags=sum(flag.status == "open" for flag in standing.flags.values()),
        frozen=len(standing.frozen),
        gate_open=gate_open,
    )
