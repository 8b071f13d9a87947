"""`labeltrust user …`: people who act here; labelers have no access."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._complete import complete_project
from labeltrust.cli._context import Acting, acting
from labeltrust.cli._options import AsJson, Reason, Scope, example
from labeltrust.cli._output import day, out, print_json, print_table
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import ROLES

if TYPE_CHECKING:
    from labeltrust.domain.access import Person

app = typer.Typer(help="People who review and manage.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the person.")]
Role = Annotated[str, typer.Option(help=f"One of {', '.join(r for r in ROLES if r != 'source')}.")]


@app.command(epilog=example("user add ann --role qa_lead --project fraud"))
def add(name: Name, *, role: Role, project: Scope = None, as_json: AsJson = False) -> None:
    """Add a person with a role in some projects, or in all."""
    from labeltrust.services.add_person import add_person  # noqa: PLC0415

    scope = tuple(project) if project else None
    with acting() as who:
        person = add_person(who.deployment, who.principal, name=name, role=role, projects=scope)
    _show([person], as_json=as_json, one=True)


@app.command("list", epilog=example("user list"))
def list_(*, as_json: AsJson = False) -> None:
    """List everybody, those whose access was ended too."""
    from labeltrust.services.add_person import list_people  # noqa: PLC0415

    with acting() as who:
        _show(list(list_people(who.deployment, who.principal)), as_json=as_json)


@app.command("set", epilog=example("user set ann --role reviewer --project fraud"))
def set_(
    name: Name,
    *,
    role: Annotated[
        str | None, typer.Option(help="The new role; without it, the role stays.")
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option(
            "--project",
            "-p",
            help="Project in scope from now on; may be repeated. Without it, the scope stays.",
            autocompletion=complete_project,
        ),
    ] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="All projects.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change a person's role or projects; who is signed in must sign in again."""
    from labeltrust.services.add_person import change_person  # noqa: PLC0415

    with acting() as who:
        now = _person(who, name)
        scope = now.projects if not project else tuple(project)
        person = change_person(
            who.deployment,
            who.principal,
            name=name,
            role=role or now.role,
            projects=None if everywhere else scope,
        )
    _show([person], as_json=as_json, one=True)


@app.command(epilog=example('user disable ann --reason "left the company"'))
def disable(name: Name, *, reason: Reason, as_json: AsJson = False) -> None:
    """End a person's access: sessions, links and keys; the name stays in the history."""
    from labeltrust.services.add_person import disable_person  # noqa: PLC0415

    with acting() as who:
        person = disable_person(who.deployment, who.principal, name=name, reason=reason)
    _show([person], as_json=as_json, one=True)


@app.command(epilog=example('user enable ann --reason "came back"'))
def enable(name: Name, *, reason: Reason, as_json: AsJson = False) -> None:
    """Give a person's access back; sessions and links stay ended."""
    from labeltrust.services.add_person import enable_person  # noqa: PLC0415

    with acting() as who:
        person = enable_person(who.deployment, who.principal, name=name, reason=reason)
    _show([person], as_json=as_json, one=True)


@app.command(epilog=example("user link ann"))
def link(
    name: Name,
    *,
    password: Annotated[
        bool, typer.Option("--password", help="A link that sets the password instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a link that signs a person in to the console, once."""
    from labeltrust.services.sign_in import create_sign_in_link  # noqa: PLC0415

    with acting() as who:
        made = create_sign_in_link(who.deployment, who.principal, name, password=password)
    if as_json:
        print_json(made)
        return
    out(made.address)


def _person(who: Acting, name: str) -> "Person":
    """Return a person as they stand.

    Raises:
        NotFound: There is nobody of that name.
    """
    from labeltrust.services.add_person import list_people  # noqa: PLC0415

    for person in list_people(who.deployment, who.principal):
        if person.name == name:
            return person
    detail = f"no person {name[:200]!r}"
    raise NotFound(detail)


def _show(people: "list[Person]", *, as_json: bool, one: bool = False) -> None:
    if as_json:
        print_json(people[0] if one else people)
        return
    rows = [
        (p.name, p.role, "all" if p.projects is None else ", ".join(p.projects), day(p.disabled_at))
        for p in people
    ]
    print_table(("person", "role", "projects", "access ended"), rows, "Nobody yet.")
