"""Sign how each chain stands: a checkpoint every thousand records or every minute."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from labeltrust.domain.errors import Conflict, InvalidInput, Tampered
from labeltrust.domain.principals import Principal
from labeltrust.ledger.merkle import Edge, root_of
from labeltrust.ledger.notes import Checkpoint, origin_of, read_note, signed_note, signer_of
from labeltrust.services.deployment import Deployment
from labeltrust.store import checkpoints
from labeltrust.store.checkpoints import Growth, StoredCheckpoint
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tree import Done, StoredTree, grown, keep_nodes
from labeltrust.store.verified import note_contradicted

SIGN: Final = "checkpoint-sign"
_AT_ONCE: Final = 50
_LOG = structlog.get_logger("labeltrust.ledger")
Stated = list[tuple[int, bytes, list[Done]]]


def checkpoint_now(deployment: Deployment, principal: Principal) -> list[StoredCheckpoint]:
    """Sign every chain that grew, whatever the time, and return the newest checkpoint of each.

    Raises:
        NotAllowed: The role may not mend.
        Tampered: A chain is not the one that was signed before; nothing of it was signed.
    """
    principal.require("mend")
    with reading(deployment.engine) as session:
        waiting = checkpoints.growths(session)
    refused = [found for found in (_signed(deployment, one, None) for one in waiting) if found]
    if refused:
        raise Tampered(refused[0])
    with reading(deployment.engine) as session:
        found = checkpoints.newest_checkpoints(session)
    return [one for one in found if one.chain == "system" or principal.sees(one.chain)]


def signing_is_due(deployment: Deployment, now: datetime) -> bool:
    """Say whether a chain waits for a checkpoint."""
    return bool(_due(deployment, now))


def sign_for_job(deployment: Deployment, lease: Lease) -> None:
    """Sign the chains that are due; one that was tampered with does not hold up the others."""
    for growth in _due(deployment, deployment.clock()):
        refused = _signed(deployment, growth, lease)
        if refused:
            _LOG.error("checkpoint refused", chain=growth.chain, why=refused)


def _due(deployment: Deployment, now: datetime) -> list[Growth]:
    settings = deployment.settings
    pause = timedelta(seconds=settings.checkpoint_seconds)
    with reading(deployment.engine) as session:
        waiting = checkpoints.growths(session)
    return [
        one
        for one in waiting
        if one.last is None
        or one.records - one.signed >= settings.checkpoint_records
        or now >= one.last.made_at + pause
    ]


def _signed(deployment: Deployment, growth: Growth, lease: Lease | None) -> str:
    """Sign what a chain gained; return why not, in words, where it was tampered with."""
    after = growth.signed
    try:
        edge = signed_edge(deployment, growth)
        for stated in _pieces(deployment, growth, edge):
            stored = _stored(deployment, growth, (after, stated), lease)
            if stored is None:
                break  # another server went on from the same checkpoint
            after = stored
    except Tampered as error:
        note = "" if growth.last is None else growth.last.note
        words = f"chain {growth.chain!r} is not the one that was signed: {error}"
        with unit_of_work(deployment.engine) as session:
            note_contradicted(session, growth.chain, words, note, deployment.clock())
        return words
    return ""


def signed_edge(deployment: Deployment, growth: Growth) -> Edge:
    """Return the tree as far as it was signed, and refuse one that is not what was signed.

    Raises:
        Tampered: The newest checkpoint, or what it was made over, was changed.
    """
    last = growth.last
    if last is None:
        return Edge()
    try:
        note = read_note(last.note)
    except InvalidInput:
        raise Tampered("the newest checkpoint cannot be read") from None
    stated = note.checkpoint
    if signer_of(note, deployment.vault.signature_keys) is None:
        raise Tampered("the newest checkpoint is not signed by this installation")
    if (stated.origin, stated.size) != (_origin(deployment, growth.chain), last.size):
        raise Tampered("the newest checkpoint is that of something else")
    tree = StoredTree(deployment.engine, growth.chain_id)
    if root_of(tree.node, last.size) != stated.root:
        detail = f"its first {last.size} records have another root"
        raise Tampered(detail)
    return Edge(tree.node, last.size)


def _pieces(deployment: Deployment, growth: Growth, edge: Edge) -> Iterator[Stated]:
    """Yield sizes with roots, and the subtrees completed on the way, some at a time."""
    step = deployment.settings.checkpoint_records
    sizes = [*range(growth.signed + step, growth.records, step), growth.records]
    piece: Stated = []
    for size in grown(deployment.engine, growth.chain_id, edge, sizes):
        piece.append((size, edge.root(), edge.done[:]))
        edge.done.clear()
        if len(piece) == _AT_ONCE or size == sizes[-1]:
            yield piece
            piece = []


def _stored(
    deployment: Deployment, growth: Growth, made: tuple[int, Stated], lease: Lease | None
) -> int | None:
    """Sign and store in one transaction; return the newest size, None where others were faster."""
    after, stated = made
    with unit_of_work(deployment.engine) as session:
        if lease is not None:
            require_lease(session, lease)
        checkpoints.lock_signing(session)
        if checkpoints.newest_size(session, growth.chain_id) != after:
            return None
        for size, root, done in stated:
            row = checkpoints.Reserved(growth.chain_id, after, size, root, deployment.clock())
            number = checkpoints.reserve_checkpoint(session, row)
            if number is None:
                raise Conflict("another server signed this checkpoint")
            checkpoints.sign_reserved(session, number, _note(deployment, growth.chain, size, root))
            keep_nodes(session, growth.chain_id, done)
            after = size
    return after


def _note(deployment: Deployment, chain: str, size: int, root: bytes) -> str:
    vault = deployment.vault
    checkpoint = Checkpoint(origin=_origin(deployment, chain), size=size, root=root)
    return signed_note(checkpoint, vault.signature_key, vault.sign)


def _origin(deployment: Deployment, chain: str) -> str:
    return origin_of(deployment.vault.fingerprint, chain)
