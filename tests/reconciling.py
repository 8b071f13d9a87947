"""A source of a Label Studio on this machine, and what stands on record of it."""

from contextlib import contextmanager
from dataclasses import replace

from factories import owner
from studio_server import LEGACY, annotation, studio_serving, webhook

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.ingest import label_studio
from labeltrust.ingest._base import Delivery
from labeltrust.services.add_source import add_source
from labeltrust.services.connect_source import connect_source
from labeltrust.services.create_project import create_project
from labeltrust.services.platforms import platforms
from labeltrust.services.reconcile_source import reconcile_source
from labeltrust.store.drafts import Submission
from labeltrust.store.gold import gold_among
from labeltrust.store.judgments import read_judgments
from labeltrust.store.projects import project_row
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading

CONFIG = {"project": "fraud", "questions": {"verdict": "label"}, "gold_accounts": [1]}
LATER = "2026-11-22T09:30:00.000000Z"


def with_source(deployment):
    """Return an installation whose source `ls` may read a platform on this machine."""
    networks = replace(deployment.settings, platform_networks="127.0.0.0/8")
    deployment = replace(deployment, settings=networks)
    question = Question(classes=("benign", "fraud"))
    create_project(deployment, owner(), ProjectDraft(name="fraud", questions=(question,)))
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=CONFIG)
    add_source(deployment, owner(), draft)
    return deployment


@contextmanager
def connected(here, studio, token=LEGACY):
    with studio_serving(studio) as (url, calls):
        draft = AccessDraft(url=url, remote="3", token=token, every_minutes=60)
        connect_source(here, owner(), "ls", draft)
        yield calls


def arrived(here, body):
    """Record a webhook as the server does, received now."""
    at = here.clock()
    parsed = label_studio.parse(
        Delivery(source="ls", body=body, headers={}, received_at=at, config=CONFIG)
    )
    submission = Submission(
        source="ls", body=body, parsed=parsed, received_at=at, parser="label-studio/1"
    )
    return Recorder(here.engine, here.vault).record([submission])[0]


def arrived_by(here, platform, body):
    """Record a webhook of another platform, received now."""
    at, found = here.clock(), platforms()[platform]
    config = {"project": "fraud"}
    parsed = found.parse(
        Delivery(source="ls", body=body, headers={}, received_at=at, config=config)
    )
    submission = Submission(
        source="ls", body=body, parsed=parsed, received_at=at, parser=found.parser_version
    )
    return Recorder(here.engine, here.vault).record([submission])[0]


def sent(here, studio, task, number, choice="fraud", **more):
    """Let somebody annotate, and its webhook arrive."""
    studio.annotate(task, number, choice, **more)
    told = annotation(number, choice, **more)
    arrived(here, webhook("ANNOTATION_CREATED", task, told))


def standing(here):
    """Return what stands, as (item, labeler, label)."""
    found = read_judgments(here.engine, "fraud")
    with here.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, outside_id FROM item_alias").all()
    items = dict(rows)
    return sorted(
        (items[item], found.labelers[who].name, found.words[word])
        for item, who, word in zip(found.item, found.labeler, found.label, strict=True)
    )


def gold(here, item="1"):
    with reading(here.engine) as session:
        row = project_row(session, "fraud")
        return gold_among(session, here.vault, row, "ls", [item]).get((item, "label"))


def pulled(here, clock, **more):
    clock.tick(3600)
    return reconcile_source(here, owner(), "ls", **more)
