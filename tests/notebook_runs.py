"""Shipped notebooks run as they are, in a kernel of their own."""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from commands import environment
from nbclient import NotebookClient

from labeltrust.settings import Settings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
SCREENS = ROOT / "build" / "screens"
_SECONDS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A notebook that ran to its end, and what it shows."""

    notebook: Any

    @property
    def outputs(self) -> list[Mapping[str, Any]]:
        """What cells show, by mime type."""
        found = [out for cell in self.notebook.cells for out in cell.get("outputs", ())]
        return [out["data"] for out in found if "data" in out]

    @property
    def text(self) -> str:
        """All that is shown in words."""
        return "\n".join(data.get("text/plain", "") for data in self.outputs)

    @property
    def html(self) -> str:
        """All that is shown as HTML."""
        return "\n".join(data.get("text/html", "") for data in self.outputs)

    @property
    def pictures(self) -> list[bytes]:
        """The charts, as PNG."""
        return [base64.b64decode(d["image/png"]) for d in self.outputs if "image/png" in d]


def ran(name: str, settings: Settings, **parameters: object) -> Ran:
    """Run a notebook on an installation; raises where a cell does.

    Args:
        name: Of the file, without its ending.
        settings: The installation.
        parameters: Set after the cell of parameters, as runners do.
    """
    notebook = jupytext.read(FOLDER / f"{name}.py")
    place = [k for k, cell in enumerate(notebook.cells) if "parameters" in _tags(cell)]
    assert len(place) == 1, "a notebook has one cell of parameters"
    given = "\n".join(f"{key} = {value!r}" for key, value in parameters.items())
    notebook.cells.insert(place[0] + 1, nbformat.v4.new_code_cell(given))
    return _executed(notebook, name, settings)


def ran_together(names: Sequence[str], settings: Settings) -> Ran:
    """Run notebooks one after the other in one kernel, which starts but once."""
    notebooks = [jupytext.read(FOLDER / f"{name}.py") for name in names]
    whole = nbformat.v4.new_notebook(cells=[cell for one in notebooks for cell in one.cells])
    for number, cell in enumerate(whole.cells):
        cell["id"] = f"cell-{number}"
    return _executed(whole, "together", settings)


def _executed(notebook: Any, name: str, settings: Settings) -> Ran:
    folder = {"metadata": {"path": str(settings.home)}}
    client = NotebookClient(notebook, timeout=_SECONDS, resources=folder)
    more = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(_ipython(settings.home))}
    client.execute(env={**os.environ, **more, **environment(settings)})
    nbformat.validate(notebook)
    found = Ran(notebook=notebook)
    _keep(name, found.pictures)
    return found


def _ipython(home: Path) -> Path:
    """Make the folder of a kernel that does without a grammar of IRIs, as our own processes do."""
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    code = 'import sys; sys.modules.setdefault("rfc3987_syntax", None)\n'
    (startup / "00.py").write_text(code, "utf-8")
    return home / "ipython"


def _tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def _keep(name: str, pictures: list[bytes]) -> None:
    """Keep the charts where people look at the pictures of pages too."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, 1):
        (SCREENS / f"notebook-{name}-{number}.png").write_bytes(picture)
