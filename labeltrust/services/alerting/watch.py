"""Look every minute for what no event tells: sources, quarantines, stuck work, late checkpoints."""

from collections.abc import Mapping

from sqlmodel import Session

from labeltrust.domain.alerts import Cause
from labeltrust.domain.clock import microseconds, moment
from labeltrust.outgoing.shapes._base import moment_text
from labeltrust.policy.watching import (
    HOUR_US,
    LOOKED_BACK_HOURS,
    Hours,
    forging,
    growth,
    silence,
)
from labeltrust.services.alerting._objectives import watch_objectives
from labeltrust.services.alerting.route import look_again
from labeltrust.services.checkpoints.standing import Standing, standing
from labeltrust.services.deployment import Deployment
from labeltrust.store.alert_causes import keep_cause, last_of_all, last_watched, parked_before
from labeltrust.store.jobs import Lease, parked, require_lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tallies import forged_since, hours_since

WATCH = "alert-watch"
Found = list[tuple[int | None, str, dict[str, object]]]
_CALM = 10
"""So few unreadable events in two hours end the alert; fewer than what begins it."""


def watch_for_job(deployment: Deployment, lease: Lease) -> None:
    """Keep what changed since the last look for the router, and write nothing where nothing did."""
    found = _looked(deployment)
    if found:
        with unit_of_work(deployment.engine) as session:
            require_lease(session, lease)
            for source, kind, detail in found:
                keep_cause(session, kind, deployment.clock(), detail, source_id=source)
    watch_objectives(deployment, lease)
    look_again(deployment, lease)


def _looked(deployment: Deployment) -> Found:
    now_us = microseconds(deployment.clock())
    with reading(deployment.engine) as session:
        sent = _sent(session, now_us)
        sources = last_watched(session, list(sent), "source.")
        quarantines = last_watched(session, list(sent), "quarantine.")
        forged = forged_since(session, now_us // HOUR_US - LOOKED_BACK_HOURS)
        forgeries = last_watched(session, list(sent), "forgery.")
        found = _of_work(session) + _of_checkpoints(session, standing(deployment))
    for number, hours in sent.items():
        found += _of_silence(number, hours, now_us, sources.get(number))
        found += _of_growth(number, hours, now_us, quarantines.get(number))
        found += _of_forging(number, forged.get(number, {}), now_us, forgeries.get(number))
    return found


def _sent(session: Session, now_us: int) -> Mapping[int, Hours]:
    rows = hours_since(session, now_us // HOUR_US - LOOKED_BACK_HOURS)
    return {
        number: Hours(
            accepted={hour: accepted for hour, accepted, _, _ in lines},
            unreadable={hour: unreadable for hour, _, unreadable, _ in lines},
            last_us=max(last for _, _, _, last in lines),
        )
        for number, lines in rows.items()
    }


def _of_work(session: Session) -> Found:
    """Return what was parked since the last look, and what is done or waits no longer."""
    told = parked_before(session)
    now = {f"{kind} {key}".strip(): (kind, tries) for kind, key, tries in parked(session)}
    found: Found = [
        (None, "work.parked", {"job": job, "kind": kind, "tries": tries})
        for job, (kind, tries) in now.items()
        if not told.get(job)
    ]
    over = [job for job, is_parked in told.items() if is_parked and job not in now]
    return found + [
        (None, "work.resumed", {"job": job, "kind": job.partition(" ")[0]}) for job in over
    ]


def _of_checkpoints(session: Session, now: Standing) -> Found:
    """Return that checkpoints became late since the last look, or that all are taken again."""
    told = last_of_all(session, "checkpoints.") == "checkpoints.late"
    if now.late == told:
        return []
    if not now.late:
        return [(None, "checkpoints.taken", {})]
    detail: dict[str, object] = {
        "late_minutes": int(now.waiting_seconds // 60),
        "places": len(now.places),
        "wanted": now.wanted,
        "troubled": [place.name for place in now.places if place.trouble],
    }
    return [(None, "checkpoints.late", detail)]


def _of_silence(number: int, hours: Hours, now_us: int, last: Cause | None) -> Found:
    told = last is not None and last.type == "source.silent"
    if told and last is not None and hours.last_us > microseconds(last.at):
        return [(number, "source.heard", {})]
    found = silence(hours, now_us)
    if found is None or (told and last is not None and last.detail["loudness"] == found.loudness):
        return []
    detail = {"expected": found.expected, "loudness": found.loudness}
    return [(number, "source.silent", detail | {"last_at": moment_text(moment(hours.last_us))})]


def _of_growth(number: int, hours: Hours, now_us: int, last: Cause | None) -> Found:
    told = last is not None and last.type == "quarantine.growing"
    found = growth(hours, now_us)
    if found is None:
        lately = (now_us // HOUR_US - 1, now_us // HOUR_US)
        calm = sum(hours.unreadable.get(hour, 0) for hour in lately) < _CALM
        return [(number, "quarantine.calmed", {})] if told and calm else []
    if told and last is not None and last.detail["loudness"] == found.loudness:
        return []
    detail: dict[str, object] = {"unreadable": found.unreadable, "events": found.events}
    return [(number, "quarantine.growing", detail | {"loudness": found.loudness})]


def _of_forging(number: int, forged: Mapping[int, int], now_us: int, last: Cause | None) -> Found:
    told = last is not None and last.type == "forgery.begun"
    found = forging(forged, now_us)
    if found is None:
        lately = (now_us // HOUR_US - 1, now_us // HOUR_US)
        calm = sum(forged.get(hour, 0) for hour in lately) < _CALM
        return [(number, "forgery.over", {})] if told and calm else []
    if told:
        return []
    detail: dict[str, object] = {"forged": found.forged, "usual": found.usual}
    return [(number, "forgery.begun", detail | {"loudness": "page"})]
