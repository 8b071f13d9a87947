"""One server on SQLite: what others do beside it, what it does by itself, how it ends."""

import json
import os
import shutil
import signal
import stat
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client as Line
from pathlib import Path

import httpx
import pytest
from crowds import FLIP, small_crowd
from factories import owner
from servers import children_of, labeltrust, serving, until

from labeltrust.app import build_deployment
from labeltrust.client import Client
from labeltrust.domain.errors import GateClosed, NotFound, NotProven
from labeltrust.services.list_flags import list_flags
from labeltrust.services.verify_files import verify_files
from labeltrust.settings import Settings

FAST = {"LABELTRUST_ASSESS_AFTER_SECONDS": "0.2"}
NEVER = {
    "LABELTRUST_ASSESS_AFTER_SECONDS": "3000",
    "LABELTRUST_ASSESS_AT_MOST_EVERY_SECONDS": "3600",
}


def installation(template, folder):
    home = folder / "var"
    home.mkdir()
    shutil.copy(template, home / "labeltrust.db")
    return Settings(home=home)


@pytest.fixture
def installed(sqlite_template, tmp_path):
    return installation(sqlite_template, tmp_path)


@pytest.fixture(scope="module")
def shared(sqlite_template, tmp_path_factory):
    """An installation whose server runs during all tests that only ask it something."""
    settings = installation(sqlite_template, tmp_path_factory.mktemp("shared"))
    with serving(settings, **NEVER) as server:
        yield settings, server


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Labels and gold of a small crowd, as files."""
    folder = tmp_path_factory.mktemp("files")
    rows, gold = ["item,labeler,label,created_at"], ["item,label"]
    for event in small_crowd(FLIP, seed=0).events:
        if event.type == "label.submitted":
            at = event.occurred_at.isoformat()
            rows.append(f"{event.item},{event.labeler},{event.label},{at}")
        else:
            gold.append(f"{event.item},{event.label}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    (folder / "gold.csv").write_text("\n".join(gold) + "\n")
    return folder


def load(settings, files, project="fraud"):
    gold = str(files / "gold.csv")
    return labeltrust(
        settings, "import", str(files / "labels.csv"), "-p", project, "--gold", gold, "--json"
    )


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["worker"]])
def test_a_second_server_and_a_worker_are_refused_while_one_serves(shared, command):
    settings, server = shared

    said = labeltrust(settings, *command)

    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert f"pid {server.process.pid}" in said.stderr


def test_import_and_assess_are_handed_over_to_the_running_server(shared, files):
    settings, server = shared

    loaded = load(settings, files)
    assessed = labeltrust(settings, "assess", "-p", "fraud", "--json")
    refused = labeltrust(settings, "assess", "-p", "nope")

    assert json.loads(loaded.stdout)["accepted"] == 2400
    assert len(json.loads(assessed.stdout)["flags_opened"]) == 1
    assert (refused.returncode, "no project 'nope'" in refused.stderr) == (2, True)
    # The server counted in its child, or there would be none.
    assert any("spawn_main" in line for line in children_of(server.process.pid).values())


def test_handed_over_work_is_done_with_the_rights_of_who_asked_for_it(shared, files):
    settings, _ = shared
    load(settings, files)
    made = labeltrust(settings, "key", "create", "x", "--role", "reviewer")

    refused = labeltrust(settings, "assess", "-p", "fraud", LABELTRUST_KEY=made.stdout.strip())

    assert (refused.returncode, "may not assess" in refused.stderr) == (2, True)


def test_a_stranger_without_the_token_is_not_listened_to(shared):
    settings, _ = shared
    known = json.loads((settings.home / "run" / "server.json").read_text())

    with pytest.raises(AuthenticationError):
        Line(known["socket"], "AF_UNIX", authkey=b"guessed")
    after = labeltrust(settings, "assess", "-p", "nope")

    assert "no project" in after.stderr


def test_a_port_that_is_taken_is_one_clear_line(shared, tmp_path):
    _, server = shared

    said = labeltrust(Settings(home=tmp_path), "serve", "--port", server.url.rpartition(":")[2])

    assert said.returncode == 2
    assert "cannot listen on 127.0.0.1" in said.stderr


def test_the_client_stops_a_pipeline_until_the_gate_opens(shared, files, tmp_path):
    settings, server = shared
    load(settings, files, "piped")
    key = labeltrust(settings, "key", "create", "ci", "--role", "ml_engineer").stdout.strip()

    with Client(server.url, key=key) as client:
        with pytest.raises(GateClosed) as closed:
            client.require_open_gate("piped")
        assert len(client.assess("piped")["flags_opened"]) == 1
        assert client.require_open_gate("piped").open
        made = client.create_snapshot("piped")
        pem = labeltrust(settings, "snapshot", "key").stdout
        path = client.download_snapshot(made["snapshot"], tmp_path / "taken", public_key=pem)
        assert verify_files(path.parent, pem.encode()).ok
        assert client.assessment("piped")["labels"] == 2400
        with pytest.raises(NotFound):
            client.gate("a/b @")
    with Client(server.url, key="lt_wrong") as stranger, pytest.raises(NotProven):
        stranger.gate("piped")

    assert closed.value.reasons[0]["code"] == "nothing_assessed"
    assert path.stat().st_size == made["files"]["labels.parquet"]["bytes"]


def test_a_server_that_is_gone_gives_no_permission():
    with Client("http://127.0.0.1:1", key="lt_x") as client, pytest.raises(httpx.HTTPError):
        client.require_open_gate("fraud")


def test_the_address_of_the_server_is_for_its_user_alone_and_goes_with_it(installed):
    place = installed.home / "run" / "server.json"
    with serving(installed, **NEVER) as server:
        mode = stat.S_IMODE(place.stat().st_mode)
        known = json.loads(place.read_text())
        code = server.stop()

    assert mode == 0o600
    assert known["pid"] == server.process.pid
    assert (code, place.exists()) == (0, False)
    assert "Traceback" not in server.log.read_text()


def test_news_are_assessed_by_the_server_itself(installed, files):
    with serving(installed, **FAST):
        load(installed, files)
        deployment = build_deployment(installed)

        assert until(lambda: bool(list_flags(deployment, owner(), "fraud")))
    deployment.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_counting_process_ends_with_its_server(installed, files, number):
    with serving(installed, **NEVER) as server:
        load(installed, files)
        labeltrust(installed, "assess", "-p", "fraud")
        children = children_of(server.process.pid)

        server.stop(number)

        assert children
        assert until(lambda: not any(_runs(pid) for pid in children), 20.0)
    assert load(installed, files).returncode == 0  # the lock went with the process


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return ") Z" not in Path(f"/proc/{pid}/stat").read_text()


def test_a_pipeline_rebuilds_a_set_tells_its_model_and_finds_where_labels_went(shared, files):
    settings, server = shared
    load(settings, files, "rebuilt")
    key = labeltrust(settings, "key", "create", "ci2", "--role", "ml_engineer").stdout.strip()

    with Client(server.url, key=key) as client:
        first = client.create_snapshot("rebuilt")["snapshot"]
        labeler = client.assess("rebuilt")["labelers"][0]["labeler"]
        made = client.create_snapshot(
            "rebuilt", parent=first, without_labelers=[labeler], reason="bribed"
        )
        assert client.training_set("rebuilt") is None
        client.register_model(first, model="net", version="1")
        with pytest.raises(NotFound):
            client.create_snapshot("rebuilt", without_labelers=["nobody"])
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}) as http:
        used = http.post(f"/v1/snapshots/{made['snapshot']}/use", json={"reason": "no bribes"})
        current = http.get("/v1/projects/rebuilt/training-set").json()
        traced = http.get("/v1/projects/rebuilt/lineage", params={"labeler": labeler}).json()

    assert made["excluded"][-1]["reason"] == "bribed"
    assert used.status_code == 200
    assert current["current"]["snapshot"] == made["snapshot"]
    assert [one["snapshot"] for one in traced["snapshots"]] == [first]
    assert traced["models"][0]["version"] == "1"
