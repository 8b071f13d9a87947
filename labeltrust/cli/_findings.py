"""`labeltrust findings`: what was found, for the tools of a security team."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, example, parsed_time
from labeltrust.cli._output import day, print_json, print_table, say
from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.services.list_findings import Place


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=example("findings --since 2026-11-01", "findings --jsonl --after CURSOR >> siem.log")
    )(findings)


def findings(
    *,
    since: Annotated[str | None, typer.Option(help="Only after this moment, ISO 8601.")] = None,
    after: Annotated[str | None, typer.Option(help="Read on: `next_cursor` of last time.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One finding a line, for a SIEM.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell flags, verdicts, freezes, tampering and forgeries as OCSF Detection Findings.

    With --jsonl each finding is a line on stdout, and the cursor to read on with is on stderr.
    """
    place = _place(since, after)
    found: list[dict[str, Any]] = []
    more = True
    with acting() as who:
        from labeltrust.services.list_findings import MOST, list_findings  # noqa: PLC0415

        while more:
            page = list_findings(who.deployment, who.principal, after=place, limit=MOST)
            found += page.findings if not jsonl else []
            for one in page.findings if jsonl else ():
                sys.stdout.write(json.dumps(one, allow_nan=False, sort_keys=True) + "\n")
            place, more = page.place, page.more
    _tell(found, _cursor(place), jsonl=jsonl, as_json=as_json)


def _tell(found: list[dict[str, Any]], cursor: str, *, jsonl: bool, as_json: bool) -> None:
    if jsonl:
        say(f"next_cursor {cursor}")
        return
    if as_json:
        print_json({"findings": found, "next_cursor": cursor})
        return
    rows = [
        (day(moment(f["time"] * 1_000)), f["severity"], f["finding_info"]["uid"], f["message"])
        for f in found
    ]
    print_table(("on", "severity", "finding", "what"), rows, "Nothing was found.")


def _place(since: str | None, after: str | None) -> "Place":
    from labeltrust.services.list_findings import BEGINNING, Place  # noqa: PLC0415 - slow imports
    from labeltrust.web.pagination import key_of_cursor  # noqa: PLC0415

    if since is not None and after is not None:
        raise InvalidInput("name --since or --after", place="--after", code="usage")
    if after is not None:
        return key_of_cursor(after, Place)
    begin = parsed_time(since, "--since")
    return BEGINNING if begin is None else Place(max(microseconds(begin) - 1, 0))


def _cursor(place: "Place") -> str:
    from labeltrust.web.pagination import cursor_after  # noqa: PLC0415 - slow imports

    return cursor_after(place)
