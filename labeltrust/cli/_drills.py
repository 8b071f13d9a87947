"""`labeltrust redteam drill …`: a poison campaign in a shadow, timed from the first bad label."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import day, number, out, print_json, print_table
from labeltrust.domain.drills import CAMPAIGNS, LABELS_A_MINUTE

if TYPE_CHECKING:
    from labeltrust.domain.drills import Drill
    from labeltrust.policy.drills import Summary

app = typer.Typer(
    help="Poison campaigns in a shadow of the installation, timed until found and contained.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
COLUMNS = (
    "drill#", "campaign", "seed#", "over", "bad labels until found#", "minutes#",
    "seconds until contained#", "others held#", "",
)  # fmt: skip


@app.command(epilog=example("redteam drill run --campaign ring", "redteam drill run --seed 7"))
def run(
    *,
    campaign: Annotated[str, typer.Option(help=f"One of {', '.join(CAMPAIGNS)}.")] = "flip",
    seed: Annotated[int | None, typer.Option(help="Without it, one is drawn.")] = None,
    pace: Annotated[float, typer.Option(help="Labels a minute.")] = LABELS_A_MINUTE,
    as_json: AsJson = False,
) -> None:
    """Carry out a drill here and keep it; 1 where it was not found or contained in time."""
    from labeltrust.cli.redteam import progress_shown  # noqa: PLC0415 - it adds this group
    from labeltrust.domain.drills import DrillDraft  # noqa: PLC0415
    from labeltrust.policy.drills import judged  # noqa: PLC0415 - slow imports
    from labeltrust.services.drills.order_drill import fresh_seed, run_drill  # noqa: PLC0415

    draft = DrillDraft(
        campaign=campaign, seed=fresh_seed() if seed is None else seed, labels_a_minute=pace
    )
    with acting() as who, progress_shown() as progress:
        drill = run_drill(
            who.deployment, who.principal, draft, lambda n, of: progress(n, of, campaign)
        )
    if as_json:
        print_json(drill)
    else:
        print_table(COLUMNS, [row(drill)], "")
    if drill.found is None:
        raise DoesNotHold(f"drill {drill.id} came to nothing: {drill.error}")
    went = judged(drill.found)
    if not went.detected or not went.contained or went.held_wrongly:
        raise DoesNotHold(f"drill {drill.id}: {_words(drill)}")


@app.command("list", epilog=example("redteam drill list --limit 20"))
def list_(
    *,
    before: Annotated[int | None, typer.Option(help="Only smaller numbers.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Rows of a page.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List drills, the newest first, and how those of thirty days went."""
    from labeltrust.services.drills.order_drill import list_drills  # noqa: PLC0415 - slow imports

    with acting() as who:
        page = list_drills(who.deployment, who.principal, before=before, limit=limit)
    if as_json:
        print_json(page)
        return
    empty = "No drill yet: `labeltrust redteam drill run`, or set LABELTRUST_DRILLS_A_DAY."
    print_table(COLUMNS, [row(one) for one in page.drills], empty)
    if page.lately.n:
        out(f"of {page.lately.n} drills in 30 days:")
        for words, share in shares(page.lately):
            out(f"  {words:18} {share}")


def row(drill: "Drill") -> tuple[object, ...]:
    """Return the cells of a drill."""
    found = drill.found
    rest: tuple[object, ...] = ("", "", "", "")
    if found is not None:
        rest = (
            _or_never(found.bad_until_found, 0),
            _or_never(found.minutes_until_found, 1),
            _or_never(found.seconds_until_contained, 1),
            found.others_frozen,
        )
    draft = drill.draft
    return (drill.id, draft.campaign, draft.seed, day(drill.finished_at), *rest, _words(drill))


def _or_never(value: float | None, digits: int) -> str:
    return "never" if value is None else f"{value:.{digits}f}"


def _words(drill: "Drill") -> str:
    from labeltrust.policy.drills import judged  # noqa: PLC0415 - slow imports

    if drill.found is None:
        return drill.error or "waits"
    went = judged(drill.found)
    said = ["found in time" if went.detected else "not found in time"]
    if went.contained is not None:
        said.append("contained in time" if went.contained else "not contained in time")
    if went.held_wrongly:
        said.append("held somebody honest")
    return ", ".join(said)


def shares(told: "Summary") -> Iterator[tuple[str, str]]:
    """Yield the shares of many drills, each with its words."""
    import msgspec  # noqa: PLC0415 - not needed for help pages

    plain = msgspec.to_builtins(told)
    yield "found in time", number(plain["detected"])
    yield "contained in time", number(plain["contained"])
    yield "held the honest", number(plain["held_wrongly"])
