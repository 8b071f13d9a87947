"""Every route by Schemathesis: made-up requests against a real server with real rows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from databases import copied, migrated_file, migrated_template, running_postgres
from fuzz.installation import KNOWN, fill, key_of_somebody
from servers import serving

from labeltrust.app import build_deployment
from labeltrust.settings import Settings

# That a body is of the right shape does not make its words true: a missing labeler is 404.
# A batch of events is answered 202 with the problem of each inside, so that one spoils no other.
# A project that was just made is there; the labeler who is to be frozen in it is not: 404 again.
LEFT_OUT = (
    "positive_data_acceptance",
    "negative_data_rejection",
    "ensure_resource_availability",
)
# A rate would end the run before it begins; everything else is as people have it.
FREE = {"LABELTRUST_KEY_REQUESTS_A_MINUTE": "0", "LABELTRUST_SOURCE_REQUESTS_A_MINUTE": "0"}


@dataclass(frozen=True)
class Run:
    """One run of Schemathesis: whose key, known names or made-up ones, how long, by chance or not.

    The short run of the suite tries the same every time: what it finds is found by everybody.
    """

    role: str
    known: bool
    seconds: int
    by_chance: bool = True


@contextmanager
def installed(database: str, home: Path) -> Iterator[Settings]:
    """Give settings of an empty installation on `sqlite` or `postgres`."""
    home.mkdir(parents=True, exist_ok=True)
    if database == "sqlite":
        migrated_file(home).rename(home / "labeltrust.db")
        yield Settings(home=home)
        return
    with running_postgres() as server, copied(server, migrated_template(server)) as url:
        yield Settings(home=home, database_url=url, unsafe_durability=True)


def fuzzed(settings: Settings, runs: list[Run], folder: Path) -> list[str]:
    """Fill an installation, serve it, run, and return what each run that failed said."""
    deployment = build_deployment(settings)
    fill(deployment)
    keys = [key_of_somebody(deployment, run.role, n) for n, run in enumerate(runs)]
    deployment.engine.dispose()
    said = []
    with serving(settings, **FREE) as server:
        for n, run in enumerate(runs):
            found = _run(server.url, keys[n], run, folder / f"run-{n}")
            said += [found] if found else []
        assert httpx.get(f"{server.url}/health/live").status_code == httpx.codes.OK
    return said


def _run(url: str, key: str, run: Run, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "schemathesis.toml"
    config.write_text(_parameters() if run.known else "", "utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
        f"{url}/schema/openapi.json", "--header", f"Authorization: Bearer {key}",
        "--checks", "all", "--exclude-checks", ",".join(LEFT_OUT), "--max-time", str(run.seconds),
        "--continue-on-failure", "--no-color", "--warnings", "off", "--request-timeout", "60",
        "--max-response-time", "60",
        "--suppress-health-check", "all", "--no-shrink",
    ]  # fmt: skip
    # What is drawn the same every time keeps no database of earlier failures anyway.
    by_chance = ["--generation-database", "none"]
    command += by_chance if run.by_chance else ["--generation-deterministic"]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    (folder / "said.txt").write_text(done.stdout + done.stderr, "utf-8")
    return "" if done.returncode == 0 else f"{run}\n{done.stdout}{done.stderr}"


def _parameters() -> str:
    lines = [f'"path.{name}" = {json.dumps(value)}' for name, value in KNOWN.items()]
    return "\n".join(["[parameters]", *lines, ""])
