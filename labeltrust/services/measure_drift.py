"""Compare the features of incoming items with those of earlier weeks, and tell what drifted."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.policy.drift import LEVEL, LOOKED_BACK_DAYS, FeatureDrift, drifts
from labeltrust.services._feature_columns import Left, feature_columns
from labeltrust.services._heavy import heavily
from labeltrust.services.deployment import Deployment
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.arrivals import arrivals
from labeltrust.store.drift_reports import keep_drift, kept_drift, tally_looks
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row, project_rows
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.snapshots import source_names
from labeltrust.store.tables import Project

_LOG = structlog.get_logger("labeltrust.drift")
Document = dict[str, Any]
_Key = tuple[str, str]
_HOUR_US = 3_600_000_000
_KEPT_HOURS = 24 * 60


def measure_drift(deployment: Deployment, principal: Principal, project: str) -> Document:
    """Compare the features of the newest items with those of earlier weeks, and keep the result.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope.
    """
    principal.require("assess", project)
    return heavily(deployment, _measured, project)


def show_drift(deployment: Deployment, principal: Principal, project: str) -> Document:
    """Return what was found last; `measured_at` is None where nobody looked yet.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        found = kept_drift(session, known_id(row.id))
    return _document(project, None, [], 0, []) if found is None else found


def watch_drift(deployment: Deployment) -> None:
    """Measure every project; one that is deleted meanwhile is passed over."""
    with reading(deployment.engine) as session:
        names = [row.name for row in project_rows(session)]
    for name in names:
        try:
            heavily(deployment, _measured, name)
        except NotFound:
            _LOG.info("project is gone", project=name)


def _measured(deployment: Deployment, project: str) -> Document:
    at = deployment.clock()
    with reading(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        names = source_names(session)
    came = arrivals(deployment.engine, number, microseconds(at), LOOKED_BACK_DAYS)
    left: list[Left] = []
    found = drifts(feature_columns(came, names, left))
    document = _document(project, at, found, sum(came.n_all.values()), left)
    _keep(deployment, project, at, document, {name: key for key, name in names.items()})
    return document


def _document(
    project: str,
    at: datetime | None,
    found: Sequence[FeatureDrift],
    items: int,
    left: Sequence[Left],
) -> Document:
    return {
        "project": project,
        "measured_at": None if at is None else at.isoformat(),
        "days": LOOKED_BACK_DAYS,
        "level": LEVEL,
        "items": items,
        "alarms": len({(one.source, one.feature) for one in found if one.alarm}),
        "features": [_line(one) for one in found],
        "left_out": [{"source": one.source, "features": one.features} for one in left],
    }


def _line(one: FeatureDrift) -> Document:
    drift = one.drift
    return {
        "source": one.source,
        "feature": one.feature,
        "kind": one.kind,
        "look": one.look,
        "n": one.n,
        "before": one.before,
        "psi": msgspec.to_builtins(drift.psi),
        "jensen_shannon": msgspec.to_builtins(drift.jensen_shannon),
        "ks": msgspec.to_builtins(drift.ks),
        "p_value": drift.p_value,
        "q_value": one.q_value,
        "usual": one.usual,
        "alarm": one.alarm,
        "large": one.large,
        "shares": [list(share) for share in drift.shares],
    }


def _keep(
    deployment: Deployment,
    project: str,
    at: datetime,
    document: Document,
    sources: Mapping[str, int],
) -> None:
    """Keep the result and what changed of it for the router of alerts, in one transaction."""
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        session.refresh(row, with_for_update=True)
        before = _alarms((kept_drift(session, known_id(row.id)) or {}).get("features", ()))
        now = _alarms(document["features"])
        keep_drift(session, known_id(row.id), at, document)
        hour = microseconds(at) // _HOUR_US
        looks = _looks(document, sources)
        tally_looks(session, known_id(row.id), hour, looks, forget=hour - _KEPT_HOURS)
        for key in sorted(before.keys() | now.keys()):
            kind = _turn(before.get(key), now.get(key))
            if kind is not None:
                detail = _detail(key, now.get(key))
                keep_cause(session, kind, at, detail, source_id=sources.get(key[0]),
                           chain=_chain(row))  # fmt: skip


def _looks(document: Document, sources: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """Return by source how many looks could say something, and how many found drift."""
    found: dict[int, tuple[int, int]] = {}
    for line in document["features"]:
        number = sources.get(line["source"])
        if number is not None and line["p_value"] is not None:
            looks, drifted = found.get(number, (0, 0))
            found[number] = looks + 1, drifted + line["alarm"]
    return found


def _chain(project: Project) -> tuple[int | None, str, int]:
    """Return where it belongs: to the project, but to no record of its chain."""
    return project.chain_id, "", 0


def _alarms(lines: Iterable[Document]) -> dict[_Key, Document]:
    """Return the most drifted line of every feature that alarms."""
    found: dict[_Key, Document] = {}
    for line in lines:
        if line["alarm"]:
            found.setdefault((line["source"], line["feature"]), line)
    return found


def _turn(before: Document | None, now: Document | None) -> str | None:
    if now is None:
        return "drift.over"
    return "drift.found" if before is None or now["large"] > before["large"] else None


def _detail(key: _Key, line: Document | None) -> dict[str, Any]:
    source, feature = key
    digest = hashlib.sha256(f"{len(source)}:{source}{feature}".encode()).hexdigest()
    told: dict[str, Any] = {"key": digest[:16], "feature": feature[:200]}
    if line is None:
        return told
    named = ("look", "large", "n")
    return told | {"psi": line["psi"]["value"]} | {name: line[name] for name in named}
