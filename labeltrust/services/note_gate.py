"""Put on record that a gate opened or closed: by the act that did it, or by looking."""

from labeltrust.policy.gate import gate
from labeltrust.services._acts import Act, begin_act, note_gate_turn
from labeltrust.services.check_gate import gate_facts
from labeltrust.services.deployment import Deployment
from labeltrust.services.tell_hooks import enqueue_news
from labeltrust.store.assessments import MACHINE
from labeltrust.store.gate_changes import GateTurn, last_turn
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row, project_rows
from labeltrust.store.session import reading, unit_of_work


def note_gate(deployment: Deployment, act: Act) -> bool:
    """Append `gate.opened` or `gate.closed` where an act turned the gate; say whether it is open.

    Called last within the act's transaction, so that history shows cause and effect together. The
    event names no labeler: its reasons are the gate's own words. Addresses that subscribed to it
    are told of an opening by the worker.
    """
    found = gate(gate_facts(deployment, act.session, act.project, act.at), act.at)
    before = last_turn(act.session, act.project_id)
    if before is not None and before.open == found.open:
        return found.open
    turn = GateTurn(
        id=0,
        at=act.at,
        open=found.open,
        reasons=tuple((reason.code, reason.detail) for reason in found.reasons),
        actor=act.actor,
    )
    noted = note_gate_turn(act, turn)
    if noted.open:
        enqueue_news(act, noted)
    return found.open


def watch_gates(deployment: Deployment) -> None:
    """Note gates that turned by themselves: events that waited too long, a record that broke.

    Reads first, so that nothing is written or locked where nothing turned.
    """
    for name in _turned(deployment):
        with unit_of_work(deployment.engine) as session:
            project = project_row(session, name)
            act = begin_act(session, project, MACHINE, deployment.clock())
            note_gate(deployment, act)


def _turned(deployment: Deployment) -> list[str]:
    now = deployment.clock()
    with reading(deployment.engine) as session:
        names = [project.name for project in project_rows(session)]
    found = []
    for name in names:
        with reading(deployment.engine) as session:
            project = project_row(session, name)
            before = last_turn(session, known_id(project.id))
            is_open = gate(gate_facts(deployment, session, project, now), now).open
        if before is None or before.open != is_open:
            found.append(name)
    return found
