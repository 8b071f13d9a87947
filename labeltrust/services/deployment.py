"""What every service is given: settings, database, vault and clock."""

from dataclasses import dataclass

from sqlalchemy import Engine

from labeltrust.domain.clock import Clock
from labeltrust.services.apart import Apart
from labeltrust.settings import Settings
from labeltrust.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One installation. Built in `app.py` only; tests build it with a temporary folder.

    Attributes:
        settings: The frozen settings.
        engine: The database.
        vault: Seals raw bodies and secrets by a key outside the database.
        clock: Returns the present moment, aware, UTC.
        apart: A process of its own for heavy work; None does it in this one.
    """

    settings: Settings
    engine: Engine
    vault: Vault
    clock: Clock
    apart: Apart | None = None
