"""The gate of a project with its history, and how a pipeline asks it."""

import shlex
from dataclasses import dataclass

from labeltrust.domain.principals import Principal
from labeltrust.policy.gate import Gate, gate
from labeltrust.services.check_gate import gate_facts
from labeltrust.services.deployment import Deployment
from labeltrust.store.gate_changes import GateTurn, turns
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGate:
    """The gate as it is now, and how it came to be.

    Attributes:
        gate: The answer that a pipeline gets.
        standing: The turn since which it is so; None where none was noticed yet, or where it turned
            by itself a moment ago.
        turns: Openings and closings, newest first.
        before: The cursor of older ones, or None.
    """

    gate: Gate
    standing: GateTurn | None
    turns: tuple[GateTurn, ...]
    before: int | None


def show_gate(
    deployment: Deployment, principal: Principal, project: str, *, before: int | None = None
) -> ShownGate:
    """Return the gate of a project with a page of its history.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    now = deployment.clock()
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        facts = gate_facts(deployment, session, row, now)
        newest = turns(session, known_id(row.id), limit=1)
        found = turns(session, known_id(row.id), before=before, limit=ON_A_PAGE + 1)
    answer = gate(facts, now)
    agrees = bool(newest) and newest[0].open == answer.open
    return ShownGate(
        gate=answer,
        standing=newest[0] if agrees else None,
        turns=tuple(found[:ON_A_PAGE]),
        before=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
    )


def gate_snippets(address: str, project: str) -> tuple[tuple[str, str], ...]:
    """Return how a pipeline asks the gate, each with a title; names are quoted for their language.

    >>> gate_snippets("https://labels.example", "a b")[0][1]
    "labeltrust gate --project 'a b' || exit 1"
    """
    shell = f"labeltrust gate --project {shlex.quote(project)} || exit 1"
    python = (
        "import os\n\nfrom labeltrust.client import Client\n\n"
        f'client = Client({address!r}, key=os.environ["LABELTRUST_KEY"])\n'
        f"client.require_open_gate({project!r})  # raises GateClosed with the reasons"
    )
    return (
        ("On the machine that runs labeltrust", shell),
        ("In a Python training pipeline", python),
    )
