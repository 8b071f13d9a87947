"""Blind audits over HTTP: draw, re-label, result."""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter

from labeltrust.domain.audits import AuditCase, AuditPlan
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.events import LabelValue
from labeltrust.policy.audit_families import stratified
from labeltrust.services.draw_audit import AuditDraft, DrawnAudit, draw_audit
from labeltrust.services.finish_audit import (
    FinishedAudit,
    cancel_audit,
    finish_audit,
    resume_audit,
)
from labeltrust.services.record_verdicts import Recorded, VerdictDraft, record_verdicts
from labeltrust.services.review_audit import AuditTasks, audit_tasks
from labeltrust.services.show_audit import AuditResult, audit_result, list_audits, show_audit
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cut, number_of_cursor

AuditNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Number = Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)]
Status = Annotated[
    str | None,
    QueryParameter(
        required=False,
        description="`drawn`, `under_way`, `done` or `cancelled`; absent: all.",
    ),
]
MOST_VERDICTS = 1_000


class AuditBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be audited, and how the sample is drawn.

    `stratify` names some of `class`, `time` and `signal`. With `sampling` `posterior`, chances
    follow the probability that a label is wrong; `disputed` and `unanimous` count for nothing.
    """

    reason: str
    labeler: str | None = None
    source: str | None = None
    flag: Number | None = None
    question: str | None = None
    size: int | None = None
    margin: float | None = None
    disputed: float = 0.60
    unanimous: float = 0.15
    twice: float = 0.20
    by_class: bool = True
    stratify: list[str] | None = None
    sampling: Literal["stratified", "posterior"] = "stratified"
    stops_early: bool = False
    reviewers: list[str] = []
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0

    def draft(self, project: str) -> AuditDraft:
        """Return what the service calls a draft."""
        plan = AuditPlan(
            size=self.size,
            margin=self.margin,
            disputed=self.disputed,
            unanimous=self.unanimous,
            twice=self.twice,
            by_class=self.by_class,
            sampling=self.sampling,
            stops_early=self.stops_early,
            reviewers=tuple(self.reviewers),
            seed=self.seed,
        )
        return AuditDraft(
            project=project,
            reason=self.reason,
            labeler=self.labeler,
            source=self.source,
            flag=self.flag,
            question=self.question,
            plan=plan if self.stratify is None else stratified(plan, self.stratify),
        )


class VerdictBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reviewer says of one item, named by its task or by its id."""

    task: Number | None = None
    item: str | None = None
    label: LabelValue = None
    cannot_tell: bool = False
    seconds: float | None = None
    reviewer: str | None = None


class VerdictsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Verdicts of one audit."""

    verdicts: list[VerdictBody]

    def drafts(self) -> list[VerdictDraft]:
        """Return what the service calls drafts.

        Raises:
            InvalidInput: There are too many.
        """
        if len(self.verdicts) > MOST_VERDICTS:
            detail = f"{len(self.verdicts)} verdicts, at most {MOST_VERDICTS} at once"
            raise InvalidInput(detail, place="verdicts")
        return [
            VerdictDraft(
                task=one.task,
                item=one.item,
                label=one.label,
                cannot_tell=one.cannot_tell,
                seconds=one.seconds,
                reviewer=one.reviewer,
                place=f"/verdicts/{number}",
            )
            for number, one in enumerate(self.verdicts)
        ]


class NoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Audits, newest first."""

    audits: list[AuditCase]
    next_cursor: str | None


_DRAW = example(
    "Audit a flagged labeler",
    {"flag": 7, "size": 50, "reason": "two accusers agree with each other only"},
)
_VERDICTS = example(
    "Two answers",
    {"verdicts": [{"task": 12, "label": "fraud"}, {"task": 13, "cannot_tell": True}]},
)
_REASON = example("Close", {"reason": "48 of 50 re-labeled, the rest cannot be told"})


@get("/v1/projects/{project:str}/audits", opt=by_key("read"), tags=["audits"],
     summary="List audits")  # fmt: skip
