"""A folder that `datasets.load_dataset(folder)` reads: Parquet files and a dataset card.

Two configurations: `default` holds the consensus labels, `judgments` the labels behind them. The
card's header names features, sizes and where each file lies, as the documentation of datasets asks
("Structure your repository", "Create a dataset card").
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labeltrust.services._snapshot_files import JUDGMENTS, LABELS, MANIFEST, SIGNATURE
from labeltrust.services.exports._base import ExportForm, Exporting

_CONFIGS = (("default", LABELS, "data"), ("judgments", JUDGMENTS, "judgments"))
_PIECE = "train-00000-of-00001.parquet"
_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)  # fmt: skip


def _write(exporting: Exporting, out: Path) -> None:
    for _, name, folder in _CONFIGS:
        (out / folder).mkdir(parents=True)
        shutil.copyfile(exporting.folder / name, out / folder / _PIECE)
    for name in (MANIFEST, SIGNATURE):
        if (exporting.folder / name).is_file():
            shutil.copyfile(exporting.folder / name, out / name)
    (out / "README.md").write_text(_card(exporting), encoding="utf-8")


def _card(exporting: Exporting) -> str:
    manifest = exporting.manifest
    title = f"Snapshot {exporting.number} of {_text(manifest['project'])}"
    left_out = sum(one["labels"] for one in manifest["excluded"])
    head = "\n".join(["---", *_header(exporting, title), "---"])
    methods = "\n".join(
        f"- {_text(question)}: {said['method']}, {said['ties']} ties without a label"
        for question, said in manifest["consensus"].items()
    )
    return f"""{head}

# {title}

Consensus labels out of the judgments of several labelers, without what was held out of training.

## Provenance

- Made {manifest["created_at"]} by {_text(manifest["created_by"])} with labeltrust.
- History up to position {manifest["position"]}, policy version {manifest["policy_version"]}.
- Labels left out: {left_out}; each with its reason in `{MANIFEST}`.
- `{MANIFEST}` names the SHA-256 of both data files; `{SIGNATURE}` is its Ed25519 signature where
  there is one. The files lie there as `{LABELS}` and `{JUDGMENTS}`.

## How labels came about

{methods}

`label` is the consensus, null where labels share the lead; `inferred` with `posterior` is what a
crowd model fitted with the trust in each labeler believes; `gold` is a trusted label.

## Licence

Unknown: labeltrust does not know under which terms items and labels were given.
"""


def _header(exporting: Exporting, title: str) -> Iterator[str]:
    rows = exporting.manifest["files"][LABELS]["rows"]
    size = next((word for most, word in _SIZES if rows < most), "n>10M")
    yield "license: unknown"
    yield f"pretty_name: {json.dumps(title)}"
    yield "size_categories:"
    yield f"- {size}"
    yield "configs:"
    for config, _, folder in _CONFIGS:
        yield f"- config_name: {config}"
        yield from ("  data_files:", "  - split: train", f"    path: {folder}/train-*")
    yield "dataset_info:"
    for config, name, _ in _CONFIGS:
        yield f"- config_name: {config}"
        yield from _info(exporting, name)


def _info(exporting: Exporting, name: str) -> Iterator[str]:
    schema, facts = pq.read_schema(exporting.folder / name), exporting.manifest["files"][name]
    yield "  features:"
    for field in schema:
        yield f"  - name: {field.name}"
        yield f"    dtype: {_dtype(field.type)}"
    size = _bytes(exporting.folder / name)
    yield from ("  splits:", "  - name: train", f"    num_bytes: {size}")
    yield f"    num_examples: {facts['rows']}"
    yield f"  download_size: {facts['bytes']}"
    yield f"  dataset_size: {size}"


def _bytes(path: Path) -> int:
    """Return the size of a file's columns without compression."""
    facts = pq.read_metadata(path)
    return sum(facts.row_group(n).total_byte_size for n in range(facts.num_row_groups))


def _dtype(kind: pa.DataType) -> str:
    """Return the name that `datasets` has for a type.

    >>> _dtype(pa.float64()), _dtype(pa.timestamp("us", tz="UTC"))
    ('float64', 'timestamp[us, tz=UTC]')
    """
    plain = {pa.float64(): "float64", pa.string(): "string", pa.bool_(): "bool"}
    return plain.get(kind, str(kind))


def _text(word: str) -> str:
    r"""Return a name on one line of Markdown without a meaning there.

    >>> print(_text("a*b <i>"))
    a\*b \<i\>
    """
    return "".join(f"\\{one}" if one in "\\`*_{}[]()<>#|!" else one for one in word)


EXPORT = ExportForm(title="A folder for datasets.load_dataset, with its card", write=_write)
