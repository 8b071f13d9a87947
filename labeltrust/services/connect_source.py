"""Let a source's platform be read by its API: where, as whom, how often."""

from collections.abc import Mapping

from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_note, is_storable
from labeltrust.domain.platform_access import Access, AccessDraft, AccessInfo, checked_root
from labeltrust.domain.principals import Principal
from labeltrust.services.connectors import connector_of, opened
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_source
from labeltrust.store import tables
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.inserting import known_id
from labeltrust.store.session import unit_of_work
from labeltrust.store.source_pulls import drop_access, get_access, set_access

MOST_TOKEN_CHARACTERS = 8_192
MOST_MINUTES = 60 * 24 * 30


def connect_source(
    deployment: Deployment, principal: Principal, source: str, draft: AccessDraft
) -> AccessInfo:
    """Keep how a source's platform is read; the token is sealed and never shown again.

    An empty token leaves the one there is, as long as it would go to the same address.

    Raises:
        NotAllowed: The role may not manage, or the source speaks for projects out of scope.
        NotFound: There is no such source.
        InvalidInput: The platform has no connector, or address, project or token cannot be.
    """
    principal.require("manage")
    _check(draft)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        connector = connector_of(row.platform)
        sealed, token = _sealed(deployment, session, row, draft)
        access = Access(url=draft.url, remote=draft.remote, token=token)
        connector.check(access)
        with opened(deployment.settings, connector, access):
            pass  # the host is looked up and refused here, not hours later by a job
        info = AccessInfo(
            url=draft.url,
            remote=draft.remote,
            every_minutes=draft.every_minutes,
            set_at=at,
            set_by=principal.name,
        )
        set_access(session, known_id(row.id), info, sealed)
        detail = {"host": checked_root(draft.url).host, "remote": draft.remote}
        _note(deployment, session, principal, row, "source.connected", detail)
        return info


def disconnect_source(
    deployment: Deployment, principal: Principal, source: str, *, reason: str
) -> None:
    """Read a source's platform no more, and destroy the token; its undo is to connect it again.

    Raises:
        NotAllowed: The role may not manage, or the source speaks for projects out of scope.
        NotFound: There is no such source.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    why = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        drop_access(session, known_id(row.id))
        _note(deployment, session, principal, row, "source.disconnected", {"reason": why})


def _check(draft: AccessDraft) -> None:
    checked_root(draft.url)
    if len(draft.token) > MOST_TOKEN_CHARACTERS or not draft.token.isascii():
        raise InvalidInput("an access token is plain text of one line", place="token")
    if any(c.isspace() or not c.isprintable() for c in draft.token):
        raise InvalidInput("an access token holds no blanks", place="token")
    if not 0 < len(draft.remote) <= 1_000 or not is_storable(draft.remote):  # noqa: PLR2004
        raise InvalidInput("name the platform's own project", place="remote")
    if not 0 <= draft.every_minutes <= MOST_MINUTES:
        detail = f"every_minutes is {draft.every_minutes}, must be 0 (by hand) to {MOST_MINUTES}"
        raise InvalidInput(detail, place="every_minutes")


def _sealed(
    deployment: Deployment, session: Session, row: tables.Source, draft: AccessDraft
) -> tuple[bytes, str]:
    """Return the token, sealed and open: the given one, or the one that is kept."""
    if draft.token:
        return deployment.vault.seal_secret(draft.token), draft.token
    kept = get_access(session, known_id(row.id))
    if kept is None or kept.info.url != draft.url:
        raise InvalidInput("an access token is needed for a new address", place="token")
    return kept.sealed, deployment.vault.open_secret(kept.sealed)


def _note(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    row: tables.Source,
    kind: str,
    detail: Mapping[str, object],
) -> None:
    append(
        session,
        chain=SYSTEM,
        type=kind,
        actor=principal.name,
        at=deployment.clock(),
        detail={"source": row.name, **detail},
        about=About(source_id=row.id),
    )
