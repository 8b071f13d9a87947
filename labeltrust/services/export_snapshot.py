"""Write a snapshot in a form that training code and other tools read."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from labeltrust.domain.errors import InvalidInput, Tampered
from labeltrust.domain.principals import Principal
from labeltrust.services._heavy import heavily
from labeltrust.services._seen_snapshot import seen_snapshot
from labeltrust.services.create_snapshot import snapshot_folder
from labeltrust.services.deployment import Deployment
from labeltrust.services.exports._base import Exporting
from labeltrust.services.exports._forms import form_named
from labeltrust.services.verify_files import file_problems
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written.

    Attributes:
        snapshot: Its number.
        format: In which form.
        path: The file or folder.
        rows: Consensus labels in it.
        bytes: Altogether.
    """

    snapshot: int
    format: str
    path: str
    rows: int
    bytes: int


def export_snapshot(
    deployment: Deployment, principal: Principal, snapshot: int, *, form: str, out: Path
) -> Exported:
    """Write a snapshot whole or not at all to a path where nothing is yet.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope.
        InvalidInput: The form is unknown or cannot hold these labels, or something is there.
        Tampered: The snapshot's files are not what its manifest states.
    """
    form_named(form)
    if os.path.lexists(out):
        detail = f"{out} is there already; nothing is written over"
        raise InvalidInput(detail, place="out", code="exists")
    with reading(deployment.engine) as session:
        row = seen_snapshot(session, principal, snapshot)
        questions = questions_of(session, project_row(session, row.project))
    exporting = Exporting(
        number=snapshot,
        folder=snapshot_folder(deployment, snapshot),
        manifest=json.loads(row.manifest),
        scales={question.name: question.scale for question in questions},
    )
    return heavily(deployment, _written, exporting, form, out)


def _written(_: Deployment, exporting: Exporting, form: str, out: Path) -> Exported:
    problems = file_problems(exporting.folder, exporting.manifest["files"])
    if problems:
        raise Tampered(problems[0])
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        form_named(form).write(exporting, draft)
        draft.rename(out)
    except OSError as error:
        detail = f"{out}: {error.strerror}"
        raise InvalidInput(detail, place="out", code="not_writable") from error
    finally:
        _forget(draft)
    return Exported(
        snapshot=exporting.number,
        format=form,
        path=str(out),
        rows=exporting.manifest["files"]["labels.parquet"]["rows"],
        bytes=_size(out),
    )


def _forget(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
    else:
        draft.unlink(missing_ok=True)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
