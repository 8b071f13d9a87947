"""The nine oracles in the order in which they are asked, and those of the senders and servers."""

from collections.abc import Iterator

import httpx
from chaos.alerts import alert_findings
from chaos.held import held_findings
from chaos.history import history_findings, sent_rows
from chaos.process import Running
from chaos.rebuilt import rebuilt_findings
from chaos.site import CANARY, Site
from chaos.traffic import Event, batches_of

HEALTHY_IN_SECONDS = 30.0


def findings(site: Site, server: Running, known: dict[str, Event]) -> list[str]:
    """Ask all nine of a site whose fault is over and whose server runs.

    Args:
        site: The installation.
        server: One of its servers.
        known: All events that were made for it, by id.
    """
    found = list(health_findings(site, server))
    found += history_findings(site)
    found += _resent_findings(site, server, known)
    found += history_findings(site)
    found += rebuilt_findings(site)
    found += alert_findings(site)
    found += held_findings(site)
    found += words_findings(site)
    return found


def health_findings(site: Site, server: Running) -> Iterator[str]:
    """Yield I9: healthy again soon."""
    took = server.healthy(HEALTHY_IN_SECONDS)
    if took is None:
        said = httpx.get(f"{server.url}/health", timeout=10).text if server.is_alive else "dead"
        yield f"I9 the server is not healthy {HEALTHY_IN_SECONDS:.0f} s after the fault: {said}"
    else:
        site.sometimes.saw("healthy again")


def words_findings(site: Site) -> Iterator[str]:
    """Yield I9: no refusal but 503 and 429 with `Retry-After`, and no secret in a log."""
    bad = [text for senders in site.senders for text in senders.bad]
    if bad:
        yield f"I9 {len(bad)} answers that a sender cannot use, such as {bad[0]}"
    if any("Traceback" in text for text in bad):
        yield "I9 an answer holds a stack trace"
    log = site.server_log.read_text(errors="replace") if site.server_log.exists() else ""
    secrets = [word for word in (site.key, CANARY) if word and word in log]
    if secrets:
        yield "I9 a secret stands in the log of the server"


def _resent_findings(site: Site, server: Running, known: dict[str, Event]) -> Iterator[str]:
    """Yield I7: what nobody answered is sent again, and then all stands exactly once."""
    again = [known[name] for name in site.log.unanswered]
    if again:
        site.sometimes.saw("outcome was unknown", len(again))
    with site.sending(server, connections=2) as senders:
        senders.send(list(batches_of(again, 100)))
        if not senders.drain():
            yield f"I7 {len(again)} events could not be sent again"
    rows, meant = sent_rows(site), len(site.log.intents) - len(site.log.parked)
    if rows != meant:
        yield f"I7 {rows} rows of {meant} events"
