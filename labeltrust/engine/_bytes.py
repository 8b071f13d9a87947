"""Counts as bytes and back, without pickle: what another machine sent can run nothing here."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Cells, Counts
from labeltrust.domain.errors import InvalidInput

C = TypeVar("C", bound=Counts)
_PLAIN = (int, float, str)


def to_bytes(counts: Counts) -> bytes:
    """Return counts as an uncompressed NumPy archive: one array a field, three a sparse table.

    >>> from labeltrust.counts import block
    >>> from labeltrust.counts.majority import COUNTER
    >>> found = COUNTER.count(block([1, 1], [0, 1], [0, 0], n_labelers=2, values=[0]))
    >>> from_bytes(COUNTER.counts, to_bytes(found)).unanimous
    1
    """
    file = io.BytesIO()
    np.savez(file, **dict(_arrays(counts)))
    return file.getvalue()


def _arrays(counts: Counts) -> Iterator[tuple[str, Any]]:
    for field in fields(cast("Any", counts)):
        value = getattr(counts, field.name)
        if isinstance(value, Cells):
            shape = np.array(value.shape, dtype=np.int64)
            parts = {"shape": shape, "key": value.key, "sums": value.sums}
            yield from ((f"{field.name}.{part}", array) for part, array in parts.items())
        else:
            yield field.name, np.asarray(value)


def from_bytes(kind: type[C], raw: bytes) -> C:
    """Return the counts that some bytes hold.

    Args:
        kind: The type that the counter returns.
        raw: What `to_bytes` made of such counts.

    Raises:
        InvalidInput: The bytes hold no such counts.
    """
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
            found = {name: _value(hint, name, arrays) for name, hint in _hints(kind).items()}
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        detail = f"{len(raw)} bytes hold no {kind.__name__}: {error}"
        raise InvalidInput(detail, code="counts_unreadable") from error
    return kind(**found)


def _hints(kind: type[Counts]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(cast("Any", kind))}


def _value(hint: object, name: str, arrays: Mapping[str, NDArray[Any]]) -> object:
    if hint is Cells:
        shape, key, sums = (arrays[f"{name}.{part}"] for part in ("shape", "key", "sums"))
        return Cells(shape=tuple(shape.tolist()), key=key, sums=sums)
    array = arrays[name]
    return hint(array.item()) if hint in _PLAIN else array
