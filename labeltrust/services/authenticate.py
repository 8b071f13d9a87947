"""Turn a presented key into a principal, or refuse it."""

import hmac
import re
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.errors import NotProven
from labeltrust.domain.principals import Principal
from labeltrust.services.create_key import key_digest
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import narrowed
from labeltrust.store.keys import find_key, owner_of, speaks_for
from labeltrust.store.scopes import scope_of
from labeltrust.store.session import reading
from labeltrust.store.sources import source_projects
from labeltrust.store.tables import ApiKey

_SHAPE = re.compile(r"lt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)


def authenticate_key(deployment: Deployment, text: str) -> Principal:
    """Return whom a key stands for, with role and scope.

    Raises:
        NotProven: The key is unknown, wrong, expired, revoked, or its person is disabled; which
            of them is not said.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _refused()
    with reading(deployment.engine) as session:
        row = find_key(session, shape[1])
        if row is None or not hmac.compare_digest(row.digest, key_digest(text)):
            raise _refused()
        return _principal(session, row, deployment.clock())


def _principal(session: Session, row: ApiKey, at: datetime) -> Principal:
    person, source = owner_of(session, row), speaks_for(session, row)
    disabled = person is not None and person.disabled_at is not None
    expired = row.expires_at is not None and row.expires_at <= at
    if row.revoked_at is not None or disabled or expired:
        raise _refused()
    scope = narrowed(scope_of(row.projects), scope_of(person.projects) if person else None)
    if source is not None:
        scope = narrowed(scope, source_projects(session, source))
    return Principal(
        name=f"key:lt_{row.key_id}",
        role=row.role,
        projects=scope,
        source=None if source is None else source.name,
        person=None if person is None else person.name,
    )


def _refused() -> NotProven:
    return NotProven("no valid key")
