"""The ledger on one page: what was verified, what was signed, where it is kept."""

from dataclasses import dataclass, replace

from labeltrust.domain.principals import Principal
from labeltrust.ledger.signatures import key_id, pem_of
from labeltrust.services.checkpoints.standing import Standing, standing
from labeltrust.services.deployment import Deployment
from labeltrust.store.checkpoints import StoredCheckpoint, newest_checkpoints
from labeltrust.store.session import reading
from labeltrust.store.verification import stored_chains
from labeltrust.store.verified import states


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """One chain: how long it is, how far it was verified, what is wrong, its newest checkpoint."""

    name: str
    records: int
    verified: int
    wrong: str
    checkpoint: StoredCheckpoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """The ledger of an installation, as far as somebody sees it."""

    chains: tuple[ChainState, ...]
    standing: Standing
    key_id: str
    pem: str


def show_ledger(deployment: Deployment, principal: Principal) -> LedgerState:
    """Return how the ledger stands, by a few short queries.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    every = stored_chains(deployment.engine)
    with reading(deployment.engine) as session:
        known = states(session)
        newest = {one.chain: one for one in newest_checkpoints(session)}
    found = {chain.name: chain.head.next_sequence - 1 for chain in every}
    missing = {name: 0 for name, (_, wrong) in known.items() if wrong and name not in found}
    seen = [name for name in (*found, *missing) if name == "system" or principal.sees(name)]
    chains = [
        ChainState(
            name=name,
            records=found.get(name, 0),
            verified=known.get(name, (0, ""))[0],
            wrong=known.get(name, (0, ""))[1],
            checkpoint=newest.get(name),
        )
        for name in seen
    ]
    key = deployment.vault.signature_key
    return LedgerState(
        chains=tuple(sorted(chains, key=lambda one: (not one.wrong, one.name != "system"))),
        standing=_seen(principal, standing(deployment)),
        key_id=key_id(key),
        pem=pem_of(key),
    )


def _seen(principal: Principal, found: Standing) -> Standing:
    """Leave out of the places what may name projects that somebody does not see."""
    if principal.projects is None:
        return found
    places = tuple(
        replace(one, where="", trouble="in trouble" if one.trouble else None)
        for one in found.places
    )
    return replace(found, places=places)
