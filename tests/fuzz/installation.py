"""An installation with a bit of everything, so that fuzzing meets real rows behind real numbers."""

from audited import crowd, drawn, reviewed
from factories import owner
from flagging import flagged, person

from labeltrust.domain.access import KeyDraft
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_key import create_key
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.open_incident import IncidentDraft, open_incident

# Numbers and names that are there; every other run leaves them to chance.
KNOWN = {
    "project": "fraud", "labeler": "mallory", "source": "feed", "flag": 1, "freeze": 1, "audit": 1,
    "snapshot": 1, "incident": 1, "appeal": 1, "held": 1, "approval": 1,
}  # fmt: skip
# Who decides about labels may not manage, and the other way round: two keys reach every route.
ROLES = ("qa_lead", "admin")


def fill(deployment: Deployment) -> None:
    """Put one of everything into an installation."""
    lead = person(deployment, "ann")
    crowd(deployment)
    assess_project(deployment, owner(), "fraud")
    flagged(deployment, "mallory", freeze="label")
    audit = drawn(deployment, labeler="victim").audit.id
    reviewed(deployment, audit, "bea")
    draft = FreezeDraft(project="fraud", labeler="liar-a", reason="accused")
    open_appeal(deployment, lead, freeze_labels(deployment, lead, draft).id, reason="not me")
    create_snapshot(deployment, lead, "fraud")
    case = IncidentDraft(project="fraud", title="a ring", severity="high")
    open_incident(deployment, lead, case)


def key_of_somebody(deployment: Deployment, role: str, number: int) -> str:
    """Return a key of a person of a role: an admin who tries everything may end his own."""
    name = f"fuzz {role} {number}"
    person(deployment, name, role)
    return create_key(deployment, owner(), KeyDraft(name=name, role=role, person=name)).text
