"""`labeltrust source …`: platforms that send webhooks, with their secrets."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _acts, _pulls, _suppliers
from labeltrust.cli._complete import complete_source
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, Scope, example
from labeltrust.cli._output import day, out, print_json, print_table, say
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.domain.access import NewSecret, Source
    from labeltrust.services.watch_sources import WatchedSource

app = typer.Typer(help="Webhook sources with secrets and rotation.", no_args_is_help=True)
_pulls.add_to(app)
_acts.add_to(app)
_suppliers.add_to(app)
Name = Annotated[str, typer.Argument(help="Name of the source.", autocompletion=complete_source)]
Config = Annotated[str | None, typer.Option(help="The adapter's own settings, as a JSON object.")]


SecretFile = Annotated[
    str | None,
    typer.Option(
        "--secret-file",
        help="File that holds the secret which the platform made; - reads it from stdin.",
    ),
]


@app.command(epilog=example("source add ls --platform label-studio --project fraud"))
def add(  # noqa: PLR0913 - one parameter an option
    name: Annotated[str, typer.Argument(help="Part of the address that the platform calls.")],
    *,
    platform: Annotated[str, typer.Option(help="Name of the platform's adapter.")],
    project: Annotated[list[str], typer.Option(help="Project it may speak for; repeatable.")],
    id_space: Annotated[
        str | None, typer.Option(help="Sources of one id space share labeler and item ids.")
    ] = None,
    status: Annotated[str, typer.Option(help="trusted, or probation until vetted.")] = "trusted",
    config: Config = None,
    secret_file: SecretFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a source; its first secret is printed this one time."""
    from labeltrust.domain.access import SourceDraft  # noqa: PLC0415
    from labeltrust.services.add_source import add_source  # noqa: PLC0415

    draft = SourceDraft(
        name=name,
        platform=platform,
        projects=tuple(project),
        id_space=id_space,
        status=status,
        config=parsed_object(config, "--config"),
        secret=read_secret(secret_file),
    )
    with acting() as who:
        source, secret = add_source(who.deployment, who.principal, draft)
    if as_json:
        print_json({"source": source, "secret": secret})
        return
    _show_secret(secret)


