"""Write the current judgments of a question as Parquet files, in bounded memory."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.failpoints import reached, working_on
from labeltrust.services._heavy import heavily
from labeltrust.services._snapshot_files import file_facts, move_into_place, sync, write_whole
from labeltrust.services.archiving import _layout
from labeltrust.services.archiving._layout import (
    DRAFT,
    Archive,
    FileFacts,
    Manifest,
    alone,
    problem_of,
)
from labeltrust.services.archiving._tables import (
    LABELERS,
    Dictionary,
    dictionary_of,
    gold_table,
    judgments_table,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.chains import leaf_at
from labeltrust.store.judgments import Asked, LoadedJudgments, asked_of, loaded_by
from labeltrust.store.names import Merges, all_merges
from labeltrust.store.session import reading
from labeltrust.store.spilling import Spilled, spill

PART_ROWS: Final = 250_000
MOST_PARTS: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An archive that is there now; `files_kept` of its files are those of the one before."""

    archive: Archive
    new: bool
    files_kept: int


def write_archive(
    deployment: Deployment,
    principal: Principal,
    project: str,
    question: str = "label",
    *,
    parts: int | None = None,
) -> Written:
    """Write the archive of a question at the position where its history stands.

    The history is read once, into hash buckets of items on disk, and each bucket is settled by
    itself: memory is that of one bucket, whatever the history's size. Files that did not change
    since the archive before are linked, not written again. The folder gets its name last, so there
    is a whole archive or none.

    Args:
        deployment: The installation.
        principal: Who asks.
        project: Name of the project.
        question: Name of the question.
        parts: Hash buckets; by default one for every 250,000 events, doubled as they grow.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope, or no such question.
        InvalidInput: No such number of parts is possible.
        Busy: Another process writes an archive of the question.
    """
    principal.require("assess", project)
    return heavily(deployment, _written, project, question, checked_parts(parts))


def checked_parts(parts: int | None) -> int | None:
    """Return a number of parts, or refuse one that is none.

    >>> checked_parts(8)
    8
    """
    if parts is not None and not 1 <= parts <= MOST_PARTS:
        detail = f"{parts} parts; there can be 1 to {MOST_PARTS}"
        raise InvalidInput(detail, place="parts", code="bad_parts")
    return parts


def _written(deployment: Deployment, project: str, question: str, parts: int | None) -> Written:
    asked = asked_of(deployment.engine, project, question)
    home = _layout.home_of(deployment, asked)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(home), working_on("archive", project):
        place = _layout.folder_of(home, asked.position)
        if place.exists():
            archive = _layout.opened(place)
            return Written(archive=archive, new=False, files_kept=len(archive.manifest.files))
        before = next(_layout.archives_in(home), None)
        draft = home / DRAFT
        built = build(deployment, project, question, draft, position=asked.position, parts=parts)
        kept = _linked(built, before)
        reached("written")
        move_into_place(draft, place)
    return Written(archive=_layout.opened(place), new=True, files_kept=kept)


def build(
    deployment: Deployment,
    project: str,
    question: str,
    folder: Path,
    *,
    position: int,
    parts: int | None = None,
) -> Archive:
    """Write an archive into a new folder, from the history up to a position.

    The same history gives the same bytes, whenever and however often it is written.
    """
    asked = asked_of(deployment.engine, project, question)
    size = parts or parts_for(position)
    for name in ("judgments", "gold"):
        (folder / name).mkdir(parents=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".spill-", dir=folder) as place:
        merges = all_merges(deployment.engine)
        spilled = spill(deployment.engine, asked, merges, Path(place), size, position)
        dictionary = dictionary_of(asked, spilled.words)
        totals = _Totals()
        settled = _settled(deployment.engine, asked, spilled, merges)
        files = _files(settled, dictionary, folder, totals)
    with reading(deployment.engine) as session:
        chain, leaf = leaf_at(session, asked.chain_id, position)
    manifest = Manifest(
        format=_layout.FORMAT, project=project, question=question, scale=asked.scale,
        chain=chain, position=position, leaf=leaf.hex(), parts=size,
        judgments=totals.judgments, gold=totals.gold, n_events=spilled.n_events,
        outside_scale=totals.outside_scale, files=files,
    )  # fmt: skip
    write_whole(folder / _layout.MANIFEST, _layout.manifest_bytes(manifest))
    return Archive(folder=folder, manifest=manifest)


def parts_for(position: int) -> int:
    """Return the number of parts at a position: a power of two, so that it seldom changes.

    >>> parts_for(0), parts_for(250_000), parts_for(1_000_000)
    (1, 1, 4)
    """
    return min(1 << max(0, -(-position // PART_ROWS) - 1).bit_length(), MOST_PARTS)


@dataclass(slots=True)
class _Totals:
    """What the parts have in sum."""

    judgments: int = 0
    gold: int = 0
    outside_scale: int = 0
    labelers: set[int] = field(default_factory=set)

    def add(self, part: LoadedJudgments) -> None:
        """Add what one part has."""
        self.judgments += part.item.size
        self.gold += part.gold_item.size
        self.outside_scale += part.outside_scale
        self.labelers |= {labeler.id for labeler in part.labelers}


def _settled(
    engine: Engine, asked: Asked, spilled: Spilled, merges: Merges
) -> Iterator[tuple[str, LoadedJudgments]]:
    """Yield the name of each part and the judgments that stand in it, one part at a time."""
    for number in range(spilled.parts):
        events = spilled.bucket(number)
        found = loaded_by(engine, asked, events, asked.position, merges=merges, with_features=False)
        yield f"part-{number:05}.parquet", found


def _files(
    settled: Iterator[tuple[str, LoadedJudgments]],
    dictionary: Dictionary,
    folder: Path,
    totals: _Totals,
) -> dict[str, FileFacts]:
    files: dict[str, FileFacts] = {}
    for name, loaded in settled:
        tables = {
            f"judgments/{name}": judgments_table(loaded, dictionary),
            f"gold/{name}": gold_table(loaded, dictionary),
        }
        files |= {path: _put(folder / path, t) for path, t in tables.items() if t.num_rows}
        totals.add(loaded)
    labelers = pa.table([pa.array(sorted(totals.labelers), pa.int64())], schema=LABELERS)
    for path, table in ((_layout.WORDS, dictionary.table), (_layout.LABELERS, labelers)):
        files[path] = _put(folder / path, table)
    return files


def _put(path: Path, table: pa.Table) -> FileFacts:
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 20)
    sync(path)
    return FileFacts(**file_facts(path, table.num_rows))


def _linked(built: Archive, before: Archive | None) -> int:
    """Put files of the archive before in place of those that are alike; say how many."""
    if before is None:
        return 0
    there = before.manifest.files
    alike = [name for name, facts in built.manifest.files.items() if there.get(name) == facts]
    for name in alike:
        if not problem_of(before.folder / name, there[name]):
            (built.folder / name).unlink()
            os.link(before.folder / name, built.folder / name)
    return len(alike)
