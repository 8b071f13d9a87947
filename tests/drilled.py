"""Drills with an outcome, on record as the worker leaves them."""

from collections.abc import Iterable
from dataclasses import replace

from factories import owner

from labeltrust.domain.drills import Drill, DrillDraft, DrillFound
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import finished, ordered
from labeltrust.store.session import unit_of_work

FOUND = DrillFound(
    labels=4_000, labelers=30, attackers=3, bad_labels=102, flagged=3, frozen=3,
    bad_until_found=18, minutes_until_found=2.99, seconds_until_contained=1.6,
    others_flagged=1, others_frozen=0, victim_frozen=None, gate_open=False, seconds=5.0,
)  # fmt: skip
"""Found and contained in time."""
UNSEEN = replace(
    FOUND, bad_until_found=None, minutes_until_found=None, seconds_until_contained=None
)
"""Never found."""


def drilled(
    deployment: Deployment,
    found: Iterable[DrillFound | None],
    *,
    campaign: str = "flip",
    by: str = "os:t",
) -> list[Drill]:
    """Keep a drill of each outcome; None is one that came to nothing."""
    who = replace(owner(), name=by)
    kept = []
    for seed, one in enumerate(found):
        draft = DrillDraft(campaign=campaign, seed=seed)
        error = "no disk" if one is None else None
        with unit_of_work(deployment.engine) as session:
            number = ordered(deployment, session, who, draft).id
            kept.append(finished(deployment, session, who, number, found=one, error=error))
    return kept
