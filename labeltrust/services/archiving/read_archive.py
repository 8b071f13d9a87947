"""Archives of a question: which there are, whether they hold, and their judgments read back."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._heavy import heavily
from labeltrust.services.archiving import _layout
from labeltrust.services.archiving._layout import (
    DRAFT,
    GONE,
    Archive,
    alone,
    archives_in,
    changed_files,
)
from labeltrust.services.archiving._tables import GOLD, JUDGMENTS
from labeltrust.services.archiving.write_archive import build
from labeltrust.services.deployment import Deployment
from labeltrust.store.features import item_features
from labeltrust.store.judgments import LoadedJudgments, asked_of
from labeltrust.store.names import labelers


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of an archive found; `problems` is empty where it holds."""

    folder: str
    position: int
    ok: bool
    problems: tuple[str, ...]


def list_archives(
    deployment: Deployment, principal: Principal, project: str, question: str = "label"
) -> list[Archive]:
    """Return the archives of a question, the newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such question.
    """
    principal.require("read", project)
    asked = asked_of(deployment.engine, project, question)
    return list(archives_in(_layout.home_of(deployment, asked)))


def chosen(
    deployment: Deployment,
    principal: Principal,
    project: str,
    question: str,
    position: int | None,
) -> Archive:
    """Return the newest archive of a question, or the one at a position.

    Raises:
        NotFound: There is none.
    """
    for archive in list_archives(deployment, principal, project, question):
        if position in {None, archive.manifest.position}:
            return archive
    at = "" if position is None else f" at position {position}"
    detail = f"{project!r} has no archive{at}; `labeltrust archive write` makes one"
    raise NotFound(detail)


def verify_archive(
    deployment: Deployment,
    principal: Principal,
    project: str,
    question: str = "label",
    *,
    position: int | None = None,
) -> Checked:
    """Compare an archive with its manifest, and byte by byte with one made anew from the history.

    The history decides. A merge of labelers or items, or a change of the scale, made since it
    was written shows as a difference, too: the archive is out of date then.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such archive.
        Busy: Another process works on the archives of the question.
    """
    archive = chosen(deployment, principal, project, question, position)
    return heavily(deployment, _checked, archive)


def _checked(deployment: Deployment, archive: Archive) -> Checked:
    said = archive.manifest
    home = archive.folder.parent
    with alone(home):
        anew = build(
            deployment, said.project, said.question, home / DRAFT,
            position=said.position, parts=said.parts,
        ).manifest  # fmt: skip
        shutil.rmtree(home / DRAFT)
    names = sorted(anew.files.keys() | said.files.keys())
    other = [n for n in names if anew.files.get(n) != said.files.get(n)]
    problems = changed_files(archive)
    problems += [f"{name} is not what the history gives" for name in other]
    if not problems and anew != said:
        problems = ["the manifest is not what the history gives"]
    return Checked(
        folder=str(archive.folder),
        position=said.position,
        ok=not problems,
        problems=tuple(problems),
    )


def drop_archives(
    deployment: Deployment,
    principal: Principal,
    project: str,
    question: str = "label",
    *,
    keep: int = 0,
) -> list[int]:
    """Remove archives but the newest ones, and return the positions of those that are gone.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope, or no such question.
    """
    principal.require("assess", project)
    gone = list_archives(deployment, principal, project, question)[max(keep, 0) :]
    for archive in gone:
        home = archive.folder.parent
        with alone(home):  # the name goes first: half an archive is never taken for one
            archive.folder.rename(home / GONE)
            shutil.rmtree(home / GONE)
    return [archive.manifest.position for archive in gone]


def archived_judgments(engine: Engine, archive: Archive) -> LoadedJudgments:
    """Return what `store.judgments.read_judgments` gives at the archive's position.

    Names and features are those of now, as they are there.

    Args:
        engine: The database, for names and features.
        archive: Its files are read as they are; see `require_whole`.
    """
    rows = _table(archive.judgment_files, JUDGMENTS).sort_by("sequence")
    gold = _table(archive.gold_files, GOLD).sort_by("item")
    ids = _column(pq.read_table(archive.folder / _layout.LABELERS), "labeler")
    words, values, codes = words_of(archive)
    item = _column(rows, "item")
    said = archive.manifest
    same = ("occurred_us", "received_us", "order_us", "duration_seconds", "source", "delivery")
    return LoadedJudgments(
        through=said.position,
        item=item,
        labeler=np.searchsorted(ids, _column(rows, "labeler")),
        label=codes[_column(rows, "label")],
        doubted=_column(rows, "doubted").astype(np.int64),
        suggestion=codes[_column(rows, "suggestion")],
        sequence=_column(rows, "sequence"),
        **{name: _column(rows, name) for name in same},
        words=words,
        values=values,
        level=said.scale,
        scale=said.scale,
        labelers=labelers(engine, ids),
        gold_item=_column(gold, "item"),
        gold_label=codes[_column(gold, "label")],
        gold_received_us=_column(gold, "received_us"),
        features=item_features(engine, item),
        n_events=said.n_events,
        outside_scale=said.outside_scale,
    )


def words_of(archive: Archive) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.int64]]:
    """Return labels and values by code, and the code of each place; the last one is for -1."""
    table = pq.read_table(archive.folder / _layout.WORDS)
    code = _column(table, "code").astype(np.int64)
    known = np.flatnonzero(code >= 0)
    order = known[np.argsort(code[known])]
    words = table.column("word").take(pa.array(order)).to_pylist()
    return tuple(words), _column(table, "value")[order], np.append(code, -1)


def _table(files: list[Path], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *(pq.read_table(path) for path in files)])


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    column: NDArray[Any] = table.column(name).to_numpy()
    return column
