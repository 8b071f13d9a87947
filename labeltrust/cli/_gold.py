"""`labeltrust gold …`: items with a trusted label."""

from typing import Annotated

import typer

from labeltrust.cli._approvals import show_approval
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, SourceName, example
from labeltrust.cli._output import day, out, print_json, print_table
from labeltrust.domain.approvals import Approval

app = typer.Typer(help="Gold labels.", no_args_is_help=True)
Item = Annotated[str, typer.Argument(help="Outside id of the item.")]
QuestionName = Annotated[str, typer.Option("--question", help="Name of the question.")]
Note = Annotated[str, typer.Option(help="Where the label is known from.")]


@app.command(epilog=example('gold add txn-9 fraud --project fraud --note "chargeback"'))
def add(  # noqa: PLR0913 - one parameter an option
    item: Item,
    label: Annotated[str, typer.Argument(help="The trusted label.")],
    *,
    project: Project,
    question: QuestionName = "label",
    source: SourceName = None,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Declare the gold label of an item; another than it has waits for a second person."""
    from labeltrust.services.declare_gold import GoldDraft, declare_gold  # noqa: PLC0415

    draft = GoldDraft(
        project=project, item=item, label=label, question=question, source=source, note=note
    )
    with acting() as who:
        outcome = declare_gold(who.deployment, who.principal, draft)
    if isinstance(outcome, Approval):
        show_approval(outcome, as_json=as_json)
    elif as_json:
        print_json(outcome)
    else:
        out(f"gold label of {item} in {project} is {label}")


@app.command(epilog=example('gold withdraw txn-9 --project fraud --note "the bank erred"'))
def withdraw(
    item: Item,
    *,
    project: Project,
    question: QuestionName = "label",
    source: SourceName = None,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Ask a second person to withdraw the gold label of an item; it stays in the history."""
    from labeltrust.services.declare_gold import GoldDraft, withdraw_gold  # noqa: PLC0415

    draft = GoldDraft(project=project, item=item, question=question, source=source, note=note)
    with acting() as who:
        asked = withdraw_gold(who.deployment, who.principal, draft)
    show_approval(asked, as_json=as_json)


@app.command("list", epilog=example("gold list --project fraud"))
def list_(*, project: Project, question: QuestionName = "label", as_json: AsJson = False) -> None:
    """List the current gold labels of a question."""
    from labeltrust.services.declare_gold import list_gold  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_gold(who.deployment, who.principal, project, question)
    if as_json:
        print_json(found)
        return
    rows = [(gold.item, gold.label, day(gold.declared_at)) for gold in found]
    print_table(("item", "label", "declared"), rows, "No gold labels.")
