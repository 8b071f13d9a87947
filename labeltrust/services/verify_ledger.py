"""Recompute the tamper-evident history and name the first bad record."""

from dataclasses import dataclass
from itertools import islice

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.session import unit_of_work
from labeltrust.store.verification import VerifiedChain, renamed, stored_chains, verify_chain
from labeltrust.store.verified import note_verified

_MOST_NAMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """One chain: records that hold from the first on, its head in hex, and what is wrong."""

    name: str
    records: int
    head: str
    first_bad: int | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """The whole history.

    Attributes:
        ok: Everything holds.
        chains: `system` first, then one a project.
        renamed: Names that do not belong to their pseudonym, the first hundred.
    """

    ok: bool
    chains: tuple[ChainReport, ...]
    renamed: tuple[str, ...]


def verify_ledger(deployment: Deployment, principal: Principal) -> LedgerReport:
    """Recompute every record of the chains in scope, and look at every name.

    Reads in short slices, so that a server goes on recording meanwhile.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    every = stored_chains(deployment.engine)
    seen = [chain for chain in every if chain.name == "system" or principal.sees(chain.name)]
    found = [verify_chain(deployment.engine, chain) for chain in seen]
    with unit_of_work(deployment.engine) as session:  # for the gate, which cannot look at it all
        for chain in found:
            note_verified(session, chain, deployment.clock())
    chains = tuple(_report(chain) for chain in found)
    names = tuple(f"{kind} {n}" for kind, n in islice(renamed(deployment.engine), _MOST_NAMES))
    ok = not names and all(chain.problem is None for chain in chains)
    return LedgerReport(ok=ok, chains=chains, renamed=names)


def _report(found: VerifiedChain) -> ChainReport:
    broken = found.broken
    return ChainReport(
        name=found.name,
        records=found.records,
        head=found.head.hex(),
        first_bad=None if broken is None else broken.sequence,
        problem=None if broken is None else f"first bad record {broken.sequence}: {broken.reason}",
    )
