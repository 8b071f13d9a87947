"""Damage estimates on simulated incidents of fresh seeds: intervals cover what they claim to.

`make redteam` runs 1,000; here a few, and a claim fails only where it is all but impossible.
"""

import pandas as pd
import pytest

from labeltrust.redteam._damage_section import damage_claims
from labeltrust.redteam.claims import rejected
from labeltrust.redteam.incidents import ESTIMANDS, run_incidents
from labeltrust.redteam.plan import fresh_seed

INCIDENTS = 20


@pytest.mark.slow
def test_intervals_of_the_damage_cover_the_truth():
    seed = fresh_seed()
    print(f"first seed drawn: {seed}")  # noqa: T201 - a failure must be repeatable

    found = pd.DataFrame(run_incidents(range(seed, seed + INCIDENTS))["incidents"])

    claims = damage_claims(found)
    print([(claim.name, claim.k, claim.n) for claim in claims])  # noqa: T201 - the figures
    assert len(claims) == len(ESTIMANDS)
    assert all(claim.n > INCIDENTS / 2 for claim in claims)
    assert rejected(claims) == []
    # told apart from an interval that says nothing: half of all labels are poisoned at most
    width = (found["wrong_labels_high"] - found["wrong_labels_low"]) / found["labels"]
    assert width.median() < 0.35
