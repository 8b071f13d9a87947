"""The newest numbers of the projects in scope, for whoever watches all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.project_figures import incident_counts, newest_points, open_alert_counts
from labeltrust.store.session import reading

_LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMeasures:
    """Numbers of projects.

    Attributes:
        numbers: Of the newest assessment, by project and name; what is unknown is left out.
        incidents: By project, severity and status: open ones, and those of the last 90 days.
        alerts: Open ones, by code and loudness.
    """

    numbers: Mapping[str, Mapping[str, float]]
    incidents: Mapping[tuple[str, str, str], int]
    alerts: Mapping[tuple[str, str], int]


NUMBERS: Mapping[str, str] = {
    "labels": "Current labels.",
    "labelers": "Labelers with a current label.",
    "alpha": "Krippendorff's alpha of the newest assessment.",
    "gold": "Share of right answers on gold, of all labelers.",
    "provenance": "Share of labels whose provenance is complete.",
    "open_flags": "Flags that wait for a review.",
    "frozen": "Labelers of whom labels are held out.",
    "gate_open": "1 while training may proceed.",
}


def measure_projects(deployment: Deployment, principal: Principal) -> ProjectMeasures:
    """Read three small tables for all projects in scope.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        points = newest_points(session)
        incidents = incident_counts(session, deployment.clock() - _LATELY)
        alerts = open_alert_counts(session, principal.projects)
    return ProjectMeasures(
        numbers={
            name: {
                key: float(value) for key in NUMBERS if (value := getattr(point, key)) is not None
            }
            for name, point in points.items()
            if principal.sees(name)
        },
        incidents={key: n for key, n in incidents.items() if principal.sees(key[0])},
        alerts=alerts,
    )
