"""Repeated event ids: the same event once more, or another one under a used id."""

import hashlib
from dataclasses import dataclass
from typing import Final

from labeltrust.domain.checksums import MISMATCH
from labeltrust.domain.events import Problem
from labeltrust.store.aliases import NOBODY, Alias, Aliases
from labeltrust.store.checks import Draft
from labeltrust.store.drafts import OWN_PREFIX
from labeltrust.store.known_events import KnownEvent, is_erased
from labeltrust.store.statements import Statements

REUSED: Final = "event_id_reused"
TAKES_TWO: Final = "gold_takes_two"
SAID_BYTES: Final = 32
MARK_BYTES: Final = 16
SETTLED: Final = frozenset({REUSED, TAKES_TWO})
"""Refusals that no later try mends: nothing is held."""


@dataclass(frozen=True, slots=True)
class Names:
    """The aliases at hand in a transaction; those of erased names are not among them."""

    items: Aliases
    labelers: Aliases

    def of(self, draft: Draft) -> tuple[Alias, Alias]:
        """Return the aliases of a draft's item and labeler."""
        item = self.items.get(draft.item_key, NOBODY)
        return item, self.labelers.get(draft.labeler_key, NOBODY)


def stored_id(draft: Draft, names: Names) -> str:
    """Return the id on record of an event whose id was derived; empty where a name is not known.

    A derived id is a digest of names, too, against which guesses could be tested: so it is
    digested again, keyed by salts that erasure destroys.
    """
    item, labeler = names.of(draft)
    if (draft.item_key and item is NOBODY) or (draft.labeler_key and labeler is NOBODY):
        return ""
    text, salt = draft.plain.event_id.encode(), labeler.salt + item.salt
    return "row:" + hashlib.blake2b(text, key=salt, digest_size=20).hexdigest()


def content_digest(said: bytes, item: Alias, labeler: Alias) -> bytes:
    """Return the digest by which a repeated event is told from a changed one.

    It holds pseudonyms for names and is keyed by salts that erasure destroys, so that nobody can
    test guesses against it afterwards.

    >>> len(content_digest(b"[]", NOBODY, NOBODY))
    32
    """
    text = said + item.mark + b"/" + labeler.mark
    return hashlib.blake2b(text, key=labeler.salt + item.salt, digest_size=SAID_BYTES).digest()


def shown_digest(content: str, features: str, item: Alias) -> bytes:
    """Return the digests of what an item shows and of its features, by which both are verified.

    Args:
        content: JSON text as it is kept, empty where the event tells none.
        features: Likewise.
        item: Keyed by its salt alone: whoever erases a labeler leaves the item verifiable.

    Returns:
        32 bytes, the latter half for the features, zeros for what is not told; empty where neither
        is, as of most events.

    >>> len(shown_digest('{"text":"x"}', "", NOBODY)), shown_digest("", "", NOBODY)
    (32, b'')
    """
    if not (content or features):
        return b""
    return shown_mark(content, item.salt) + shown_mark(features, item.salt)


def shown_mark(text: str, salt: bytes) -> bytes:
    """Return half of a `shown_digest`: 16 bytes, zeros for an empty text."""
    if not text:
        return bytes(MARK_BYTES)
    return hashlib.blake2b(text.encode(), key=salt, digest_size=MARK_BYTES).digest()


def is_same(digest: bytes, known: bytes) -> bool:
    """Say whether a digest of what was said is the one on record, whatever follows it there."""
    return known[:SAID_BYTES] == digest


def settle(
    statements: Statements, draft: Draft, known: KnownEvent, names: Names, *, again: bool = False
) -> None:
    """Give a draft whose id is on record its original receipt, or refuse it in its place.

    Args:
        statements: The transaction.
        draft: What came.
        known: What is on record under its id.
        names: Of the transaction.
        again: It was held before and is read again.
    """
    item, labeler = names.of(draft)
    of_same = (item.id, labeler.id) == (known.item_alias_id, known.labeler_alias_id)
    same = of_same and is_same(content_digest(draft.plain.said, item, labeler), known.digest)
    if is_spoiled(draft) and not same:
        # No other event under a used id, but a copy that something spoiled on its way. Read again
        # when the right one came meanwhile, it is settled by that one.
        same = again and of_same
        if not same:
            return
    if same or is_erased(statements, known):
        draft.receipt, draft.problem, draft.delivery_id = known.receipt, None, known.delivery_id
        return
    draft.problem = _reused(draft)


def is_spoiled(draft: Draft) -> bool:
    """Say whether what an event shows is not what its sender stated the checksum of."""
    return draft.plain.flaw is not None and draft.plain.flaw[0] == MISMATCH


def settle_twin(draft: Draft, first: Draft) -> None:
    """Treat an id that came twice in one transaction as if the first were on record."""
    one, other = draft.plain, first.plain
    if (one.item, one.labeler, one.said) == (other.item, other.labeler, other.said):
        draft.twin, draft.problem = first, None
    elif not is_spoiled(draft):
        draft.problem = _reused(draft)


def _reused(draft: Draft) -> Problem:
    shown = draft.plain.event_id[:200]
    detail = f"event id {shown!r} is on record with other content; the first stays"
    return Problem(index=draft.plain.position, code=REUSED, detail=detail, status=409)


def finding_id(draft: Draft, digest: bytes) -> str:
    """Return the id of the finding, so that one conflict is recorded once."""
    text = draft.plain.event_id.encode() + digest
    return f"{OWN_PREFIX}reused:{hashlib.sha256(text).hexdigest()}"
