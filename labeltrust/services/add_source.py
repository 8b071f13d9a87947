"""Add webhook sources, and change what they may do."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

import msgspec
from sqlmodel import Session

from labeltrust.domain.access import (
    SOURCE_STATUSES,
    NewSecret,
    Source,
    SourceChange,
    SourceDraft,
)
from labeltrust.domain.checksums import check_required
from labeltrust.domain.errors import InvalidInput, Misconfigured
from labeltrust.domain.naming import checked_name, checked_note, is_storable
from labeltrust.domain.principals import Principal
from labeltrust.ingest.files import check_export_config
from labeltrust.services._acts import begin_act
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import check_grant
from labeltrust.services.manageable import manageable_source
from labeltrust.services.note_gate import note_gate
from labeltrust.services.own_sources import OWN_PLATFORM
from labeltrust.services.platforms import networks_of, platforms
from labeltrust.services.rotate_secret import keep_secret
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import (
    insert_source,
    set_source_config,
    set_source_projects,
    source_of,
    source_rows,
    sources_of,
)

MAX_CONFIG_CHARACTERS = 65_536


def add_source(
    deployment: Deployment, principal: Principal, draft: SourceDraft
) -> tuple[Source, NewSecret]:
    """Add a source with its first secret, whose text is shown this one time.

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        InvalidInput: Name, platform, status, secret or config cannot be.
        NotFound: A project is not there.
        Conflict: The name is taken.
    """
    principal.require("manage")
    draft = _naming_its_project(draft)
    _check(draft)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        check_grant(session, principal, draft.projects)
        row = insert_source(session, draft, at)
        secret = keep_secret(deployment, session, row, draft.secret)
        source = source_of(session, row)
        append(
            session,
            chain=SYSTEM,
            type="source.added",
            actor=principal.name,
            at=at,
            detail={"source": msgspec.to_builtins(source)},
        )
        return source, secret


def change_source(
    deployment: Deployment,
    principal: Principal,
    name: str,
    change: SourceChange,
    *,
    reason: str | None = None,
    decision: str | None = None,
) -> Source:
    """Change projects, status or config of a source; what was before stays in history.

    Args:
        deployment: The installation.
        principal: Who changes it.
        name: Name of the source.
        change: What is to be different.
        reason: Why, in words; the console asks for it, a script may leave it out.
        decision: What a vetting came to, which has an event of its own.

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        NotFound: Source or project is not there.
        InvalidInput: Status or config cannot be, or the reason is empty.
    """
    principal.require("manage")
    _check_status(change.status)
    said = {} if reason is None else {"reason": checked_note(reason, "reason")}
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, name)
        before = source_of(session, row)
        if change.projects is not None:
            check_grant(session, principal, change.projects)
            set_source_projects(session, row, change.projects)
        if change.config is not None:
            _check_config(row.platform, change.config)
            set_source_config(row, change.config)
        row.status = change.status or row.status
        after = source_of(session, row)
        _note_gates(deployment, session, principal, {*before.projects, *after.projects})
        detail = {
            "before": msgspec.to_builtins(before),
            "after": msgspec.to_builtins(after),
            **said,
        }
        append(
            session,
            chain=SYSTEM,
            type="source.changed",
            actor=principal.name,
            at=deployment.clock(),
            detail=detail,
        )
        if decision is not None:
            vetted = {"source": {"name": name}, "decision": decision, **said}
            append(
                session,
                chain=SYSTEM,
                type="source.vetted",
                actor=principal.name,
                at=deployment.clock(),
                detail=vetted,
                about=About(source_id=row.id),
            )
        return after


def list_sources(deployment: Deployment, principal: Principal) -> tuple[Source, ...]:
    """Return the sources that speak for a project in scope, by name, without secrets.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        found = sources_of(session, source_rows(session))
    scope = principal.projects
    return tuple(one for one in found if scope is None or scope & set(one.projects))


def _note_gates(
    deployment: Deployment, session: Session, principal: Principal, projects: Collection[str]
) -> None:
    """Note the gates that the source opened or closed, in one order, before the chain `system`."""
    at = deployment.clock()
    session.flush()
    for name in sorted(projects):
        note_gate(deployment, begin_act(session, project_row(session, name), principal.name, at))


def _naming_its_project(draft: SourceDraft) -> SourceDraft:
    """Let a platform that must be told its project take the source's only one."""
    asks = draft.platform in platforms() and platforms()[draft.platform].needs_project
    told = {"project", "projects"} & draft.config.keys()
    if not asks or len(draft.projects) != 1 or told:
        return draft
    return replace(draft, config={**draft.config, "project": next(iter(draft.projects))})


def _check(draft: SourceDraft) -> None:
    checked_name(draft.name, "source")
    if draft.id_space is not None:
        checked_name(draft.id_space, "id_space")
    known = platforms()
    if draft.platform not in known:
        detail = f"unknown platform {draft.platform[:80]!r}; known are {', '.join(sorted(known))}"
        raise InvalidInput(detail, place="platform", code="unknown_platform")
    _check_status(draft.status)
    _check_config(draft.platform, draft.config)


def _check_status(status: str | None) -> None:
    if status is not None and status not in SOURCE_STATUSES:
        detail = f"status is {status[:80]!r}, must be one of {', '.join(SOURCE_STATUSES)}"
        raise InvalidInput(detail, place="status")


def _check_config(platform: str, config: Mapping[str, object]) -> None:
    text = json.dumps(msgspec.to_builtins(config), ensure_ascii=False)
    if len(text) > MAX_CONFIG_CHARACTERS or not is_storable(text):
        detail = f"config must be at most {MAX_CONFIG_CHARACTERS} characters of JSON"
        raise InvalidInput(detail, place="config")
    networks_of(config)
    check_required(config)
    try:
        if platform == OWN_PLATFORM:
            check_export_config(config)
        else:
            platforms()[platform].check_config(config)
    except Misconfigured as error:
        raise InvalidInput(str(error), place="config", code="bad_config") from None
