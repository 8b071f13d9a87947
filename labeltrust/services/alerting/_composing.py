"""What a message says: rows become a title, lines and facts; names are looked up at each try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlmodel import Session

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import Cause
from labeltrust.domain.neutral import neutral
from labeltrust.outgoing.shapes._base import Telling, moment_text
from labeltrust.policy.alerting import step_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.alert_causes import get_cause
from labeltrust.store.alerts import facts_of, get_group, news_of
from labeltrust.store.labelers import labeler_names
from labeltrust.store.tables import Alert, AlertGroup, AlertMessage, Project, Source

MOST_LINES = 10
_MOST_FACTS = 100
_MOST_DETAIL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """Names of what a message is about, as they are; empty where it has none."""

    project: str = ""
    source: str = ""


def compose(
    deployment: Deployment, session: Session, message: AlertMessage, now: datetime
) -> Telling:
    """Return what a message says at this moment."""
    if message.cause_id is not None:
        return _of_cause(deployment, session, message, now)
    if message.group_id is not None:
        return _of_group(deployment, session, message, now)
    return test_telling(deployment, message.uid, now)


def test_telling(deployment: Deployment, uid: str, now: datetime) -> Telling:
    """Return what a test says."""
    return Telling(
        uid=uid,
        key=f"labeltrust:test:{uid}:1",
        effect="test",
        code="test",
        word="test.sent",
        loudness="ticket",
        title="This is a test of labeltrust; nothing is wrong",
        lines=(),
        n=1,
        project="",
        link=f"{deployment.settings.address}/alerts",
        runbook=f"{deployment.settings.address}/alerts",
        began_at=now,
        at=now,
        now=now,
        facts={"test": True, "alerts": []},
    )


def _of_group(
    deployment: Deployment, session: Session, message: AlertMessage, now: datetime
) -> Telling:
    group = get_group(session, message.group_id or 0)
    over = message.effect == "end"
    instant = message.effect == "news"
    found = [] if over else news_of(session, group.id or 0, message.since, message.through,
                                    over=instant)  # fmt: skip
    where = _where(session, group.project_id, group.source_id)
    names = labeler_names(session, [a.labeler_id for a in found if a.labeler_id is not None])
    address = deployment.settings.address
    return Telling(
        uid=message.uid,
        key=f"labeltrust:{group.code}:{group.place}:{message.epoch}",
        effect="end" if over else "news" if instant else "open",
        code=group.code,
        word=CODES[group.code].ended if over else CODES[group.code].opened,
        loudness=message.loudness,
        title=_title(group, max(message.n, len(found)), where, over=over),
        lines=tuple(line_of(alert, names) for alert in found[-MOST_LINES:]),
        n=len(found),
        project=neutral(where.project),
        link=address + _path(group, found, where),
        runbook=f"{address}/runbooks/{group.code}",
        began_at=group.opened_at,
        at=message.made_at,
        now=now,
        facts=_named(where) | {"alerts": [_facts(a, names) for a in found[-_MOST_FACTS:]]},
    )


def _of_cause(
    deployment: Deployment, session: Session, message: AlertMessage, now: datetime
) -> Telling:
    cause, word = get_cause(session, message.cause_id or 0)
    step = step_of(cause)
    where = _where(session, cause.project_id, cause.source_id)
    facts: dict[str, Any] = {} if step is None else dict(step.facts)
    if cause.labeler_id is not None:
        facts["labeler"] = labeler_names(session, [cause.labeler_id])[cause.labeler_id]
    code = "" if step is None else step.code
    facts |= _named(where) | _record(cause) | {"code": code, "severity": message.loudness}
    address = deployment.settings.address
    return Telling(
        uid=message.uid,
        key=message.uid,
        effect="event",
        code=code,
        word=word,
        loudness=message.loudness,
        title=word,
        lines=(),
        n=1,
        project=neutral(where.project),
        link=f"{address}/alerts",
        runbook=f"{address}/runbooks/{code}",
        began_at=cause.at,
        at=cause.at,
        now=now,
        facts=facts,
    )


def line_of(alert: Alert, names: Mapping[int, str]) -> str:
    """Return one alert as a line; whatever was named elsewhere is neutral in it."""
    facts = facts_of(alert.facts)
    kind, _, number = alert.subject.partition(":")
    said = [f"{kind} {number}"] if kind in {"flag", "freeze", "snapshot"} else []
    if alert.labeler_id is not None:
        said.append(f"labeler {neutral(names.get(alert.labeler_id, '?'))}")
    said += [str(facts[key]) for key in ("severity", "kind") if facts.get(key)]
    said += [", ".join(map(str, facts["signals"]))] if facts.get("signals") else []
    said += [_reason(reason) for reason in facts.get("reasons", [])[:MOST_LINES]]
    said += [f"{facts['expected']:.0f} events were usual since"] if "expected" in facts else []
    if "unreadable" in facts:
        said.append(f"{facts['unreadable']} of {facts.get('events')} events cannot be read")
    said += [neutral(str(facts["broken"]), _MOST_DETAIL)] if facts.get("broken") else []
    said += [f"{neutral(str(facts['job']))} failed"] if "job" in facts else []
    said += [_lateness(facts)] if "late_minutes" in facts else []
    said += [_burning(facts)] if "measure" in facts else []
    said += [f"{facts['rows']} labels"] if "rows" in facts else []
    said += [f"manifest {facts['manifest']}: {facts.get('code')}"] if "manifest" in facts else []
    said += [_drifted(facts)] if "psi" in facts else []
    said += [_of_model(facts)] if "role" in facts else []
    said += [f"pattern {facts['pattern']} in {facts.get('n')} items"] if "pattern" in facts else []
    return "; ".join(said)


def _of_model(facts: Mapping[str, Any]) -> str:
    question = neutral(str(facts.get("question")))
    said = f"{facts['role']}, question {question}"
    if "gold" in facts:
        said += f": {facts['lost']} of {facts['gold']} gold items lost, {facts['gained']} gained"
        said += f"; {facts['parted']} of {facts['shared']} items with another label"
    return said


def _lateness(facts: Mapping[str, Any]) -> str:
    names = ", ".join(neutral(str(name)) for name in facts.get("troubled", [])[:MOST_LINES])
    late = f"the oldest waited for {facts['late_minutes']} minutes"
    there = f"{facts['places']} places are set, {facts['wanted']} must take it"
    return f"{late}; {there}" + (f"; in trouble: {names}" if names else "")


def _drifted(facts: Mapping[str, Any]) -> str:
    feature = neutral(str(facts.get("feature")))
    return f"feature {feature}: PSI {facts['psi']:.2f} in the last {facts.get('look')}"


def _burning(facts: Mapping[str, Any]) -> str:
    of = f" of source {neutral(str(facts['of_source']))}" if facts.get("of_source") else ""
    times = f", {facts['burn']:.3g} times its budget" if facts.get("burn") else ""
    counted = f"{facts.get('bad')} of {facts.get('valid')} bad"
    return f"{facts['measure']} {facts.get('title')}{of}: {counted}{times}"


def _reason(reason: Mapping[str, object]) -> str:
    return f"{reason.get('code')}: {neutral(str(reason.get('detail')), _MOST_DETAIL)}"


def _title(group: AlertGroup, n: int, where: _Where, *, over: bool) -> str:
    code = CODES[group.code]
    if where.source:
        place = f" (source {neutral(where.source)})"
    else:
        place = f" (project {neutral(where.project)})" if where.project else ""
    if over:
        return f"Over: {code.one}{place}"
    counted = code.one[0].upper() + code.one[1:] if n <= 1 else f"{n} {code.many}"
    return counted + place


def _path(group: AlertGroup, found: Sequence[Alert], where: _Where) -> str:
    project, source = quote(where.project, safe=""), quote(where.source, safe="")
    first = found[0].subject.partition(":")[2] if len(found) == 1 else ""
    pages = {
        "flag_opened": f"/flags/{first}" if first else f"/flags?project={project}",
        "freeze_made": f"/freezes/{first}" if first else f"/freezes?project={project}",
        "breaker_tripped": f"/freezes/{first}" if first else f"/freezes?project={project}",
        "gate_closed": f"/projects/{project}/gate",
        "quarantine_growing": f"/quarantine?source={source}",
        "ledger_broken": "/alerts",
        "checkpoints_late": "/ledger",
        "feature_drift": f"/projects/{project}/items",
        "trigger_hit": f"/projects/{project}/items#patterns",
        "objective_burning": f"/projects/{project}/on-call" if project else f"/sources/{source}",
        "work_parked": "/alerts",
        "snapshot_made": f"/snapshots/{first}" if first else "/snapshots",
        "model_regression": f"/projects/{project}/labelers?kind=model",
        "shadow_divergence": f"/projects/{project}/labelers?kind=model",
    }
    return pages.get(group.code, f"/sources/{source}")


def _where(session: Session, project_id: int | None, source_id: int | None) -> _Where:
    project = session.get(Project, project_id) if project_id is not None else None
    source = session.get(Source, source_id) if source_id is not None else None
    return _Where(
        project="" if project is None else project.name,
        source="" if source is None else source.name,
    )


def _named(where: _Where) -> dict[str, Any]:
    return {"project": where.project or None, "source": where.source or None}


def _record(cause: Cause) -> dict[str, Any]:
    if not cause.chain:
        return {}
    return {"record": {"chain": cause.chain, "sequence": cause.sequence}}


def _facts(alert: Alert, names: Mapping[int, str]) -> dict[str, Any]:
    labeler = None if alert.labeler_id is None else names.get(alert.labeler_id)
    return {
        "subject": alert.subject,
        "severity": alert.loudness,
        "labeler": labeler,
        "opened_at": moment_text(alert.opened_at),
        **facts_of(alert.facts),
    }
