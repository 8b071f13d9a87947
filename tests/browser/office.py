"""An installation of its own for a whole morning's work: the sample project, items with content."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from browser.homes import make_demo
from factories import owner
from servers import Server, serving

from labeltrust.app import build_deployment
from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.settings import Settings
from labeltrust.simulate._fraud_review import NAMES, draw_fraud_review
from labeltrust.simulate._seeds import SEED
from labeltrust.web.vega_bundle import make_bundle

PROJECT = "fraud-review"
CHARGED_BACK = "the holder charged it back"
_AT_ONCE = 1_000


@contextmanager
def office(home: Path) -> Iterator[tuple[Server, Settings]]:
    """Serve the sample project, whose worker assesses a second after the newest event."""
    settings = Settings(home=home)
    make_demo(home)
    make_bundle(home)
    # News end every other second, as they do every minute elsewhere.
    quick = {"LABELTRUST_ASSESS_AFTER_SECONDS": "1", "LABELTRUST_LIVE_SECONDS": "2"}
    with serving(settings, **quick) as server:
        _describe(server.url, _key(settings))
        yield server, settings


def _key(settings: Settings) -> str:
    """Return the key of a platform that tells what the imported items are."""
    deployment = build_deployment(settings)
    draft = SourceDraft(
        name="bank", platform="generic", projects=(PROJECT,), id_space="source:import"
    )
    add_source(deployment, owner(), draft)
    made = create_key(deployment, owner(), KeyDraft(name="bank", role="source", source="bank"))
    deployment.engine.dispose()
    return made.text


def _describe(url: str, key: str) -> None:
    """Send what reviewers see of each item, from which they can tell the truth."""
    truth = draw_fraud_review(SEED).scene.truth.tolist()
    events = [
        {"id": f"described-{item}", "type": "item.described", "project": PROJECT, "item": item,
         "content": {"text": f"Payment {item}: {story(label)}.", "amount": 10 + n % 90}}
        for n, (item, label) in enumerate(zip(NAMES.items(len(truth)), truth, strict=True))
    ]  # fmt: skip
    for start in range(0, len(events), _AT_ONCE):
        answer = httpx.post(
            f"{url}/v1/events",
            json=events[start : start + _AT_ONCE],
            headers={"Authorization": f"Bearer {key}"},
            timeout=60.0,
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text


def story(label: int) -> str:
    """Return what an item says of itself, by its true class."""
    return CHARGED_BACK if NAMES.classes[label] == "fraud" else "the holder knows the shop"
