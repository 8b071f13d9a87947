"""The installation itself: settings, schema, checks, completion."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._context import settings
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, print_table
from labeltrust.domain.errors import InvalidInput, LabeltrustError
from labeltrust.settings import Settings

if TYPE_CHECKING:
    from labeltrust.services.check_installation import Finding

AppRoleName = Annotated[
    str,
    typer.Option("--app-role", help="PostgreSQL role the server connects as; not the owner."),
]
SHELLS = ("bash", "zsh", "fish")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    app.command("settings", epilog=example("settings --json"))(show_settings)
    app.command("migrate", epilog=example("migrate", "migrate --app-role labeltrust_app"))(migrate)
    app.command("doctor", epilog=example("doctor"))(doctor)
    app.command("completion", epilog=example("completion bash > ~/.labeltrust.bash"))(completion)


def show_settings(*, as_json: AsJson = False) -> None:
    """Print the effective settings, secrets hidden."""
    from labeltrust.settings import described  # noqa: PLC0415

    found = described(settings())
    if as_json:
        print_json(found)
        return
    rows = [(s["name"], s["value"], s["meaning"]) for s in found]
    print_table(("setting", "value", "meaning"), rows, "No settings.")


def migrate(*, app_role: AppRoleName = "", as_json: AsJson = False) -> None:
    """Bring the database's schema to the newest version; on PostgreSQL, grant the server's role.

    The role can append to the history and not change it. A role that was named once is granted
    again by every later migration.
    """
    done = bring_up(settings(), app_role)
    if as_json:
        print_json(done)
        return
    before, after, role = done["before"], done["after"], done["app_role"]
    out(f"schema is at {after}" if before == after else f"schema went from {before} to {after}")
    if role:
        out(f"role {role} may append to the history and not change it")


def bring_up(wanted: Settings, app_role: str = "") -> dict[str, Any]:
    """Bring a database to the newest schema, and say from where to where, and what was granted."""
    from labeltrust.store.grants import grant_app_role, granted_role  # noqa: PLC0415
    from labeltrust.store.migrate import migrate, schema_version  # noqa: PLC0415
    from labeltrust.store.session import open_engine  # noqa: PLC0415

    engine = open_engine(wanted)
    try:
        before = schema_version(engine)
        migrate(engine)
        after = schema_version(engine)
        role = app_role or granted_role(engine)
        grants = grant_app_role(engine, role) if role else ()
    finally:
        engine.dispose()
    return {"before": before, "after": after, "app_role": role or None, "grants": grants}


def doctor(*, as_json: AsJson = False) -> None:
    """Check the installation and say what to mend; exit 1 where something is wrong."""
    findings = _findings()
    if as_json:
        print_json({"ok": all(f.ok for f in findings), "checks": findings})
    else:
        rows = [("ok" if f.ok else "MEND", f.check, f.found, f.mend) for f in findings]
        print_table(("", "check", "found", "what to do"), rows, "Nothing was checked.")
    if not all(f.ok for f in findings):
        raise DoesNotHold


def _findings() -> "tuple[Finding, ...]":
    from labeltrust.app import build_deployment  # noqa: PLC0415 - slow imports
    from labeltrust.services.check_installation import check_installation, unusable  # noqa: PLC0415

    try:
        deployment = build_deployment(settings())
        try:
            return check_installation(deployment)
        finally:
            deployment.engine.dispose()
    except LabeltrustError as error:
        return (unusable(error),)


def completion(
    shell: Annotated[str, typer.Argument(help=f"One of {', '.join(SHELLS)}.")] = "bash",
) -> None:
    """Print the script that completes commands and names with Tab."""
    from typer import completion as typers  # noqa: PLC0415

    if shell not in SHELLS:
        detail = f"no completion for {shell!r}; there is {', '.join(SHELLS)}"
        raise InvalidInput(detail, place="shell", code="usage")
    script = typers.get_completion_script(  # type: ignore[attr-defined]  # public, not listed
        prog_name="labeltrust", complete_var="_LABELTRUST_COMPLETE", shell=shell
    )
    typer.echo(script)
