"""`labeltrust source connect|disconnect|reconcile|pulls`: platforms read by their own API."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from labeltrust.cli._complete import complete_source
from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table, say
from labeltrust.cli._work import do
from labeltrust.domain.errors import InvalidInput

Name = Annotated[str, typer.Argument(help="Name of the source.", autocompletion=complete_source)]
_SHOWN = {
    "missing": "were lost on the way",
    "changed": "have a later answer there",
    "vanished": "are not there any more",
    "unexplained": "say here what the platform does not",
    "newer": "changed while the pull was under way; the next one looks again",
    "unreadable": "cannot be read, or do not fit the question",
    "erased": "are of names that were erased, and stay out",
    "gold_missing": "gold labels had none here",
    "gold_changed": "gold labels are others there",
    "gold_lost": "gold labels lost their flag there",
    "held": "wait for a person, see `labeltrust approvals list`",
}


def add_to(app: typer.Typer) -> None:
    """Add the commands to `labeltrust source`."""
    link = "source connect ls --url https://labels.example.org --remote 3 --token-file token.txt"
    app.command(epilog=example(link))(connect)
    app.command(epilog=example('source disconnect ls --reason "moved"'))(disconnect)
    app.command(epilog=example("source reconcile ls --dry-run"))(reconcile)
    app.command(epilog=example("source pulls ls"))(pulls)


def connect(
    name: Name,
    *,
    url: Annotated[str, typer.Option(help="Root of the platform.")],
    remote: Annotated[
        str, typer.Option(help="The platform's own id of the project; several by commas.")
    ],
    token_file: Annotated[
        str, typer.Option(help="File with an access token; - reads it from stdin; none keeps it.")
    ] = "",
    every_minutes: Annotated[int, typer.Option(help="How often it is read; 0: by hand.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Say how a source's platform is read by its API; the token is kept sealed."""
    from labeltrust.domain.platform_access import AccessDraft  # noqa: PLC0415 - slow imports
    from labeltrust.services.connect_source import connect_source  # noqa: PLC0415

    draft = AccessDraft(
        url=url, remote=remote, token=_token(token_file), every_minutes=every_minutes
    )
    with acting() as who:
        info = connect_source(who.deployment, who.principal, name, draft)
    if as_json:
        print_json(info)
        return
    often = f"every {info.every_minutes} minutes" if info.every_minutes else "by hand"
    out(f"{name} is compared with project {info.remote} of {info.url} {often}")


def _token(file: str) -> str:
    if file == "-":
        return sys.stdin.read().strip()
    if not file:
        return ""
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        detail = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InvalidInput(detail, place=file, code="unreadable_file") from None


def disconnect(name: Name, *, reason: Reason) -> None:
    """Read a source's platform no more, and destroy the token."""
    from labeltrust.services.connect_source import disconnect_source  # noqa: PLC0415

    with acting() as who:
        disconnect_source(who.deployment, who.principal, name, reason=reason)
    out(f"{name} is not read any more")


def reconcile(
    name: Name,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare a source with its platform now, and put right what was lost on the way.

    Exit code 1 where a part waits for a person.
    """
    report = do({"act": "reconcile", "source": name, "dry_run": dry_run}, lambda _: None)
    if as_json:
        print_json(report)
    else:
        show_report(report)
    if report["status"] == "held":
        raise DoesNotHold


def show_report(report: Mapping[str, Any]) -> None:
    """Print what a pull found."""
    found = report["found"]
    did = "would be recorded" if report["dry_run"] else f"{found['recorded']} events recorded"
    out(
        f"{report['source']}: {found['theirs']} annotations on the platform, {found['ours']} "
        f"standing here; {did} (pull {report['id']})"
    )
    for kind, words in _SHOWN.items():
        if found[kind]:
            some = ", ".join(found["examples"].get(kind, [])[:10])
            out(f"  {found[kind]} {words}" + (f": {some}" if some else ""))
    if found["approvals"]:
        say(f"  a person is asked: approval {', '.join(map(str, found['approvals']))}")
    if not any(found[kind] for kind in _SHOWN):
        out("  nothing differs")


def pulls(name: Name, *, as_json: AsJson = False) -> None:
    """List the comparisons of a source with its platform, newest first."""
    from labeltrust.services.list_pulls import list_pulls  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_pulls(who.deployment, who.principal, name)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.id, day(one.started_at), one.started_by, one.status, one.found.missing,
            one.found.changed, one.found.vanished, one.found.unexplained, one.error or "",
        )
        for one in found
    ]  # fmt: skip
    columns = (
        "pull#", "started", "by", "status", "missing#", "changed#", "vanished#", "unexplained#",
        "trouble",
    )  # fmt: skip
    print_table(columns, rows, "Not compared yet.")
