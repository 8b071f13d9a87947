"""Create API keys; the text is shown once, and only its digest is kept."""

import hashlib
import secrets

import msgspec

from labeltrust.domain.access import Key, KeyDraft, NewKey
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_name
from labeltrust.domain.principals import Principal, checked_role
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import check_grant
from labeltrust.services.manageable import is_manageable, seen_by_key
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.keys import insert_key, key_of, key_rows, keys_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import source_projects, source_row

KEY_ID_BYTES = 6
SECRET_BYTES = 32


def create_key(deployment: Deployment, principal: Principal, draft: KeyDraft) -> NewKey:
    """Create a key `lt_<id>_<secret>` with 256 random bits, which need no slow hash.

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        InvalidInput: Name, role, source or expiry cannot be.
        NotFound: Person, source or project is not there.
    """
    principal.require("manage")
    at = deployment.clock()
    _check(draft)
    if draft.expires_at is not None and draft.expires_at <= at:
        raise InvalidInput("expires_at lies in the past", place="expires_at")
    key_id = secrets.token_hex(KEY_ID_BYTES)
    text = f"lt_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    with unit_of_work(deployment.engine) as session:
        if draft.source is not None and draft.projects is None:
            own = source_projects(session, source_row(session, draft.source))
            check_grant(session, principal, own)
        else:
            check_grant(session, principal, draft.projects)
        row = insert_key(session, draft, key_id, key_digest(text), at)
        key = key_of(session, row)
        append(
            session,
            chain=SYSTEM,
            type="key.created",
            actor=principal.name,
            at=at,
            detail={"key": msgspec.to_builtins(key)},
        )
        return NewKey(key=key, text=text)


def key_digest(text: str) -> bytes:
    """Return what is kept of a key, a session or a sign-in link.

    >>> len(key_digest("lt_a_b"))
    32
    """
    return hashlib.sha256(text.encode()).digest()


def list_keys(deployment: Deployment, principal: Principal) -> tuple[Key, ...]:
    """Return the keys that one may manage without their texts, oldest first.

    Raises:
        NotAllowed: The role may not manage.
    """
    principal.require("manage")
    with reading(deployment.engine) as session:
        rows = key_rows(session)
        if principal.projects is not None:
            rows = [row for row in rows if is_manageable(principal, seen_by_key(session, row))]
        return tuple(keys_of(session, rows))


def _check(draft: KeyDraft) -> None:
    checked_name(draft.name, "key")
    checked_role(draft.role)
    if (draft.role == "source") != (draft.source is not None):
        detail = "a key of role 'source' names its source, and no other key does"
        raise InvalidInput(detail, place="source")
    if draft.expires_at is not None and draft.expires_at.tzinfo is None:
        raise InvalidInput("expires_at has no time zone", place="expires_at")
