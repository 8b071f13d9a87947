"""Features of incoming items as columns, one source after another."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from labeltrust.policy.drift import Column
from labeltrust.store.arrivals import Arrivals, Int

MOST_FEATURES: Final = 100
"""Features of a source that are compared: those that most items have. More would only be noise."""
_MOST_CHARACTERS: Final = 100
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Left:
    """How many features of a source were left out, being more than are compared."""

    source: str
    features: int


def feature_columns(
    found: Arrivals, names: Mapping[int, str], left: list[Left]
) -> Iterator[Column]:
    """Yield the features of every source, so that one column is held at a time.

    Args:
        found: A sample of items.
        names: Names of sources by row id.
        left: Is told what is left out.
    """
    for number in sorted(found.n_all):
        mine = np.flatnonzero(found.source == number)
        told = [_decode(found.features[k]) for k in mine.tolist()]
        source = names.get(number, "")
        counted = Counter(name for one in told for name in one)
        chosen = [name for name, _ in sorted(counted.items(), key=_most)][:MOST_FEATURES]
        if len(counted) > len(chosen):
            left.append(Left(source, len(counted) - len(chosen)))
        age = found.age[mine]
        yield from (_column(source, name, told, age, found.n_all[number]) for name in chosen)


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _column(
    source: str, name: str, told: Sequence[Mapping[str, Any]], age: Int, n_all: int
) -> Column:
    """Return one feature; it is a number where most that have it have a number."""
    values = [one.get(name) for one in told]
    known = [value for value in values if value is not None]
    is_number = 2 * sum(map(_is_number, known)) > len(known)
    return Column(
        source=source,
        feature=name,
        kind="number" if is_number else "category",
        age=age,
        values=(
            np.array([v if _is_number(v) else np.nan for v in values], dtype=np.float64)
            if is_number
            else np.array([_word(v) for v in values], dtype=np.str_)
        ),
        n_all=n_all,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(value: object) -> str:
    """Return a value as a category; none is a category of its own."""
    if value is None:
        return "absent"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:_MOST_CHARACTERS] or "empty"