async def index(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    status: Status = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AuditPage:
    """Return the audits of a project, newest first."""
    before = number_of_cursor(cursor) or None
    found = await caller.ask(list_audits, project, status=status, before=before, limit=limit + 1)
    audits, next_cursor = cut(found, limit, lambda audit: audit.id)
    return AuditPage(audits=audits, next_cursor=next_cursor)


@post("/v1/projects/{project:str}/audits", opt=by_key("assess"), tags=["audits"],
      summary="Draw an audit")  # fmt: skip
async def create(
    project: FromPath[str],
    data: Annotated[AuditBody, BodyKwarg(examples=[_DRAW])],
    caller: NamedDependency[Caller],
) -> DrawnAudit:
    """Draw a random sample with known chances, and give it to reviewers."""
    return await caller.ask(draw_audit, data.draft(project))


@get("/v1/audits/{audit:int}", opt=by_key("read"), tags=["audits"], summary="Show an audit")
async def show(audit: AuditNumber, caller: NamedDependency[Caller]) -> AuditCase:
    """Return one audit; who re-labels in it is not told whom it is about."""
    return await caller.ask(show_audit, audit)


@get("/v1/audits/{audit:int}/tasks", opt=by_key("review"), tags=["audits"],
     summary="Items to re-label")  # fmt: skip
async def tasks(
    audit: AuditNumber, caller: NamedDependency[Caller], limit: Limit = 100
) -> AuditTasks:
    """Return open items for the caller; never who labeled them, how, or why they were chosen."""
    return await caller.ask(audit_tasks, audit, limit=limit)


@post("/v1/audits/{audit:int}/verdicts", opt=by_key("review"), status_code=200, tags=["audits"],
      summary="Record verdicts")  # fmt: skip
async def verdicts(
    audit: AuditNumber,
    data: Annotated[VerdictsBody, BodyKwarg(examples=[_VERDICTS])],
    caller: NamedDependency[Caller],
) -> Recorded:
    """Record what reviewers say; the same verdict twice adds nothing."""
    return await caller.ask(record_verdicts, audit, data.drafts())


@get("/v1/audits/{audit:int}/result", opt=by_key("read"), tags=["audits"],
     summary="Result of an audit")  # fmt: skip
async def result(audit: AuditNumber, caller: NamedDependency[Caller]) -> AuditResult | AuditCase:
    """Return error rates with intervals, and what follows; who re-labels gets the bare audit."""
    return await caller.ask(audit_result, audit)


@post("/v1/audits/{audit:int}/finish", opt=by_key("gold"), status_code=200, tags=["audits"],
      summary="Close an audit")  # fmt: skip
async def finish(
    audit: AuditNumber,
    data: Annotated[NoteBody, BodyKwarg(examples=[_REASON])],
    caller: NamedDependency[Caller],
) -> FinishedAudit:
    """Close an audit; answers that reviewers agree on become gold."""
    return await caller.ask(finish_audit, audit, note=data.reason)


@post("/v1/audits/{audit:int}/cancel", opt=by_key("assess"), status_code=200, tags=["audits"],
      summary="Cancel an audit")  # fmt: skip
async def cancel(
    audit: AuditNumber,
    data: Annotated[NoteBody, BodyKwarg(examples=[_REASON])],
    caller: NamedDependency[Caller],
) -> AuditCase:
    """Give an audit up; it can be resumed."""
    return await caller.ask(cancel_audit, audit, reason=data.reason)


@post("/v1/audits/{audit:int}/resume", opt=by_key("assess"), status_code=200, tags=["audits"],
      summary="Resume an audit")  # fmt: skip
async def resume(
    audit: AuditNumber,
    data: Annotated[NoteBody, BodyKwarg(examples=[_REASON])],
    caller: NamedDependency[Caller],
) -> AuditCase:
    """Go on with a cancelled audit."""
    return await caller.ask(resume_audit, audit, reason=data.reason)


HANDLERS = (index, create, show, tasks, verdicts, result, finish, cancel, resume)
