"""Prove by a signed checkpoint that the record of a receipt is in the history, unchanged."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.domain.events import Receipt
from labeltrust.domain.principals import Principal
from labeltrust.ledger.merkle import consistency_path, inclusion_path
from labeltrust.services.deployment import Deployment
from labeltrust.store.checkpoints import StoredCheckpoint, covering
from labeltrust.store.session import reading
from labeltrust.store.tables import Chain, Event, Source
from labeltrust.store.tree import StoredTree

_RECEIPT: Final = re.compile(r"(.+):([1-9][0-9]{0,18}):([0-9a-f]{64})\Z", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """That the checkpoint of a receipt grew out of an older one of `size` records."""

    size: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof of one record; hashes of paths are base64, as in signed notes.

    Attributes:
        receipt: What is proved.
        index: Place of the leaf in the tree, from zero.
        size: Records that the checkpoint is over.
        root: Its root.
        inclusion: From the leaf's neighbour up (RFC 6962, 2.1.1).
        consistency: From an older checkpoint, where it was asked for (2.1.2).
        checkpoint: The signed note.
        text: All but the consistency as one C2SP `tlog-proof`.
    """

    receipt: Receipt
    index: int
    size: int
    root: str
    inclusion: tuple[str, ...]
    consistency: Consistency | None
    checkpoint: str
    text: str


def read_receipt(text: str) -> Receipt:
    """Read a receipt in one line: chain, sequence and leaf with colons between.

    Raises:
        InvalidInput: `bad_receipt`.

    >>> read_receipt("fraud:7:" + "0" * 64).sequence
    7
    """
    found = _RECEIPT.match(text)
    if found is None or int(found[2]) >= 1 << 63:
        detail = "a receipt is CHAIN:SEQUENCE:LEAF, the leaf as 64 hexadecimal digits"
        raise InvalidInput(detail, place="receipt", code="bad_receipt")
    return Receipt(chain=found[1], sequence=int(found[2]), leaf=found[3])


def prove(
    deployment: Deployment,
    principal: Principal,
    receipt: str,
    *,
    since: int | None = None,
    size: int | None = None,
) -> Proof:
    """Return the proof of a receipt.

    Args:
        deployment: The installation.
        principal: Who asks; a source may ask of its own records alone.
        receipt: As `read_receipt` takes it.
        since: Records of an older checkpoint that the asker holds: prove that nothing under it
            changed as well.
        size: Prove by the checkpoint over so many records, not by the newest.

    Raises:
        NotAllowed: The role may not ask.
        NotFound: There is no such record in scope with this leaf, or no such checkpoint.
        Conflict: No checkpoint is over it yet.
        InvalidInput: The receipt cannot be read, or `since` is out of range.
        Tampered: Hashes that must be there are missing.
    """
    principal.require("prove")
    wanted = read_receipt(receipt)
    with reading(deployment.engine) as session:
        chain_id = _chain_of(session, principal, wanted)
        found = covering(session, chain_id, wanted.sequence, size)
    if found is None and size is not None:
        detail = f"no checkpoint over {size} records that holds record {wanted.sequence}"
        raise NotFound(detail)
    if found is None:
        soon = deployment.settings.checkpoint_seconds
        detail = f"no checkpoint is over record {wanted.sequence} yet; one is due within {soon:g} s"
        raise Conflict(detail)
    tree = StoredTree(deployment.engine, chain_id)
    inclusion = _texts(inclusion_path(tree.node, wanted.sequence - 1, found.size))
    consistency = None if since is None else _consistency(tree, since, found)
    return Proof(
        receipt=wanted,
        index=wanted.sequence - 1,
        size=found.size,
        root=found.root,
        inclusion=inclusion,
        consistency=consistency,
        checkpoint=found.note,
        text=_text(wanted, inclusion, found),
    )


def _chain_of(session: Session, principal: Principal, wanted: Receipt) -> int:
    """Return the chain of a receipt's record, if it is there with that leaf and in scope."""
    query = (
        select(Event.chain_id, Event.leaf, Source.name)
        .join(Chain, col(Event.chain_id) == Chain.id)
        .join(Source, col(Event.source_id) == Source.id, isouter=True)
        .where(col(Chain.name) == wanted.chain, col(Event.sequence) == wanted.sequence)
    )
    found = session.exec(query).first()
    if not _is_seen(principal, wanted.chain) or found is None:
        raise _unknown(wanted)
    chain_id, leaf, source = found
    if leaf.hex() != wanted.leaf or (principal.role == "source" and source != principal.source):
        raise _unknown(wanted)
    return chain_id


def _is_seen(principal: Principal, chain: str) -> bool:
    if chain == "system":
        return principal.may("read")
    return principal.sees(chain)


def _unknown(wanted: Receipt) -> NotFound:
    detail = (
        f"no record {wanted.sequence} of chain {wanted.chain[:200]!r} with this leaf: if "
        "labeltrust gave this receipt, keep it and show it to an auditor"
    )
    return NotFound(detail)


def _consistency(tree: StoredTree, since: int, found: StoredCheckpoint) -> Consistency:
    if not 0 < since <= found.size:
        detail = f"since is {since}, must be 1 to {found.size}"
        raise InvalidInput(detail, place="since")
    path = consistency_path(tree.node, since, found.size)
    return Consistency(size=since, path=_texts(path))


def _texts(hashes: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(base64.b64encode(one).decode("ascii") for one in hashes)


def _text(wanted: Receipt, inclusion: Sequence[str], found: StoredCheckpoint) -> str:
    lines = ["c2sp.org/tlog-proof@v1", f"index {wanted.sequence - 1}", *inclusion, ""]
    return "\n".join([*lines, found.note])
