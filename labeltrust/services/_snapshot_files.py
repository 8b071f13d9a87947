"""The files of a snapshot: consensus label of every item, the judgments behind it, checksums."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeltrust.counts import Judgments, block
from labeltrust.counts._base import STRUCTURED
from labeltrust.counts._meetings import SEED, with_likeness
from labeltrust.inference.consensus import Consensus, consensus
from labeltrust.inference.inferred_labels import InferredLabels, inferred_labels
from labeltrust.inference.medoid import parts_consensus
from labeltrust.services._voices import weights
from labeltrust.store.judgments import LoadedJudgments

LABELS = "labels.parquet"
JUDGMENTS = "judgments.parquet"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
_READ_BYTES = 1 << 20
_MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What is written of one question, and how it came about.

    Attributes:
        labels: Consensus label of every item, with what is inferred beside it.
        judgments: The judgments behind them.
        method: How the consensus was taken.
        ties: Items without a consensus label.
        inferred: How labels were inferred, whether by trust, and of how many items.
    """

    labels: pa.Table
    judgments: pa.Table
    method: str
    ties: int
    inferred: dict[str, Any]


def tables_of(
    question: str,
    loaded: LoadedJudgments,
    kept: NDArray[np.bool_],
    item_names: Mapping[int, str],
    source_names: Mapping[int, str],
    trust: Mapping[int, float] | None = None,
) -> Tables:
    """Return the rows of one question that go into a training set.

    Args:
        question: Name of the question.
        loaded: Its current judgments.
        kept: (n,) False where a judgment stays out.
        item_names: Outside id by item id.
        source_names: Name by source id.
        trust: Trust by labeler id, which weighs the votes of labels with parts and what is
            inferred of plain ones.
    """
    found = _block(loaded, kept)
    agreed, words = _agreed(found, loaded, trust or {})
    names = [item_names[number] for number in found.item_id.tolist()]
    believed = inferred_labels(found, weights(loaded.labelers, trust or {}))
    labels = _labels(question, words, names, agreed, found.gold)
    return Tables(
        labels=_with_inferred(labels, believed, words),
        judgments=_judgments(question, loaded, kept, item_names, source_names),
        method=agreed.method,
        ties=int(agreed.tied.sum()),
        inferred={
            "method": "dawid_skene",
            "weighted_by_trust": bool(trust),
            "items": int((believed.label >= 0).sum()),
        },
    )


def _block(loaded: LoadedJudgments, kept: NDArray[np.bool_]) -> Judgments:
    return block(
        loaded.item[kept],
        loaded.labeler[kept],
        loaded.label[kept],
        n_labelers=len(loaded.labelers),
        values=loaded.values,
        level=loaded.level,
        gold=(loaded.gold_item, loaded.gold_label),
    )


def _agreed(
    found: Judgments, loaded: LoadedJudgments, trust: Mapping[int, float]
) -> tuple[Consensus, tuple[str, ...]]:
    """Return the consensus of every item, and the labels that its codes mean."""
    words = loaded.words
    if found.level not in STRUCTURED:
        return consensus(found), words
    alike = with_likeness(found, words, np.random.default_rng(SEED))
    agreed = parts_consensus(alike, words, weights(loaded.labelers, trust))
    return agreed.found, (*words, *agreed.made)


def _labels(
    question: str,
    words: tuple[str, ...],
    items: list[str],
    agreed: Consensus,
    gold: NDArray[np.int64],
) -> pa.Table:
    return pa.table(
        {
            "item": pa.array(items, pa.string()),
            "question": pa.array([question] * len(items), pa.string()),
            "label": _words(words, agreed.label),
            "value": pa.array(agreed.value, pa.float64(), mask=np.isnan(agreed.value)),
            "n_labelers": pa.array(agreed.n, pa.int32()),
            "share": pa.array(agreed.share, pa.float64()),
            "tied": pa.array(agreed.tied, pa.bool_()),
            "gold": _words(words, gold),
        }
    )


