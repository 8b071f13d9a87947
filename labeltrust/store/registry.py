"""What the recorder must know of sources, projects and questions, read in its own transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from labeltrust.domain.checksums import REQUIRE
from labeltrust.domain.errors import NotFound
from labeltrust.store.statements import Row, Statements


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question's row, scale and classes; `labels` remembers canonical labels of this call."""

    id: int | None
    name: str | None
    scale: str
    classes: tuple[str, ...] | None
    labels: dict[str, str] = field(default_factory=dict)


NO_QUESTION: Final = KnownQuestion(None, None, "nominal", None)
"""Stands where an event belongs to no question."""


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that a source may speak for."""

    id: int
    name: str
    chain_id: int
    questions: Mapping[str, KnownQuestion]


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source, and those of the projects named that it may speak for.

    `requires_checksum` says that what tells of an item must be proved by a checksum.
    """

    id: int
    name: str
    id_space: str
    projects: Mapping[str, KnownProject]
    requires_checksum: bool = False


_SOURCES = "SELECT id, name, id_space, config FROM source WHERE name {in}"
_QUESTIONS = (
    "SELECT sp.source_id, p.id, p.name, p.chain_id, q.id, q.name, q.scale, q.classes "
    "FROM project p JOIN source_project sp ON sp.project_id = p.id "
    "LEFT JOIN question q ON q.project_id = p.id WHERE p.name {in}"
)


def known_sources(
    statements: Statements, sources: Iterable[str], projects: Iterable[str]
) -> dict[str, KnownSource]:
    """Return the sources of these names, each with those of these projects it may speak for.

    Raises:
        NotFound: A source is not there.
    """
    wanted = set(sources)
    allowed = _allowed(list(statements.rows_in(_QUESTIONS, projects)))
    found = {
        name: KnownSource(source_id, name, id_space, allowed.get(source_id, {}), _strict(config))
        for source_id, name, id_space, config in statements.rows_in(_SOURCES, wanted)
    }
    for name in wanted - found.keys():
        detail = f"no source {name[:200]!r}"
        raise NotFound(detail)
    return found


def _strict(config: str) -> bool:
    return REQUIRE in config and json.loads(config).get(REQUIRE) is True


def _allowed(rows: list[Row]) -> dict[int, dict[str, KnownProject]]:
    projects: dict[int, KnownProject] = {}
    questions: dict[int, dict[str, KnownQuestion]] = {}
    allowed: dict[int, dict[str, KnownProject]] = {}
    for source_id, project_id, name, chain_id, *question in rows:
        asked = questions.setdefault(project_id, {})
        if question[0] is not None and question[1] not in asked:
            asked[question[1]] = _question(*question)
        project = projects.setdefault(project_id, KnownProject(project_id, name, chain_id, asked))
        allowed.setdefault(source_id, {})[name] = project
    return allowed


def _question(number: int, name: str, scale: str, classes: str | None) -> KnownQuestion:
    words = None if classes is None else tuple(json.loads(classes))
    return KnownQuestion(number, name, scale, words)
