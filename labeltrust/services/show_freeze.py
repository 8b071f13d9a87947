"""One freeze: what it holds on record, and which snapshots still contain it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlmodel import Session

from labeltrust.domain.appeals import Appeal, Notice
from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._appeal_cases import appeal_cases
from labeltrust.services._snapshot_files import JUDGMENTS
from labeltrust.services.create_snapshot import snapshot_folder
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_freezes import FreezeLine, freeze_lines
from labeltrust.store.appeals import list_appeals, notices_of
from labeltrust.store.freezes import FreezeRow, get_freeze
from labeltrust.store.held_labels import HeldLabels, held_labels
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotLine, snapshot_lines

MOST_SNAPSHOTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotShare:
    """A snapshot and how many labels of the scope are in it; None where its files are gone."""

    snapshot: int
    created_at: datetime
    labels: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFreeze:
    """A freeze with what it holds.

    Attributes:
        line: The freeze, and what can be done about it now.
        held: Labels and items on record within its scope.
        snapshots: The newest snapshots of the project, with their share of these labels.
    """

    line: FreezeLine
    held: HeldLabels
    snapshots: tuple[SnapshotShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeFile:
    """A freeze with what was told of it, and what was said against it.

    Attributes:
        line: The freeze, and what can be done about it now.
        notices: That somebody was told of it, oldest first.
        appeals: Appeals against it, those that wait first.
        now: When this was read.
    """

    line: FreezeLine
    notices: tuple[Notice, ...]
    appeals: tuple[Appeal, ...]
    now: datetime

    @property
    def may_be_appealed(self) -> bool:
        """Say whether an appeal can be recorded: labels of a labeler are held, and none waits."""
        freeze = self.line.freeze
        waits = any(appeal.outcome is None for appeal in self.appeals)
        return freeze.labeler is not None and freeze.lifted_at is None and not waits


def show_freeze(deployment: Deployment, principal: Principal, freeze_id: int) -> FreezeFile:
    """Return a freeze, and what can be done about it now.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such freeze in scope.
    """
    now = deployment.clock()
    with reading(deployment.engine) as session:
        row = _seen(session, principal, freeze_id)
        return FreezeFile(
            line=freeze_lines(session, [row], now)[0],
            notices=tuple(notices_of(session, [freeze_id])),
            appeals=tuple(appeal_cases(session, list_appeals(session, freezes=[freeze_id]))),
            now=now,
        )


def freeze_holdings(deployment: Deployment, principal: Principal, freeze_id: int) -> ShownFreeze:
    """Return a freeze with what it holds: reads the whole chain in slices, and snapshots.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such freeze in scope.
    """
    with reading(deployment.engine) as session:
        row = _seen(session, principal, freeze_id)
        (line,) = freeze_lines(session, [row], deployment.clock())
        snapshots = snapshot_lines(session, row.project_id, limit=MOST_SNAPSHOTS)
    return ShownFreeze(
        line=line,
        held=held_labels(deployment.engine, row.project_id, row.state),
        snapshots=tuple(_shares(deployment, line.freeze, snapshots)),
    )


def _seen(session: Session, principal: Principal, freeze_id: int) -> FreezeRow:
    principal.require("read")
    row = get_freeze(session, freeze_id)
    if not principal.sees(row.project):
        detail = f"no freeze {freeze_id}"
        raise NotFound(detail)
    return row


def _shares(
    deployment: Deployment, freeze: FreezeCase, snapshots: Sequence[SnapshotLine]
) -> list[SnapshotShare]:
    return [
        SnapshotShare(
            snapshot=one.id, created_at=one.created_at, labels=_inside(deployment, freeze, one.id)
        )
        for one in snapshots
    ]


def _inside(deployment: Deployment, freeze: FreezeCase, snapshot: int) -> int | None:
    path = snapshot_folder(deployment, snapshot) / JUDGMENTS
    if not path.is_file():
        return None
    try:
        table = pq.read_table(path, columns=[_column(freeze)], filters=_filter(freeze))
    except (pa.ArrowInvalid, OSError):
        return None  # damaged; its own page verifies it
    return int(table.num_rows)


def _column(freeze: FreezeCase) -> str:
    if freeze.labeler is not None:
        return "labeler"
    return "source" if freeze.source is not None else "import"


def _filter(freeze: FreezeCase) -> Any:  # noqa: ANN401 - an expression of the reader
    column = _column(freeze)
    value = {"labeler": freeze.labeler, "source": freeze.source, "import": freeze.import_id}[column]
    mask = pc.field(column) == pc.scalar(value)
    if freeze.since is None:
        return mask
    clock = "occurred_at" if freeze.clock == "occurred" else "received_at"
    return mask & (pc.field(clock) >= pc.scalar(freeze.since))
