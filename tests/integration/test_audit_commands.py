"""`labeltrust audit draw` with every way to choose items, from the price to the result."""

import pytest
from audited import crowd, person, truth_of
from commands import commands
from factories import label
from flagging import flagged
from recorded import record

from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks

DRAW = ("audit", "draw", "-p", "fraud", "--labeler", "mallory", "--seed", 7)


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


@pytest.fixture
def wrong(deployment):
    """The share of wrong labels of each labeler."""
    return crowd(deployment)


@pytest.fixture
def frauds(deployment, wrong):
    return deployment


def parts_of(said):
    return [(p["label"], p["window"], p["signal"]) for p in said.document["strata"]]


@pytest.mark.parametrize(
    ("stratify", "told"),
    [
        ("none", (False, False)),
        ("", (False, False)),
        ("class", (True, False)),
        ("time", (False, True)),
        (" class , time ", (True, True)),
        ("time,signal", (False, True)),
    ],
)
def test_stratify_says_by_what_the_sample_is_told_apart(cli, frauds, clock, stratify, told):
    clock.tick(86_400)
    for who, what in (("mallory", "benign"), ("honest-a", "fraud")):
        record(frauds, [label(f"txn-{n}", who, label=what) for n in range(400, 460, 4)])

    said = cli(*DRAW, "--size", 40, f"--stratify={stratify}", "--dry-run", "--json")

    parts = parts_of(said)
    by_class = {label for label, _, _ in parts} == {"benign", "fraud"}
    by_time = all(window is not None for _, window, _ in parts) and len(parts) > 2
    assert (by_class, by_time) == told
    assert sum(p["population"] for p in said.document["strata"]) == 135
    assert sum(p["drawn"] for p in said.document["strata"]) == said.document["items"] == 40


def test_stratify_outdoes_all_classes(cli, frauds):
    alone = cli(*DRAW, "--all-classes", "--dry-run", "--json")
    both = cli(*DRAW, "--all-classes", "--stratify", "class", "--dry-run", "--json")

    assert {label for label, _, _ in parts_of(alone)} == {None}
    assert {label for label, _, _ in parts_of(both)} == {"benign", "fraud"}


def test_what_signals_rest_on_is_drawn_from_and_told(cli, frauds):
    evidence = {"signals": {"targeted_flip": {"detail": {"true": "fraud", "said": "benign"}}}}
    flag = flagged(frauds, "mallory", since=None, evidence=evidence)
    draw = ("audit", "draw", "-p", "fraud", "--flag", flag, "--size", 60, "--seed", 7)

    priced = cli(*draw, "--stratify", "signal", "--dry-run")
    drawn = cli(*draw, "--stratify", "signal", "--twice", 0)
    answered(frauds, 1)
    result = cli("audit", "result", 1)

    assert "benign where others say fraud" in priced.out
    assert drawn.code == 0
    assert "audit 1 is drawn" in drawn.out
    told = next(x for x in result.out.splitlines() if "benign where others say fraud" in x)
    assert "n=" in told


def answered(deployment, audit):
    ann = person("ann")
    tasks = audit_tasks(deployment, ann, audit, limit=500).tasks
    said = [VerdictDraft(task=task.task, label=truth_of(task.item)) for task in tasks]
    record_verdicts(deployment, ann, audit, said)


def test_a_draw_by_the_posterior_tells_what_is_to_be_expected_and_weighs_it_back(
    cli, frauds, wrong
):
    draw = (*DRAW, "--sampling", "posterior", "--size", 40, "--twice", 0)
    priced, usual = cli(*draw, "--dry-run"), cli(*DRAW, "--size", 40, "--dry-run")
    drawn = cli(*draw, "--json").document
    answered(frauds, drawn["id"])
    result = cli("audit", "result", drawn["id"], "--json").document

    assert "to be expected, if the posterior is right" in priced.out
    assert "to be expected" not in usual.out
    assert drawn["cost"]["expected"] < drawn["cost"]["margin"]
    assert result["plan"]["sampling"] == "posterior"
    assert result["error_rate"]["low"] <= wrong["mallory"] <= result["error_rate"]["high"]


def test_what_may_stop_early_is_priced_as_it_is_drawn(cli, frauds):
    draw = (*DRAW, "--size", 40, "--stop-early", "--stratify", "class,time", "--json")

    priced, drawn = cli(*draw, "--dry-run").document, cli(*draw).document

    assert priced["strata"] == drawn["cost"]["strata"]
    assert {part["window"] for part in priced["strata"]} == {None}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--stratify", "colour"], "stratify: stratify is 'colour', must be some of class, time"),
        (["--stratify", "class,\x1b[31m"], "must be some of class, time, signal"),
        (["--sampling", "cunning"], "sampling is 'cunning'"),
        (["--sampling", "posterior", "--stop-early"], "posterior"),
        (["--size", 40, "--margin", 0.1], "a size or a margin, not both"),
    ],
)
def test_a_design_that_is_none_is_one_clear_line(cli, frauds, options, words):
    said = cli(*DRAW, *options)

    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "\x1b" not in said.err
    assert cli("audit", "list", "-p", "fraud", "--json").document == []
