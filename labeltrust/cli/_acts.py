"""`labeltrust source policy|acts|undo-act|retry-act`: what freezes do at a source's platform."""

from typing import Annotated

import typer

from labeltrust.cli._complete import complete_source
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table, say
from labeltrust.domain.platform_acts import MOST_ITEMS, PlatformAct

Name = Annotated[str, typer.Argument(help="Name of the source.", autocompletion=complete_source)]
Number = Annotated[int, typer.Argument(help="Number of the act, as `source acts` lists it.")]
On = Annotated[
    list[str] | None,
    typer.Option("--on", help="pause or requeue; repeatable; those not named are off."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `labeltrust source`."""
    app.command(epilog=example("source policy ls --on requeue --most-items 200"))(policy)
    app.command(epilog=example("source acts ls"))(acts)
    undone = 'source undo-act 3 --reason "the queue is full"'
    app.command("undo-act", epilog=example(undone))(undo_act)
    again = 'source retry-act 3 --reason "the platform is back"'
    app.command("retry-act", epilog=example(again))(retry_act)


def policy(
    name: Name,
    *,
    on: On = None,
    off: Annotated[bool, typer.Option("--off", help="Freezes do nothing there any more.")] = False,
    most_items: Annotated[
        int, typer.Option(help="A freeze that would re-queue more items re-queues none.")
    ] = MOST_ITEMS,
    as_json: AsJson = False,
) -> None:
    """Say what freezes of a source's labelers do at its platform; without options show it."""
    from labeltrust.domain.errors import InvalidInput  # noqa: PLC0415 - slow imports
    from labeltrust.services.acting.list_acts import list_acts  # noqa: PLC0415
    from labeltrust.services.acting.set_policy import set_source_policy  # noqa: PLC0415

    if on and off:
        raise InvalidInput("--on and --off exclude each other", place="--off", code="usage")
    with acting() as who:
        if on or off:
            set_source_policy(who.deployment, who.principal, name, on or [], most_items=most_items)
        found = list_acts(who.deployment, who.principal, name, limit=1)
    if as_json:
        shown = {"source": name, "policy": found.policy}
        print_json(shown | {"offered": found.offered, "unoffered": found.unoffered})
        return
    for kind in found.policy.acts:
        out(f"on: {kind}")
    if not found.policy.acts:
        out("freezes do nothing at this platform")
    for one in found.offered:
        say(f"{one.kind}: {one.does} Undo: {one.undo}")
    for kind, why in found.unoffered.items():
        say(f"{kind} is not offered: {why}")


def acts(name: Name, *, as_json: AsJson = False) -> None:
    """List what freezes asked of a source's platform, newest first."""
    from labeltrust.services.acting.list_acts import list_acts  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_acts(who.deployment, who.principal, name)
    if as_json:
        print_json({"source": name, "policy": found.policy, "acts": found.acts})
        return
    rows = [
        (
            one.id, day(one.asked_at), one.asked_by, one.kind, one.labeler, one.freeze, one.state,
            one.changed, len(one.lost), one.trouble or "",
        )
        for one in found.acts
    ]  # fmt: skip
    columns = (
        "act#", "asked", "by", "what", "labeler", "freeze#", "state", "changed#", "not restored#",
        "trouble",
    )  # fmt: skip
    print_table(columns, rows, "Nothing was asked of this platform.")


def undo_act(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Take an act at a platform back; the freeze stays."""
    from labeltrust.services.acting import undo_act as service  # noqa: PLC0415 - slow imports

    with acting() as who:
        done = service.undo_act(who.deployment, who.principal, number, reason=reason)
    _show(done, as_json=as_json)


def retry_act(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Try an act at a platform again that was given up."""
    from labeltrust.services.acting import undo_act as service  # noqa: PLC0415 - slow imports

    with acting() as who:
        done = service.retry_act(who.deployment, who.principal, number, reason=reason)
    _show(done, as_json=as_json)


def _show(done: PlatformAct, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    out(f"act {done.id} ({done.kind} at {done.source}) is {done.state}")