def _with_inferred(labels: pa.Table, believed: InferredLabels, words: tuple[str, ...]) -> pa.Table:
    """Add what a fitted crowd believes: label, its probability, and the labels behind it."""
    chance = pa.array(believed.posterior, pa.float64(), mask=np.isnan(believed.posterior))
    return (
        labels.append_column("inferred", _words(words, believed.label))
        .append_column("posterior", chance)
        .append_column("n_labels", pa.array(believed.n, pa.int32()))
    )


def _judgments(
    question: str,
    loaded: LoadedJudgments,
    kept: NDArray[np.bool_],
    item_names: Mapping[int, str],
    source_names: Mapping[int, str],
) -> pa.Table:
    who = loaded.labeler[kept]
    items = [item_names[number] for number in loaded.item[kept].tolist()]
    sources = [source_names.get(number) for number in loaded.source[kept].tolist()]
    return pa.table(
        {
            "item": pa.array(items, pa.string()),
            "question": pa.array([question] * len(items), pa.string()),
            "labeler": _words(tuple(x.name for x in loaded.labelers), who),
            "labeler_id": pa.array([x.id for x in loaded.labelers], pa.int64()).take(who),
            "labeler_kind": _words(tuple(x.kind for x in loaded.labelers), who),
            "label": _words(loaded.words, loaded.label[kept]),
            "occurred_at": pa.array(loaded.occurred_us[kept], _MOMENT),
            "received_at": pa.array(loaded.received_us[kept], _MOMENT),
            "duration_seconds": _seconds(loaded.duration_seconds[kept]),
            "source": pa.array(sources, pa.string()),
            "import": pa.array(loaded.delivery[kept], pa.int64()),
            "sequence": pa.array(loaded.sequence[kept], pa.int64()),
        }
    )


def _words(words: tuple[str, ...], codes: NDArray[np.int64]) -> pa.Array:
    places = pa.array(codes, pa.int64(), mask=codes < 0)
    return pa.array(words, pa.string()).take(places)


def _seconds(seconds: NDArray[np.float64]) -> pa.Array:
    return pa.array(seconds, pa.float64(), mask=np.isnan(seconds))


def write_tables(folder: Path, tables: list[Tables]) -> dict[str, dict[str, Any]]:
    """Write both files, durably, and return rows, bytes and checksum of each by file name."""
    written = {
        LABELS: pa.concat_tables([t.labels for t in tables]),
        JUDGMENTS: pa.concat_tables([t.judgments for t in tables]),
    }
    for name, table in written.items():
        pq.write_table(table, folder / name, compression="zstd")
        sync(folder / name)
    return {name: file_facts(folder / name, table.num_rows) for name, table in written.items()}


def file_facts(path: Path, rows: int) -> dict[str, Any]:
    """Return rows, bytes and checksum of a file as the manifest states them."""
    return {"rows": rows, "bytes": path.stat().st_size, "sha256": file_digest(path)}


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_READ_BYTES):
            digest.update(part)
    return digest.hexdigest()


def write_whole(path: Path, body: bytes) -> None:
    """Write a small file durably."""
    path.write_bytes(body)
    sync(path)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_into_place(draft: Path, place: Path) -> None:
    """Give a finished folder its name, in one step that survives a loss of power.

    A folder that stands there already belongs to a snapshot whose transaction never ended: nobody
    was told of it.
    """
    if place.exists():
        place.rename(place.with_name(f".orphan-{draft.name.lstrip('.')}"))
    draft.rename(place)
    sync(place.parent)


def training_labels(
    loaded: LoadedJudgments, kept: NDArray[np.bool_], trust: Mapping[int, float]
) -> dict[int, str]:
    """Return the label that a training set of some judgments gives each item, without ties.

    Args:
        loaded: The current judgments.
        kept: (n,) False where a judgment stays out.
        trust: Trust by labeler id.

    Returns:
        Canonical label by item id; of numbers the value.
    """
    found = _block(loaded, kept)
    agreed, words = _agreed(found, loaded, trust)
    numeric = found.level in {"interval", "ratio"}
    there = np.isfinite(agreed.value) if numeric else agreed.label >= 0
    items = found.item_id[there].tolist()
    if numeric:
        return dict(zip(items, map(repr, agreed.value[there].tolist()), strict=True))
    return dict(zip(items, (words[k] for k in agreed.label[there].tolist()), strict=True))
