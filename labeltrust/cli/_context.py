"""Who acts on which installation: read from environment and machine, once a command."""

import contextlib
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labeltrust.domain.errors import Busy
from labeltrust.domain.principals import Principal, shell_owner
from labeltrust.settings import Settings, read_settings

if TYPE_CHECKING:
    from labeltrust.services.deployment import Deployment

KEY_VARIABLE = "LABELTRUST_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """An open installation and who acts on it."""

    deployment: "Deployment"
    principal: Principal


def settings() -> Settings:
    """Return the settings of the environment."""
    return read_settings(os.environ)


@contextmanager
def acting() -> Iterator[Acting]:
    """Open the installation for one command; a missing SQLite database is made.

    Raises:
        Misconfigured: The schema is old: the message says what to run.
        NotProven: `LABELTRUST_KEY` is no valid key.
    """
    with deployed(settings()) as deployment:
        key = os.environ.get(KEY_VARIABLE)
        who = principal_of(deployment, key=key, user=shell_user())
        yield Acting(deployment=deployment, principal=who)


@contextmanager
def deployed(wanted: Settings, *, apart: bool = False) -> Iterator["Deployment"]:
    """Open an installation; its connections close with the command.

    Args:
        wanted: Its settings.
        apart: Do heavy work in a process of its own, as the server must.
    """
    from labeltrust.app import build_deployment  # noqa: PLC0415 - half a second of imports
    from labeltrust.cli._logs import configure_logs  # noqa: PLC0415
    from labeltrust.services.apart import Apart  # noqa: PLC0415

    configure_logs()
    deployment = build_deployment(wanted)
    child = Apart() if apart else None
    try:
        _prepare(deployment)
        yield replace(deployment, apart=child)
    finally:
        if child is not None:
            child.close()
        deployment.engine.dispose()


def _prepare(deployment: "Deployment") -> None:
    from labeltrust.store.migrate import migrate, require_newest, schema_version  # noqa: PLC0415

    new = schema_version(deployment.engine) is None
    if new and deployment.engine.dialect.name == "sqlite":
        migrate(deployment.engine)
    require_newest(deployment.engine)


def principal_of(deployment: "Deployment", *, key: str | None, user: str) -> Principal:
    """Return who acts: whom a key stands for, else a user of this machine.

    Raises:
        NotProven: The key is not valid.
    """
    if not key:
        return shell_owner(user)
    from labeltrust.services.authenticate import authenticate_key  # noqa: PLC0415 - slow imports
    from labeltrust.services.note_key_uses import note_key_use  # noqa: PLC0415

    principal = authenticate_key(deployment, key.strip())
    with contextlib.suppress(Busy):  # a command that only reads works beside a long write
        note_key_use(deployment, principal)
    return principal


def shell_user() -> str:
    """Return the name of the process's owner as the machine knows it, not as variables claim."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
