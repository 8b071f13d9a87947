"""One seeded installation for all notebooks, with a training set made before anybody looked."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from factories import owner

from labeltrust.app import build_deployment
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.notebook import Project
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.incident_members import MemberDraft, add_member
from labeltrust.services.list_flags import list_flags
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.settings import Settings

SEED = Path(__file__).parents[2] / "seeds" / "fraud-review"
NAME = "fraud-review"
HONEST = "reviewer-01"


@pytest.fixture(scope="session")
def seeded(tmp_path_factory, sqlite_template) -> Iterator[Project]:
    """The sample project with its planted suspects: imported, a snapshot made, then assessed."""
    home = tmp_path_factory.mktemp("notebooks") / "var"
    home.mkdir()
    shutil.copy(sqlite_template, home / "labeltrust.db")
    deployment = build_deployment(Settings(home=home))
    _import(deployment)
    create_snapshot(deployment, owner(), NAME)
    assess_project(deployment, owner(), NAME)
    create_snapshot(deployment, owner(), NAME)
    yield Project(deployment=deployment, name=NAME)
    deployment.engine.dispose()


def _import(deployment: Deployment) -> None:
    question = Question(classes=("benign", "fraud"))
    create_project(deployment, owner(), ProjectDraft(name=NAME, questions=(question,)))
    request = ImportRequest(
        path=SEED / "labels.csv", project=NAME, format="csv", gold=SEED / "gold.csv"
    )
    import_file(deployment, owner(), request, lambda _: None)


@pytest.fixture(scope="session")
def planted() -> dict[str, dict[str, str]]:
    """Who attacks in the sample data: labeler to attack, since, rate."""
    with (SEED / "truth.csv").open() as file:
        return {row["labeler"]: row for row in csv.DictReader(file)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case file in a copy of the seeded installation, and one without anybody."""

    project: Project
    number: int
    empty: int
    suspects: tuple[str, ...]


@pytest.fixture(scope="session")
def case(seeded, tmp_path_factory) -> Iterator[Case]:
    """Two flagged labelers, and a third whom nobody flagged."""
    home = tmp_path_factory.mktemp("case") / "var"
    shutil.copytree(seeded.deployment.settings.home, home)
    deployment = build_deployment(Settings(home=home))
    flags = list_flags(deployment, owner(), NAME)[:2]
    draft = IncidentDraft(project=NAME, title="a ring", flags=tuple(flag.id for flag in flags))
    number = open_incident(deployment, owner(), draft)
    add_member(deployment, owner(), number, MemberDraft(labeler=HONEST))
    empty = open_incident(deployment, owner(), IncidentDraft(project=NAME, title="nobody"))
    yield Case(
        project=Project(deployment=deployment, name=NAME),
        number=number,
        empty=empty,
        suspects=(*(flag.labeler for flag in flags), HONEST),
    )
    deployment.engine.dispose()
