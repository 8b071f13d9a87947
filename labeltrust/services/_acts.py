"""Acts on flags and freezes: each a row and an event of the project's chain, both or neither."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.flags import EVENT_OF, FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.services.acting._following import follow_freeze, follow_lift
from labeltrust.store import flags, freezes, gate_changes
from labeltrust.store.chains import chain_end
from labeltrust.store.gate_changes import GateTurn
from labeltrust.store.history import NOTHING_ELSE, About, append
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts in which project, when; made inside the transaction that the act belongs to."""

    session: Session
    project: Project
    chain: str
    actor: str
    at: datetime

    @property
    def project_id(self) -> int:
        """Row id of the project."""
        return known_id(self.project.id)


def begin_act(session: Session, project: Project, actor: str, at: datetime) -> Act:
    """Take the project's chain, so that acts follow one another, and return who acts when."""
    chain = chain_end(session, project, lock=True).name
    return Act(session=session, project=project, chain=chain, actor=actor, at=at)


def open_flag(act: Act, state: FlagState) -> int:
    """Open a flag and return its number."""
    number = flags.open_flag(act.session, act.project_id, state)
    _note(
        act,
        "flag.opened",
        {"flag": number, **_said(state)},
        About(labeler_alias_id=state.labeler_id),
    )
    return number


def update_flag(act: Act, state: FlagState, *, told: bool) -> None:
    """Store what the newest assessment says of a flag.

    Args:
        act: Who acts.
        state: The flag as it is to be.
        told: Append an event; numbers that moved a little are not worth one.
    """
    flags.update_flag(act.session, state)
    if told:
        about = About(labeler_alias_id=state.labeler_id)
        _note(act, "flag.updated", {"flag": state.id, **_said(state)}, about)


def decide_flag(act: Act, state: FlagState, *, verdict: str, status: str, note: str) -> None:
    """Give a flag a verdict."""
    flags.decide(act.session, state.id, status, actor=act.actor, note=note, at=act.at)
    detail = {"flag": state.id, "before": state.status, "after": status, "note": note}
    _note(act, EVENT_OF[verdict], detail, About(labeler_alias_id=state.labeler_id))


def place_freeze(act: Act, state: FreezeState, reason: str) -> FreezeState:
    """Place a freeze, ask platforms for what follows, and return it with its number."""
    number = freezes.place(act.session, act.project_id, state, reason)
    placed = replace(state, id=number)
    detail = {
        "freeze": number,
        "kind": state.kind,
        "flag": state.flag_id,
        "since_us": None if state.since is None else microseconds(state.since),
        "clock": state.clock,
        "automatic": state.automatic,
        "import": state.delivery_id,
        "reason": reason,
    }
    _note(act, "freeze.placed", detail, _scope(state))
    follow_freeze(
        act.session, project_id=act.project_id, chain=act.chain, freeze=placed, reason=reason,
        actor=act.actor, at=act.at,
    )  # fmt: skip
    return placed


def lift_freeze(act: Act, state: FreezeState, reason: str) -> None:
    """Lift a freeze: what it held returns to exports, what it did at platforms is taken back."""
    freezes.lift(act.session, state.id, actor=act.actor, reason=reason, at=act.at)
    detail = {"freeze": state.id, "kind": state.kind, "flag": state.flag_id, "reason": reason}
    _note(act, "freeze.lifted", detail, _scope(state))
    follow_lift(
        act.session, chain=act.chain, freeze_id=state.id, reason=reason, actor=act.actor, at=act.at
    )


def note_assessment(act: Act, detail: dict[str, object]) -> None:
    """Append that an assessment found something new."""
    _note(act, "assessment.made", detail, About())


def note_request(act: Act) -> None:
    """Append that somebody asked for an assessment."""
    _note(act, "assessment.asked", {}, About())


def note_snapshot(act: Act, said: Mapping[str, object]) -> None:
    """Append that a snapshot was made; the digest binds its manifest, and that its files."""
    _note(act, "snapshot.created", said, About())


def note_gate_turn(act: Act, turn: GateTurn) -> GateTurn:
    """Append that the gate opened or closed, and why it is closed; return it with its number."""
    number = gate_changes.add_turn(act.session, act.project_id, turn)
    detail: dict[str, object] = {
        "reasons": [{"code": code, "detail": words} for code, words in turn.reasons]
    }
    _note(act, "gate.opened" if turn.open else "gate.closed", detail, About())
    return replace(turn, id=number)


def _said(state: FlagState) -> dict[str, object]:
    return {
        "severity": state.severity,
        "signals": list(state.signals),
        "contested": state.contested,
        "since_us": None if state.since is None else microseconds(state.since),
        "strong": state.strong,
    }


def _scope(state: FreezeState) -> About:
    return About(
        labeler_alias_id=state.labeler_id,
        source_id=state.source_id,
        delivery_id=state.delivery_id,
    )


def note(act: Act, kind: str, detail: Mapping[str, object], about: About = NOTHING_ELSE) -> None:
    """Append an event of the act to the project's chain."""
    _note(act, kind, detail, about)


def _note(act: Act, kind: str, detail: Mapping[str, object], about: About) -> None:
    append(
        act.session,
        chain=act.chain,
        type=kind,
        actor=act.actor,
        at=act.at,
        detail=detail,
        about=about,
    )
