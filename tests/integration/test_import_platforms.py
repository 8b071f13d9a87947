"""Exports of platforms through the whole record: once, whole, and with every bad row named."""

import os
import re
from pathlib import Path

import pytest
from commands import commands
from exports import ALL, IDS, SAMPLES, doccano, lines, zipped
from factories import owner

from labeltrust.cli.importing import FORMATS, FROM_DOCS
from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import InvalidInput
from labeltrust.ingest.files import file_formats
from labeltrust.services.add_source import change_source
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.list_quarantine import list_quarantine
from labeltrust.services.own_sources import link_own_source
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.services.show_project import show_project
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.judgments import read_judgments

PAGE = Path(__file__).parents[2] / "docs/imports.md"
every_sample = pytest.mark.parametrize(("name", "number", "sample"), ALL, ids=IDS)


@pytest.fixture
def load(deployment, tmp_path):
    """Import a sample, as a file, zip or folder."""

    def run(sample, *, as_folder=False, **more):
        link_own_source(deployment, owner(), "import", [])
        change_source(deployment, owner(), "import", SourceChange(config=sample.config))
        path = _written(tmp_path, sample, as_folder=as_folder)
        told = {"project": "fraud", "labeler": sample.labeler} | more
        return import_file(deployment, owner(), ImportRequest(path=path, **told), lambda _: None)

    return run


def _written(folder, sample, *, as_folder):
    if not as_folder:
        path = folder / (next(iter(sample.files)).replace("/", "-"))
        path = path if sample.is_one_file else folder / "export.zip"
        path.write_bytes(sample.body)
        return path
    for name, content in sample.files.items():
        path = folder / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "export"


@every_sample
def test_an_export_goes_in_once_and_whole(deployment, load, name, number, sample):
    first = load(sample)
    again = load(sample)

    n_said = len({str(said) for said in sample.said})
    votes = {said[:3] for said in sample.said if said[1] is not None}
    question = sample.said[0][2]
    assert (first.format, first.quarantined, first.refused) == (name, 0, 0)
    assert first.accepted >= n_said
    assert (again.accepted, again.quarantined) == (0, 0)
    assert len(read_judgments(deployment.engine, "fraud", question).label) == len(votes)
    assert verify_ledger(deployment, owner()).ok


@pytest.mark.parametrize("name", [n for n, s in SAMPLES.items() if not s[0].is_one_file])
def test_a_folder_says_what_its_zip_says(load, name):
    sample = SAMPLES[name][0]
    first = load(sample)

    again = load(sample, as_folder=True)

    assert (again.format, again.accepted, again.quarantined) == (name, 0, 0)
    assert again.duplicates == first.accepted


@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("argilla", {"verdict": "nominal"}),
        ("brat", {"label": "spans"}),
        ("superannotate", {"objects": "boxes"}),
        ("v7", {"tags": "nominal"}),
    ],
)
def test_a_new_project_has_the_questions_of_the_file(deployment, load, name, scales):
    load(SAMPLES[name][0])

    questions = show_project(deployment, owner(), "fraud").questions
    assert {one.name: one.scale for one in questions} == scales


def test_bad_rows_are_held_named_and_go_in_with_a_labeler(deployment, tmp_path):
    files = {"alice.jsonl": lines(doccano(["x"])) + b"oops\n" + lines(doccano([3], id=13)),
             "all.jsonl": lines(doccano(["x"]))}  # fmt: skip
    path = tmp_path / "export.zip"
    path.write_bytes(zipped(files))

    request = ImportRequest(path=path, project="fraud", format="doccano")
    report = import_file(deployment, owner(), request, lambda _: None)

    assert (report.accepted, report.quarantined) == (1, 3)
    assert [problem.detail for problem in report.problems] == [
        "row 2: alice.jsonl: not JSON at offset 0: expecting value",
        "row 3: alice.jsonl: label/0: is 3, not a text",
        "row 1: all.jsonl: all.jsonl: names nobody who labeled; name the labeler by --labeler",
    ]
    held = list_quarantine(deployment, owner())
    assert [row.row for row in held] == [2, 3, 1]
    for row in held:
        assert retry_quarantine(deployment, owner(), row.id).outcome.accepted == 0
    named = ImportRequest(path=path, project="fraud", format="doccano", labeler="team")
    again = import_file(deployment, owner(), named, lambda _: None)
    assert (again.accepted, again.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: (folder / "a.ann").symlink_to("/etc/hostname"), "'a.ann' is a link"),
        (lambda folder: (folder / "b").symlink_to("/etc"), "'b' is a link"),
        (lambda folder: os.mkfifo(folder / "p.ann"), "no regular file"),
        (lambda folder: (folder / "x\n.ann").touch(), "no file name"),
    ],
)
def test_folders_that_lead_elsewhere_are_refused(deployment, tmp_path, make, reason):
    folder = tmp_path / "export"
    folder.mkdir()
    make(folder)

    request = ImportRequest(path=folder, project="fraud", format="brat")
    with pytest.raises(InvalidInput, match=reason):
        import_file(deployment, owner(), request, lambda _: None)


def test_the_help_names_the_formats_there_are():
    formats = file_formats()

    assert sorted(FORMATS.split()) == sorted(formats)
    assert FROM_DOCS.split() == sorted(n for n, f in formats.items() if f.known_from == "docs")


def test_the_page_tells_every_format_as_it_is():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\| (\w+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert dict(rows) == {name: one.known_from for name, one in file_formats().items()}
    assert len(re.findall("^### ", PAGE.read_text("utf-8"), re.MULTILINE)) == len(rows) - 1


def test_the_table_of_platforms_leads_to_a_section_for_every_format():
    table = (PAGE.parent / "platforms" / "README.md").read_text("utf-8")
    sections = re.findall("^### ([a-z0-9-]+)$", PAGE.read_text("utf-8"), re.MULTILINE)

    named = re.findall(r"\]\(\.\./imports\.md#([a-z0-9-]+)\)", table)

    assert set(named) == set(sections) == set(file_formats()) - {"parquet"}


def test_every_example_of_the_page_runs_as_it_stands(settings, tmp_path, monkeypatch, capsys):
    run = commands(settings, monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)
    assert run("migrate").code == 0
    said = {}
    for info, body in re.findall(
        r"^```(.+)\n([\s\S]*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE
    ):
        if info != "sh":
            path = tmp_path / info.partition("file=")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            result = run(*line.split()[1:], "--strict", "--json")
            assert result.code == 0, result.err
            said[result.document["format"]] = result.document["accepted"]

    assert set(said) == set(file_formats()) - {"parquet"}
    assert all(said.values())
