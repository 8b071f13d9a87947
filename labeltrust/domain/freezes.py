"""A freeze holds labels out of exports, reversibly; this page holds its kinds and changes.

    label          the labels of its scope stay out of snapshots until lifted
    provisional    the same, placed after the circuit breaker tripped: closes the gate until a
                   second person confirms (it becomes a label freeze) or lifts it
    person-hold    no new work for a person; machine-made ones end by themselves after 24 hours

Nothing is deleted by any of them. Undo of a freeze is its lift; undo of a lift is a new freeze of
the same scope, offered for a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args

from labeltrust.domain.errors import Conflict, InvalidInput

FreezeKind = Literal["label", "provisional", "person-hold"]
FreezeClock = Literal["received", "occurred"]
KINDS: tuple[str, ...] = get_args(FreezeKind)
CLOCKS: tuple[str, ...] = get_args(FreezeClock)
HOLDS_LABELS: frozenset[str] = frozenset({"label", "provisional"})
HOLD_ENDS_AFTER = timedelta(hours=24)
# Long enough for the shift that notices; after it a freeze is a decision of its own.
UNDO_WINDOW = timedelta(hours=24)

# (standing, act) -> standing; a lifted freeze stays lifted.
CHANGES: Mapping[tuple[str, str], str] = MappingProxyType(
    {("placed", "lift"): "lifted", ("placed", "confirm"): "lifted"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeState:
    """What stands on record of one freeze; exactly one of the three scopes is set.

    Attributes:
        id: Number of the freeze.
        kind: One of `KINDS`.
        labeler_id: Scope: all labels of a labeler (opaque id).
        source_id: Scope: all labels that a source sent.
        delivery_id: Scope: all labels of one import.
        flag_id: The flag it rests on, or None where a person placed it without one.
        since: Labels from this moment on are held; None holds all.
        clock: Which time of a label is compared with `since`: `received` or `occurred`.
        automatic: Placed by the machine.
        placed_at: When.
        placed_by: Name of the principal.
        lifted_at: When it ended, or None while it stands.
    """

    id: int
    kind: str
    labeler_id: int | None = None
    source_id: int | None = None
    delivery_id: int | None = None
    flag_id: int | None = None
    since: datetime | None = None
    clock: str = "received"
    automatic: bool = False
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Say whether it holds anything at a moment."""
        return self.lifted_at is None and not self.ended(now)

    def stood(self, moment: datetime) -> bool:
        """Say whether it kept labels out of exports at an earlier moment."""
        begun = self.placed_at <= moment
        over = self.lifted_at is not None and self.lifted_at <= moment
        return self.kind in HOLDS_LABELS and begun and not over

    def holds_labels(self, now: datetime) -> bool:
        """Say whether it keeps labels out of exports at a moment."""
        return self.kind in HOLDS_LABELS and self.stands(now)

    def covers(self, other: "FreezeState") -> bool:
        """Say whether, while it stands, it holds every label that another one would hold."""
        if self.lifted_at is not None or (self.kind, self.scope) != (other.kind, other.scope):
            return False
        if self.since is None:
            return True
        same_clock = self.clock == other.clock
        return other.since is not None and same_clock and self.since <= other.since

    @property
    def scope(self) -> tuple[int | None, int | None, int | None]:
        """Whose labels it holds: labeler, source, import; two of them are None."""
        return self.labeler_id, self.source_id, self.delivery_id

    def ended(self, now: datetime) -> bool:
        """Say whether a machine-made hold on a person has run out by itself."""
        return (
            self.kind == "person-hold"
            and self.automatic
            and now >= self.placed_at + HOLD_ENDS_AFTER
        )


def require_kind_for_people(kind: str) -> None:
    """Refuse a kind that people cannot place: provisional holds are the circuit breaker's.

    Raises:
        InvalidInput: There is no such kind, or it is not for people.

    >>> require_kind_for_people("label")
    """
    allowed = [name for name in KINDS if name != "provisional"]
    if kind not in allowed:
        detail = f"freeze kind {kind[:80]!r} is not one of {', '.join(allowed)}"
        raise InvalidInput(detail, place="kind", code="unknown_freeze_kind")


def require_change(freeze: FreezeState, act: str) -> None:
    """Refuse an act that a freeze cannot take.

    Args:
        freeze: As it stands.
        act: `lift` or `confirm`.

    Raises:
        Conflict: It is lifted already, or `confirm` is asked of a freeze that is not provisional.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> require_change(FreezeState(id=1, kind="label", placed_at=at, placed_by="os:ann"), "lift")
    """
    standing = "placed" if freeze.lifted_at is None else "lifted"
    if (standing, act) not in CHANGES:
        detail = f"freeze {freeze.id} is lifted already, cannot {act} it"
        raise Conflict(detail)
    if act == "confirm" and freeze.kind != "provisional":
        detail = f"freeze {freeze.id} is of kind {freeze.kind}; only a provisional one is confirmed"
        raise Conflict(detail)


LIFTS_ALONE = 2
LIFTED_SHARE = 0.05
LIFTS_WITHIN = timedelta(hours=24)


def lifted_alone(labelers: int) -> int:
    """Return of how many labelers one person may lift freezes within `LIFTS_WITHIN`.

    As many as the circuit breaker lets the machine freeze: who could give back everything at once
    could let a whole attack through.

    >>> lifted_alone(10), lifted_alone(200)
    (2, 10)
    """
    return max(LIFTS_ALONE, int(LIFTED_SHARE * labelers))


def undo_ends(freeze: FreezeState) -> datetime | None:
    """Return until when a lift can be undone, or None while the freeze stands."""
    return None if freeze.lifted_at is None else freeze.lifted_at + UNDO_WINDOW


def require_undo(freeze: FreezeState, now: datetime) -> None:
    """Refuse to undo a lift that never was, or that is older than the window.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> lifted = FreezeState(id=1, kind="label", placed_at=at, placed_by="a", lifted_at=at)
    >>> require_undo(lifted, at + UNDO_WINDOW)
    """
    end = undo_ends(freeze)
    if end is None:
        detail = f"freeze {freeze.id} stands; there is no lift to undo"
        raise Conflict(detail)
    if now > end:
        detail = f"freeze {freeze.id} was lifted more than 24 hours ago; place a new freeze"
        raise Conflict(detail)
