"""Verify what the chains gained since the last time, and tell the gate what is known."""

from sqlmodel import Session

from labeltrust.services._heavy import heavily
from labeltrust.services.deployment import Deployment
from labeltrust.store.chains import chain_end
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Project
from labeltrust.store.verification import stored_chains, verify_chain
from labeltrust.store.verified import known_break, newest_break, note_verified, verified_head

NEWEST = 200
"""Records that the gate looks at each time; all older ones are left to the verification proper."""


def unverified_chains(deployment: Deployment) -> list[str]:
    """Return the chains that grew since they were verified, without those known to be broken."""
    chains = stored_chains(deployment.engine)
    with reading(deployment.engine) as session:
        return [
            chain.name
            for chain in chains
            if not known_break(session, chain.name)
            and verified_head(session, chain.name) != chain.head
        ]


def verify_news(deployment: Deployment) -> None:
    """Verify every chain beyond the place that it was verified to before.

    A break stays known until a verification from the first record says that it is mended.
    """
    heavily(deployment, _verify, unverified_chains(deployment))


def _verify(deployment: Deployment, names: list[str]) -> None:
    for chain in stored_chains(deployment.engine):
        if chain.name in names:
            with reading(deployment.engine) as session:
                start = verified_head(session, chain.name)
            found = verify_chain(deployment.engine, chain, start)
            with unit_of_work(deployment.engine) as session:
                note_verified(session, found, deployment.clock())


def broken_part(session: Session, project: Project) -> str:
    """Return in words what is broken in a project's chain, empty where nothing is known to be.

    Reads what the last verification left, and checks the newest records by itself.
    """
    end = chain_end(session, project)
    return known_break(session, end.name) or newest_break(session, end.stored, NEWEST)
