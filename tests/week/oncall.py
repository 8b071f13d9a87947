"""The people on call: they read what they are told, and do at once what its runbook says."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from factories import owner

from labeltrust.services.change_incident import move_incident
from labeltrust.services.deployment import Deployment
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.register_pattern import list_patterns, settle_pattern
from labeltrust.services.vet_source import decide_vetting

REASON = "as the runbook says"
Document = Mapping[str, Any]


def answered(home: Deployment, document: Document) -> None:
    """Do what the runbook of an alert says, where the week's people can do something."""
    act = _ACTS.get(document["code"])
    if act is not None:
        act(home, document)


def _contain(home: Deployment, document: Document) -> None:
    flags = tuple(int(n) for n in re.findall(r"flag (\d+);", document["text"]))
    draft = IncidentDraft(project="fraud", title="suspect labels", flags=flags)
    number = open_incident(home, owner(), draft)
    move_incident(home, owner(), number, "contain", reason=REASON)


def _retire(home: Deployment, document: Document) -> None:
    (name,) = re.findall(r"labeler (\S+);", document["text"])
    give_role(home, owner(), "fraud", RoleDraft(labeler=name, role="retired", reason=REASON))


def _reject(home: Deployment, document: Document) -> None:
    del document
    decide_vetting(home, owner(), "acme", "reject", reason=REASON)


def _settle(home: Deployment, document: Document) -> None:
    del document
    for pattern in list_patterns(home, owner(), "fraud"):
        settle_pattern(home, owner(), pattern.id, reason=REASON)


_ACTS: Mapping[str, Callable[[Deployment, Document], None]] = {
    "flag_opened": _contain,
    "model_regression": _retire,
    "manifest_failed": _reject,
    "trigger_hit": _settle,
}
