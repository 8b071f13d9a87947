"""Facts about this installation kept in its database."""

from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from labeltrust.domain.errors import Misconfigured
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.statements import Statements
from labeltrust.store.tables import Installation
from labeltrust.store.vault import Vault

EPOCH: Final = "names_epoch"
_VAULT: Final = "vault"


def installed_value(statements: Statements, name: str) -> str:
    """Return a fact, empty where it was never set."""
    rows = statements.rows("SELECT value FROM installation WHERE name = ?", (name,))
    return str(rows[0][0]) if rows else ""


def raise_epoch(session: Session) -> None:
    """Make all recorders forget the names they remember: some were erased or merged."""
    row = session.get(Installation, EPOCH)
    if row is None:
        session.add(Installation(name=EPOCH, value="1"))
    else:
        row.value = str(int(row.value) + 1)


def require_vault(engine: Engine, vault: Vault) -> None:
    """Bind a database to the master key of its first use, and refuse any other.

    With another key no name would be found again and no sealed body opened: a copied database
    without its key file must not go on as if it were new.

    Raises:
        Misconfigured: The database belongs to another master key.
    """
    with reading(engine) as session:
        row = session.get(Installation, _VAULT)
    if row is None:
        with unit_of_work(engine) as session:
            row = session.get(Installation, _VAULT)
            if row is None:
                session.add(Installation(name=_VAULT, value=vault.fingerprint))
                return
    if row.value != vault.fingerprint:
        detail = (
            "the master key file does not belong to this database: put back the key file it was "
            "made with (its name is LABELTRUST_MASTER_KEY_FILE, or keys/master.key in the home)"
        )
        raise Misconfigured(detail)
