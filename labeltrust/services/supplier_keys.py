"""Register the key by which a source's supplier signs its files, and revoke one."""

from collections.abc import Mapping

from sqlmodel import Session

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.naming import checked_name, checked_note
from labeltrust.domain.principals import Principal
from labeltrust.domain.suppliers import Supplied
from labeltrust.ledger.signatures import key_id, pem_of, public_key
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import check_grant
from labeltrust.services.manageable import manageable_source, seen_source
from labeltrust.services.own_sources import OWN_PLATFORM
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.inserting import known_id
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import find_source, insert_source
from labeltrust.store.suppliers import key_rows, keys_of, manifests_of
from labeltrust.store.tables import Source
from labeltrust.store.tables import SupplierKey as KeyRow

MOST_KEYS = 20


def add_supplier_key(
    deployment: Deployment,
    principal: Principal,
    source: str,
    pem: bytes,
    *,
    projects: tuple[str, ...] = (),
    reason: str,
) -> Supplied:
    """Register a public key of a source's supplier; from now on its files need a manifest.

    A source that is not there yet is made, on probation: nobody has vetted it.

    Args:
        deployment: The installation.
        principal: Who registers it.
        source: Name of the source.
        pem: An Ed25519 public key.
        projects: What a source that is not there yet may speak for.
        reason: Where the key is known from.

    Raises:
        NotAllowed: The role may not manage, or not this source.
        NotFound: The source is not there and no project is named, or a project is not there.
        InvalidInput: It is no such key, or the reason is empty.
        Conflict: The key is registered already, or too many are.
    """
    principal.require("manage")
    said, key = checked_note(reason, "reason"), public_key(pem)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = _found_or_made(deployment, session, principal, source, projects)
        known = [one for one in key_rows(session, known_id(row.id)) if one.revoked_at is None]
        if len(known) >= MOST_KEYS or key_id(key) in {one.key_id for one in known}:
            detail = f"key {key_id(key)} is registered already, or {MOST_KEYS} are"
            raise Conflict(detail)
        session.add(
            KeyRow(
                source_id=known_id(row.id),
                key_id=key_id(key),
                pem=pem_of(key),
                added_at=at,
                added_by=principal.name,
                reason=said,
            )
        )
        session.flush()
        told = {"source": row.name, "key": key_id(key), "pem": pem_of(key), "reason": said}
        _note(session, deployment, principal, "supplier.key_added", told, row)
        return _supplied(session, row)


def revoke_supplier_key(
    deployment: Deployment, principal: Principal, source: str, key: str, *, reason: str
) -> Supplied:
    """End a key: no manifest that it signed is taken any more. Undo: register it again.

    Raises:
        NotAllowed: The role may not manage, or not this source.
        NotFound: There is no such source, or no such key that counts.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    said, at = checked_note(reason, "reason"), deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        found = [k for k in key_rows(session, known_id(row.id)) if k.revoked_at is None]
        mine = next((one for one in found if one.key_id == key), None)
        if mine is None:
            detail = f"source {source[:200]!r} has no key {key[:80]!r} that counts"
            raise NotFound(detail)
        mine.revoked_at, mine.revoked_by, mine.revoked_why = at, principal.name, said
        session.add(mine)
        session.flush()
        told = {"source": row.name, "key": key, "reason": said}
        _note(session, deployment, principal, "supplier.key_revoked", told, row)
        return _supplied(session, row)


def show_supplier(deployment: Deployment, principal: Principal, source: str) -> Supplied:
    """Return the keys of a source's supplier, and its newest manifests.

    Raises:
        NotAllowed: The role may not read.
        NotFound: No source of this name speaks for a project in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return _supplied(session, seen_source(session, principal, source))


def _supplied(session: Session, row: Source) -> Supplied:
    number = known_id(row.id)
    return Supplied(
        source=row.name, keys=keys_of(session, number), manifests=manifests_of(session, number)
    )


def _found_or_made(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    name: str,
    projects: tuple[str, ...],
) -> Source:
    if find_source(session, name) is not None or not projects:
        return manageable_source(session, principal, name)
    checked_name(name, "source")
    check_grant(session, principal, projects)
    draft = SourceDraft(name=name, platform=OWN_PLATFORM, projects=projects, status="probation")
    row = insert_source(session, draft, deployment.clock())
    told = {"source": {"name": name, "status": "probation", "projects": list(projects)}}
    _note(session, deployment, principal, "source.added", told, row)
    return row


def _note(
    session: Session,
    deployment: Deployment,
    principal: Principal,
    kind: str,
    detail: Mapping[str, object],
    row: Source,
) -> None:
    append(
        session,
        chain=SYSTEM,
        type=kind,
        actor=principal.name,
        at=deployment.clock(),
        detail=detail,
        about=About(source_id=row.id),
    )
