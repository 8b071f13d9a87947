"""Which vendor's labelers are suspect: counts with intervals, no verdict about anybody."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.domain.principals import Principal
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import head_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.identity import labels_of_assessed, profiles_of, suspects_of
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once

CAUTION = (
    "A vendor's share says where to look first. It is no reason to suspect a person: what each "
    "labeler did stands in their own evidence, and only that flags and freezes."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorLine:
    """The labelers of one vendor, or of those of whom nobody said.

    Attributes:
        vendor: "" for labelers without one.
        team: "" for the whole vendor.
        labelers: How many; `labels`: theirs.
        suspects: How many are flagged or have labels frozen.
        share: Suspects among the labelers, with a Wilson interval.
    """

    vendor: str
    team: str
    labelers: int
    labels: int
    suspects: int
    share: Estimate | Undefined


def list_vendors(
    deployment: Deployment, principal: Principal, project: str, *, by_team: bool = False
) -> list[VendorLine]:
    """Return the vendors of a project's labelers, the one with the highest lower bound first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        question = head_of(latest_assessment(session, project_id), project)["question"]
        labels = labels_of_assessed(session, project_id, question)
        suspects = suspects_of(session, project_id)
        told = profiles_of(session, labels.keys())
    groups: dict[tuple[str, str], list[int]] = {}
    for number in labels:
        vendor, team = told.get(number, ("", ""))
        groups.setdefault((vendor, team if by_team else ""), []).append(number)
    lines = [
        VendorLine(
            vendor=vendor,
            team=team,
            labelers=len(some),
            labels=sum(labels[number] for number in some),
            suspects=len(suspects.intersection(some)),
            share=_share(len(suspects.intersection(some)), len(some)),
        )
        for (vendor, team), some in groups.items()
    ]
    return sorted(lines, key=lambda line: (not line.vendor, -_low(line), line.vendor, line.team))


def _share(n_suspects: int, n: int) -> Estimate | Undefined:
    return wilson(np.array([n_suspects]), np.array([n]), "no labelers")[0]


def _low(line: VendorLine) -> float:
    return line.share.low if isinstance(line.share, Estimate) else 0.0
