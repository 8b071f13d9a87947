"""`labeltrust key …`: API keys of programs; each text is shown once."""

from typing import Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, Scope, SourceName, example, parsed_time
from labeltrust.cli._output import day, out, print_json, print_table, say
from labeltrust.domain.principals import ROLES

app = typer.Typer(help="API keys, hashed and scoped.", no_args_is_help=True)
Role = Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")]


@app.command(epilog=example("key create ci --role ml_engineer --project fraud"))
def create(  # noqa: PLR0913 - one parameter an option
    name: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    role: Role,
    project: Scope = None,
    source: SourceName = None,
    user: Annotated[str | None, typer.Option(help="Whose key it is, if anybody's.")] = None,
    expires: Annotated[str | None, typer.Option(help="Last moment, ISO 8601.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a key; its text is printed this one time."""
    from labeltrust.domain.access import KeyDraft  # noqa: PLC0415
    from labeltrust.services.create_key import create_key  # noqa: PLC0415

    draft = KeyDraft(
        name=name,
        role=role,
        projects=tuple(project) if project else None,
        person=user,
        source=source,
        expires_at=parsed_time(expires, "--expires"),
    )
    with acting() as who:
        new = create_key(who.deployment, who.principal, draft)
    if as_json:
        print_json({"key": new.key, "text": new.text})
        return
    say("keep this text now; it is not shown again:")
    out(new.text)


@app.command(epilog=example('key revoke 0a1b2c3d4e5f --reason "laptop lost"'))
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id of the key: the part after lt_.")],
    *,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """End a key for ever."""
    from labeltrust.services.revoke_key import revoke_key  # noqa: PLC0415

    with acting() as who:
        key = revoke_key(who.deployment, who.principal, key_id=_bare(key_id), reason=reason)
    if as_json:
        print_json(key)
        return
    out(f"key {key.key_id} ({key.name}) is revoked")


@app.command(epilog=example("key rotate 0a1b2c3d4e5f --overlap-hours 1"))
def rotate(
    key_id: Annotated[str, typer.Argument(help="Id of the key: the part after lt_.")],
    *,
    overlap_hours: Annotated[
        float, typer.Option(help="How long the old key still works, 0 to 90 days.")
    ] = 24.0,
    expires: Annotated[str | None, typer.Option(help="End of the new key, ISO 8601.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key like an old one, which ends after the overlap; its text is printed once."""
    from labeltrust.services.rotate_key import rotate_key  # noqa: PLC0415

    with acting() as who:
        new = rotate_key(
            who.deployment,
            who.principal,
            key_id=_bare(key_id),
            overlap_hours=overlap_hours,
            expires_at=parsed_time(expires, "--expires"),
        )
    if as_json:
        print_json({"key": new.key, "text": new.text})
        return
    say("keep this text now; it is not shown again:")
    out(new.text)


def _bare(key_id: str) -> str:
    return key_id.removeprefix("lt_").partition("_")[0]


@app.command("list", epilog=example("key list"))
def list_(*, as_json: AsJson = False) -> None:
    """List all keys, without their texts."""
    from labeltrust.services.create_key import list_keys  # noqa: PLC0415

    with acting() as who:
        keys = list_keys(who.deployment, who.principal)
    if as_json:
        print_json(keys)
        return
    rows = [
        (
            k.key_id,
            k.name,
            k.role,
            "all" if k.projects is None else ", ".join(k.projects),
            k.person or k.source or "",
            day(k.used_at),
            day(k.expires_at),
            day(k.revoked_at),
        )
        for k in keys
    ]
    columns = ("key", "name", "role", "projects", "whose", "last used", "expires", "revoked")
    print_table(columns, rows, "No key yet.")
