"""`labeltrust redteam risk`: how risky a change of the training data is, and the run it needs."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, print_table, say

if TYPE_CHECKING:
    from labeltrust.policy.change_risk import ChangeRisk
    from labeltrust.redteam.plan import Sizes

EXAMPLES = example("redteam risk 3 4", "redteam risk data/3 data/4 --run --out redteam")


def risk(
    before: Annotated[str, typer.Argument(help="The training set in use: number, or folder.")],
    after: Annotated[str, typer.Argument(help="The new one: number, or folder.")],
    *,
    carry_out: Annotated[bool, typer.Option("--run", help="Run the suite that it needs.")] = False,
    folder: Annotated[Path, typer.Option("--out", help="Where reports go.")] = Path("redteam"),
    jobs: Annotated[int | None, typer.Option(help="Processes; without it, one a core.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score a change of training data; say, or run, the light or full suite. 1: one is rejected."""
    found = _risk(before, after)
    sizes = _sizes(found)
    document: dict[str, Any] = {**asdict(found), "cost": _cost(sizes), "run": None}
    if carry_out and sizes is not None:
        document["run"] = _run(sizes, folder, jobs)
    if as_json:
        print_json(document)
    else:
        _show(found, document)
    against = (document["run"] or {}).get("rejected", [])
    if against:
        raise DoesNotHold(f"error rates are rejected: {', '.join(against)}")


def _risk(before: str, after: str) -> "ChangeRisk":
    from labeltrust.services.compare_contents import (  # noqa: PLC0415 - slow imports
        risk_of_files,
        risk_of_snapshots,
    )

    if before.isdecimal() and after.isdecimal():
        with acting() as who:
            return risk_of_snapshots(who.deployment, who.principal, int(before), int(after))
    return risk_of_files(Path(before), Path(after))


def _sizes(found: "ChangeRisk") -> "Sizes | None":
    from labeltrust.redteam.plan import SHORT, Sizes  # noqa: PLC0415 - slow imports

    return {"none": None, "light": SHORT, "full": Sizes()}[found.suite]


def _cost(sizes: "Sizes | None") -> dict[str, int]:
    from labeltrust.redteam.plan import cost_of  # noqa: PLC0415 - slow imports

    return {"runs": 0, "labels": 0} if sizes is None else asdict(cost_of(sizes))


def _run(sizes: "Sizes", folder: Path, jobs: int | None) -> dict[str, Any]:
    from labeltrust.cli.redteam import progress_shown  # noqa: PLC0415 - it adds this command
    from labeltrust.redteam.claims import rejected  # noqa: PLC0415 - slow imports
    from labeltrust.redteam.red_team import Asked, red_team  # noqa: PLC0415
    from labeltrust.redteam.report import write  # noqa: PLC0415

    began = time.monotonic()
    with progress_shown() as progress:
        report = red_team(Asked(sizes=sizes, jobs=jobs), folder, progress)
    for path in write(report, folder):
        say(str(path))
    against = rejected([*report.claims, *report.framing, *report.damage])
    return {
        "seed": report.made.seed,
        "seconds": round(time.monotonic() - began, 1),
        "rejected": [claim.name for claim in against],
    }


def _show(found: "ChangeRisk", document: dict[str, Any]) -> None:
    rows = [(reason.code, reason.weight, reason.detail) for reason in found.reasons]
    print_table(("what", "weight#", "detail"), rows, "Nothing came that was not there before.")
    cost = document["cost"]
    out(f"score {found.score}: suite {found.suite}")
    out(f"cost: {cost['runs']:,} runs, {cost['labels']:,} simulated labels")
    if document["run"] is not None:
        out(f"ran for {document['run']['seconds']:,} s, first seed {document['run']['seed']}")
