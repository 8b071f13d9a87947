"""Repeated event ids: the same event once more, or another one under a used id."""

import hashlib
from dataclasses import dataclass
from typing import Final

from labeltrust.domain.events import Problem
from labeltrust.store.aliases import NOBODY, Alias, Key
from labeltrust.store.drafts import OWN_PREFIX, Draft, content_digest, is_derived, keyed_id
from labeltrust.store.known_events import KnownEvent, is_erased
from labeltrust.store.statements import Statements

REUSED: Final = "event_id_reused"


@dataclass(frozen=True, slots=True)
class Names:
    """The aliases at hand in a transaction; those of erased names are not among them."""

    items: dict[Key, Alias]
    labelers: dict[Key, Alias]

    def of(self, draft: Draft) -> tuple[Alias, Alias]:
        """Return the aliases of a draft's item and labeler."""
        item = self.items.get(draft.item_key, NOBODY) if draft.item_key else NOBODY
        key = draft.labeler_key
        return item, self.labelers.get(key, NOBODY) if key else NOBODY


def fill_stored_id(draft: Draft, names: Names) -> None:
    """Work out the id on record, where all names it may hang on are at hand."""
    if not is_derived(draft.event_id):
        draft.stored_id = draft.event_id
        return
    item, labeler = names.of(draft)
    is_missing = (draft.item_key and item is NOBODY) or (draft.labeler_key and labeler is NOBODY)
    draft.stored_id = "" if is_missing else keyed_id(draft.event_id, labeler.salt + item.salt)


def digest_of(draft: Draft, names: Names) -> bytes:
    """Return the content digest of a draft whose aliases are at hand."""
    item, labeler = names.of(draft)
    return content_digest(draft, item.pseudonym, labeler.pseudonym, labeler.salt + item.salt)


def settle(statements: Statements, draft: Draft, known: KnownEvent, names: Names) -> None:
    """Give a draft whose id is on record its original receipt, or refuse it in its place."""
    item, labeler = names.of(draft)
    same_names = (item.id, labeler.id) == (known.item_alias_id, known.labeler_alias_id)
    same = same_names and digest_of(draft, names) == known.digest
    if same or is_erased(statements, known):
        draft.receipt, draft.problem, draft.delivery_id = known.receipt, None, known.delivery_id
        return
    draft.problem = reused(draft)


def settle_twin(draft: Draft, first: Draft) -> None:
    """Treat an id that came twice in one transaction as if the first were on record."""
    if draft.event == first.event:
        draft.twin, draft.problem = first, None
    else:
        draft.problem = reused(draft)


def reused(draft: Draft) -> Problem:
    """Return the refusal of another event under a used id."""
    detail = f"event id {draft.event_id[:200]!r} is on record with other content; the first stays"
    return Problem(index=draft.position, code=REUSED, detail=detail, status=409)


def finding_id(draft: Draft, digest: bytes) -> str:
    """Return the id of the finding, so that one conflict is recorded once."""
    text = draft.event_id.encode() + digest
    return f"{OWN_PREFIX}reused:{hashlib.sha256(text).hexdigest()}"
