"""`labeltrust redteam game-day …`: one drill of each campaign of the suite, kept as a report."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._drills import COLUMNS, row, shares
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import day, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.services.drills.game_days import GameDayPage, GameDayReport

app = typer.Typer(
    help="Game days: one drill of each campaign of the suite, in shadows, kept as a report.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_COLUMNS = ("game day#", "ordered", "by", "over", "found in time", "contained", "held the honest")


@app.command(epilog=example("redteam game-day run", "redteam game-day run --json"))
def run(
    *,
    campaign: Annotated[
        list[str] | None, typer.Option(help="Only this one; repeatable. All of the suite without.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Carry out a game day here and keep it; 1 where an attack was never found, or the honest held.

    It takes about a minute of one processor.
    """
    from labeltrust.cli.redteam import progress_shown  # noqa: PLC0415 - it adds this group
    from labeltrust.domain.drills import SUITE  # noqa: PLC0415
    from labeltrust.policy.drills import lost  # noqa: PLC0415 - slow imports
    from labeltrust.services.drills.game_days import run_game_day  # noqa: PLC0415

    with acting() as who, progress_shown() as progress:
        report = run_game_day(who.deployment, who.principal, campaign or SUITE, progress)
    _print(report, as_json=as_json)
    names = [
        one.draft.campaign for one in report.day.drills if one.found is None or lost(one.found)
    ]
    if names:
        raise DoesNotHold(f"game day {report.day.id} was lost by {', '.join(names)}")


@app.command(epilog=example("redteam game-day show 1 --json"))
def show(
    game_day: Annotated[int, typer.Argument(help="Number of the game day.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show the report of a game day: every attack, when it was found, when it was contained."""
    from labeltrust.services.drills.game_days import show_game_day  # noqa: PLC0415 - slow imports

    with acting() as who:
        report = show_game_day(who.deployment, who.principal, game_day)
    _print(report, as_json=as_json)


@app.command("list", epilog=example("redteam game-day list --limit 4"))
def list_(
    *,
    before: Annotated[int | None, typer.Option(help="Only smaller numbers.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Rows of a page.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List game days, the newest first, and when the next one is due."""
    from labeltrust.services.drills.game_days import list_game_days  # noqa: PLC0415 - slow imports

    with acting() as who:
        page = list_game_days(who.deployment, who.principal, before=before, limit=limit)
    if as_json:
        print_json(page)
        return
    empty = "No game day yet: `labeltrust redteam game-day run`, or LABELTRUST_GAME_DAY_EVERY_DAYS."
    print_table(_COLUMNS, [_row(one) for one in page.days], empty)
    out(_when(page))


def _print(report: "GameDayReport", *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    print_table(COLUMNS, [row(one) for one in report.day.drills], "")
    for words, share in shares(report.summary):
        out(f"{words:18} {share}")


def _row(report: "GameDayReport") -> tuple[object, ...]:
    one = report.day
    over = day(report.finished_at) if report.finished_at else "under way"
    told = (share for _, share in shares(report.summary))
    return (one.id, day(one.ordered_at), one.ordered_by, over, *told)


def _when(page: "GameDayPage") -> str:
    if page.next_at is None:
        return "none is scheduled: LABELTRUST_GAME_DAY_EVERY_DAYS is 0"
    return f"{'overdue since' if page.overdue else 'next'} {day(page.next_at)}"
