"""What `doctor` looks at: what was found and, where it is not well, what to do."""

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import text

from labeltrust.domain.clock import moment
from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.checkpoints.standing import standing
from labeltrust.services.deployment import Deployment
from labeltrust.services.measure_sources import measure_sources
from labeltrust.services.platforms import platforms
from labeltrust.store import jobs
from labeltrust.store.assessments import projects_with_news
from labeltrust.store.grants import app_role
from labeltrust.store.growth import measure_growth
from labeltrust.store.locks import server_pid
from labeltrust.store.migrate import is_newer, lives_with, newest_version, schema_version
from labeltrust.store.pulls import pull_counts
from labeltrust.store.quarantine import held_rows
from labeltrust.store.session import DURABLE, is_durable, reading, wal_is_safe
from labeltrust.store.sources import source_rows

_PYTHON = (3, 11)
_LATE_SECONDS = 600.0
_MB = 1_000_000
_MOST_HELD = 1_000
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing checked; `mend` is empty where it is well."""

    check: str
    ok: bool
    found: str
    mend: str = ""


def check_installation(deployment: Deployment) -> tuple[Finding, ...]:
    """Check an installation; no check stops the others, and only the size is noted."""
    findings = [check(deployment) for check in _ALONE]
    schema = _schema(deployment)
    findings.append(schema)
    if schema.ok:
        findings += [check(deployment) for check in _WITH_SCHEMA]
    return tuple(findings)


def unusable(error: LabeltrustError) -> Finding:
    """Return the finding of an installation that cannot even be opened."""
    return Finding(check="installation", ok=False, found=str(error), mend="mend this first")


def _python(_: Deployment) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info[:2] >= _PYTHON
    return Finding(check="python", ok=ok, found=found, mend="" if ok else "install Python 3.11")


def _key_file(deployment: Deployment) -> Finding:
    path = deployment.settings.key_file
    if not path.exists():
        return Finding(check="master key", ok=True, found="made at first use")
    mode = stat.S_IMODE(path.stat().st_mode)
    ok = mode & 0o077 == 0
    mend = "" if ok else f"run `chmod 600 {path}`: others can read the key that seals the data"
    return Finding(check="master key", ok=ok, found=f"mode {mode:04o}", mend=mend)


def _home(deployment: Deployment) -> Finding:
    home = deployment.settings.home
    ok = os.access(home, os.W_OK | os.X_OK)
    found = "can be written" if ok else f"{home} cannot be written"
    mend = "" if ok else "give the owner of this process the right to write there"
    return Finding(check="data folder", ok=ok, found=found, mend=mend)


def _database(deployment: Deployment) -> Finding:
    if deployment.engine.dialect.name == "sqlite":
        return _sqlite(deployment)
    with reading(deployment.engine) as session:
        version = session.connection().execute(text("SHOW server_version")).scalar_one()
        weak = [
            name
            for name in DURABLE
            if session.connection().execute(text(f"SHOW {name}")).scalar_one() == "off"
        ]
    found = f"PostgreSQL {version}" + (f", {', '.join(weak)} off" if weak else ", durable")
    if weak and deployment.settings.unsafe_durability:
        allowed = f"{found}, as LABELTRUST_UNSAFE_DURABILITY allows: for tests only"
        return Finding(check="database", ok=True, found=allowed)
    mend = f"set {' and '.join(weak)} on: an accepted event could be lost" if weak else ""
    return Finding(check="database", ok=not weak, found=found, mend=mend)


def _sqlite(deployment: Deployment) -> Finding:
    import sqlite3  # noqa: PLC0415 - not needed where PostgreSQL serves

    with reading(deployment.engine) as session:
        connection = session.connection()
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    safe = journal != "wal" or wal_is_safe(sqlite3.sqlite_version_info)
    full = is_durable(journal, synchronous)
    found = f"SQLite {sqlite3.sqlite_version}, journal {journal}, synchronous {synchronous}"
    mend = "" if safe else "run `PRAGMA journal_mode=DELETE`: this SQLite can lose commits in WAL"
    mend = mend if full else "something set synchronous too low: a power cut would lose events"
    return Finding(check="database", ok=safe and full, found=found, mend=mend)


def _schema(deployment: Deployment) -> Finding:
    found, wanted = schema_version(deployment.engine), newest_version()
    ok = lives_with(deployment.engine)
    todo = "install a newer version" if is_newer(found) else "run `labeltrust migrate`"
    mend = "" if ok else todo
    return Finding(check="schema", ok=ok, found=f"{found} of {wanted}", mend=mend)


def check_role(deployment: Deployment) -> Finding:
    """Look at whom the server is to PostgreSQL: the owner of the history could rewrite it."""
    role = app_role(deployment.engine)
    if role is None:
        return Finding(check="role", ok=True, found="SQLite: triggers alone guard the history")
    if not role.excess:
        return Finding(check="role", ok=True, found=f"{role.name} can only append to the history")
    more = f" and {len(role.excess) - 1} more" if len(role.excess) > 1 else ""
    found = f"{role.name} {role.excess[0]}{more}: it could rewrite the history"
    if deployment.settings.unsafe_durability:
        return Finding(check="role", ok=True, found=f"{found}; for tests only")
    mend = (
        "as owner run `labeltrust migrate --app-role NAME`, and serve as NAME (docs/postgresql.md)"
    )
    return Finding(check="role", ok=False, found=found, mend=mend)


def _work(deployment: Deployment) -> Finding:
    with reading(deployment.engine) as session:
        backlog = jobs.backlog(session, deployment.clock())
    found = f"{backlog.open} waiting, {backlog.failing} failing, {backlog.late_seconds:.0f} s late"
    mend = ""
    if backlog.failing:
        mend = "read the server's log: a job keeps failing"
    elif backlog.late_seconds > _LATE_SECONDS:
        mend = "start `labeltrust serve` or `labeltrust worker`: nobody does the background work"
    return Finding(check="background work", ok=not mend, found=found, mend=mend)


def _news(deployment: Deployment) -> Finding:
    with reading(deployment.engine) as session:
        news = projects_with_news(session)
    limit = deployment.clock() - timedelta(seconds=deployment.settings.stale_after_seconds)
    stale = [n.project for n in news if moment(n.first_us) < limit]
    found = f"{len(stale)} projects have labels that no assessment has read" if stale else "fresh"
    mend = f"run `labeltrust assess --project {stale[0]}`" if stale else ""
    return Finding(check="assessments", ok=not stale, found=found, mend=mend)


def _server(deployment: Deployment) -> Finding:
    if deployment.engine.dialect.name != "sqlite":
        return Finding(check="server", ok=True, found="any number may run on PostgreSQL")
    pid = server_pid(deployment.settings)
    found = "none runs" if pid is None else f"runs as process {pid}"
    return Finding(check="server", ok=True, found=found)


def _growth(deployment: Deployment) -> Finding:
    growth = measure_growth(deployment.engine, deployment.settings, deployment.clock())
    warning = growth.warning(deployment.settings)
    a_day = "" if growth.bytes_a_day is None else f", {growth.bytes_a_day / _MB:.1f} MB a day"
    found = f"{growth.database_bytes / _MB:.1f} MB on record{a_day}"
    return Finding(check="disk", ok=warning is None, found=found, mend=warning or "")


def _held(deployment: Deployment) -> Finding:
    with reading(deployment.engine) as session:
        held = len(held_rows(session, status="open", projects=None, after=0, limit=_MOST_HELD))
    more = "or more " if held == _MOST_HELD else ""
    found = f"{held} {more}deliveries and rows wait that could not be read"
    return Finding(check="quarantine", ok=True, found=found if held else "nothing is held")


def _adapters(deployment: Deployment) -> Finding:
    """Name sources whose adapter was never tried on a live system: no fault, but good to know."""
    known = platforms()
    with reading(deployment.engine) as session:
        rows = [(row.name, known.get(row.platform)) for row in source_rows(session)]
    marked = [f"{name} ({one.name}): {one.mark}" for name, one in rows if one and one.mark]
    found = "; ".join(marked[:_MOST_NAMED]) or "all sources use adapters that were tried"
    more = f"; and {len(marked) - _MOST_NAMED} more" if len(marked) > _MOST_NAMED else ""
    return Finding(check="adapters", ok=True, found=found + more)


def _pulls(deployment: Deployment) -> Finding:
    with reading(deployment.engine) as session:
        n = sum(pull_counts(session).values())
    found = f"{n} objects changed on platforms and were not read since" if n else "nothing to read"
    return Finding(check="pulls", ok=True, found=found)


def _sources(deployment: Deployment) -> Finding:
    measures = measure_sources(deployment)
    parts = {
        "silent against their usual rate": measures.silent,
        "not compared with their platform: the last pull failed": measures.failing,
        "with withdrawals that wait for a person": measures.held,
        "not compared for three times as long as they are to be": measures.late,
    }
    found = "; ".join(
        f"{', '.join(who[:_MOST_NAMED])} {what}" for what, who in parts.items() if who
    )
    mend = ""
    if measures.silent:
        mend = f"look at the webhook of {measures.silent[0]} on its platform"
    elif measures.failing or measures.late:
        first = (*measures.failing, *measures.late)[0]
        mend = f"run `labeltrust source reconcile {first}` and mend what it says"
    elif measures.held:
        mend = "answer `labeltrust approvals list`"
    return Finding(check="sources", ok=not found, found=found or "none is silent", mend=mend)


def _checkpoints(deployment: Deployment) -> Finding:
    found = standing(deployment)
    return Finding(check="checkpoints", ok=not found.late, found=found.words, mend=found.mend)


Check = Callable[[Deployment], Finding]
_ALONE: tuple[Check, ...] = (_python, _key_file, _home, _database, _server)
_WITH_SCHEMA: tuple[Check, ...] = (
    *(check_role, _work, _news, _growth, _held, _adapters, _pulls, _sources, _checkpoints),
)
