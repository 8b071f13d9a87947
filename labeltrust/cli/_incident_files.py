"""`labeltrust incident damage|postmortem|bundle`: what is told of a case file and taken away."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._incident_work import Number
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, say
from labeltrust.domain.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from labeltrust.services.bundle_incident import Bundle

_PAGE = ".html"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group."""
    app.command(epilog=example("incident damage 3"))(damage)
    app.command(
        epilog=example(
            "incident postmortem 3 --out 3.html", "incident postmortem 3 --out 3.md --json"
        )
    )(postmortem)
    app.command(epilog=example("incident bundle 3 --out incident-3.zip"))(bundle)


def damage(number: Number, *, as_json: AsJson = False) -> None:
    """Tell what the suspects of an incident did, and what is still to be audited."""
    from labeltrust.services.incident_damage import incident_damage  # noqa: PLC0415
    from labeltrust.services.tell_damage import damage_words  # noqa: PLC0415 - slow imports

    with acting() as who:
        if not as_json:
            say("comparing training labels with and without the suspects …")
        found = incident_damage(who.deployment, who.principal, number)
    if as_json:
        print_json(found)
        return
    for line in damage_words(found):
        out(line)


def postmortem(
    number: Number,
    *,
    out_: Annotated[
        Path, typer.Option("--out", help="A new file; `.html` with pictures, else Markdown.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write the postmortem of an incident to a file that stands alone."""
    from labeltrust.services.postmortem_page import (  # noqa: PLC0415 - slow imports
        postmortem_page,
        postmortem_text,
    )

    write = postmortem_page if out_.suffix.lower() == _PAGE else postmortem_text
    with acting() as who:
        text = write(who.deployment, who.principal, number)
    _write(out_, text)
    if as_json:
        print_json({"incident": number, "path": str(out_)})
        return
    out(str(out_))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Conflict(f"{path} is there already") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}", place="out") from None


def bundle(
    number: Number,
    *,
    out_: Annotated[
        Path | None, typer.Option("--out", help="A new file; without it, incident-N.zip.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the evidence of an incident to a file that is verified offline."""
    from labeltrust.services.bundle_incident import bundle_incident  # noqa: PLC0415 - slow imports

    path = out_ or Path(f"incident-{number}.zip")
    with acting() as who:
        made = bundle_incident(who.deployment, who.principal, number, path)
    if as_json:
        print_json(made)
        return
    _tell(made)


def _tell(made: "Bundle") -> None:
    out(f"{made.path}: {made.events} records, {made.opened} originals, {made.bytes} bytes")
    if made.erased or made.withheld:
        out(f"{made.erased} originals are erased, {made.withheld} are not for this reader")
    out(f"manifest {made.manifest}, head of the chain {made.head}")
    out("its verify.py checks it anywhere: python verify.py BUNDLE.zip")
