"""Every notebook says a sentence, and what to do next, where a project has nothing to say."""

import shutil

import numpy as np
import pytest
from factories import owner
from notebook_runs import FOLDER, ran_together

from labeltrust.app import build_deployment
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.notebook import Project
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.settings import Settings
from labeltrust.simulate import Crowd, Planting, Traits, Words, draw_planted, to_frames

NAME = "fraud-review"
CLASSES = ("benign", "fraud")
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("[0-9][0-9]_*.py"))


@pytest.fixture(scope="module")
def made(tmp_path_factory, sqlite_template):
    """Make a project of a name: empty, not assessed, without flags, or without gold."""
    opened = []

    def make(kind):
        home = tmp_path_factory.mktemp(kind) / "var"
        home.mkdir()
        shutil.copy(sqlite_template, home / "labeltrust.db")
        deployment = build_deployment(Settings(home=home))
        opened.append(deployment)
        draft = ProjectDraft(name=NAME, questions=(Question(classes=CLASSES),))
        create_project(deployment, owner(), draft)
        if kind != "empty":
            _import(deployment, suspects=kind == "without-gold")
        if kind != "not-assessed":
            assess_project(deployment, owner(), NAME)
        return Project(deployment=deployment, name=NAME)

    yield make
    for deployment in opened:
        deployment.engine.dispose()


def _import(deployment, *, suspects):
    crowd = Crowd(n_labelers=12, n_items=200, labels_per_item=4, traits=Traits())
    bribed = Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0, since_day=9)
    plants = [bribed] if suspects else []
    drawn = draw_planted(crowd, plants, np.random.default_rng(4))
    path = deployment.settings.home / "labels.csv"
    to_frames(drawn, Words(classes=CLASSES)).labels.to_csv(path, index=False)
    request = ImportRequest(path=path, project=NAME, format="csv")
    import_file(deployment, owner(), request, lambda _: None)


def test_all_say_what_an_empty_project_lacks_and_begin_with_an_import(made):
    project = made("empty")

    found = ran_together(NOTEBOOKS, project.deployment.settings)

    assert len(NOTEBOOKS) == 9
    assert found.text.count("the project has no label yet") >= 5
    assert "no item with a label is there to be audited" in found.text
    assert "Nobody is flagged, so there is nobody to compare others with" in found.text
    assert found.text.count("labeltrust import labels.csv --project=fraud-review") >= 4
    assert "n=nan" not in found.text
    assert not found.pictures


def test_before_the_first_assessment_they_ask_for_one(made):
    project = made("not-assessed")

    found = ran_together(NOTEBOOKS, project.deployment.settings)

    assert "nothing was assessed yet. Assess the project" in found.text
    assert "undefined: nothing was assessed yet" in found.text
    assert "labeltrust assess --project=fraud-review" in found.text


def test_without_flags_there_is_no_damage_to_tell(made):
    project = made("without-flags")

    damage = project.damage()

    assert project.flags().empty
    assert "nobody is flagged" in damage.nothing
    assert damage.suspects().empty
    assert project.lineage_together([]).empty
    assert project.flags_of(["reviewer-01"]).empty


def test_without_gold_no_model_is_judged_and_the_rest_is_told(made):
    project = made("without-gold")
    items = project.deployment.settings.home / "items.csv"
    said = project.judgments()
    said.drop_duplicates("item")[["item"]].assign(amount=range(said["item"].nunique())).to_csv(
        items, index=False
    )

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTEBOOK_FEATURES", str(items))
        found = ran_together(NOTEBOOKS, project.deployment.settings)

    assert project.gold().empty
    assert not project.flags().empty
    assert "no item with features has a trusted label" in found.text
    assert "Recall of" not in found.text
    assert "labeltrust audit draw" in found.text
    assert "labels on" in found.text
    assert len(found.pictures) > 12


def test_a_table_of_other_items_is_told_to_be_one(made):
    project = made("without-flags")
    other = project.features().assign(item=lambda frame: "other-" + frame["item"], amount=1.0)

    found = project.retrain(None, other)

    assert "no item has both a label" in found.nothing
    assert found.measures()["value"].isna().all()
    assert found.differing().empty
