"""`labeltrust lab`: JupyterLab on the shipped notebooks, or one of them with a case filled in."""

import os
from pathlib import Path
from typing import Annotated

import typer

from labeltrust.cli._complete import complete_incident
from labeltrust.cli._context import settings
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, say
from labeltrust.domain.errors import Conflict, InvalidInput, Misconfigured


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "lab",
        epilog=example(
            "lab",
            "lab 02 --project fraud --labeler mallory",
            "lab 04 --project fraud --incident 3 --set days=90 --out case.ipynb",
        ),
    )(lab)


def lab(  # noqa: PLR0913 - one parameter an option
    notebook: Annotated[
        str | None, typer.Argument(help="Name or number of a notebook; without it, all of them.")
    ] = None,
    *,
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="Project to fill in.")
    ] = None,
    labeler: Annotated[str | None, typer.Option(help="Labeler to fill in.")] = None,
    incident: Annotated[
        int | None,
        typer.Option(help="Case file to fill in.", min=1, autocompletion=complete_incident),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of a parameter; repeatable.")
    ] = None,
    out_: Annotated[
        Path | None, typer.Option("--out", help="Write the notebook to a new file, start nothing.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open JupyterLab on the shipped notebooks; they read this installation."""
    number = None if incident is None else str(incident)
    given = {"project": project, "labeler": labeler, "incident": number} | _parsed(set_ or [])
    wanted = {name: text for name, text in given.items() if text is not None}
    if notebook is None:
        if wanted or out_ is not None:
            raise InvalidInput("name a notebook to fill in", place="notebook", code="usage")
        _start(_shipped())
        return
    path = _written(notebook, wanted, out_)
    if as_json:
        print_json({"notebook": str(path)})
    else:
        out(str(path))
    if out_ is None:
        _start(path.parent, path)


def _parsed(texts: list[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for text in texts:
        name, is_there, value = text.partition("=")
        if not is_there:
            detail = f"{text[:80]!r} is not NAME=VALUE"
            raise InvalidInput(detail, place="--set", code="usage")
        found[name] = value
    return found


def _written(notebook: str, given: dict[str, str], wanted: Path | None) -> Path:
    """Write a filled notebook to a file that is not there yet, and return it."""
    from labeltrust.services.fill_notebook import filled  # noqa: PLC0415 - slow imports

    made = filled(notebook, given)
    path = wanted or _free(settings().home.absolute() / "notebooks", made.name)
    try:
        with path.open("xb") as file:
            file.write(made.body)
    except FileExistsError:
        raise Conflict(f"{path} is there already") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}", place="out") from None
    return path


def _free(folder: Path, name: str) -> Path:
    """Return a name that no notebook has, since somebody may have worked in the others."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, number = folder / f"{name}.ipynb", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.ipynb"
    return path


def _shipped() -> Path:
    from labeltrust.services.fill_notebook import notebook_folder  # noqa: PLC0415 - slow imports

    folder = notebook_folder()
    return folder if folder.is_dir() else Path.cwd()


def _start(folder: Path, file: Path | None = None) -> None:
    import importlib.util  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    if importlib.util.find_spec("jupyterlab") is None:
        raise Misconfigured(
            "JupyterLab is not installed; run `pip install 'labeltrust[notebooks]'`"
        )
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}"]
    command += [] if file is None else [str(file)]
    say(f"starting JupyterLab in {folder}")
    # a notebook runs in its own folder, where a relative data folder would be another one
    known = {**os.environ, "LABELTRUST_HOME": str(settings().home.absolute())}
    done = subprocess.run(command, check=False, env=known)  # noqa: S603 - fixed words and a path
    raise typer.Exit(done.returncode)
