"""What comes in to be labeled: how its features drift."""

from collections.abc import Mapping
from typing import Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import number, out, print_json, print_table


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    app.command(epilog=example("drift --project fraud", "drift --project fraud --json"))(drift)


def drift(*, project: Project, as_json: AsJson = False) -> None:
    """Compare the features of the newest items with those of the four weeks before."""
    from labeltrust.services.measure_drift import measure_drift  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = measure_drift(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    rows = [_row(line) for line in found["features"]]
    columns = ("feature", "source", "look", "items#", "before#", "PSI", "KS", "q", "drift")
    print_table(columns, rows, "No item with features came lately.")
    if rows:
        out(f"{found['alarms']} of the features drifted")


def _row(line: Mapping[str, Any]) -> tuple[object, ...]:
    told = "large" if line["large"] else "yes" if line["alarm"] else ""
    q_value = "" if line["q_value"] is None else f"{line['q_value']:.2g}"
    numbers = (number(line["psi"]), number(line["ks"]))
    return (line["feature"], line["source"], line["look"], line["n"], line["before"], *numbers,
            q_value, told)  # fmt: skip
