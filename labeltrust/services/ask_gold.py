"""Gold that one person would change by a file, by events or by an audit, asked of a second one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from labeltrust.domain.errors import AskedAlready, Conflict, NotAllowed
from labeltrust.domain.events import Event, Outcome, Parsed
from labeltrust.domain.principals import Principal
from labeltrust.services.approvals.gold_edits import MOST
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.deployment import Deployment
from labeltrust.store.gold import gold_among
from labeltrust.store.projects import project_row
from labeltrust.store.repeats import TAKES_TWO
from labeltrust.store.session import reading


def left_out(parsed: Parsed, outcome: Outcome) -> list[Event]:
    """Return the gold events of a delivery that were left for a second person."""
    places = {p.index for p in outcome.problems if p.code == TAKES_TWO}
    if not places:
        return []
    pairs = zip(parsed.events, parsed.positions, strict=True)
    return [event for event, place in pairs if place in places and event.type[:5] == "gold."]


def ask_gold(
    deployment: Deployment,
    principal: Principal,
    source: str,
    events: Sequence[Event],
    *,
    reason: str,
) -> tuple[int, ...]:
    """Ask a second person to change gold as events say, and return the numbers of the requests.

    A key that names no person asks nothing: nobody could tell who a second person would be. What
    waits already is not asked for again.

    Args:
        deployment: The installation.
        principal: Who sent the events.
        source: Whose items they name.
        events: Gold events, of any number and any projects.
        reason: Where they come from, in words.
    """
    numbers: list[int] = []
    for project in dict.fromkeys(event.project for event in events):
        mine = [event for event in events if event.project == project]
        edits = _edits(deployment, project, source, mine)
        while some := list(islice(edits, MOST)):
            change = {"source": source, "edits": some}
            try:
                asked = ask_approval(
                    deployment, principal, "gold_edits", project=project, change=change,
                    reason=reason,
                )  # fmt: skip
                numbers.append(asked.id)
            except AskedAlready as error:
                numbers.append(error.approval)
            except (Conflict, NotAllowed):
                continue  # changed in this moment, or sent by nobody: its sender knows it was left
    return tuple(numbers)


def _edits(
    deployment: Deployment, project: str, source: str, events: Sequence[Event]
) -> Iterator[dict[str, Any]]:
    """Yield what would change, the last word about an item only."""
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        items = {event.item for event in events}
        standing = gold_among(session, deployment.vault, row, source, items)
    for (item, question), event in {(e.item, e.question): e for e in events}.items():
        before = standing.get((item, question))
        if before is not None:
            label = event.label if event.type == "gold.declared" else None
            yield {"item": item, "question": question, "label": label, "before": before}


def with_approvals(outcome: Outcome, numbers: Sequence[int]) -> Outcome:
    """Return an outcome whose problems say which requests wait for a second person."""
    if not numbers:
        return outcome
    waits = "approval " + ", ".join(map(str, numbers))
    problems = (
        replace(p, detail=f"{p.detail}; {waits} waits") if p.code == TAKES_TWO else p
        for p in outcome.problems
    )
    return replace(outcome, problems=tuple(problems))
