"""Assess a project: read, appraise, and put document, flags and freezes on record at once."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.model_roles import pairs_of
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.engine.choice import engine_of
from labeltrust.policy.gate import POLICY_VERSION
from labeltrust.services._acts import begin_act, note_assessment
from labeltrust.services._appraisal import (
    NOTHING_BESIDE,
    Appraised,
    Beside,
    appraised,
    history_at,
    rules_of,
)
from labeltrust.services._case_charts import CaseChart, case_charts, keep_charts
from labeltrust.services._heavy import heavily
from labeltrust.services._item_words import words_in
from labeltrust.services._keeping import Drawn, drawn, head_text, keep
from labeltrust.services._point import point_of
from labeltrust.services._raised import Raising, keep_raising, raising
from labeltrust.services._settle import settle
from labeltrust.services._slots import Part, keep_counted
from labeltrust.services.deployment import Deployment
from labeltrust.services.models._keeping import keep_pairs
from labeltrust.services.note_gate import note_gate
from labeltrust.services.read_assessment import (
    Document,
    standing_of,
    whole_document,
    with_standing,
)
from labeltrust.store import jobs
from labeltrust.store.assessments import (
    MACHINE,
    StoredAssessment,
    latest_assessment,
    save_assessment,
)
from labeltrust.store.chains import chain_end
from labeltrust.store.flag_charts import Accusation, charted
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.identity import all_vendors
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease
from labeltrust.store.judgments import Fetching, read_judgments
from labeltrust.store.model_roles import roles_now
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.snapshots import probation_sources
from labeltrust.store.trends import note_point

_MAIN = "label"


def assess_project(
    deployment: Deployment,
    principal: Principal,
    project: str,
    *,
    as_of: datetime | None = None,
) -> Document:
    """Assess a project and return the document of the contract.

    Everything is computed from the history up to a recorded position; then one short transaction
    stores the document, opens and renews flags, and places freezes. Assessing twice without news
    changes neither flags nor freezes nor history.

    Args:
        deployment: The installation.
        principal: Who asks.
        project: Name of the project.
        as_of: What was received by this moment; nothing is stored then.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope.
        Busy: Too many assessments wait already.
    """
    principal.require("assess", project)
    return heavily(deployment, _assess, principal.name, project, as_of=as_of)


def assess_for_job(deployment: Deployment, lease: Lease) -> None:
    """Assess the project of a job; nothing is stored where the lease was lost meanwhile.

    Raises:
        Conflict: Another worker has claimed the job since.
    """
    heavily(deployment, _assess, MACHINE, lease.key, lease=lease)


@dataclass(frozen=True, slots=True)
class _Made:
    """What an assessment found, ready to be stored."""

    facts: "_Facts"
    found: Sequence[Appraised]
    document: Document
    pictures: Drawn
    charts: Sequence[CaseChart]
    raising: Raising | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What an assessment goes by besides the judgments."""

    project: Project
    position: int
    at: datetime
    flags: tuple[FlagState, ...]
    freezes: tuple[FreezeState, ...]
    probation: tuple[int, ...]
    charted: frozenset[Accusation]
    beside: Beside = NOTHING_BESIDE

    @property
    def questions(self) -> list[str]:
        """Names of the questions, the main one first."""
        names = [question.name for question in self.project.questions]
        main = _MAIN if _MAIN in names else names[0]
        return [main, *(name for name in names if name != main)]


def _assess(
    deployment: Deployment,
    actor: str,
    project: str,
    as_of: datetime | None = None,
    lease: Lease | None = None,
) -> Document:
    with reading(deployment.engine) as session:
        facts = _facts(session, project, deployment.clock())
    found = [_appraised(deployment, facts, name, as_of) for name in facts.questions]
    document = _document(facts, found, as_of or facts.at)
    if as_of is not None:
        return document
    charts = case_charts(found, facts.charted)
    made = _Made(facts, found, document, drawn(found), charts, raising(document, found))
    return _stored(deployment, actor, made, lease)


def _facts(session: Session, project: str, at: datetime) -> _Facts:
    row = project_row(session, project)
    project_id = known_id(row.id)
    return _Facts(
        project=project_of(session, row),
        position=chain_end(session, row).position,
        at=at,
        flags=tuple(flag.state for flag in list_flags(session, project_id)),
        freezes=tuple(f.state for f in list_freezes(session, project_id, lifted=True)),
        probation=tuple(probation_sources(session, project_id)),
        charted=frozenset(charted(session, project_id)),
        beside=Beside(pairs=pairs_of(roles_now(session, project_id)), vendors=all_vendors(session)),
    )


