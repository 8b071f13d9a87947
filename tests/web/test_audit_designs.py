"""Audits over HTTP with every way to choose items: drawn, answered, told."""

import pytest
from audited import crowd, truth_of
from factories import label
from flagging import flagged
from recorded import record

AUDITS = "/v1/projects/fraud/audits"
BODY = {"labeler": "mallory", "reason": "accused", "size": 40, "seed": 7, "twice": 0.0}


@pytest.fixture
def wrong(deployment, clock):
    """A crowd whose labels came on two days; the share of wrong labels of each labeler."""
    found = crowd(deployment)
    clock.tick(86_400)
    for who, what in (("mallory", "benign"), ("honest-a", "fraud")):
        record(deployment, [label(f"txn-{n}", who, label=what) for n in range(400, 460, 4)])
    return found


@pytest.fixture
def fraud(wrong):
    """The project with that crowd, instead of an empty one."""


async def answered(client, audit):
    """Answer every task truthfully, as a reviewer does, and return the result."""
    tasks = (await client.get(f"/v1/audits/{audit}/tasks", params={"limit": 500})).json()["tasks"]
    said = [{"task": one["task"], "label": truth_of(one["item"])} for one in tasks]
    told = await client.post(f"/v1/audits/{audit}/verdicts", json={"verdicts": said})
    assert told.json()["left"] == 0


@pytest.mark.parametrize(
    ("stratify", "by_class", "windows"),
    [(None, True, 1), ([], False, 1), (["class"], True, 1), (["time"], False, 2),
     (["class", "time", "signal"], True, 2)],
)  # fmt: skip
async def test_stratify_says_by_what_the_sample_is_told_apart(
    caller, wrong, stratify, by_class, windows
):
    more = {} if stratify is None else {"stratify": stratify}

    made = await caller("qa_lead").post(AUDITS, json=BODY | more)

    strata = made.json()["cost"]["strata"]
    assert made.status_code == 201
    assert ({part["label"] for part in strata} == {"benign", "fraud"}) is by_class
    assert len({part["window"] for part in strata}) == windows
    assert sum(part["population"] for part in strata) == 135


async def test_rates_by_time_and_signal_are_in_the_result(caller, deployment, wrong):
    evidence = {"signals": {"targeted_flip": {"detail": {"true": "fraud", "said": "benign"}}}}
    flag = flagged(deployment, "mallory", since=None, evidence=evidence)
    body = {"flag": flag, "reason": "accused", "size": 80, "seed": 7, "twice": 0.0,
            "stratify": ["time", "signal"]}  # fmt: skip

    made = (await caller("qa_lead").post(AUDITS, json=body)).json()
    await answered(caller("reviewer"), made["audit"]["id"])
    result = (await caller("qa_lead").get(f"/v1/audits/{made['audit']['id']}/result")).json()

    signals = {part["name"]: part for part in result["by_signal"]}
    assert result["by_class"] == []
    assert len(result["by_time"]) == 2
    assert set(signals) == {"benign where others say fraud", "no signal"}
    flips = signals["benign where others say fraud"]["error_rate"]
    assert flips["low"] > signals["no signal"]["error_rate"]["high"]
    assert result["plan"]["by_time"] is result["plan"]["by_signal"] is True


async def test_a_draw_by_the_posterior_is_weighed_back(caller, wrong):
    made = (await caller("qa_lead").post(AUDITS, json=BODY | {"sampling": "posterior"})).json()
    await answered(caller("reviewer"), made["audit"]["id"])
    result = (await caller("qa_lead").get(f"/v1/audits/{made['audit']['id']}/result")).json()

    assert made["cost"]["expected"] < made["cost"]["margin"]
    assert result["plan"]["sampling"] == "posterior"
    raw = sum(part["wrong"] for part in result["by_kind"]) / result["audited"]
    assert raw > result["error_rate"]["value"]  # it went where labels are wrong, and knows it
    # the fifteen of the second day are all wrong
    is_wrong = (wrong["mallory"] * 120 + 15) / 135
    assert result["error_rate"]["low"] <= is_wrong <= result["error_rate"]["high"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"stratify": ["colour"]}, "'colour', must be some of class, time, signal"),
        ({"stratify": "class"}, "array"),
        ({"sampling": "cunning"}, "cunning"),
        ({"sampling": "posterior", "stops_early": True}, "posterior"),
    ],
)
async def test_a_design_that_is_none_is_refused_with_the_reason(caller, wrong, more, words):
    client = caller("qa_lead")

    answer = await client.post(AUDITS, json=BODY | more)

    assert answer.status_code in {400, 422}
    assert words in answer.text
    assert (await client.get(AUDITS)).json()["audits"] == []
