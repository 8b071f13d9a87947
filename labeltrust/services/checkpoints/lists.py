"""Checkpoints and keys as readers see them, and a chain as bytes for others to verify."""

from collections.abc import Iterator

from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.ledger.canonical import canonical_bytes
from labeltrust.ledger.signatures import pem_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.checkpoints import StoredCheckpoint, checkpoints_after, newest_checkpoints
from labeltrust.store.session import reading
from labeltrust.store.slices import slices
from labeltrust.store.verification import ENTRIES, entry, stored_chains

_SLICE = 2_000


def list_checkpoints(
    deployment: Deployment,
    principal: Principal,
    *,
    chain: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[StoredCheckpoint]:
    """Return the checkpoints of the chains in scope beyond a number, oldest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: The chain is out of scope.
    """
    principal.require("read")
    chains = _scope(principal, chain)
    with reading(deployment.engine) as session:
        return checkpoints_after(session, after, limit, chains)


def list_newest(deployment: Deployment, principal: Principal) -> list[StoredCheckpoint]:
    """Return the newest checkpoint of each chain in scope.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        found = newest_checkpoints(session)
    return [one for one in found if one.chain == "system" or principal.sees(one.chain)]


def signing_keys(deployment: Deployment, principal: Principal) -> str:
    """Return all public keys that ever signed here in PEM, the one in use first.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    return "".join(pem_of(key) for key in deployment.vault.signature_keys)


def export_chain(deployment: Deployment, principal: Principal, chain: str) -> Iterator[bytes]:
    """Yield the canonical bytes of each record, a line each: pseudonyms, and no name.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such chain in scope.
    """
    principal.require("read")
    _scope(principal, chain)
    found = next((one for one in stored_chains(deployment.engine) if one.name == chain), None)
    if found is None:
        raise _no_chain(chain)
    through = found.head.next_sequence - 1
    for rows in slices(deployment.engine, ENTRIES, (found.id, through), rows=_SLICE):
        yield b"".join(canonical_bytes(entry(chain, row).record) + b"\n" for row in rows)


def _scope(principal: Principal, chain: str | None) -> frozenset[str] | None:
    if chain is None:
        return None if principal.projects is None else principal.projects | {"system"}
    if chain != "system" and not principal.sees(chain):
        raise _no_chain(chain)
    return frozenset({chain})


def _no_chain(chain: str) -> NotFound:
    return NotFound(f"no chain {chain[:200]!r}")