@app.command("set", epilog=example("source set ls --status trusted"))
def set_(
    name: Name,
    *,
    project: Scope = None,
    status: Annotated[str | None, typer.Option(help="trusted, probation or rejected.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Change what a source may speak for, its status or its adapter's settings."""
    from labeltrust.domain.access import SourceChange  # noqa: PLC0415
    from labeltrust.services.add_source import change_source  # noqa: PLC0415

    change = SourceChange(
        projects=tuple(project) if project else None,
        status=status,
        config=None if config is None else parsed_object(config, "--config"),
    )
    with acting() as who:
        _show([change_source(who.deployment, who.principal, name, change)], as_json=as_json)


@app.command("list", epilog=example("source list"))
def list_(*, as_json: AsJson = False) -> None:
    """List the sources."""
    from labeltrust.services.add_source import list_sources  # noqa: PLC0415

    with acting() as who:
        sources = list_sources(who.deployment, who.principal)
    if as_json:
        print_json(sources)
        return
    _show(list(sources), as_json=False)


@app.command(epilog=example("source show ls"))
def show(name: Name, *, as_json: AsJson = False) -> None:
    """Show a source: what it sent lately, and the ids of its secrets."""
    from dataclasses import fields  # noqa: PLC0415

    from labeltrust.services.watch_sources import watch_source  # noqa: PLC0415

    with acting() as who:
        watched, _ = watch_source(who.deployment, who.principal, name)
    if as_json:
        told = {field.name: getattr(watched.source, field.name) for field in fields(watched.source)}
        more = ("activity", "held", "pulls", "mark")
        print_json(told | {name: getattr(watched, name) for name in more})
        return
    _show([watched.source], as_json=False)
    _show_activity(watched)
    rows = [
        (s.key_id, day(s.created_at), day(s.expires_at), day(s.revoked_at))
        for s in watched.source.secrets
    ]
    print_table(("secret", "since", "expires", "revoked"), rows, "No secret.")


def _show_activity(watched: "WatchedSource") -> None:
    if watched.mark:
        say(f"note: the adapter is {watched.mark}")
    a = watched.activity
    row = (day(a.last_at), a.day.accepted, a.week.duplicates, watched.held, watched.pulls)
    columns = ("last event", "new in 24 h#", "repeats in 7 d#", "held#", "to be read#")
    print_table(columns, [row], "Nothing came yet.")


@app.command(epilog=example("source rotate ls --overlap-hours 24"))
def rotate(
    name: Name,
    *,
    overlap_hours: Annotated[float, typer.Option(help="How long older secrets still work.")] = 24.0,
    secret_file: SecretFile = None,
    as_json: AsJson = False,
) -> None:
    """Give a source a new secret, printed this one time."""
    from labeltrust.services.rotate_secret import rotate_secret  # noqa: PLC0415

    given = read_secret(secret_file)
    with acting() as who:
        secret = rotate_secret(
            who.deployment,
            who.principal,
            source=name,
            secret=given,
            overlap_hours=overlap_hours,
        )
    if as_json:
        print_json(secret)
        return
    _show_secret(secret)


@app.command(epilog=example('source revoke ls --secret whk_0a1b2c3d4e5f --reason "leaked"'))
def revoke(
    name: Name,
    *,
    secret: Annotated[str, typer.Option(help="Id of the secret, whk_….")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """End a secret of a source at once."""
    from labeltrust.services.rotate_secret import revoke_secret  # noqa: PLC0415

    with acting() as who:
        source = revoke_secret(
            who.deployment, who.principal, source=name, key_id=secret, reason=reason
        )
    _show([source], as_json=as_json)


def read_secret(path: str | None) -> str | None:
    """Return the secret in a file, without blanks at its ends; None where no file is named.

    Raises:
        InvalidInput: The file cannot be read, or holds nothing.
    """
    import sys  # noqa: PLC0415 - only here
    from pathlib import Path  # noqa: PLC0415

    if path is None:
        return None
    try:
        text = (sys.stdin.read() if path == "-" else Path(path).read_text()).strip()
    except (OSError, UnicodeDecodeError) as error:
        detail = f"{path}: {getattr(error, 'strerror', None) or 'is no text'}"
        raise InvalidInput(detail, place="--secret-file", code="usage") from None
    if not text:
        detail = f"{path} holds no secret"
        raise InvalidInput(detail, place="--secret-file", code="usage")
    return text


def _show_secret(secret: "NewSecret") -> None:
    say(f"address: {secret.address}")
    if secret.mark:
        say(f"note: the adapter is {secret.mark}")
    if secret.given:
        say(f"the platform's secret is kept sealed, as {secret.key_id}")
        return
    if secret.hint:
        say(secret.hint)
    say("keep this secret now; it is not shown again:")
    out(secret.text)


def _show(sources: "list[Source]", *, as_json: bool) -> None:
    if as_json:
        print_json(sources[0])
        return
    rows = [(s.name, s.platform, s.status, ", ".join(s.projects), len(s.secrets)) for s in sources]
    columns = ("source", "platform", "status", "projects", "secrets#")
    print_table(columns, rows, "No source yet.")


def parsed_object(text: str | None, option: str) -> dict[str, object]:
    """Return a JSON object given as an option.

    Raises:
        InvalidInput: The text is no JSON object.

    >>> parsed_object('{"project": "fraud"}', "--config")
    {'project': 'fraud'}
    """
    import json  # noqa: PLC0415 - only here

    if text is None:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        detail = f"{text[:80]!r} is no JSON object"
        raise InvalidInput(detail, place=option, code="usage")
    return value
