"""Give a source a new secret while the old one still works, and revoke secrets."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlmodel import Session

from labeltrust.domain.access import NewSecret, Source
from labeltrust.domain.errors import InvalidInput, Misconfigured, NotFound
from labeltrust.domain.naming import checked_note, is_storable
from labeltrust.domain.principals import Principal
from labeltrust.ingest._base import Platform
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_source
from labeltrust.services.platforms import platforms
from labeltrust.store import tables
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import unit_of_work
from labeltrust.store.sources import (
    insert_secret,
    live_secret_rows,
    secret_rows,
    source_of,
)

SECRET_BYTES = 32
KEY_ID_BYTES = 6
MAX_SECRET_CHARACTERS = 512
OVERLAP_HOURS = 24.0
MAX_OVERLAP_HOURS = 24.0 * 90


def rotate_secret(
    deployment: Deployment,
    principal: Principal,
    *,
    source: str,
    secret: str | None = None,
    overlap_hours: float = OVERLAP_HOURS,
) -> NewSecret:
    """Add a secret to a source; the ones before it prove deliveries until the overlap ends.

    Args:
        deployment: The installation.
        principal: Who rotates.
        source: Name of the source.
        secret: The platform's own secret; None makes one here.
        overlap_hours: How long the older secrets still work, 0 to 90 days.

    Raises:
        NotAllowed: The role may not manage, or the source speaks for projects out of scope.
        NotFound: There is no such source.
        InvalidInput: The secret cannot be one of the platform, or the overlap is out of range.
    """
    principal.require("manage")
    if not 0.0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        detail = f"overlap is {overlap_hours!r} hours, must be 0 to {MAX_OVERLAP_HOURS:g}"
        raise InvalidInput(detail, place="overlap_hours")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        older = live_secret_rows(session, row, at)
        _limit(older, at + timedelta(hours=overlap_hours))
        new = keep_secret(deployment, session, row, secret)
        detail_ = {"source": source, "key_id": new.key_id, "older": [s.key_id for s in older]}
        append(
            session,
            chain=SYSTEM,
            type="secret.rotated",
            actor=principal.name,
            at=at,
            detail={**detail_, "overlap_hours": overlap_hours},
        )
        return new


def revoke_secret(
    deployment: Deployment, principal: Principal, *, source: str, key_id: str, reason: str
) -> Source:
    """End a secret at once; what it proved before stays, with its key id on every event.

    Raises:
        NotAllowed: The role may not manage, or the source speaks for projects out of scope.
        NotFound: There is no such source, or no such secret of it.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        secret = _secret(session, row, key_id)
        if secret.revoked_at is None:
            secret.revoked_at = at
            append(
                session,
                chain=SYSTEM,
                type="secret.revoked",
                actor=principal.name,
                at=at,
                detail={"source": source, "key_id": key_id, "reason": note},
            )
        return source_of(session, row)


def keep_secret(
    deployment: Deployment, session: Session, row: tables.Source, given: str | None
) -> NewSecret:
    """Seal and keep a given or a new secret of a source, within the caller's transaction.

    Raises:
        InvalidInput: A given secret cannot be one of the source's platform.
    """
    platform = platforms()[row.platform]
    text = _new_secret() if given is None else _checked(platform, given)
    key_id = f"whk_{secrets.token_hex(KEY_ID_BYTES)}"
    sealed = deployment.vault.seal_secret(text)
    insert_secret(session, row, key_id, sealed, deployment.clock())
    return NewSecret(
        source=row.name,
        key_id=key_id,
        address=f"{deployment.settings.address}/webhooks/{quote(row.name, safe='')}",
        hint=platform.secret_hint,
        mark=platform.mark,
        given=given is not None,
        text=text,
    )


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _checked(platform: Platform, secret: str) -> str:
    if len(secret) > MAX_SECRET_CHARACTERS or not is_storable(secret):
        detail = f"a secret is text of at most {MAX_SECRET_CHARACTERS} characters"
        raise InvalidInput(detail, place="secret", code="bad_secret")
    try:
        platform.check_secret(secret)
    except Misconfigured as error:
        raise InvalidInput(str(error), place="secret", code="bad_secret") from None
    return secret


def _limit(older: Sequence[tables.SourceSecret], end: datetime) -> None:
    for secret in older:
        if secret.expires_at is None or secret.expires_at > end:
            secret.expires_at = end


def _secret(session: Session, row: tables.Source, key_id: str) -> tables.SourceSecret:
    for secret in secret_rows(session, row):
        if secret.key_id == key_id:
            return secret
    detail = f"source {row.name!r} has no secret {key_id[:80]!r}"
    raise NotFound(detail)
