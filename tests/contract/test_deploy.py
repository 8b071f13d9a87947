"""The example deployment names things that exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from labeltrust.cli import app
from labeltrust.settings import PREFIX, read_settings

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
ROOT = DEPLOY.parents[1]


def test_the_image_copies_what_is_there():
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--" not in line]
    assert copied
    for sources in copied:
        for source in sources:
            assert (ROOT / source).exists(), source


def test_the_image_copies_all_that_the_package_takes_in():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    taken = (ROOT / "pyproject.toml").read_text("utf-8").partition("force-include]")[2]
    for folder in re.findall(r'^"([^"]+)" = ', taken.partition("[tool.ruff]")[0], re.MULTILINE):
        assert re.search(rf"^COPY {re.escape(folder)} ", text, re.MULTILINE), folder


@pytest.mark.parametrize("name", ["labeltrust.service", "Containerfile", "nginx.conf", "README.md"])
def test_settings_and_commands_are_those_there_are(name):
    text = (DEPLOY / name).read_text("utf-8")
    names = set(re.findall(rf"{PREFIX}[A-Z_]+", text))
    samples = {"PUBLIC_URL": "https://x", "TRUSTED_PROXIES": "127.0.0.1/32", "TRACING": "true"}
    for found in names:
        word = found.removeprefix(PREFIX)
        read_settings({found: samples.get(word, "x" if word != "DATABASE_URL" else "sqlite:///x")})
    said = re.findall(r"bin/labeltrust ([a-z]+)|`labeltrust ([a-z]+)", text)
    assert {a or b for a, b in said} <= set(get_command(app).commands)
