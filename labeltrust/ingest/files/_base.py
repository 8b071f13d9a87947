"""What every file reader offers and gets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal, Protocol

from labeltrust.domain.events import LabelerKind, Piece
from labeltrust.ingest.files._look import Look

ROWS_PER_PIECE = 5_000

KnownFrom = Literal["own", "run", "source", "docs"]
"""How we know a format: it is ours; its platform was run; its code was read; only its
documentation was."""


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
        platform: Of the source; exports of it name items as its webhooks do, where they can.
        zone: Of the times in a table that name none; None refuses them.
        rows_per_piece: How many rows are handed over at once.
        file: Name of the file, for formats in which it is that of the item.
        labeler: Who labeled, for exports that name nobody.
    """

    project: str
    question: str = "label"
    labeler_kind: LabelerKind = "human"
    gold: bool = False
    config: Mapping[str, object] = field(default_factory=dict)
    platform: str = ""
    zone: tzinfo | None = None
    rows_per_piece: int = ROWS_PER_PIECE
    file: str = ""
    labeler: str | None = None


def looks_like_nothing(look: Look) -> bool:
    """Recognise nothing: for formats that are what is left over."""
    del look
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A file format found by discovery.

    Attributes:
        name: The word used in `import --format`.
        title: For people.
        parser_version: Stored as provenance with every event; raise it when the reading changes.
        read: Yields the file piece by piece; raises UnreadableDelivery where the file as a whole
            (or from here on) cannot be read. Bad rows are problems of their piece.
        looks_like: Says whether a file is of this format, by its first bytes and the names in it.
        known_from: How we know the format.
    """

    name: str
    title: str
    parser_version: str
    read: Callable[[Readable, RowSettings], Iterator[Piece]]
    looks_like: Callable[[Look], bool] = looks_like_nothing
    known_from: KnownFrom = "own"
