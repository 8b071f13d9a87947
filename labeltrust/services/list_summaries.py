"""All projects in one line each, by as many queries however many there are."""

import json
from dataclasses import dataclass

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import Document
from labeltrust.store.assessments import latest_documents
from labeltrust.store.gate_changes import GateTurn, last_turns
from labeltrust.store.inserting import known_id
from labeltrust.store.overviews import open_flag_counts
from labeltrust.store.projects import project_rows
from labeltrust.store.session import reading_at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A project in one line.

    Attributes:
        name: Its name.
        title: Its title, may be empty.
        gate: How its gate turned last, as it was noticed; None: nothing was assessed yet, and it is
            closed. A gate that turns by itself, for labels that wait too long, is noticed by the
            background worker soon after.
        assessed: The newest assessment without its labelers, or None.
        open_flags: Flags without a verdict.
    """

    name: str
    title: str
    gate: GateTurn | None
    assessed: Document | None
    open_flags: int


def list_summaries(deployment: Deployment, principal: Principal) -> list[Summary]:
    """Return the projects in scope with gate, newest numbers and open flags, by name.

    The gate is not asked of each project: that takes a dozen queries each.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading_at_once(deployment.engine) as session:
        rows = [row for row in project_rows(session) if principal.sees(row.name)]
        ids = [known_id(row.id) for row in rows]
        turns = last_turns(session, ids)
        documents = latest_documents(session, ids)
        flags = open_flag_counts(session, ids)
    return [
        Summary(
            name=row.name,
            title=json.loads(row.config).get("title", ""),
            gate=turns.get(number),
            assessed=json.loads(documents[number]) if number in documents else None,
            open_flags=flags.get(number, 0),
        )
        for row, number in zip(rows, ids, strict=True)
    ]
