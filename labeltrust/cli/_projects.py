"""`labeltrust project …`: what is asked, on which scale."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _hooks
from labeltrust.cli._complete import complete_project
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, print_table
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.domain.projects import Project, Question

app = typer.Typer(help="Projects and their questions.", no_args_is_help=True)
app.add_typer(_hooks.app, name="hook")
Name = Annotated[str, typer.Argument(help="Name of the project.", autocompletion=complete_project)]
NewName = Annotated[str, typer.Argument(help="Name of the project.")]
Title = Annotated[str | None, typer.Option(help="For people.")]
Scale = Annotated[str, typer.Option(help="Scale of the question `label`.")]
Classes = Annotated[
    str | None,
    typer.Option(help="Its classes, separated by commas; lowest first for an ordinal scale."),
]
Questions = Annotated[
    list[str] | None,
    typer.Option("--question", help="NAME:SCALE[:CLASS,CLASS…][:all]; may be repeated."),
]
Floors = Annotated[
    list[str] | None,
    typer.Option("--floor", help="MEASURE=VALUE, such as gold_accuracy=0.8; may be repeated."),
]
Guideline = Annotated[str | None, typer.Option(help="What labelers were told, or its address.")]
GuidelineVersion = Annotated[str | None, typer.Option(help="Version of the guideline.")]


@app.command(epilog=example("project create fraud --classes benign,fraud"))
def create(  # noqa: PLR0913 - one parameter an option
    name: NewName,
    *,
    title: Title = None,
    scale: Scale = "nominal",
    classes: Classes = None,
    question: Questions = None,
    floor: Floors = None,
    guideline: Guideline = None,
    guideline_version: GuidelineVersion = None,
    as_json: AsJson = False,
) -> None:
    """Create a project."""
    from labeltrust.domain.projects import ProjectDraft  # noqa: PLC0415
    from labeltrust.services.create_project import create_project  # noqa: PLC0415

    asked = question or [":".join(filter(None, ("label", scale, classes)))]
    draft = ProjectDraft(
        name=name,
        title=title or "",
        questions=tuple(parsed_question(text) for text in asked),
        floors=parsed_floors(floor or []),
        guideline=guideline or "",
        guideline_version=guideline_version or "",
    )
    with acting() as who:
        _show(create_project(who.deployment, who.principal, draft), as_json=as_json)


@app.command("set", epilog=example("project set fraud --floor gold_accuracy=0.8"))
def set_(  # noqa: PLR0913 - one parameter an option
    name: Name,
    *,
    title: Title = None,
    question: Questions = None,
    floor: Floors = None,
    guideline: Guideline = None,
    guideline_version: GuidelineVersion = None,
    as_json: AsJson = False,
) -> None:
    """Change a project; what it was before stays in its history."""
    from labeltrust.domain.projects import ProjectChange  # noqa: PLC0415
    from labeltrust.services.change_project import change_project  # noqa: PLC0415

    change = ProjectChange(
        title=title,
        questions=tuple(parsed_question(text) for text in question or []),
        floors=None if floor is None else parsed_floors(floor),
        guideline=guideline,
        guideline_version=guideline_version,
    )
    with acting() as who:
        _show(change_project(who.deployment, who.principal, name, change), as_json=as_json)


@app.command(epilog=example("project show fraud --json"))
def show(name: Name, *, as_json: AsJson = False) -> None:
    """Show a project as it stands."""
    from labeltrust.services.show_project import show_project  # noqa: PLC0415

    with acting() as who:
        _show(show_project(who.deployment, who.principal, name), as_json=as_json)


@app.command("list", epilog=example("project list"))
def list_(*, as_json: AsJson = False) -> None:
    """List the projects."""
    from labeltrust.services.show_project import list_projects  # noqa: PLC0415

    with acting() as who:
        projects = list_projects(who.deployment, who.principal)
    if as_json:
        print_json(projects)
        return
    rows = [(p.name, p.title, _asked(p.questions), ", ".join(p.sources)) for p in projects]
    print_table(("project", "title", "questions", "sources"), rows, "No project yet.")


def _show(project: "Project", *, as_json: bool) -> None:
    if as_json:
        print_json(project)
        return
    out(f"{project.name} (version {project.version}) {project.title}".rstrip())
    out(f"  questions  {_asked(project.questions)}")
    out(f"  floors     {', '.join(f'{k}={v:g}' for k, v in project.floors.items()) or 'none'}")
    out(f"  guideline  {project.guideline or 'none'} {project.guideline_version}".rstrip())
    out(f"  sources    {', '.join(project.sources) or 'none'}")


def _asked(questions: "tuple[Question, ...]") -> str:
    return "; ".join(
        f"{q.name}: {q.scale}" + (f" ({', '.join(q.classes)})" if q.classes else "")
        for q in questions
    )


def parsed_question(text: str) -> "Question":
    """Return a question written as NAME:SCALE[:CLASS,CLASS…][:all].

    Raises:
        InvalidInput: There are too few parts or too many.

    >>> parsed_question("label:ordinal:low,high").classes
    ('low', 'high')
    """
    from labeltrust.domain.projects import Question  # noqa: PLC0415

    name, *rest = text.split(":")
    repeats = "all" if rest[1:] and rest[-1] == "all" else "last"
    rest = rest[:-1] if repeats == "all" else rest
    if not name or not 1 <= len(rest) <= 2:  # noqa: PLR2004 - scale, and perhaps classes
        detail = f"{text!r} is not NAME:SCALE[:CLASS,CLASS…][:all]"
        raise InvalidInput(detail, place="--question", code="usage")
    classes = tuple(rest[1].split(",")) if rest[1:] else None
    return Question(name=name, scale=rest[0], classes=classes, repeats=repeats)


def parsed_floors(texts: list[str]) -> dict[str, float]:
    """Return floors written as MEASURE=VALUE.

    Raises:
        InvalidInput: A text has another form.

    >>> parsed_floors(["gold_accuracy=0.8"])
    {'gold_accuracy': 0.8}
    """
    floors = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            floors[name] = float(value)
        except ValueError:
            detail = f"{text!r} is not MEASURE=VALUE with a number"
            raise InvalidInput(detail, place="--floor", code="usage") from None
    return floors
