"""Acts of the history that a security team wants to see, in pages that skip none.

Within a chain sequences are given in the order of commits, moments are not: a page begins after the
sequences that were seen of each chain. The moment only bounds where the index is looked through.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from labeltrust.store.tables import Chain, Event, Project, Source

# Longer than any transaction may last: what commits late is not older than this.
LATEST_US: Final = 600 * 1_000_000
REUSED: Final = "finding.event_id_reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAct:
    """One act with its place in the history.

    Attributes:
        chain_id: Row of the chain, which pages go by.
        chain: Name of the chain.
        sequence: Place in it.
        leaf: Its leaf hash, in hex.
        type: What was done, past tense.
        actor: By whom.
        received_us: When, microseconds since 1970.
        project: Name of the project, or None for the whole installation.
        source: Name of the source that it is about, or None.
        labeler_id: Opaque id of the labeler that it is about, or None.
        detail: What the event tells.
    """

    chain_id: int
    chain: str
    sequence: int
    leaf: str
    type: str
    actor: str
    received_us: int
    project: str | None
    source: str | None
    labeler_id: int | None
    detail: Mapping[str, Any]


def acts_after(
    session: Session,
    types: Collection[str],
    *,
    since_us: int,
    seen: Mapping[str, int],
    projects: frozenset[str] | None,
    limit: int,
) -> list[FoundAct]:
    """Return acts by chain and sequence.

    Args:
        session: An open read.
        types: Only these.
        since_us: Only acts after this moment.
        seen: By name of the chain, the last sequence that was told.
        projects: Names of the projects in scope, or None for all; acts of the whole installation
            are told to those who see all.
        limit: At most so many.
    """
    kinds: list[ColumnElement[bool]] = [
        col(Event.event_id).is_(None) & col(Event.type).in_(sorted(types))
    ]
    if REUSED in types:
        kinds.append(col(Event.type) == REUSED)
    found: list[FoundAct] = []
    for kind in kinds:
        wanted = (
            select(Event, Chain.name, Project.name, Source.name)
            .join(Chain, col(Chain.id) == col(Event.chain_id))
            .join(Project, col(Project.chain_id) == col(Event.chain_id), isouter=True)
            .join(Source, col(Source.id) == col(Event.source_id), isouter=True)
            .where(kind, col(Event.received_us) > since_us, *_unseen(session, seen))
            .order_by(col(Event.chain_id), col(Event.sequence))
            .limit(limit)
        )
        if projects is not None:
            wanted = wanted.where(col(Project.name).in_(sorted(projects)))
        found += [_act(*row) for row in session.exec(wanted)]
    return sorted(found, key=lambda act: (act.chain_id, act.sequence))[:limit]


def _unseen(session: Session, seen: Mapping[str, int]) -> list[ColumnElement[bool]]:
    """Return that of each chain only what follows is wanted."""
    ids = session.exec(select(Chain.id, Chain.name).where(col(Chain.name).in_(sorted(seen))))
    return [
        (col(Event.chain_id) != number) | (col(Event.sequence) > seen[name]) for number, name in ids
    ]


def _act(row: Event, chain: str, project: str | None, source: str | None) -> FoundAct:
    return FoundAct(
        chain_id=row.chain_id,
        chain=chain,
        sequence=row.sequence,
        leaf=row.leaf.hex(),
        type=row.type,
        actor=row.actor or "",
        received_us=row.received_us,
        project=project,
        source=source,
        labeler_id=row.labeler_alias_id,
        detail=json.loads(row.detail),
    )
