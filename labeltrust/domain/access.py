"""People, keys and sources: who may come in, and what is shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

SourceStatus = Literal["trusted", "probation", "rejected"]
SOURCE_STATUSES: tuple[str, ...] = get_args(SourceStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who acts here; never a labeler. `projects` is None for all."""

    name: str
    role: str
    projects: tuple[str, ...] | None
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDraft:
    """An API key to be made.

    Attributes:
        name: What it is for, for people.
        projects: Names of the projects in scope, None for all those of its person or source.
        person: Whose key it is, if anybody's; disabling the person ends the key.
        source: Required for the role `source`, and for no other.
    """

    name: str
    role: str
    projects: tuple[str, ...] | None = None
    person: str | None = None
    source: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as it can be shown: everything but its secret.

    `used_at` is when it was last accepted, to about a minute; None: never.
    """

    key_id: str
    name: str
    role: str
    projects: tuple[str, ...] | None
    person: str | None
    source: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key with its text, which is shown this one time and kept as a digest only."""

    key: Key
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """A source to be added.

    Attributes:
        name: Part of the address that the platform calls.
        platform: Name of an adapter.
        projects: The only projects that the source may speak for.
        id_space: Sources of one id space share labeler and item ids; None: one of its own.
        status: Labels of a source on `probation` do not count until it is vetted, those of a
            `rejected` one never; the gate waits for the first alone.
        config: The adapter's own settings, plain JSON values.
        secret: The secret that the platform made; None makes one here.
    """

    name: str
    platform: str
    projects: tuple[str, ...]
    id_space: str | None = None
    status: str = "trusted"
    config: Mapping[str, object] = field(default_factory=dict)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What is to be different at a source; None leaves a part as it is."""

    projects: tuple[str, ...] | None = None
    status: str | None = None
    config: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretInfo:
    """A secret of a source as it can be shown: which, since when, until when."""

    key_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source as it can be shown."""

    name: str
    platform: str
    id_space: str
    status: str
    projects: tuple[str, ...]
    config: Mapping[str, object]
    secrets: tuple[SecretInfo, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A new secret of a source with its text, which is shown this one time.

    `mark` is what people should know of the adapter before they rely on it; mostly empty. `given`
    says that the text came from the platform, so that nobody need be shown it.
    """

    source: str
    key_id: str
    address: str
    hint: str
    mark: str = ""
    given: bool = False
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A link that signs one person in, once."""

    person: str
    expires_at: datetime
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in person of the console; the token lives in the browser's cookie only."""

    person: str
    expires_at: datetime
    token: str = field(repr=False)
