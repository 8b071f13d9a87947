"""A simulated crowd as files that `import` reads."""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from labeltrust.simulate import Simulated


def written_in(folder: Path, simulated: "Simulated") -> dict[str, int]:
    """Write a simulated crowd and return how many rows each file has."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = {
        "labels.csv": simulated.labels,
        "gold.csv": simulated.gold,
        "truth.csv": simulated.truth,
    }
    for name, frame in frames.items():
        frame.to_csv(folder / name, index=False, lineterminator="\n")
    written = {name: len(frame) for name, frame in frames.items()}
    if simulated.items is not None:
        written["items.jsonl"] = _write_items(folder / "items.jsonl", simulated.items)
    return written


def _write_items(path: Path, items: "pd.DataFrame") -> int:
    """Write one description an item, as events that `import` reads."""
    lines = [json.dumps(_described(row)) for row in items.to_dict("records")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return len(lines)


def _described(row: dict[Hashable, Any]) -> dict[str, Any]:
    """Return an item as the event that tells of it."""
    item, text = row.pop("item"), row.pop("text", None)
    content = {} if text is None else {"content": {"text": text}}
    features = {"item_features": row} if row else {}
    return {"type": "item.described", "item": item, **content, **features}
