"""Shipped notebooks with a case filled in: `py:percent` in, `.ipynb` out, without Jupyter.

Values come from outside, names of labelers among them. They enter a notebook as literals of
Python in ASCII alone, so that none can be read as code or hide what it is.
"""

import ast
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import labeltrust
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment

Value = str | int | float
_CELL: Final = re.compile(r"^# %%(?P<head>.*)$")
_PARAMETERS: Final = 'tags=["parameters"]'
_TRUTH: Final = {"yes": True, "true": True, "no": False, "false": False}
_LANGUAGE: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledNotebook:
    """A notebook with its parameters set; `body` is the `.ipynb` file."""

    name: str
    body: bytes


def fill_notebook(
    deployment: Deployment,
    principal: Principal,
    project: str,
    notebook: str,
    given: Mapping[str, str],
) -> FilledNotebook:
    """Return a shipped notebook for one project.

    Args:
        deployment: The installation; nothing is read from it, a notebook reads by itself.
        principal: Who asks.
        project: Its project.
        notebook: Name of a notebook, or the number that it begins with.
        given: More parameters by name, in any case: `labeler` sets `LABELER`.

    Raises:
        NotAllowed: The role may not read.
        NotFound: The project is out of scope, or there is no such notebook.
        InvalidInput: The notebook has no such parameter, or one of another kind.
    """
    del deployment
    principal.require("read", project)
    return filled(notebook, {**given, "project": project})


def filled(notebook: str, given: Mapping[str, str]) -> FilledNotebook:
    """Return a notebook with parameters set, in a cell of their own behind the one of defaults.

    Raises:
        NotFound: There is no such notebook.
        InvalidInput: It has no such parameter, or one of another kind.
    """
    path = _path(notebook)
    cells = list(_cells(path.read_text("utf-8")))
    known = _defaults(cells)
    lines = [f"{name} = {_literal(value)}" for name, value in _values(given, known).items()]
    made = list(_with_given(cells, "\n".join(lines)))
    document = {"cells": made, "metadata": _LANGUAGE, "nbformat": 4, "nbformat_minor": 5}
    body = json.dumps(document, indent=1).encode("ascii") + b"\n"
    return FilledNotebook(name=path.stem, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookOffer:
    """A notebook that can be run on a case.

    Attributes:
        name: Of the notebook.
        question: What it answers, its heading.
        given: What is filled in besides the project.
        command: The command line that opens it, None where a name could not be typed.
    """

    name: str
    question: str
    given: Mapping[str, str]
    command: str | None


def notebook_offers(
    project: str, given: Mapping[str, str], numbers: Sequence[str]
) -> list[NotebookOffer]:
    """Return the notebooks of some numbers that are shipped, with what each can be given.

    >>> notebook_offers("fraud", {"labeler": "a b"}, ["02"])[0].command
    "labeltrust lab 02 --project=fraud '--labeler=a b'"
    """
    return [_offer(name, project, given) for name in notebook_names() if name[:2] in numbers]


def _offer(name: str, project: str, given: Mapping[str, str]) -> NotebookOffer:
    cells = list(_cells((notebook_folder() / f"{name}.py").read_text("utf-8")))
    known = _defaults(cells)
    own = {word: text for word, text in given.items() if word.upper() in known}
    words = [f"--{word}={text}" for word, text in {"project": project, **own}.items()]
    typed = " ".join(["labeltrust lab", name[:2], *map(shlex.quote, words)])
    heading = cells[0].text.partition("\n")[0].lstrip("# ")
    can_be_typed = all(word.isprintable() for word in words)
    return NotebookOffer(
        name=name, question=heading, given=own, command=typed if can_be_typed else None
    )


def notebook_folder() -> Path:
    """Return the folder of the shipped notebooks: of the installed package, or of a checkout."""
    package = Path(labeltrust.__file__).parent
    installed = package / "_notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def notebook_names() -> list[str]:
    """Return the names of the shipped notebooks, in their order.

    >>> notebook_names()[0]
    '01_draw_reaudit_sample'
    """
    return sorted(path.stem for path in notebook_folder().glob("[0-9][0-9]_*.py"))


def _path(notebook: str) -> Path:
    for name in notebook_names():
        if notebook in {name, name.partition("_")[0]}:
            return notebook_folder() / f"{name}.py"
    detail = f"no notebook {notebook[:80]!r}; there are {', '.join(notebook_names())}"
    raise NotFound(detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell of a `py:percent` file: what stands behind its marker, and its lines."""

    head: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The source of the cell; of prose without the comment signs."""
        lines = list(self.lines)
        if "[markdown]" in self.head:
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        return "\n".join(lines).strip("\n")


def _cells(text: str) -> Iterator[_Cell]:
    head, lines = None, list[str]()
    for line in text.splitlines():
        marker = _CELL.match(line)
        if marker is None:
            lines.append(line)
            continue
        if head is not None:
            yield _Cell(head=head, lines=tuple(lines))
        head, lines = marker["head"], []
    if head is not None:
        yield _Cell(head=head, lines=tuple(lines))


def _defaults(cells: list[_Cell]) -> dict[str, Value]:
    """Return the parameters of a notebook with their defaults; of those read elsewhere the kind."""
    source = "\n".join(cell.text for cell in cells if _PARAMETERS in cell.head)
    return {
        line.targets[0].id: _default(line.value)
        for line in ast.parse(source).body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }


def _default(found: ast.expr) -> Value:
    if isinstance(found, ast.Constant) and isinstance(found.value, Value):
        return found.value
    called = found.func if isinstance(found, ast.Call) else None
    word = called.id if isinstance(called, ast.Name) else ""
    kinds: dict[str, Value] = {"int": 0, "float": 0.0}
    return kinds.get(word, "")


def _values(given: Mapping[str, str], known: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for word, text in given.items():
        name = word.upper()
        if name not in known:
            detail = f"no parameter {word[:80]!r}; there are {', '.join(known).lower()}"
            raise InvalidInput(detail, place="parameters", code="unknown_parameter")
        found[name] = _value(word, text, known[name])
    return found


def _value(name: str, text: str, default: Value) -> Value:
    if isinstance(default, bool) and text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    try:
        if not isinstance(default, bool):
            return type(default)(text)
    except ValueError:
        pass
    kind = "yes or no" if isinstance(default, bool) else "a number"
    detail = f"{name} is {text[:80]!r}, must be {kind}"
    raise InvalidInput(detail, place=name, code="bad_parameter")


def _literal(value: Value) -> str:
    return ascii(value) if isinstance(value, str) else repr(value)


def _with_given(cells: list[_Cell], given: str) -> Iterator[dict[str, Any]]:
    for number, cell in enumerate(cells):
        is_parameters = _PARAMETERS in cell.head
        yield _as_json(
            f"cell-{number}", cell.text, prose="[markdown]" in cell.head,
            tags=["parameters"] if is_parameters else [],
        )  # fmt: skip
        if is_parameters:
            yield _as_json(f"cell-{number}-given", given, prose=False, tags=["injected-parameters"])


def _as_json(identity: str, text: str, *, prose: bool, tags: list[str]) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "markdown" if prose else "code",
        "id": identity,
        "metadata": {"tags": tags} if tags else {},
        "source": text.splitlines(keepends=True),
    }
    return cell if prose else {**cell, "execution_count": None, "outputs": []}
