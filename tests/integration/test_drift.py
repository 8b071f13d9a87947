"""Features of incoming items on real databases: what is kept, told, and said by the command."""

from datetime import timedelta

import numpy as np
import pytest
from commands import commands
from factories import label, owner
from receivers import channel, near, receiving, told
from recorded import project, record

from labeltrust.domain.errors import NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.measure_drift import measure_drift, show_drift, watch_drift
from labeltrust.services.slis.document import show_slis
from labeltrust.store import arrivals as store_arrivals

WEEK = timedelta(days=7)


def came(deployment, rng, tag, n=300, *, mean=0.0, **more):
    """Have some items come now, three labels in one delivery's worth of events each."""
    events = [
        label(f"{tag}-{k}", who, item_features={"amount": float(amount), "country": str(country)})
        for k, amount, country in zip(
            range(n), rng.normal(mean, 1, n).round(3), rng.choice(["SE", "NO"], n), strict=True
        )
        for who in ("alice", "bob")
    ]
    record(deployment, events, **more)


@pytest.fixture
def weeks(deployment, clock):
    """Four weeks of items, and a fifth that begins now."""
    project(deployment)
    rng = np.random.default_rng(1)
    for week in range(4):
        came(deployment, rng, f"w{week}")
        clock.now += WEEK
    return rng


def test_a_shift_is_found_told_once_and_over_when_it_is_over(deployment, clock, weeks):
    deployment = near(deployment)
    with receiving() as receiver:
        channel(deployment, "webhook", receiver.url, codes=("feature_drift",))
        came(deployment, weeks, "now", mean=1.0)
        clock.tick(60)
        watch_drift(deployment)
        watch_drift(deployment)
        told(deployment, clock)
        [alert] = list_alerts(deployment, owner())
        clock.now += WEEK * 2
        watch_drift(deployment)
        told(deployment, clock, times=12, seconds=61)

    assert alert.code == "feature_drift"
    words = [document["type"] for document in receiver.documents]
    assert words == ["drift.found", "drift.over"]
    assert receiver.documents[0]["data"]["feature"] == "amount"
    assert "feature_drift" not in {one.code for one in list_alerts(deployment, owner())}


def test_what_is_kept_says_what_was_compared(deployment, clock, weeks):
    came(deployment, weeks, "now", mean=1.0)
    clock.tick(60)

    found = measure_drift(deployment, owner(), "fraud")

    assert found == show_drift(deployment, owner(), "fraud")
    assert (found["items"], found["alarms"]) == (1500, 1)
    first = found["features"][0]
    assert (first["feature"], first["source"], first["alarm"]) == ("amount", "feed", True)
    assert (first["n"], first["before"]) == (300, 1200)
    assert first["psi"]["low"] > 0.25
    calm = [line for line in found["features"] if line["feature"] == "country"]
    assert not any(line["alarm"] for line in calm)
    assert {line["ks"]["value"] for line in calm} == {None}


def test_items_are_sampled_and_all_are_counted(deployment, clock, weeks, monkeypatch):
    monkeypatch.setattr(store_arrivals, "MOST_A_DAY", 150)
    monkeypatch.setattr(store_arrivals, "_SLICE", 70)
    came(deployment, weeks, "now")
    clock.tick(60)

    found = measure_drift(deployment, owner(), "fraud")

    assert found["items"] == 1500
    assert {(line["n"], line["before"]) for line in found["features"]} == {(150, 600)}


def test_an_item_counts_once_and_when_it_first_came(deployment, clock, weeks):
    came(deployment, weeks, "w0", mean=5.0)
    clock.tick(60)

    found = measure_drift(deployment, owner(), "fraud")

    assert found["items"] == 1200
    assert {line["n"] for line in found["features"]} == {0}


def test_a_project_without_features_is_empty_and_says_when_it_was_looked_at(deployment):
    project(deployment)
    record(deployment, [label()])

    before = show_drift(deployment, owner(), "fraud")
    found = measure_drift(deployment, owner(), "fraud")

    assert (before["measured_at"], before["features"]) == (None, [])
    assert found["measured_at"] is not None
    assert (found["items"], found["features"], found["alarms"]) == (0, [], 0)


def test_projects_out_of_scope_are_not_there_and_readers_only_read(deployment):
    project(deployment)
    project(deployment, "theirs", source="other")
    reader = Principal(name="key:r", role="reviewer", projects=frozenset({"fraud"}))

    assert show_drift(deployment, reader, "fraud")["alarms"] == 0
    with pytest.raises(NotFound):
        show_drift(deployment, reader, "theirs")
    with pytest.raises(NotAllowed):
        measure_drift(deployment, reader, "fraud")


def test_the_command_prints_what_drifted(deployment, clock, weeks, monkeypatch, capsys):
    came(deployment, weeks, "now", mean=1.0)
    clock.tick(60)
    run = commands(deployment.settings, monkeypatch, capsys)

    empty = run("drift", "--project", "fraud")
    document = run("drift", "--project", "fraud", "--json").document

    assert empty.code == 0
    assert document["project"] == "fraud"
    assert run("drift", "--project", "nothing").code == 2


def test_the_looks_of_the_hours_are_an_indicator_by_source(deployment, clock, weeks):
    before = {one.id: one for one in show_slis(deployment, owner(), "fraud").slis}["M2"]
    came(deployment, weeks, "now", mean=1.0)
    for _ in range(3):
        clock.tick(3600)
        watch_drift(deployment)
    watch_drift(deployment)

    found = [one for one in show_slis(deployment, owner(), "fraud").slis if one.id == "M2"]

    assert before.value.reason == "nobody looked at features yet"
    assert [one.source for one in found] == [None, "feed"]
    assert [one.bad_n for one in found] == [6, 6]
    assert "12" in found[0].value.reason
