"""`labeltrust project hook …`: addresses that are told when a project's gate reopens."""

from typing import Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import out, print_json, print_table, say

app = typer.Typer(help="Addresses told when the gate reopens.", no_args_is_help=True)


@app.command(epilog=example("project hook add -p fraud https://ci.example.org/hooks/retrain"))
def add(
    url: Annotated[str, typer.Argument(help="Where the news is sent, by https.")],
    *,
    project: Project,
    as_json: AsJson = False,
) -> None:
    """Subscribe an address; the secret that messages are signed by is shown this once."""
    from labeltrust.services.subscribe_hook import add_hook  # noqa: PLC0415 - slow imports

    with acting() as who:
        made = add_hook(who.deployment, who.principal, project, url)
    if as_json:
        print_json(made)
        return
    say(f"hook {made.hook.id} is told when the gate of {project} reopens; its secret, shown once:")
    out(made.secret)


@app.command("list", epilog=example("project hook list -p fraud"))
def list_(*, project: Project, as_json: AsJson = False) -> None:
    """List the addresses that are told, and how it went last."""
    from labeltrust.services.subscribe_hook import list_hooks  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_hooks(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    rows = [(one.id, one.url, one.told_at or "never", one.trouble or "") for one in found]
    print_table(("hook#", "address", "told", "trouble"), rows, "Nobody is told.")


@app.command(epilog=example("project hook remove 2"))
def remove(
    hook: Annotated[int, typer.Argument(help="Number of the hook.")], *, as_json: AsJson = False
) -> None:
    """Tell an address nothing any more."""
    from labeltrust.services.subscribe_hook import remove_hook  # noqa: PLC0415 - slow imports

    with acting() as who:
        gone = remove_hook(who.deployment, who.principal, hook)
    if as_json:
        print_json(gone)
    else:
        out(f"hook {gone.id} of {gone.project} is told nothing any more")
