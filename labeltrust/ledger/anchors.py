"""A chain held against checkpoints while it is walked from its first record on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from labeltrust.ledger.merkle import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What a signed checkpoint states: so many records, this root; its note, and whence it came."""

    size: int
    root: bytes
    note: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """The first checkpoint that a chain does not fulfil.

    Attributes:
        first: The first record that cannot be trusted: all before it lie under a checkpoint that
            holds.
        anchor: The checkpoint.
        reason: In words.
    """

    first: int
    anchor: Anchor
    reason: str


@dataclass(slots=True)
class Anchored:
    """Grows the tree of a chain and compares its root at the size of each checkpoint.

    Attributes:
        held: Checkpoints that hold.
        through: Records under the largest of them.
        wrong: The first that does not, None while all do.

    >>> anchored = Anchored([Anchor(size=1, root=bytes(32), note="", where="here")])
    >>> anchored.add(bytes(32))
    >>> (anchored.held, anchored.wrong)
    (1, None)
    """

    anchors: Iterable[Anchor]
    held: int = 0
    through: int = 0
    wrong: Contradicted | None = None
    _edge: Edge = field(default_factory=Edge)
    _waiting: list[Anchor] = field(default_factory=list)
    _next: int = -1

    def __post_init__(self) -> None:
        """Order the checkpoints, largest first, so that the next one is at the end."""
        self._waiting = sorted(self.anchors, key=lambda anchor: -anchor.size)
        self._pass_empty()

    def add(self, leaf: bytes) -> None:
        """Add the leaf of the next record."""
        edge = self._edge
        edge.add(leaf)
        if edge.size == self._next:
            self._compare()
        if edge.done:
            edge.done.clear()

    def end(self) -> None:
        """Say that the chain has no more records: checkpoints that know more do not hold."""
        if self._waiting and self.wrong is None:
            anchor, n = self._waiting[-1], self._edge.size
            reason = (
                f"the history was cut or rolled back: {anchor.where} knows {anchor.size} records, "
                f"{n} are here"
            )
            self.wrong = Contradicted(first=n + 1, anchor=anchor, reason=reason)

    def _compare(self) -> None:
        root = self._edge.root()
        while self._waiting and self._waiting[-1].size == self._edge.size:
            anchor = self._waiting.pop()
            if anchor.root == root:
                self.held, self.through = self.held + 1, anchor.size
            elif self.wrong is None:
                self.wrong = self._rewritten(anchor)
        self._next = self._waiting[-1].size if self._waiting else -1

    def _rewritten(self, anchor: Anchor) -> Contradicted:
        first = self.through + 1
        reason = (
            f"the history was rewritten: records {first} to {anchor.size} are not those that "
            f"{anchor.where} is over"
        )
        return Contradicted(first=first, anchor=anchor, reason=reason)

    def _pass_empty(self) -> None:
        while self._waiting and self._waiting[-1].size == 0:
            self._waiting.pop()
        self._next = self._waiting[-1].size if self._waiting else -1
