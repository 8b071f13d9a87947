"""Bring a backup back to life, or prove that it could be: checked file by file, then verified."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from labeltrust.domain.errors import Conflict, InvalidInput, Misconfigured, Tampered
from labeltrust.domain.principals import Principal
from labeltrust.services._backup_files import KEPT, Backup, read_list, wrong_files
from labeltrust.services._system_acts import note_system
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_ledger import LedgerReport, verify_ledger
from labeltrust.store.copying import DATABASE_FILES, CopiedHead, load_database, require_empty
from labeltrust.store.installation import require_vault
from labeltrust.store.migrate import is_newer, migrate
from labeltrust.store.session import unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back.

    Attributes:
        ok: The history verifies, and ends where the backup says.
        backup: What the backup says of itself.
        ledger: What verification found.
        problems: Chains that end elsewhere than the backup says, in words.
    """

    ok: bool
    backup: Backup
    ledger: LedgerReport
    problems: tuple[str, ...]


def check_backup(deployment: Deployment, principal: Principal, folder: Path) -> Backup:
    """Check signature and every file of a backup, without touching anything.

    Raises:
        NotAllowed: The role may not manage.
        InvalidInput: The folder is no backup.
        Misconfigured: It was made under another master key.
        Tampered: Something in it was changed; the message names the first.
    """
    principal.require("manage")
    backup = read_list(folder, deployment.vault)
    wrong = wrong_files(folder, backup)
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise Tampered(f"{folder}: {wrong[0]}{more}")
    return backup


def restore_backup(deployment: Deployment, principal: Principal, folder: Path) -> Restored:
    """Fill an empty installation from a backup, bring the schema up, verify the whole history.

    Args:
        deployment: Empty, and with the master key of the backup.
        principal: Who asks.
        folder: The backup.

    Raises:
        NotAllowed: The role may not manage.
        InvalidInput: The folder is no backup, or one of another kind of database.
        Conflict: The installation is not empty.
        Misconfigured: It was made under another master key, or PostgreSQL's programs refuse.
        Tampered: Something in it was changed.
    """
    backup = check_backup(deployment, principal, folder)
    _require_place(deployment, backup)
    load_database(deployment.engine, folder / DATABASE_FILES[backup.database])
    for name in KEPT:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, deployment.settings.home / name)
    migrate(deployment.engine)
    require_vault(deployment.engine, deployment.vault)
    ledger = verify_ledger(deployment, principal)
    problems = _elsewhere(backup.heads, ledger)
    told = {"made_at": backup.made_at.isoformat(), "made_by": backup.made_by}
    with unit_of_work(deployment.engine) as session:
        note_system(deployment, session, principal, "backup.restored", told)
    return Restored(ok=ledger.ok and not problems, backup=backup, ledger=ledger, problems=problems)


def _require_place(deployment: Deployment, backup: Backup) -> None:
    kind = deployment.engine.dialect.name
    if backup.database != kind:
        detail = f"the backup is of {backup.database}, the installation is on {kind}"
        raise InvalidInput(detail, place="folder", code="other_database")
    if is_newer(backup.schema_version):
        detail = f"the backup has schema {backup.schema_version}; install a version that knows it"
        raise Misconfigured(detail)
    require_empty(deployment.engine)
    for name in KEPT:
        place = deployment.settings.home / name
        if place.exists():
            detail = f"{place} is there already; restore into a new LABELTRUST_HOME"
            raise Conflict(detail)


def _elsewhere(heads: tuple[CopiedHead, ...], ledger: LedgerReport) -> tuple[str, ...]:
    found = {chain.name: (chain.records, chain.head) for chain in ledger.chains}
    return tuple(
        f"{head.chain}: ends elsewhere than the backup says (record {head.records})"
        for head in heads
        if found.get(head.chain) != (head.records, head.head)
    )
