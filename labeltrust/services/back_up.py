"""Copy a whole installation while it works: database, training sets, and a signed list."""

import shutil
from importlib.metadata import version
from pathlib import Path

from labeltrust.domain.principals import Principal
from labeltrust.services._backup_files import KEPT, Backup, draft_folder, list_files, write_list
from labeltrust.services._system_acts import note_system
from labeltrust.services.deployment import Deployment
from labeltrust.store.copying import DATABASE_FILES, CopiedHead, Progress, copy_database, silently
from labeltrust.store.migrate import schema_version
from labeltrust.store.session import unit_of_work

_UNFINISHED = (".*",)  # drafts of training sets that are being written


def back_up(
    deployment: Deployment,
    principal: Principal,
    folder: Path,
    progress: Progress = silently,
) -> Backup:
    """Write a backup to a new folder; the master key stays where it is.

    The act is in the history before the copy is taken, so that the copy tells of itself, and one
    that nobody should have made is seen.

    Args:
        deployment: What is copied; a server may go on working.
        principal: Who asks.
        folder: Must not exist; its parents are made.
        progress: Told how much of the database is copied, where that is known.

    Raises:
        NotAllowed: The role may not manage.
        Conflict: The folder exists.
        Misconfigured: The client programs of PostgreSQL are missing or refuse.
    """
    principal.require("manage")
    with draft_folder(folder) as draft:
        with unit_of_work(deployment.engine) as session:
            note_system(deployment, session, principal, "backup.made", {})
        kind = deployment.engine.dialect.name
        heads = copy_database(deployment.engine, draft / DATABASE_FILES[kind], progress)
        # Training sets are never changed, and one whose row is in the copy is in place already.
        for name in KEPT:
            _copy_folder(deployment.settings.home / name, draft / name)
        backup = _listed(deployment, principal, draft, heads)
        write_list(draft, backup, deployment.vault)
    return backup


def _copy_folder(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_UNFINISHED))


def _listed(
    deployment: Deployment, principal: Principal, draft: Path, heads: tuple[CopiedHead, ...]
) -> Backup:
    return Backup(
        format=1,
        made_at=deployment.clock(),
        made_by=principal.name,
        version=version("labeltrust"),
        database=deployment.engine.dialect.name,
        schema_version=schema_version(deployment.engine) or "",
        master_key=deployment.vault.fingerprint,
        heads=heads,
        files=list_files(draft),
    )
