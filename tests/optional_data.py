"""Recorded requests and published data sets, which are no part of the project.

`LABELTRUST_TEST_DATA` names their folder; unset, it is `shared` beside the checkout. A test that
finds nothing there skips and says what is missing.
"""

import os
from pathlib import Path

ROOT = Path(
    os.environ.get("LABELTRUST_TEST_DATA") or Path(__file__).parents[1] / ".." / "shared"
).resolve()


def recorded(folder: str) -> Path:
    """Return a folder of recorded requests, which may be missing."""
    inside, beside = ROOT / "webhooks" / folder, ROOT.parent / "webhooks" / folder
    return inside if inside.exists() else beside


def published() -> Path:
    """Return the folder of the published data sets, which may be missing."""
    inside = ROOT / "data"
    return inside if inside.exists() else ROOT


def missing(what: str) -> str:
    """Return the reason of a skip."""
    return f"{what} not found; LABELTRUST_TEST_DATA names the folder of recorded data"
