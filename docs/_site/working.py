"""An installation that is there to be asked for its own description, and thrown away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from labeltrust.app import build_deployment, create_app
from labeltrust.domain.access import KeyDraft
from labeltrust.domain.principals import shell_owner
from labeltrust.services.create_key import create_key
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.web.openapi import described


@contextmanager
def installation(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Give the description of the interface, and what `GET /metrics` answers."""
    settings = Settings(home=folder / "var", embedded_worker=False)
    settings.home.mkdir()
    deployment = build_deployment(settings)
    migrate(deployment.engine)
    draft = KeyDraft(name="reader", role="auditor", projects=None)
    key = create_key(deployment, shell_owner("site"), draft).text
    deployment.engine.dispose()
    app = create_app(settings)
    with TestClient(app) as client:
        yield described(app.openapi_schema.to_schema()), _asked(client, "/metrics", key)


def _asked(client: TestClient[Any], path: str, key: str) -> str:
    answer = client.get(path, headers={"Authorization": f"Bearer {key}"})
    answer.raise_for_status()
    return str(answer.text)
