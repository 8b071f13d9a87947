"""Compare a source with its platform, and put right what was lost on the way.

Webhooks are lost for good where a platform sends them once, and some changes are never announced.
A pull reads what the platform holds now: what is missing here is recorded as events that say so;
what is not there any more is withdrawn, but only after a complete pull, only after each one was
asked for by itself, and beyond a share of all only after a person allowed it.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session

from labeltrust.connectors._asked import Asked
from labeltrust.domain.errors import AskedAlready, Conflict, InvalidInput, LabeltrustError
from labeltrust.domain.platform_access import Access
from labeltrust.domain.principals import Principal
from labeltrust.domain.reconciling import Findings, PullReport
from labeltrust.services._acts import begin_act, note
from labeltrust.services._comparing import Comparison, Limits
from labeltrust.services._gold_pulled import MACHINE, settle_gold
from labeltrust.services._pulling import Pull
from labeltrust.services.approvals._base import Doing
from labeltrust.services.approvals.pull_withdrawals import RECONCILE
from labeltrust.services.ask_approval import ask_within
from labeltrust.services.connectors import connector_of, opened
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_pulls import read_pull
from labeltrust.services.manageable import seen_source
from labeltrust.store import tables
from labeltrust.store.history import About
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.pulls import settle_pull, waiting_pulls
from labeltrust.store.registry import known_sources
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.source_pulls import (
    allowed_ids,
    begin_pull,
    end_pull,
    get_access,
    get_pull,
    held_ids,
    refused_holds,
    running_pull,
    use_allowed,
)
from labeltrust.store.sources import locked_source, source_of, source_row
from labeltrust.store.statements import Statements

__all__ = ["RECONCILE", "begin_reconciling", "carry_out_pull", "reconcile_source"]
_LOG = structlog.get_logger("labeltrust.reconcile")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What a pull needs of the database before it asks the platform."""

    row: tables.SourcePull
    source: str
    platform: str
    asked: Asked
    project: str
    allowed: frozenset[str]
    used: tuple[int, ...]


def reconcile_source(
    deployment: Deployment, principal: Principal, source: str, *, dry_run: bool = False
) -> PullReport:
    """Compare a source with its platform now, and return what was found and done.

    Args:
        deployment: The installation.
        principal: Who asks for it; recorded on every event.
        source: Name of the source.
        dry_run: Only look; nothing is recorded and nobody is asked.

    Raises:
        NotAllowed: The role may not mend what was lost.
        NotFound: There is no such source in scope.
        InvalidInput: Its platform cannot be read, or nobody said how.
        Conflict: A pull of it is under way.
        NoAnswer: The platform did not answer as it should; the report says so, too.
    """
    number = begin_reconciling(deployment, principal, source, dry_run=dry_run)
    return carry_out_pull(deployment, principal, number)


def begin_reconciling(
    deployment: Deployment, principal: Principal, source: str, *, dry_run: bool = False
) -> int:
    """Store that a pull begins, and return its number; `carry_out_pull` does it.

    Raises:
        NotAllowed: The role may not mend what was lost.
        NotFound: There is no such source in scope.
        InvalidInput: Its platform cannot be read, or nobody said how.
        Conflict: A pull of it is under way.
    """
    principal.require("mend")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = locked_source(session, source)  # two servers begin one pull
        seen_source(session, principal, source)
        connector_of(row.platform)
        project = _project(session, principal, row)
        if get_access(session, known_id(row.id)) is None:
            detail = f"nobody said how source {source!r} is read: `labeltrust source connect`"
            raise InvalidInput(detail, place="source", code="not_connected")
        # One that began longer ago than a pull may take was cut short with its process.
        longest = timedelta(minutes=deployment.settings.pull_minutes + 5)
        under_way = running_pull(session, known_id(row.id), at - longest)
        if under_way is not None:
            detail = f"pull {under_way} of source {source!r} is under way"
            raise Conflict(detail)
        return begin_pull(
            session,
            source_id=known_id(row.id),
            project_id=known_id(project.id),
            at=at,
            by=principal.name,
            dry_run=dry_run,
        )


def _project(session: Session, principal: Principal, row: tables.Source) -> tables.Project:
    """Return the one project that a source's settings name."""
    source = source_of(session, row)
    name = source.config.get("project")
    if not isinstance(name, str) and len(source.projects) == 1:
        (name,) = source.projects
    if not isinstance(name, str) or name not in source.projects:
        detail = f"the settings of source {row.name!r} name no project that it speaks for"
        raise InvalidInput(detail, place="project")
    principal.require("mend", name)
    return project_row(session, name)


def carry_out_pull(deployment: Deployment, principal: Principal, number: int) -> PullReport:
    """Do a pull that was begun, and return its report.

    Raises:
        NoAnswer: The platform did not answer as it should.
        LabeltrustError: Whatever else kept it from being done; the report says so.
    """
    begun = _begun(deployment, number)
    try:
        pull = _made(deployment, principal, begun)
        _carry_out(deployment, begun, pull)
    except LabeltrustError as error:
        _fail(deployment, number, str(error))
        raise
    except Exception as error:
        _fail(deployment, number, f"a fault of ours: {type(error).__name__}")
        raise
    return read_pull(deployment, number)


