"""Archives: the very judgments of the history, made alike however often, and never the truth."""

import os
import signal
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from commands import commands, environment
from factories import label, owner
from histories import QUESTIONS, drawn_history, recorded_history
from recorded import project, record

from labeltrust.domain.errors import InvalidInput
from labeltrust.failpoints import VARIABLE
from labeltrust.services._identity import Named
from labeltrust.services.archiving.count_archive import count_archive
from labeltrust.services.archiving.read_archive import (
    archived_judgments,
    drop_archives,
    list_archives,
    verify_archive,
)
from labeltrust.services.archiving.write_archive import write_archive
from labeltrust.services.assess_project import assess_project
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.store.judgments import read_judgments

SAME = (
    "items", "labels", "labelers_n", "alpha", "percent_agreement", "gwet_ac", "label_shift"
)  # fmt: skip


def same_judgments(one, two):
    """Return the names of the fields that differ."""
    return [f.name for f in fields(one) if not _same(getattr(one, f.name), getattr(two, f.name))]


def _same(one, two):
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(
            np.array_equal(a, b) for k in one for a, b in zip(one[k], two[k], strict=True)
        )
    return one == two


@pytest.mark.parametrize("seed", range(len(QUESTIONS)))
def test_an_archive_holds_what_the_history_gives(deployment, seed):
    recorded_history(deployment, drawn_history(seed))

    written = write_archive(deployment, owner(), "fraud", parts=3)

    found = archived_judgments(deployment.engine, written.archive)
    assert same_judgments(read_judgments(deployment.engine, "fraud"), found) == []
    assert found.item.size > 20
    assert verify_archive(deployment, owner(), "fraud").ok


def test_a_project_without_labels_has_an_empty_archive(deployment):
    project(deployment)

    written = write_archive(deployment, owner(), "fraud")

    found = archived_judgments(deployment.engine, written.archive)
    assert same_judgments(read_judgments(deployment.engine, "fraud"), found) == []
    assert written.archive.judgment_files == []


def test_what_was_dropped_is_made_again_to_the_same_bytes(deployment):
    recorded_history(deployment, drawn_history(2))
    before = files_of(write_archive(deployment, owner(), "fraud", parts=4).archive.folder)

    gone = drop_archives(deployment, owner(), "fraud")
    again = write_archive(deployment, owner(), "fraud", parts=4)

    assert gone == [again.archive.manifest.position]
    assert again.new
    assert files_of(again.archive.folder) == before


def files_of(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_parts_without_news_are_not_written_again(deployment):
    recorded_history(deployment, drawn_history(0))
    first = write_archive(deployment, owner(), "fraud", parts=8)
    assert not write_archive(deployment, owner(), "fraud", parts=8).new
    record(deployment, [label("i3", "l1", label="spam")])

    second = write_archive(deployment, owner(), "fraud", parts=8)

    changed = [
        name
        for name in second.archive.manifest.files
        if not (first.archive.folder / name).exists()
        or not (second.archive.folder / name).samefile(first.archive.folder / name)
    ]
    assert len(changed) == 1
    assert changed[0].startswith("judgments/")
    assert second.files_kept == len(second.archive.manifest.files) - 1


def test_a_changed_file_is_named(deployment):
    recorded_history(deployment, drawn_history(0))
    archive = write_archive(deployment, owner(), "fraud", parts=2).archive
    victim = archive.judgment_files[0]
    victim.write_bytes(victim.read_bytes()[:-9] + b"123456789")

    found = verify_archive(deployment, owner(), "fraud")

    assert not found.ok
    assert found.problems == (f"judgments/{victim.name} is not what the manifest says",)


def test_an_archive_from_before_a_merge_is_out_of_date(deployment):
    recorded_history(deployment, drawn_history(0))
    position = write_archive(deployment, owner(), "fraud").archive.manifest.position
    merge_labelers(deployment, owner(), "fraud", Named("l1"), Named("l2"), reason="one person")

    found = verify_archive(deployment, owner(), "fraud", position=position)

    assert not found.ok
    assert "is not what the history gives" in found.problems[0]
    now = write_archive(deployment, owner(), "fraud").archive
    assert same_judgments(
        read_judgments(deployment.engine, "fraud"), archived_judgments(deployment.engine, now)
    ) == []  # fmt: skip


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_writer_that_is_killed_leaves_no_archive_and_the_next_one_goes_on(deployment):
    recorded_history(deployment, drawn_history(0))
    env = os.environ | environment(deployment.settings)

    killed = subprocess.run(
        [sys.executable, "-m", "labeltrust", "archive", "write", "--project", "fraud"],
        env=env | {VARIABLE: "archive/written=kill"},
        start_new_session=True,
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert list_archives(deployment, owner(), "fraud") == []
    archive = write_archive(deployment, owner(), "fraud").archive
    assert verify_archive(deployment, owner(), "fraud").ok
    assert {path.name for path in archive.folder.parent.iterdir()} == {".lock", archive.folder.name}


@pytest.mark.parametrize("seed", [0, 3, 4, 5])
def test_numbers_of_an_archive_are_those_of_an_assessment(deployment, seed):
    recorded_history(deployment, drawn_history(seed))
    write_archive(deployment, owner(), "fraud", parts=3)

    found = count_archive(deployment, owner(), "fraud")

    said = assess_project(deployment, owner(), "fraud")
    assert {key: found[key] for key in SAME} == {key: said[key] for key in SAME}
    by_name = {entry["labeler"]: entry for entry in said["labelers"]}
    assert [by_name[entry["labeler"]] | entry for entry in found["labelers"]] == [
        by_name[entry["labeler"]] for entry in found["labelers"]
    ]


def test_labels_with_parts_are_not_counted_from_an_archive(deployment):
    recorded_history(deployment, drawn_history(6))
    write_archive(deployment, owner(), "fraud")

    with pytest.raises(InvalidInput, match="use assess"):
        count_archive(deployment, owner(), "fraud")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_commands_write_list_count_and_drop(deployment, monkeypatch, capsys):
    command = commands(deployment.settings, monkeypatch, capsys)
    recorded_history(deployment, drawn_history(0))

    assert command("archive", "count", "-p", "fraud").code == 2
    written = command("archive", "write", "-p", "fraud", "--parts", 2, "--json").document
    assert (written["new"], written["manifest"]["parts"]) == (True, 2)
    assert "as it was" in command("archive", "write", "-p", "fraud").out
    assert str(written["manifest"]["judgments"]) in command("archive", "list", "-p", "fraud").out
    assert "Krippendorff alpha" in command("archive", "count", "-p", "fraud").out
    assert "holds" in command("archive", "verify", "-p", "fraud").out
    assert command("archive", "drop", "-p", "fraud", "--keep", 0, "--json").document == {
        "dropped": [written["manifest"]["position"]]
    }
    assert command("archive", "write", "-p", "fraud", "--parts", 0).code == 2
