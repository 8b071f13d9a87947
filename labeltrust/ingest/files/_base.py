"""What every file reader offers and gets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from labeltrust.domain.events import LabelerKind, Piece

ROWS_PER_PIECE = 5_000


class Readable(Protocol):
    """A binary stream, of which only reading on is needed."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, b"" at the end; all of them for -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSettings:
    """What the rows of a file leave out.

    Attributes:
        project: The project of all rows.
        question: For rows that name none.
        labeler_kind: For rows that name none.
        gold: The rows declare gold labels: no labeler is needed.
        config: The source's own settings, for platform exports.
        zone: Of the times in a table that name none; None refuses them.
        rows_per_piece: How many rows are handed over at once.
    """

    project: str
    question: str = "label"
    labeler_kind: LabelerKind = "human"
    gold: bool = False
    config: Mapping[str, object] = field(default_factory=dict)
    zone: tzinfo | None = None
    rows_per_piece: int = ROWS_PER_PIECE


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A file format found by discovery.

    Attributes:
        name: The word used in `import --format`.
        title: For people.
        parser_version: Stored as provenance with every event; raise it when the reading changes.
        read: Yields the file piece by piece; raises UnreadableDelivery where the file as a whole
            (or from here on) cannot be read. Bad rows are problems of their piece.
    """

    name: str
    title: str
    parser_version: str
    read: Callable[[Readable, RowSettings], Iterator[Piece]]