def _begun(deployment: Deployment, number: int) -> _Begun:
    with reading(deployment.engine) as session:
        report = get_pull(session, number)
        row = session.get_one(tables.SourcePull, number)
        source = source_row(session, report.source)
        sealed = get_access(session, known_id(source.id))
        if sealed is None:
            detail = f"source {source.name!r} was disconnected"
            raise InvalidInput(detail, place="source", code="not_connected")
        allowed, used = allowed_ids(session, known_id(source.id))
        token = deployment.vault.open_secret(sealed.sealed)
        access = Access(url=sealed.info.url, remote=sealed.info.remote, token=token)
        config = {**source_of(session, source).config, "project": report.project}
        return _Begun(
            row=row,
            source=source.name,
            platform=source.platform,
            asked=Asked(source=source.name, access=access, config=config),
            project=report.project,
            allowed=frozenset(allowed),
            used=tuple(used),
        )


def _made(deployment: Deployment, principal: Principal, begun: _Begun) -> Pull:
    with deployment.engine.connect() as connection:
        known = known_sources(Statements(connection), {begun.source}, {begun.project})
    source = known[begun.source]
    compared = Comparison(
        deployment.engine,
        deployment.vault,
        source,
        source.projects[begun.project],
        begun.row.started_at,
        Limits(share=deployment.settings.pull_withdraws_at_most, allowed=begun.allowed),
    )
    return Pull(
        deployment=deployment,
        principal=principal,
        number=known_id(begun.row.id),
        asked=begun.asked,
        connector=connector_of(begun.platform),
        compared=compared,
        dry_run=begun.row.dry_run,
    )


def _carry_out(deployment: Deployment, begun: _Begun, pull: Pull) -> None:
    with opened(deployment.settings, pull.connector, begun.asked.access) as api:
        pull.read(api)
        pull.conclude(api)
        approvals = settle_gold(pull, api)
    _finish(deployment, begun, pull, approvals)


def _finish(deployment: Deployment, begun: _Begun, pull: Pull, approvals: tuple[int, ...]) -> None:
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        project = project_row(session, begun.project)
        act = begin_act(session, project, pull.principal.name, at)
        asked = None
        if pull.held and not pull.dry_run and not _is_refused(session, begun, pull):
            reason = _OTHER if pull.held_missing else _REASON
            asked = _ask(Doing(deployment=deployment, act=act, reason=reason), pull)
        every = (*approvals, *([asked] if asked is not None else []))
        end_pull(
            session,
            pull.number,
            at=at,
            status="held" if pull.held else "done",
            found=pull.findings(every),
            held=pull.held,
            approval=asked,
        )
        if pull.dry_run:
            return
        use_allowed(session, begun.used, at)
        for wanted in waiting_pulls(session, begun.source):
            if wanted.asked_at <= begun.row.started_at:
                settle_pull(session, wanted)
        detail = {"source": begun.source, "pull": pull.number, **_told(pull.findings(every))}
        note(act, "source.reconciled", detail, About(source_id=begun.row.source_id))


_REASON = "more would be withdrawn or corrected than a pull may do without a person"
_OTHER = (
    "much that stands here is not on the platform, and much is there that is not on record here: "
    "the platform's project may be another one"
)


def _ask(doing: Doing, pull: Pull) -> int:
    """Ask a person to allow what was held."""
    change = {
        "source": pull.asked.source,
        "pull": pull.number,
        "vanished": pull.held_gone,
        "unexplained": len(pull.held) - pull.held_gone - len(pull.held_missing),
        "missing": len(pull.held_missing),
    }
    # The row must say what is held before the request is checked against it.
    end_pull(
        doing.act.session,
        pull.number,
        at=doing.act.at,
        status="held",
        found=pull.findings(),
        held=pull.held,
    )
    try:
        return ask_within(doing, MACHINE, "pull_withdrawals", change).id
    except AskedAlready as error:
        return error.approval


def _is_refused(session: Session, begun: _Begun, pull: Pull) -> bool:
    """Say whether persons refused all of this before, or are asked for it now."""
    known: set[str] = set()
    for row in refused_holds(session, begun.row.source_id):
        known |= held_ids(row)
    return set(pull.held) <= known


def _told(found: Findings) -> dict[str, object]:
    plain = {name: getattr(found, name) for name in found.__struct_fields__}
    return {name: n for name, n in plain.items() if name not in {"examples", "approvals"}}


def _fail(deployment: Deployment, number: int, why: str) -> None:
    _LOG.warning("pull failed", pull=number, detail=why)
    with unit_of_work(deployment.engine) as session:
        end_pull(
            session, number, at=deployment.clock(), status="failed", found=Findings(),
            error=why[:2_000],
        )  # fmt: skip
