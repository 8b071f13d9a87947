"""`labeltrust audit …`: blind re-labeling of a random sample."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._audit_output import show_price, show_result
from labeltrust.cli._context import Acting, acting
from labeltrust.cli._options import AsJson, Project, Reason, SourceName, example
from labeltrust.cli._output import day, out, print_json, print_table
from labeltrust.domain.audits import RUNNING, AuditPlan
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.domain.audits import AuditCase

app = typer.Typer(help="Blind re-labeling of a random sample.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the audit.")]
_MOST_TASKS = 20_000


@app.command(
    epilog=example(
        "audit draw --project fraud --flag 7",
        "audit draw --project fraud --labeler mallory --margin 0.1 --dry-run",
        "audit draw --project fraud --flag 7 --size 100 --stratify class,time,signal",
        "audit draw --project fraud --sampling posterior --size 100",
    )
)
def draw(  # noqa: PLR0913 - one parameter an option
    *,
    project: Project,
    labeler: Annotated[str | None, typer.Option(help="Whose labels; without it, all.")] = None,
    source: SourceName = None,
    flag: Annotated[
        int | None, typer.Option(help="A flag: its labeler, question and onset.")
    ] = None,
    question: Annotated[str | None, typer.Option(help="Name of the question.")] = None,
    size: Annotated[int | None, typer.Option(help="Items to re-label.")] = None,
    margin: Annotated[
        float | None, typer.Option(help="Half width of the interval, such as 0.1, for the size.")
    ] = None,
    disputed: Annotated[float, typer.Option(help="Share of disputed items.")] = 0.60,
    unanimous: Annotated[float, typer.Option(help="Share of unanimous items.")] = 0.15,
    twice: Annotated[float, typer.Option(help="Share that two reviewers label.")] = 0.20,
    by_class: Annotated[
        bool, typer.Option("--by-class/--all-classes", help="Draw from every class given.")
    ] = True,
    stratify: Annotated[
        str | None,
        typer.Option(help="What to draw from in proportion: some of class,time,signal; or none."),
    ] = None,
    sampling: Annotated[
        str, typer.Option(help="stratified, or posterior: where labels are probably wrong.")
    ] = "stratified",
    stops_early: Annotated[
        bool, typer.Option("--stop-early", help="Look after every verdict, stop when sure.")
    ] = False,
    reviewer: Annotated[
        list[str] | None, typer.Option(help="Who re-labels; may be repeated. Without it, anybody.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw; 0 takes a new one.")] = 0,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "asked for at the command line",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell the price, draw nothing.")] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    """Draw a sample with known chances; tells its price before."""
    from labeltrust.services.draw_audit import (  # noqa: PLC0415 - slow imports
        AuditDraft,
        draw_audit,
        price_audit,
    )

    plan = AuditPlan(
        size=size, margin=margin, disputed=disputed, unanimous=unanimous, twice=twice,
        by_class=by_class, sampling=sampling, stops_early=stops_early,
        reviewers=tuple(reviewer or ()), seed=seed,
    )  # fmt: skip
    if stratify is not None:
        from labeltrust.policy.audit_families import stratified  # noqa: PLC0415 - slow imports

        names = [name.strip() for name in stratify.split(",")]
        plan = stratified(plan, [name for name in names if name not in {"", "none"}])
    draft = AuditDraft(
        project=project, reason=reason, labeler=labeler, source=source, flag=flag,
        question=question, plan=plan,
    )  # fmt: skip
    with acting() as who:
        if dry_run:
            show_price(price_audit(who.deployment, who.principal, draft), as_json=as_json)
            return
        drawn = draw_audit(who.deployment, who.principal, draft)
        asked = _tasks(who, drawn.audit.id) if as_json else {}
    if as_json:
        cost = drawn.cost
        print_json({"id": drawn.audit.id, "audit": drawn.audit, "cost": cost, **asked})
        return
    show_price(drawn.cost, as_json=False)
    out(f"audit {drawn.audit.id} is drawn; next: labeltrust audit tasks {drawn.audit.id}")


def _tasks(who: Acting, audit: int) -> dict[str, Any]:
    """Return the open tasks of an audit, for who may review."""
    from labeltrust.services.review_audit import audit_tasks  # noqa: PLC0415 - slow imports

    if not who.principal.may("review"):
        return {"tasks": []}
    found = audit_tasks(who.deployment, who.principal, audit, limit=_MOST_TASKS)
    return {"asked": found.asked, "tasks": found.tasks, "done": found.done, "left": found.left}


@app.command("list", epilog=example("audit list --project fraud"))
def list_(*, project: Project, as_json: AsJson = False) -> None:
    """List the audits of a project, newest first."""
    from labeltrust.services.show_audit import list_audits  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_audits(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    columns = ("audit#", "labeler", "flag#", "status", "items#", "done", "drawn")
    print_table(columns, [_row(audit) for audit in found], "No audits.")


def _row(audit: "AuditCase") -> tuple[object, ...]:
    whose = "(blind)" if audit.blind else audit.labeler or "(all)"
    done = f"{audit.answered} of {audit.turns}"
    status = audit.status.replace("_", " ")
    return audit.id, whose, audit.flag, status, audit.items, done, day(audit.drawn_at)


@app.command(epilog=example("audit tasks 3 --json"))
def tasks(audit: Number, *, as_json: AsJson = False) -> None:
    """List the items that you may re-label; never who labeled them, or how."""
    with acting() as who:
        who.principal.require("review")
        found = _tasks(who, audit)
    if as_json:
        print_json(found)
        return
    rows = [(t.task, t.item, t.content) for t in found["tasks"]]
    print_table(("task#", "item", "content"), rows, "Nothing is open for you.")


@app.command(epilog=example("audit record verdicts.csv", "audit record verdicts.jsonl --audit 3"))
def record(
    file: Annotated[Path, typer.Argument(help="csv or jsonl: item, label, reviewer.")],
    *,
    audit: Annotated[
        int | None, typer.Option(help="Number; without it, a column, or the only one open.")
    ] = None,
    keep_open: Annotated[
        bool, typer.Option("--keep-open", help="Do not close a complete audit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Record verdicts of reviewers; a complete audit is closed and its answers become gold."""
    from labeltrust.cli._verdict_files import verdicts_of  # noqa: PLC0415 - slow imports
    from labeltrust.services.finish_audit import finish_audit  # noqa: PLC0415
    from labeltrust.services.record_verdicts import record_verdicts  # noqa: PLC0415

    rows = verdicts_of(file)
    with acting() as who:
        by_audit: dict[int, list[Any]] = {}
        alone = audit or (_only_running(who) if any(r.audit is None for r in rows) else None)
        for row in rows:
            by_audit.setdefault(audit or row.audit or alone or 0, []).append(row.draft)
        done = []
        for one, drafts in sorted(by_audit.items()):
            told = record_verdicts(who.deployment, who.principal, one, drafts)
            gold = None
            if not told.left and not keep_open and who.principal.may("gold"):
                note = "every verdict is given"
                gold = finish_audit(who.deployment, who.principal, one, note=note).gold
            done.append((told, gold))
    if as_json:
        audits = [
            {"audit": t.audit, "recorded": t.recorded, "duplicates": t.duplicates, "left": t.left,
             "closed": g is not None, "gold": g or 0}
            for t, g in done
        ]  # fmt: skip
        print_json({"audits": audits})
        return
    for told, gold in done:
        closed = "" if gold is None else f"; closed, {gold} gold labels"
        known = f", {told.duplicates} known already" if told.duplicates else ""
        out(f"audit {told.audit}: {told.recorded} recorded{known}, {told.left} left{closed}")


