"""`labeltrust labelers suppliers`: vendors and sources against their past and the others."""

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._models import shown_share
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import print_json, print_table, say


def add_to(labelers: typer.Typer) -> None:
    """Add the command to the group of labelers."""
    labelers.command(epilog=example("labelers suppliers --project fraud"))(suppliers)


def suppliers(*, project: Project, as_json: AsJson = False) -> None:
    """Compare each source's and vendor's last week with its past and with the others."""
    from labeltrust.services.suppliers.list_suppliers import (  # noqa: PLC0415 - slow imports
        CAUTION,
        list_suppliers,
    )

    with acting() as who:
        found = list_suppliers(who.deployment, who.principal, project)
    if as_json:
        print_json({"suppliers": found, "caution": CAUTION})
        return
    columns = ("supplier", "kind", "items#", "before#", "mix", "p", "accuracy", "change", "beside")
    rows = [
        (one.name, one.kind, one.drift.late, one.drift.before, shown_share(one.drift.mix),
         "" if one.drift.mix_p is None else f"{one.drift.mix_p:.2g}",
         *map(shown_share,
              (one.drift.accuracy, one.drift.accuracy_change, one.drift.accuracy_beside)))
        for one in found
    ]  # fmt: skip
    print_table(columns, rows, "No supplier is compared yet: labeltrust assess --project …")
    say(CAUTION)
