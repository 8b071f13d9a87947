"""`labeltrust demo`: the main job on sample data, from an empty folder to a closed gate."""

import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._context import acting, settings
from labeltrust.cli._options import example
from labeltrust.cli._output import out, print_table
from labeltrust.cli._work import do
from labeltrust.cli.assessing import show_assessment, show_gate
from labeltrust.cli.importing import progress_bar, show_report
from labeltrust.cli.installation import bring_up
from labeltrust.domain.errors import Conflict
from labeltrust.settings import Settings

if TYPE_CHECKING:
    from labeltrust.cli._context import Acting

_PROJECT = "fraud-review"
_PERSON = "demo"
_CLASSES = ("benign", "fraud")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line; `make demo` runs it, and lists do not name it."""
    app.command(hidden=True, epilog=example("demo --no-serve"))(demo)


def demo(
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do all but serve.")] = False,
    seed: Annotated[
        int | None, typer.Option(help="Draw another crowd of the same kind, by this seed.")
    ] = None,
) -> None:
    """Import sample data, assess it, show suspects, freezes and gate, then serve the console."""
    wanted = settings()
    bring_up(wanted)  # an installation of an earlier version is the demo's as well
    project = _PROJECT if seed is None else f"{_PROJECT}-{seed}"
    folder = _seeds() / _PROJECT if seed is None else _drawn(wanted, seed)
    out(f"== sample data: {folder}")
    _prepare(project)
    _import(project, folder)
    out("== assessing")
    show_assessment(do({"act": "assess", "project": project, "as_of": None}, lambda _: None))
    with acting() as who:
        _show_freezes(who, project)
    if not no_serve:
        _serve(wanted)


def _seeds() -> Path:
    from labeltrust.simulate import sample_folder  # noqa: PLC0415 - slow imports

    return sample_folder()


def _drawn(wanted: Settings, seed: int) -> Path:
    from labeltrust.simulate import write_fraud_review  # noqa: PLC0415 - slow imports

    folder = wanted.home / "demo" / f"{_PROJECT}-{seed}"
    write_fraud_review(folder, seed)
    return folder


def _prepare(project: str) -> None:
    """Make the project with its classes, so that a mistyped label is refused."""
    from labeltrust.domain.projects import ProjectDraft, Question  # noqa: PLC0415
    from labeltrust.services.create_project import create_project  # noqa: PLC0415

    draft = ProjectDraft(name=project, title="Demo", questions=(Question(classes=_CLASSES),))
    with acting() as who:
        try:
            create_project(who.deployment, who.principal, draft)
        except Conflict:
            out(f"project {project} is there already; nothing is added twice")


def _import(project: str, folder: Path) -> None:
    request = {
        "act": "import",
        "path": str((folder / "labels.csv").absolute()),
        "project": project,
        "source": "import",
        "format": "csv",
        "scale": None,
        "gold": str((folder / "gold.csv").absolute()),
    }
    with progress_bar() as progress:
        show_report(do(request, progress))


def _show_freezes(who: "Acting", project: str) -> None:
    from labeltrust.services.check_gate import check_gate  # noqa: PLC0415 - slow imports
    from labeltrust.services.freeze_labels import list_standing  # noqa: PLC0415

    freezes = list_standing(who.deployment, who.principal, project)
    rows = [(f.id, f.labeler or f.source or f.import_id, f.kind, f.reason) for f in freezes]
    out("== freezes, each with the reason for it")
    print_table(("freeze#", "labeler", "kind", "reason"), rows, "Nothing is frozen.")
    out("== the gate for training")
    show_gate(project, check_gate(who.deployment, who.principal, project))


def _serve(wanted: Settings) -> None:
    from labeltrust.cli._handover import running_server  # noqa: PLC0415 - slow imports
    from labeltrust.cli.server import run_server  # noqa: PLC0415

    server = running_server(wanted)
    address = wanted.address if server is None else server.url
    link = _link(wanted, address)
    out(f"== the console: {address}")
    out(f"sign in once by {link}")
    sys.stdout.flush()  # what follows stays, and whoever reads a pipe waits for the link
    if server is None:
        run_server(wanted)


def _link(wanted: Settings, address: str) -> str:
    from labeltrust.services.add_person import add_person  # noqa: PLC0415 - slow imports
    from labeltrust.services.sign_in import create_sign_in_link  # noqa: PLC0415

    with acting() as who:
        with contextlib.suppress(Conflict):  # made by an earlier demo
            add_person(who.deployment, who.principal, name=_PERSON, role="qa_lead")
        public = replace(who.deployment.settings, public_url=wanted.public_url or address)
        deployment = replace(who.deployment, settings=public)
        link: Any = create_sign_in_link(deployment, who.principal, _PERSON)
    return str(link.address)