def _only_running(who: Acting) -> int:
    """Return the number of the one audit that takes verdicts.

    Raises:
        InvalidInput: There is none, or several.
    """
    from labeltrust.services.show_audit import list_audits  # noqa: PLC0415 - slow imports

    found = [a.id for a in list_audits(who.deployment, who.principal) if a.status in RUNNING]
    if len(found) == 1:
        return found[0]
    told = f"{', '.join(map(str, sorted(found)[:10]))} are open" if found else "none is open"
    raise InvalidInput(f"which audit? {told}", place="--audit")


@app.command(epilog=example("audit result 3"))
def result(audit: Number, *, as_json: AsJson = False) -> None:
    """Tell what an audit found: error rates with intervals, and what follows."""
    import msgspec  # noqa: PLC0415 - not needed for help pages

    from labeltrust.services.show_audit import AuditResult, audit_result  # noqa: PLC0415

    with acting() as who:
        found = audit_result(who.deployment, who.principal, audit)
    if as_json:
        print_json(found if isinstance(found, AuditResult) else {"audit": found})
        return
    if not isinstance(found, AuditResult):
        out(f"audit {audit}: you re-label in it; its result shows when it is closed")
        return
    show_result(found, msgspec.to_builtins(found, enc_hook=dict))


@app.command(epilog=example('audit finish 3 --reason "48 of 50 re-labeled"'))
def finish(audit: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Close an audit; answers that reviewers agree on become gold."""
    from labeltrust.services.finish_audit import finish_audit  # noqa: PLC0415 - slow imports

    with acting() as who:
        done = finish_audit(who.deployment, who.principal, audit, note=reason)
    if as_json:
        print_json(done)
        return
    out(f"audit {audit} is closed, {done.gold} gold labels; undo: {done.audit.undo}")
    if done.approvals:
        asked = ", ".join(map(str, done.approvals))
        out(f"other gold stood on some items; a second person is asked by approval {asked}")


@app.command(epilog=example('audit cancel 3 --reason "the question has changed"'))
def cancel(audit: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Give an audit up; what was re-labeled stays on record."""
    from labeltrust.services.finish_audit import cancel_audit  # noqa: PLC0415 - slow imports

    with acting() as who:
        case = cancel_audit(who.deployment, who.principal, audit, reason=reason)
    _show_change(case, as_json=as_json)


@app.command(epilog=example('audit resume 3 --reason "it is needed after all"'))
def resume(audit: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Go on with a cancelled audit."""
    from labeltrust.services.finish_audit import resume_audit  # noqa: PLC0415 - slow imports

    with acting() as who:
        case = resume_audit(who.deployment, who.principal, audit, reason=reason)
    _show_change(case, as_json=as_json)


def _show_change(case: "AuditCase", *, as_json: bool) -> None:
    if as_json:
        print_json(case)
        return
    out(f"audit {case.id} is {case.status.replace('_', ' ')}; undo: {case.undo}")