def _appraised(
    deployment: Deployment, facts: _Facts, question: str, as_of: datetime | None
) -> Appraised:
    name = facts.project.name
    flags = [flag for flag in facts.flags if flag.question == question]
    history = history_at(flags, facts.freezes, as_of)
    rules = rules_of(deployment.settings, facts.project)
    standing = history, as_of or facts.at
    return appraised(
        question,
        # held by nobody here, so that it is gone as soon as its block is made
        read_judgments(
            deployment.engine,
            name,
            question,
            through=facts.position,
            as_of=as_of,
            fetching=Fetching(home=deployment.settings.home),
        ),
        facts.probation,
        rules,
        standing,
        engine=engine_of(deployment.settings),
        beside=facts.beside,
        words_of=words_in(deployment.engine),
    )


def _document(facts: _Facts, found: Sequence[Appraised], as_of: datetime) -> Document:
    main, *others = found
    numbers: dict[str, Any] = dict(main.appraisal.document)
    sizes = {key: numbers.pop(key) for key in ("items", "labels", "labelers_n")}
    return {
        "project": facts.project.name,
        "question": main.question,
        "as_of": as_of.isoformat(),
        **sizes,
        "events_through": facts.position,
        "policy_version": main.appraisal.policy_version,
        **_asides(main),
        "provenance": {"missing": sum(one.without_provenance for one in found)},
        **numbers,
        "questions": {one.question: {**_asides(one), **one.appraisal.document} for one in others},
        "flags_opened": [],
    }


def _asides(found: Appraised) -> Document:
    return {
        "scale": found.scale,
        "outside_scale": found.outside_scale,
        "divided": found.appraisal.divided,
        "breaker_tripped": found.appraisal.breaker_tripped,
    }


def _stored(deployment: Deployment, actor: str, made: _Made, lease: Lease | None) -> Document:
    facts = made.facts
    with unit_of_work(deployment.engine) as session:
        if lease is not None:
            jobs.require_lease(session, lease)
        row = project_row(session, facts.project.name)
        act = begin_act(session, row, MACHINE, facts.at)
        before = latest_assessment(session, act.project_id)
        if before is not None and before.events_through > facts.position:
            return whole_document(session, before, row.name)  # somebody read further meanwhile
        opened = settle(act, made.found)
        keep_charts(act, made.charts)
        keep_pairs(act, [(one.question, one.models) for one in made.found])
        standing = standing_of(session, act.project_id, facts.at)
        whole = {**with_standing(made.document, standing), "flags_opened": list(opened)}
        digest = _digest(whole)
        if before is None or before.digest != digest:
            detail: dict[str, object] = {
                "asked_by": actor,
                "through": facts.position,
                "sha256": digest.hex(),
            }
            if opened:
                detail["kept"] = keep_raising(act, made.document, made.raising)
            note_assessment(act, {**detail, "policy": POLICY_VERSION, "opened": list(opened)})
        save_assessment(session, _row(act.project_id, facts, whole, digest))
        keep(session, act.project_id, whole, made.pictures)
        is_open = note_gate(deployment, act)
        main = made.found[0]
        point = point_of(act.project_id, whole, main, standing, gate_open=is_open)
        note_point(session, point)
        part = Part(
            chain_id=row.chain_id,
            after=0 if before is None else before.events_through,
            through=facts.position,
            fresh_within=timedelta(seconds=deployment.settings.fresh_within_seconds),
        )
        keep_counted(session, act.project_id, main.slots, part, deployment.clock())
    return whole


def _row(project_id: int, facts: _Facts, document: Document, digest: bytes) -> StoredAssessment:
    return StoredAssessment(
        project_id=project_id,
        created_at=facts.at,
        as_of=facts.at,
        events_through=facts.position,
        policy_version=document["policy_version"],
        digest=digest,
        document=head_text(document),
    )


def _digest(document: Document) -> bytes:
    """Return the digest of what was found: times, positions and novelty left aside."""
    asides = {"as_of", "events_through", "flags_opened"}
    said = {key: value for key, value in document.items() if key not in asides}
    return hashlib.sha256(json.dumps(said, sort_keys=True, allow_nan=False).encode()).digest()
