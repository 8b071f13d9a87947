"""What rules and dashboards read is on /metrics of a server, and nothing of other projects."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from factories import label, owner
from recorded import record
from web.servers import running

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project

FOLDER = Path(__file__).parents[2] / "docs" / "deploy" / "observability"
METRIC = re.compile(r"\blabeltrust_[a-z0-9_]+")


def named() -> set[str]:
    """Return the metrics that rules and dashboards name."""
    texts = [path.read_text("utf-8") for path in FOLDER.iterdir() if path.stem != "rules_test"]
    return {name.removesuffix("_bucket") for text in texts for name in METRIC.findall(text)}


@pytest.fixture
def busy(deployment, fraud):
    draft = SourceDraft(name="feed", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    record(deployment, [label(f"i{k}", who) for k in range(60) for who in ("alice", "bob")])
    assess_project(deployment, owner(), "fraud")
    return deployment


async def test_every_metric_that_rules_and_dashboards_name_is_there(busy, key_of):
    headers = {"Authorization": f"Bearer {key_of('on_call')}"}
    with running(busy) as server:
        text = (await asyncio.to_thread(httpx.get, f"{server.url}/metrics", headers=headers)).text

    told = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert len(named()) > 15
    assert named() - told == set()


async def test_indicators_are_numbers_with_bounds_or_absent(busy, caller):
    text = (await caller("on_call").get("/metrics")).text

    lines = [line for line in text.splitlines() if line.startswith("labeltrust_sli_")]
    assert not [line for line in lines if line.endswith("NaN")]
    whose = 'measure="M4",name="anomalous_input_rate",project="fraud",source="feed"'
    (high,) = [ln for ln in lines if ln.startswith(f'labeltrust_sli_value{{bound="high",{whose}}}')]
    assert 0.0 < float(high.split()[-1]) < 0.1
    assert not [
        ln for ln in lines if 'measure="M1"' in ln and ln.startswith("labeltrust_sli_value")
    ]
    assert 'labeltrust_project_gate_open{project="fraud"} 1.0' in text
    assert "alice" not in text


async def test_a_key_of_another_project_sees_nothing_of_this_one(busy, other_project, caller):
    text = (await caller("on_call", projects=("theirs",)).get("/metrics")).text

    assert 'project="theirs"' in text

    assert 'project="fraud"' not in text
    assert '"feed"' not in text
