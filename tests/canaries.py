"""Secrets of every kind put into one installation, and a search for them wherever bytes end up."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from databases import psycopg
from factories import label, owner
from flagging import flagged
from receivers import channel
from recorded import project, record
from sqlalchemy.engine import make_url

from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.services.add_person import add_person
from labeltrust.services.add_source import add_source
from labeltrust.services.connect_source import connect_source
from labeltrust.services.create_key import create_key
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.revoke_key import revoke_key
from labeltrust.services.rotate_key import rotate_key
from labeltrust.services.rotate_secret import rotate_secret
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.services.sign_in_password import set_password, sign_in_password
from labeltrust.services.subscribe_hook import add_hook

OIDC_SECRET = "canary-oidc-" + secrets.token_hex(12)
ROLES = ("admin", "qa_lead")


def canary(kind: str) -> str:
    """Return a secret that stands nowhere else."""
    return f"canary-{kind}-{secrets.token_hex(12)}"


def signing_secret() -> str:
    """Return a secret as Standard Webhooks want it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(slots=True)
class Planted:
    """What was planted: secrets by name, and those that requests are made with."""

    secrets: dict[str, str] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, text: str) -> str:
        """Keep a secret to be searched for."""
        self.secrets[name] = text
        return text

    def __len__(self) -> int:
        return len(self.secrets) + len(self.raw)


def recorded_things(here: Deployment) -> None:
    """Record labels, a flag with its freeze, a training set and an incident of project `fraud`."""
    project(here)
    record(here, [label(f"i{n}", who) for n in range(4) for who in ("alice", "bob")])
    flagged(here, "alice", freeze="label")
    create_snapshot(here, owner(), "fraud")
    open_incident(here, owner(), IncidentDraft(project="fraud", title="a ring", severity="high"))


def plant(here: Deployment, platform: str, receiver: str) -> Planted:
    """Put a secret of every kind in; `platform` and `receiver` are addresses on this machine."""
    planted = Planted()
    planted.add("client secret of OpenID Connect", OIDC_SECRET)
    _sources(here, planted, platform)
    _people(here, planted)
    _told(here, planted, receiver)
    file = here.settings.key_file.read_bytes()
    planted.raw["master key"] = file.strip()
    planted.raw["signing key"] = here.vault._signing_keys[0].private_bytes_raw()  # noqa: SLF001
    password = make_url(here.settings.url).password
    if password:
        planted.add("password of the database", str(password))
    return planted


def _sources(here: Deployment, planted: Planted, platform: str) -> None:
    secret = planted.add("secret of a webhook", canary("webhook"))
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",), secret=secret)
    add_source(here, owner(), draft)
    signed = planted.add("older signing secret", signing_secret())
    draft = SourceDraft(
        name="std", platform="standard-webhooks", projects=("fraud",), secret=signed
    )
    add_source(here, owner(), draft)
    given = planted.add("signing secret", signing_secret())
    rotate_secret(here, owner(), source="std", secret=given)
    planted.add("signing secret made here", rotate_secret(here, owner(), source="std").text)
    for name in ("label-studio", "argilla"):
        config = {"project": "fraud", "questions": {"verdict": "label"}}
        draft = SourceDraft(name=name, platform=name, projects=("fraud",), config=config)
        add_source(here, owner(), draft)
        token = planted.add(f"token of {name}", canary(name))
        remote = "3" if name == "label-studio" else str(UUID(int=4))
        access = AccessDraft(url=platform, remote=remote, token=token)
        connect_source(here, owner(), name, access)


def _people(here: Deployment, planted: Planted) -> None:
    for role in ROLES:
        add_person(here, owner(), name=role, role=role)
        draft = KeyDraft(name=role, role=role, person=role)
        planted.keys[role] = planted.add(f"key of {role}", create_key(here, owner(), draft).text)
        link = create_sign_in_link(here, owner(), role).address.rpartition("/")[2]
        planted.add(f"used sign-in link of {role}", link)
        planted.sessions[role] = planted.add(f"session of {role}", sign_in(here, link).token)
    ended = create_key(here, owner(), KeyDraft(name="ended", role="auditor"))
    planted.add("revoked key", ended.text)
    planted.add("rotated key", rotate_key(here, owner(), key_id=ended.key.key_id).text)
    revoke_key(here, owner(), key_id=ended.key.key_id, reason="lost")
    add_person(here, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(here, owner(), "ann").address.rpartition("/")[2]
    planted.add("unused sign-in link", link)
    door = create_sign_in_link(here, owner(), "ann", password=True).address.rpartition("/")[2]
    password = planted.add("password of a person", canary("password"))
    set_password(here, planted.add("used password link", door), password)
    planted.add("session by password", sign_in_password(here, "ann", password).token)


def _told(here: Deployment, planted: Planted, receiver: str) -> None:
    url = planted.add("token in the address of a hook", canary("hook"))
    hook = add_hook(here, owner(), "fraud", f"{receiver}/hook?token={url}")
    planted.add("secret of a hook", hook.secret)
    port = receiver.rpartition(":")[2]
    wanted: Mapping[str, Mapping[str, str]] = {
        "generic": {"url": f"{receiver}/in/%s", "token": "%s"},
        "webhook": {"url": f"{receiver}/signed/%s"},
        "slack": {"url": f"{receiver}/services/%s"},
        "alertmanager": {"url": f"{receiver}/am", "token": "%s"},
        "pagerduty": {"url": f"{receiver}/pd", "routing_key": "%s"},
        "apprise": {"url": f"ntfys://user:%s@127.0.0.1:{port}/topic"},
        "email": {
            "host": "127.0.0.1", "port": "9", "sender": "a@x.test", "recipients": "b@x.test",
            "username": "mailer", "password": "%s",
        },
    }  # fmt: skip
    for shape, options in wanted.items():
        filled = {}
        for name, value in options.items():
            hidden = "%s" in value and planted.add(f"{name} of {shape}", canary(f"{shape}-{name}"))
            filled[name] = value.replace("%s", hidden) if hidden else value
        made = channel(here, shape, options=filled)
        if made.secret:
            planted.add(f"signing key of {shape}", made.secret)


def forms(secret: str | bytes) -> Iterator[bytes]:
    """Return how a secret may stand somewhere: as it is, in base64, hex, an address, JSON."""
    raw = secret.encode() if isinstance(secret, str) else secret
    yield from (raw, base64.b64encode(raw), base64.urlsafe_b64encode(raw), raw.hex().encode())
    if isinstance(secret, str):
        yield quote(secret, safe="").encode()
        yield json.dumps(secret)[1:-1].encode()
        if secret.startswith("whsec_"):
            yield base64.b64decode(secret[6:])
            yield secret[6:].encode()


def found(planted: Planted, places: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return which secret stands where."""
    everything = {**planted.secrets, **planted.raw}
    return [
        (name, place)
        for name, secret in everything.items()
        for place, content in places.items()
        if any(form in content for form in set(forms(secret)))
    ]


def files_below(folder: Path, *, without: Path) -> dict[str, bytes]:
    """Return every file of a folder but one."""
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != without
    }


def tables_of(url: str) -> dict[str, bytes]:
    """Return every table of a PostgreSQL database as `COPY` writes it, binary."""
    dumped = {}
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (name,) in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copy:
                dumped[f"table {name}"] = b"".join(bytes(part) for part in copy)
    return dumped


def wall_clock() -> datetime:
    """Return the present moment."""
    return datetime.now(tz=UTC)
