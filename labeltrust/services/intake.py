"""The way in while a server runs: the one writer, and what is known of the senders."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self

from labeltrust.domain.errors import NotProven, UnreadableDelivery
from labeltrust.domain.event_ids import derive_event_ids
from labeltrust.domain.events import Outcome, Parsed, Problem
from labeltrust.domain.networks import Address, Network, is_within
from labeltrust.ingest._base import Delivery, Platform, Secret
from labeltrust.services.deployment import Deployment
from labeltrust.services.lately import Lately
from labeltrust.services.limit_requests import Rates
from labeltrust.services.note_troubles import Troubles
from labeltrust.services.platforms import is_trusted_with_gold, networks_of, platforms
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading
from labeltrust.store.sources import find_source, live_secret_rows
from labeltrust.store.writer import GroupWriter
from labeltrust.store.writer_apart import ApartWriter

# Reading this many bytes takes a few milliseconds: beyond, a thread does it.
_INLINE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A source as a delivery meets it: platform, settings, live secrets, and from where it calls.

    `networks` is empty where a source may call from anywhere.
    """

    name: str
    platform: Platform
    config: Mapping[str, object]
    secrets: tuple[Secret, ...]
    networks: tuple[Network, ...] = ()

    @property
    def may_declare_gold(self) -> bool:
        """Whether gold events of this source are taken."""
        return is_trusted_with_gold(self.platform.name, self.config)

    def require_network(self, address: Address | None) -> None:
        """Refuse a call from outside the networks that the source's settings name.

        Raises:
            NotProven: It comes from elsewhere, or nobody knows from where.
        """
        _check_network(self.name, self.networks, address)


def _check_network(source: str, networks: tuple[Network, ...], address: Address | None) -> None:
    if networks and not is_within(address, networks):
        detail = f"source {source[:200]!r} does not call from this address"
        raise NotProven(detail)


class Intake:
    """Deliveries of a running server. A context manager: leaving it writes what waits."""

    def __init__(self, deployment: Deployment) -> None:
        """Prepare the writer; its thread starts with the context."""
        self.deployment = deployment
        self.writer = _writer(deployment)
        self.rates = _rates(deployment)
        self.troubles = Troubles(deployment)
        self._platforms = platforms()
        self._senders: Lately[str, Sender] = Lately(deployment.settings.key_cache_seconds)
        self._networks: Lately[str, tuple[Network, ...]] = Lately(
            deployment.settings.key_cache_seconds
        )
        # Projects that the source `api` was seen to speak for; links are never taken away from it.
        self.api_projects: set[str] = set()

    def __enter__(self) -> Self:
        """Start writing."""
        self.writer.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what waits, and stop."""
        self.writer.__exit__(kind, error, trace)

    async def submit(self, submission: Submission) -> Outcome:
        """Record a proven delivery and return what became of it, after its durable commit.

        Raises:
            Busy: Try again later; nothing was stored, and the failure counts as the source's.
        """
        with self.troubles.counting(submission.source):
            outcome = await self.writer.submit(submission)
        self.troubles.taken(submission.source, submission.received_at, outcome.accepted)
        return outcome

    def forget_senders(self) -> None:
        """Read sources and secrets again: some were changed."""
        self._senders.forget()
        self._networks.forget()

    async def sender(self, name: str) -> Sender:
        """Return a source with its live secrets, read at most `key_cache_seconds` ago.

        Raises:
            NotProven: There is none of that name, which is not said.
        """
        return await self._senders.get(name, lambda: self._read(name))

    async def require_network(self, source: str, address: Address | None) -> None:
        """Refuse a call in the name of a source from outside the networks of its settings.

        Raises:
            NotProven: It comes from elsewhere, or nobody knows from where.
        """
        networks = await self._networks.get(source, lambda: self._read_networks(source))
        _check_network(source, networks, address)

    def _read_networks(self, name: str) -> tuple[Network, ...]:
        with reading(self.deployment.engine) as session:
            row = find_source(session, name)
            return () if row is None else networks_of(json.loads(row.config))

    async def renewed_sender(self, name: str) -> Sender:
        """Return a source as it is now: a secret may be newer than what is remembered.

        Raises:
            NotProven: There is none of that name, which is not said.
        """
        return await self._senders.renewed(name, lambda: self._read(name))

    def _read(self, name: str) -> Sender:
        at = self.deployment.clock()
        with reading(self.deployment.engine) as session:
            row = find_source(session, name)
            platform = None if row is None else self._platforms.get(row.platform)
            if row is None or platform is None:
                detail = f"no webhook source {name[:200]!r}"
                raise NotProven(detail)
            secrets = [(s.key_id, s.sealed) for s in live_secret_rows(session, row, at)]
            config = json.loads(row.config)
        opened = (Secret(key_id=k, text=self.deployment.vault.open_secret(s)) for k, s in secrets)
        return Sender(
            name=name,
            platform=platform,
            config=config,
            secrets=tuple(opened),
            networks=networks_of(config),
        )


def _rates(deployment: Deployment) -> Rates:
    settings = deployment.settings
    return Rates(key=settings.key_requests_a_minute, source=settings.source_requests_a_minute)


def _writer(deployment: Deployment) -> GroupWriter | ApartWriter:
    """Return a writer in a process of its own for a server, in a thread for anything else."""
    settings = deployment.settings
    if deployment.apart is not None:
        return ApartWriter(settings, deployment.vault)
    return GroupWriter(
        lambda: Recorder(deployment.engine, deployment.vault),
        group_rows=settings.group_rows,
        queue_rows=settings.queue_rows,
    )


async def parsed_delivery(platform: Platform, delivery: Delivery) -> Parsed:
    """Read a delivery; one that cannot be read at all becomes a single problem without index.

    Raises:
        TooLarge: More events than a batch may hold.
    """
    if len(delivery.body) <= _INLINE_BYTES:
        return read_delivery(platform, delivery)
    return await asyncio.to_thread(read_delivery, platform, delivery)


def read_delivery(platform: Platform, delivery: Delivery) -> Parsed:
    """Read a delivery with this platform's adapter, and give every event an id.

    Raises:
        TooLarge: More events than a batch may hold.
    """
    try:
        parsed = platform.parse(delivery)
    except UnreadableDelivery as error:
        problem = Problem(index=None, code=error.code, detail=str(error))
        return Parsed(events=(), positions=(), problems=(problem,))
    return with_event_ids(parsed, delivery.source, Counter())


def with_event_ids(parsed: Parsed, source: str, seen: Counter[int]) -> Parsed:
    """Return the same with an id for every event; see `domain/event_ids.py`."""
    if all(event.event_id for event in parsed.events):
        return parsed
    return replace(parsed, events=derive_event_ids(parsed.events, source, seen))
