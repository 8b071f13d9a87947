"""Flags and freezes as they are shown to people and programs, with names in place of ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labeltrust.domain.reviews import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCase:
    """A flag as it can be shown.

    Attributes:
        id: Number of the flag.
        project: Name of the project.
        labeler: The suspect's outside id, as the source gave it.
        status: `open`, `confirmed` or `dismissed`.
        severity: `low`, `medium` or `high`.
        signals: Names of the signals it rests on.
        contested: A dispute: peers and gold disagree, or the accusers are not independent.
        since: Estimated onset in received time, or None.
        decided_by: Who gave the verdict, or None.
        note: The newest verdict's written reason.
        freezes: Numbers of the freezes that rest on it and stand.
        evidence: What the newest assessment says for it, plain JSON values.
        assigned_to: Name of the person who is to decide it, or None.
        assigned_at: Since when, or None.
        track_record: How the flags of each of its signals ended in this project so far, this one
            among them; all zero is no record.
    """

    id: int
    project: str
    labeler: str
    status: str
    severity: str
    signals: tuple[str, ...]
    contested: bool
    since: datetime | None
    opened_at: datetime
    updated_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    freezes: tuple[int, ...] = ()
    evidence: Mapping[str, object] = field(default_factory=dict)
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    track_record: Mapping[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeCase:
    """A freeze as it can be shown; its scope is one of labeler, source and import.

    Attributes:
        id: Number of the freeze.
        project: Name of the project.
        kind: `label`, `provisional` or `person-hold`.
        labeler: Outside id of the labeler, or None.
        source: Name of the source, or None.
        import_id: Number of the import, or None.
        flag: Number of the flag it rests on, or None.
        since: Labels from this moment on are held; None holds all.
        clock: Which time of a label is compared with `since`: `received` or `occurred`.
        automatic: Placed by the machine.
        undo: How to end it, in words.
    """

    id: int
    project: str
    kind: str
    labeler: str | None
    source: str | None
    import_id: int | None
    flag: int | None
    since: datetime | None
    clock: str
    automatic: bool
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None
    undo: str
