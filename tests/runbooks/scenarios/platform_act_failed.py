"""A platform does not answer for two days: its act is given up, tried again, and taken back."""

from datetime import timedelta

from factories import owner
from reconciling import sent
from runbooks.scene import REASON, Scenario
from studio_server import LEGACY, Studio, studio_serving

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.add_source import add_source
from labeltrust.services.connect_source import connect_source
from labeltrust.services.create_project import create_project
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels


def trouble(scene):
    scene.clock.now -= timedelta(days=3)
    scene.monkeypatch.setattr("labeltrust.connectors._web.LONGEST_PAUSE_SECONDS", 0.0)
    _source(scene)
    scene.kept["studio"] = studio = Studio()
    sent(scene.home, studio, 1, 10, completed_by=2)
    url, _ = scene.later.enter_context(studio_serving(studio))
    draft = AccessDraft(url=url, remote="3", token=LEGACY, every_minutes=60)
    connect_source(scene.home, owner(), "ls", draft)
    set_source_policy(scene.home, owner(), "ls", ["requeue"], most_items=500)
    freeze_labels(scene.home, owner(), FreezeDraft(project="fraud", labeler="2", reason=REASON))
    studio.broken = True
    for _ in range(12):
        done(scene)
        scene.clock.tick(10_000)
    token = scene.folder / "token"
    token.write_text(LEGACY)
    scene.words |= {"S": "ls", "URL": url, "REMOTE": "3", "FILE": token, "ITEMS": 200, "ACT": 1}


def _source(scene):
    question = Question(classes=("benign", "fraud"))
    create_project(scene.home, owner(), ProjectDraft(name="fraud", questions=(question,)))
    config = {"project": "fraud", "questions": {"verdict": "label"}}
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=config)
    add_source(scene.home, owner(), draft)


def it_answers_again(scene):
    scene.kept["studio"].broken = False


def done(scene):
    worker = acting_worker_of(scene.home)
    while worker.step():
        pass


SCENARIO = Scenario(trouble=trouble, by_hand={"source connect": it_answers_again}, afterwards=done)
