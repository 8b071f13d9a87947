"""A page for every platform: its commands are run as they stand, and then an event arrives."""

import asyncio
import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from documented import Reader, matches, steps_of
from origin_proofs import proof
from platform_samples import SAMPLES

from labeltrust import ingest
from labeltrust.app import build_deployment
from labeltrust.discovery import discover
from labeltrust.ingest._base import Platform
from labeltrust.services.intake import Intake
from labeltrust.services.receive_delivery import receive_delivery
from labeltrust.settings import read_settings

PLATFORMS = discover(ingest, "PLATFORM", Platform)
FOLDER = Path(__file__).parents[2] / "docs" / "platforms"
SECTIONS = (
    "In labeltrust", "On the platform", "Did it arrive?", "What it does not tell", "Limits",
)  # fmt: skip
GIVEN = base64.b64encode(b"made by the platform, 32 bytes!!").decode()
every_page = pytest.mark.parametrize("module", PLATFORMS)


def page(module) -> Path:
    return FOLDER / f"{PLATFORMS[module].name}.md"


@every_page
def test_a_page_has_its_sections_and_the_adapters_mark(module):
    text = page(module).read_text("utf-8")

    assert tuple(re.findall(r"^## (.*)$", text, re.MULTILINE)) == SECTIONS
    assert text.startswith(f"# {PLATFORMS[module].title}\n")
    mark = PLATFORMS[module].mark
    assert not mark or f"> The adapter is {mark}." in text
    assert mark or "The adapter is" not in text


def test_the_table_names_every_page_and_the_readme_the_table():
    table = (FOLDER / "README.md").read_text("utf-8")
    named = re.findall(r"\]\(([a-z0-9-]+\.md)\)", table)

    assert sorted(named) == sorted(page(module).name for module in PLATFORMS)
    assert {path.name for path in FOLDER.glob("*.md")} == {*named, "README.md"}
    assert "docs/platforms/" in (FOLDER.parents[1] / "README.md").read_text("utf-8")


@pytest.fixture
def reader(tmp_path, monkeypatch):
    """Somebody with an empty folder who has saved what the platform made."""
    monkeypatch.chdir(tmp_path)
    for name in ("LABELTRUST_DATABASE_URL", "LABELTRUST_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABELTRUST_HOME", str(tmp_path / "var"))
    for name in ("argilla", "encord"):
        (tmp_path / f"{name}.secret").write_text(f"{GIVEN}\n")
    return Reader(monkeypatch=monkeypatch)


@every_page
def test_every_command_of_a_page_works_and_then_an_event_arrives(module, reader, monkeypatch):
    name, secret, shown = PLATFORMS[module].name, GIVEN, {}
    steps = list(steps_of(page(module)))
    assert [step.code.split(" --")[0] for step in steps[:2]] == [
        "labeltrust project create fraud", f"labeltrust source add {name}",
    ]  # fmt: skip

    for step in steps:
        if step.code.startswith("labeltrust source show"):
            shown["before"] = json.loads(reader.typed(f"labeltrust source show {name} --json"))
            arrived = received(module, name, secret)
            shown["after"] = json.loads(reader.typed(f"labeltrust source show {name} --json"))
        said = reader.follow(step)
        assert reader.code == 0, step.code
        assert step.shown is None or matches(step.shown, said), f"{step.code}\n{said}"
        if said.startswith("whsec_"):
            secret = said.strip()

    assert arrived.problems == ()
    assert arrived.accepted + arrived.pulls > 0
    before, after = shown["before"], shown["after"]
    assert (before["activity"]["day"]["accepted"], before["pulls"]) == (0, 0)
    assert after["activity"]["day"]["accepted"] == arrived.accepted
    assert after["pulls"] == arrived.pulls
    assert after["mark"] == PLATFORMS[module].mark


def received(module, name, secret):
    """Send the first delivery that a page makes ready for, with labels that its project knows."""
    headers, sample = SAMPLES[module][-1 if module == "huggingface_hub" else 0]
    told = json.dumps(sample).replace('"label": ["x"]', '"label": "fraud"')
    told = told.replace('"label": "x"', '"label": "fraud"')
    told = told.replace('"from_name": "v"', '"from_name": "verdict"')
    body = told.replace('"choices": ["x", "y"]', '"choices": ["fraud"]').encode()
    deployment = build_deployment(read_settings({"LABELTRUST_HOME": "var"}))
    proven = proof(module, secret, body, datetime.now(tz=UTC))

    async def receive():
        with Intake(deployment) as intake:
            return await receive_delivery(intake, name, body, {**headers, **proven})

    try:
        return asyncio.run(receive())
    finally:
        deployment.engine.dispose()
