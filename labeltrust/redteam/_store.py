"""Finished tasks in a folder, so that a run that was broken off goes on where it stopped."""

import json
from dataclasses import dataclass
from pathlib import Path

from labeltrust.domain.errors import InvalidInput
from labeltrust.redteam.run_cell import Row

_DONE = "done.jsonl"
_RUN = "run.json"

Tables = dict[str, list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a folder was begun with."""

    seed: int
    code: str


def begun(folder: Path, wanted: int | None, fresh: int, code: str) -> Run:
    """Begin a run in a folder, or go on with the one that is there.

    A run goes on if the code is the same and no other seed is asked for; else all is new.

    Args:
        folder: Where results are kept.
        wanted: Seed asked for; None takes that of the folder, or the fresh one.
        fresh: Seed of a new run.
        code: Fingerprint of the code.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / _RUN
    if place.exists():
        there = _read(place)
        if there.code == code and wanted in {None, there.seed}:
            return there
    run = Run(seed=fresh if wanted is None else wanted, code=code)
    place.write_text(json.dumps({"seed": run.seed, "code": run.code}) + "\n", encoding="utf-8")
    (folder / _DONE).write_text("", encoding="utf-8")
    return run


def _read(place: Path) -> Run:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        return Run(seed=int(told["seed"]), code=str(told["code"]))
    except (ValueError, KeyError, TypeError) as error:
        detail = f"{place.name} was not written by a red team run; choose another folder"
        raise InvalidInput(detail, place="--out") from error


def done(folder: Path) -> dict[str, Tables]:
    """Return what each finished task found, by its key; a line cut short is a task not finished."""
    place = folder / _DONE
    found: dict[str, Tables] = {}
    if not place.exists():
        return found
    with place.open(encoding="utf-8") as file:
        for line in file:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            found[told["key"]] = told["found"]
    return found


def keep(folder: Path, key: str, found: Tables) -> None:
    """Add a finished task."""
    with (folder / _DONE).open("a", encoding="utf-8") as file:
        # begins a line anew, should the last one have been cut short
        file.write("\n" + json.dumps({"key": key, "found": found}))
