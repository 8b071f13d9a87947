"""Hold checkpoints that were kept outside against the record, without reading all of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import structlog

from labeltrust.domain.errors import LabeltrustError, Tampered
from labeltrust.ledger.copies import notes_in
from labeltrust.ledger.merkle import Edge, root_of
from labeltrust.ledger.notes import Note, chain_of, signer_of
from labeltrust.outgoing import checkpoint_folder
from labeltrust.services.deployment import Deployment
from labeltrust.store.checkpoint_places import places
from labeltrust.store.checkpoints import newest_size
from labeltrust.store.jobs import Lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tree import StoredTree, grown
from labeltrust.store.verification import StoredChain, stored_chains
from labeltrust.store.verified import note_contradicted

COMPARE: Final = "checkpoint-compare"
_LOG = structlog.get_logger("labeltrust.ledger")


def ours(deployment: Deployment, notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Return, by chain, the checkpoints that this installation signed, smallest first."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        installation, chain = chain_of(note.checkpoint.origin)
        if installation != deployment.vault.fingerprint:
            continue
        if signer_of(note, deployment.vault.signature_keys) is not None:
            found.setdefault(chain, []).append(note)
    return {
        chain: sorted(some, key=lambda note: note.checkpoint.size) for chain, some in found.items()
    }


def newest_outside(deployment: Deployment) -> list[Note]:
    """Return the checkpoints in the newest file of each folder that can be read."""
    with reading(deployment.engine) as session:
        folders = [Path(one.where) for one in places(session) if one.kind == "folder"]
    found: list[Note] = []
    for folder in folders:
        try:
            found += notes_in(checkpoint_folder.newest(folder, deployment.vault.fingerprint))
        except (OSError, LabeltrustError):
            continue  # the delivery to it complains
    return found


def compare_for_job(deployment: Deployment, _: Lease) -> None:
    """Hold what the folders know against the record, whether or not there is anything to take."""
    for chain, words in compare(deployment, newest_outside(deployment)).items():
        _LOG.error("history contradicts a checkpoint", chain=chain, why=words)


def compare(deployment: Deployment, notes: Iterable[Note]) -> dict[str, str]:
    """Compare the newest checkpoint of each chain with the record; close gates where it differs.

    Returns:
        By chain, what is wrong in words; empty where nothing is.
    """
    kept = ours(deployment, notes)
    if not kept:
        return {}
    chains = {chain.name: chain for chain in stored_chains(deployment.engine)}
    wrong: dict[str, str] = {}
    for name, some in kept.items():
        words = _contradicted(deployment, chains, some[-1], name)
        if words:
            wrong[name] = words
            with unit_of_work(deployment.engine) as session:
                note_contradicted(session, name, words, some[-1].text, deployment.clock())
    return wrong


def _contradicted(
    deployment: Deployment, chains: Mapping[str, StoredChain], note: Note, name: str
) -> str:
    chain, stated = chains.get(name), note.checkpoint
    if chain is None:
        return f"chain {name!r} is missing; a checkpoint outside knows {stated.size} records of it"
    records = chain.head.next_sequence - 1
    if records < stated.size:
        return (
            f"chain {name!r} was cut or rolled back: a checkpoint outside knows {stated.size} "
            f"records, {records} are here"
        )
    try:
        root = _root(deployment, chain.id, stated.size)
    except Tampered as error:
        return f"chain {name!r}: {error}"
    if root == stated.root:
        return ""
    return f"chain {name!r} was rewritten: its first {stated.size} records are not those signed"


def _root(deployment: Deployment, chain_id: int, size: int) -> bytes:
    """Return the root over the first records, out of inner hashes as far as there are any."""
    tree = StoredTree(deployment.engine, chain_id)
    with reading(deployment.engine) as session:
        signed = newest_size(session, chain_id)
    if size <= signed:
        return root_of(tree.node, size)
    edge = Edge(tree.node, signed)
    for _ in grown(deployment.engine, chain_id, edge, [size]):
        pass
    return edge.root()
