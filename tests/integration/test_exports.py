"""A snapshot in the forms that others read."""

import csv
import json

import pyarrow.parquet as pq
import pytest
from commands import commands
from factories import gold, label, owner
from huggingface_hub import DatasetCard
from recorded import project, record

from labeltrust.domain.errors import InvalidInput, Tampered
from labeltrust.domain.projects import Question
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.export_snapshot import export_snapshot
from labeltrust.services.verify_snapshot import snapshot_file

ASKED = (
    Question(classes=("benign", "fraud")),
    Question(name="sum", scale="interval"),
    Question(name="tags", scale="set", classes=("a", "b")),
)


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """Files are written the same from either database."""
    from shutil import copy  # noqa: PLC0415

    from labeltrust.settings import Settings  # noqa: PLC0415

    copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path)


@pytest.fixture
def made(deployment):
    project(deployment, questions=ASKED)
    record(
        deployment,
        [
            label("=i1", "alice", label="fraud"),
            label("=i1", "bob", label="fraud"),
            label("=i1", "alice", question="sum", label=2.5),
            label("=i1", "alice", question="tags", label=["a", "b"]),
            label("i2", "alice"),
            label("i2", "bob", label="fraud"),
            gold("=i1", label="fraud"),
        ],
    )
    create_snapshot(deployment, owner(), "fraud")
    return deployment


def exported(deployment, tmp_path, form):
    place = tmp_path / "out"
    export_snapshot(deployment, owner(), 1, form=form, out=place)
    return place


def test_parquet_is_the_file_itself(made, tmp_path):
    path = exported(made, tmp_path, "parquet")

    assert path.read_bytes() == snapshot_file(made, owner(), 1, "labels.parquet").read_bytes()


def test_json_lines_hold_every_row_with_null_for_what_is_not_known(made, tmp_path):
    lines = exported(made, tmp_path, "jsonl").read_text("utf-8").splitlines()

    rows = [json.loads(line) for line in lines]
    assert rows == pq.read_table(snapshot_file(made, owner(), 1, "labels.parquet")).to_pylist()
    assert {row["label"] for row in rows if row["item"] == "i2"} == {None}


def test_no_cell_of_the_csv_is_a_formula(made, tmp_path):
    with exported(made, tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["item"] for row in rows} == {"'=i1", "i2"}
    assert {row["tied"] for row in rows if row["item"] == "i2"} == {"true"}
    assert {row["value"] for row in rows if row["question"] == "sum"} == {"2.5"}


def test_the_folder_for_datasets_has_a_card_that_names_files_and_features(made, tmp_path):
    folder = exported(made, tmp_path, "hf")

    head = DatasetCard.load(folder / "README.md").data.to_dict()
    assert head["license"] == "unknown"
    (labels, judgments) = head["dataset_info"]
    for config, info in zip(head["configs"], (labels, judgments), strict=True):
        assert config["config_name"] == info["config_name"]
        (path,) = folder.glob(config["data_files"][0]["path"])
        table = pq.read_table(path)
        assert [one["name"] for one in info["features"]] == table.column_names
        assert info["splits"][0]["num_examples"] == table.num_rows
        assert info["splits"][0]["num_bytes"] == info["dataset_size"] > 0
    kinds = {one["name"]: one["dtype"] for one in judgments["features"]}
    assert (kinds["item"], kinds["labeler_id"]) == ("string", "int64")
    assert kinds["received_at"] == "timestamp[us, tz=UTC]"
    assert (folder / "manifest.sig").stat().st_size == 64


def test_tasks_for_label_studio_have_predictions_and_ground_truth(made, tmp_path):
    tasks = json.loads(exported(made, tmp_path, "label-studio").read_text("utf-8"))

    first, second = tasks
    assert first["data"] == {"item": "=i1"}
    results = {one["from_name"]: one for one in first["predictions"][0]["result"]}
    assert results["label"]["value"] == {"choices": ["fraud"]}
    assert results["sum"]["value"] == {"number": 2.5}
    assert results["tags"]["value"] == {"choices": ["a", "b"]}
    assert {one["to_name"] for one in results.values()} == {"item"}
    assert first["annotations"][0]["ground_truth"] is True
    assert second["predictions"] == second["annotations"] == []


def test_what_is_not_the_snapshot_any_more_is_not_exported(made, tmp_path):
    snapshot_file(made, owner(), 1, "labels.parquet").write_bytes(b"PAR1")

    with pytest.raises(Tampered):
        exported(made, tmp_path, "csv")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_and_no_form_made_up(made, tmp_path):
    (tmp_path / "out").write_text("mine")

    with pytest.raises(InvalidInput, match="there already"):
        exported(made, tmp_path, "csv")
    with pytest.raises(InvalidInput, match="unknown format"):
        export_snapshot(made, owner(), 1, form="xls", out=tmp_path / "other")
    with pytest.raises(InvalidInput, match="nowhere"):
        export_snapshot(made, owner(), 1, form="csv", out=tmp_path / "nowhere" / "x.csv")


def test_labels_that_a_form_cannot_hold_are_refused(deployment, tmp_path):
    project(deployment, questions=(Question(scale="spans"),))
    create_snapshot(deployment, owner(), "fraud")

    with pytest.raises(InvalidInput, match="scale spans"):
        exported(deployment, tmp_path, "label-studio")
    assert exported(deployment, tmp_path, "csv").read_text().startswith("item,question,label")


def test_the_command_says_what_it_wrote(made, settings, monkeypatch, capsys, tmp_path):
    cli = commands(settings, monkeypatch, capsys)

    done = cli("export", 1, "--format", "csv", "--out", tmp_path / "a.csv", "--json")
    again = cli("export", 1, "--format", "csv", "--out", tmp_path / "a.csv")

    assert (done.code, done.document["rows"]) == (0, 4)
    assert again.code == 2
