"""A replayed history: who would have been flagged when, beside what really happened."""

from datetime import timedelta

import pytest
from commands import commands
from crowds import FLIP, small_crowd
from factories import owner
from recorded import history, project, record

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.notebook import Project
from labeltrust.services.assess_project import assess_project
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.what_if import WhatIfDraft, what_if

PARTS = 4


@pytest.fixture
def fraud(deployment, clock):
    """A suspect whose labels came in four parts, flagged at the end of the last day."""
    project(deployment)
    events = small_crowd(FLIP, seed=0).events
    size = -(-len(events) // PARTS)
    for part in range(PARTS):
        record(deployment, events[part * size : (part + 1) * size])
        clock.now += timedelta(days=1)
    assess_project(deployment, owner(), "fraud")
    return deployment


def replayed(deployment, **more):
    return what_if(deployment, owner(), WhatIfDraft(project="fraud", **more))


def test_a_replay_tells_who_would_have_been_flagged_earlier(fraud):
    (flag,) = list_flags(fraud, owner(), "fraud")
    told = []

    found = what_if(
        fraud, owner(), WhatIfDraft(project="fraud", looks=PARTS), lambda *step: told.append(step)
    )

    one = next(row for row in found.labelers if row.labeler == flag.labeler)
    assert told == [(n, PARTS) for n in range(1, PARTS + 1)]
    assert one.really_at == flag.opened_at
    assert one.really_signals == flag.signals
    assert one.then_at in found.looks
    assert one.then_at < one.really_at
    assert one.between == one.labels - one.labels_then
    assert "targeted_flip" in one.then_signals


def test_a_replay_writes_nothing(fraud):
    before = len(history(fraud))

    replayed(fraud, looks=2, thresholds={"flag_rate": 0.3})

    assert len(history(fraud)) == before
    assert len(list_flags(fraud, owner(), "fraud")) == 1


def test_where_nobody_is_left_to_compare_with_nobody_is_flagged(fraud):
    (flag,) = list_flags(fraud, owner(), "fraud")
    names = [entry["labeler"] for entry in read_assessment(fraud, owner(), "fraud")["labelers"]]
    peers = tuple(name for name in names if name != flag.labeler)

    found = replayed(fraud, looks=1, without=peers, thresholds={"flag_rate": 0.01})

    assert found.changed == {"flag_rate": (0.05, 0.01)}
    assert [(row.then_at, row.between) for row in found.labelers] == [(None, None)]
    assert found.labelers[0].really_at == flag.opened_at


def test_without_the_suspect_nobody_is_left_to_be_told(fraud):
    (flag,) = list_flags(fraud, owner(), "fraud")

    found = replayed(fraud, looks=1, without=(flag.labeler,))

    assert flag.labeler not in {row.labeler for row in found.labelers}


def test_looks_follow_days_and_the_last_one_sees_everything(fraud):
    found = replayed(fraud, every_days=1.5)

    steps = {b - a for a, b in zip(found.looks[:-2], found.looks[1:-1], strict=True)}
    assert steps <= {timedelta(days=1.5)}
    assert len(found.looks) == 2
    assert replayed(fraud, looks=1).looks == found.looks[-1:]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"looks": 0}, InvalidInput),
        ({"clock": "told"}, InvalidInput),
        ({"every_days": 0.0}, InvalidInput),
        ({"every_days": 0.0001}, InvalidInput),
        ({"thresholds": {"panic": 1.0}}, InvalidInput),
        ({"without": ("nobody",)}, NotFound),
    ],
)
def test_what_cannot_be_replayed_is_refused(plain, more, error):
    with pytest.raises(error):
        replayed(plain, **more)


@pytest.fixture
def plain(deployment, clock):
    project(deployment)
    events = small_crowd(FLIP, seed=0).events[:40]
    record(deployment, events[:20])
    clock.now += timedelta(days=1)
    record(deployment, events[20:])
    return deployment


def test_a_project_without_labels_has_nothing_to_replay(deployment):
    project(deployment)

    found = replayed(deployment)

    assert (found.looks, found.labelers) == ((), ())


def test_the_command_prints_a_table_and_a_document(fraud, settings, monkeypatch, capsys):
    command = commands(settings, monkeypatch, capsys)
    (flag,) = list_flags(fraud, owner(), "fraud")

    said = command("whatif", "-p", "fraud", "--looks", 2, "--set", "flag_rate=0.1")
    told = command("whatif", "-p", "fraud", "--looks", 2, "--json")
    wrong = command("whatif", "-p", "fraud", "--without-labeler", "nobody")

    assert said.code == 0
    assert "flag_rate: 0.05 in force, 0.1 here" in said.out
    assert flag.labeler in said.out
    assert told.document["labelers"][0]["labeler"] == flag.labeler
    assert (wrong.code, "nobody" in wrong.err) == (2, True)


def test_a_notebook_gets_a_tidy_frame_and_a_chart(fraud):
    report = Project(deployment=fraud, name="fraud").what_if(looks=PARTS)

    frame = report.frame()
    assert str(frame["then_at"].dt.tz) == "UTC"
    assert frame["labeler"].tolist() == [row.labeler for row in report.found.labelers]
    drawn = report.chart().to_dict()
    assert drawn["title"]["text"] == "First flagged in the replay, and really"
