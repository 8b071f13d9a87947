"""Sources as they are watched: what each sends, what of it is held, and how to connect it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from sqlmodel import Session

from labeltrust.domain.access import Source
from labeltrust.domain.errors import NotFound
from labeltrust.domain.platform_access import AccessInfo
from labeltrust.domain.principals import Principal
from labeltrust.policy.watching import Silence
from labeltrust.services.connectors import connectors
from labeltrust.services.deployment import Deployment
from labeltrust.services.measure_sources import silences
from labeltrust.services.own_sources import OWN_PLATFORM
from labeltrust.services.platforms import platforms
from labeltrust.store import tables
from labeltrust.store.inserting import known_id
from labeltrust.store.pulls import pull_counts
from labeltrust.store.quarantine import held_by_source
from labeltrust.store.session import reading
from labeltrust.store.source_pulls import accesses
from labeltrust.store.sources import find_source, source_rows, sources_of
from labeltrust.store.tallies import Activity, activities


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSource:
    """A source with what it does.

    Attributes:
        source: The source; of its projects only those that the reader may see.
        activity: Events of the last day and week, and when the last one came.
        held: Deliveries or events of it that wait in quarantine.
        live: Key ids whose secrets prove a delivery now.
        mark: What people should know of the adapter before they rely on it; mostly empty.
        pulls: Objects that the platform said have changed, and nobody has read since.
        access: How its platform is read by its API, None where it is not.
        silence: How silent it is against its own usual rate, None where it is not.
    """

    source: Source
    activity: Activity
    held: int
    live: tuple[str, ...]
    mark: str = ""
    pulls: int = 0
    access: AccessInfo | None = None
    silence: Silence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a platform is pointed at us.

    Attributes:
        title: Name of the platform, for people.
        address: Where it sends to.
        hint: Where the secret goes, in the platform's own words; empty for our own sources.
        header: The header that carries a static secret; empty where deliveries are signed.
        mark: What people should know of the adapter before they rely on it; mostly empty.
        access_hint: Where a token for reading the platform is found; empty where it cannot be read.
    """

    title: str
    address: str
    hint: str
    header: str
    mark: str = ""
    access_hint: str = ""


def watch_sources(deployment: Deployment, principal: Principal) -> list[WatchedSource]:
    """Return the sources that speak for a project in scope, by name, in a handful of queries.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return _watched(deployment, session, principal, source_rows(session))


def watch_source(
    deployment: Deployment, principal: Principal, name: str
) -> tuple[WatchedSource, Connection]:
    """Return one source, and how to connect it.

    Raises:
        NotAllowed: The role may not read.
        NotFound: No source of this name speaks for a project in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row = find_source(session, name)
        found = _watched(deployment, session, principal, [] if row is None else [row])
    if not found:
        detail = f"no source {name[:200]!r}"
        raise NotFound(detail)
    return found[0], _connection(deployment, found[0].source)


def _watched(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    rows: Sequence[tables.Source],
) -> list[WatchedSource]:
    now = deployment.clock()
    sent, held = activities(session, now), held_by_source(session)
    pulls = pull_counts(session)
    read, quiet = accesses(session), silences(session, now)
    found = []
    for row, source in zip(rows, sources_of(session, rows), strict=True):
        seen = tuple(name for name in source.projects if principal.sees(name))
        if not seen and principal.projects is not None:
            continue
        number = known_id(row.id)
        secrets = [s for s in source.secrets if s.revoked_at is None]
        found.append(
            WatchedSource(
                source=replace(source, projects=seen),
                activity=sent.get(number, Activity()),
                held=held.get(number, 0),
                live=tuple(s.key_id for s in secrets if s.expires_at is None or s.expires_at > now),
                mark=_mark(source.platform),
                pulls=pulls.get(number, 0),
                access=read[number].info if number in read else None,
                silence=quiet.get(number),
            )
        )
    return found


def _connection(deployment: Deployment, source: Source) -> Connection:
    platform = platforms().get(source.platform)
    connector = connectors().get(source.platform)
    own = source.platform == OWN_PLATFORM
    path = "v1/events" if own else f"webhooks/{quote(source.name, safe='')}"
    usual = "" if platform is None else platform.static_header
    header = str(source.config.get("header", usual)) if usual else ""
    return Connection(
        title="labeltrust itself" if platform is None else platform.title,
        address=f"{deployment.settings.address}/{path}",
        hint="" if platform is None else platform.secret_hint,
        header=header,
        mark=_mark(source.platform),
        access_hint=connector.access_hint if connector else "",
    )


def _mark(platform: str) -> str:
    known = platforms().get(platform)
    return "" if known is None else known.mark
