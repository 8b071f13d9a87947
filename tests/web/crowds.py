"""A small crowd with planted suspects and hostile names, assessed: something to look at."""

import json
from pathlib import Path

from factories import owner

from labeltrust.app import build_deployment
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.events import Event, Parsed
from labeltrust.services.add_source import add_source
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.assess_project import assess_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.settings import Settings
from labeltrust.simulate._crowd import Crowd
from labeltrust.simulate._frames import Words, to_frames
from labeltrust.simulate._plant import Planting, draw_planted
from labeltrust.store.drafts import Submission
from labeltrust.store.migrate import migrate
from labeltrust.store.recording import Recorder

HOSTILE_NAME = '"><script>alert(1)</script>\u202egnp.exe\u200b/@'
HOSTILE_TEXT = "<img src=x onerror=alert(1)>\u2066{{7*7}}${7*7}javascript:alert(1)"
FRAUD_CLASS = "fraud'\"<svg/onload=alert(1)>"


def assessed_home(home: Path, n_labelers: int = 20) -> Path:
    """Make a data folder with project `fraud`: labelers, one of them constant and hostile."""
    deployment = build_deployment(Settings(home=home))
    migrate(deployment.engine)
    labels, gold = _files(home, n_labelers)
    request = ImportRequest(path=labels, project="fraud", gold=gold)
    import_file(deployment, owner(), request, lambda _: None)
    _describe(deployment)
    assess_project(deployment, owner(), "fraud")
    ask_approval(
        deployment, owner(), "mass_lift", project="fraud", change={"freezes": [1]},
        reason=HOSTILE_TEXT,
    )  # fmt: skip
    deployment.engine.dispose()
    return home


def _files(home: Path, n_labelers: int) -> tuple[Path, Path]:
    import numpy as np  # noqa: PLC0415

    crowd = Crowd(
        n_labelers=n_labelers, n_items=20 * n_labelers, labels_per_item=5, class_shares=(0.6, 0.4)
    )
    planting = Planting(attack="constant", n_members=1, rate=1.0, to_class=0)
    scene = draw_planted(crowd, [planting], np.random.default_rng(11))
    words = Words(classes=("benign", FRAUD_CLASS), item="txn")
    made = to_frames(scene, words)
    names = {made.truth.labeler.iloc[0]: HOSTILE_NAME}
    labels, gold = home / "labels.csv", home / "gold.csv"
    made.labels.assign(labeler=made.labels.labeler.replace(names)).to_csv(labels, index=False)
    made.gold.to_csv(gold, index=False)
    with labels.open("a", encoding="utf-8") as file:
        file.write(f'{HOSTILE_TEXT},,"{HOSTILE_TEXT}",,\n')
    return labels, gold


def _describe(deployment: Deployment) -> None:
    """Give every item a hostile text."""
    draft = SourceDraft(
        name="acme", platform="generic", projects=("fraud",), id_space="source:import"
    )
    add_source(deployment, owner(), draft)
    events = tuple(
        Event(
            type="item.described", project="fraud", event_id=f"d{n}", item=f"txn-{n:03d}",
            content={"text": HOSTILE_TEXT, HOSTILE_NAME[:40]: [HOSTILE_TEXT]},
        )
        for n in range(1, 401)
    )  # fmt: skip
    submission = Submission(
        source="acme",
        body=json.dumps({"made": "up"}).encode(),
        parsed=Parsed(events=events, positions=tuple(range(len(events)))),
        received_at=deployment.clock(),
        parser="test/1",
    )
    Recorder(deployment.engine, deployment.vault).record([submission])
