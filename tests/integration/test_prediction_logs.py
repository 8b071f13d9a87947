"""Logs of predictions: what is kept of them and why, what is left out counted, nothing lost."""

import json

import pytest
from commands import commands
from factories import gold, label, owner
from recorded import history, project, record
from sqlmodel import select

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.prediction_logs import Sampling, checked_sampling
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.reread import opened_body
from labeltrust.store.quarantine import original
from labeltrust.store.session import reading
from labeltrust.store.tables import Delivery

N = 3_000
SAMPLING = Sampling(share=0.02, seed=7)
DRAWN = {n for n in range(N) if SAMPLING.draws(f"i{n}")}


@pytest.fixture
def here(deployment):
    """Items 0 to 9 are gold, 5 to 29 were labeled by people, 40 by another model alone."""
    project(deployment)
    record(deployment, [gold(f"i{n}") for n in range(10)])
    record(deployment, [label(f"i{n}", "alice") for n in range(5, 30)])
    record(deployment, [label("i40", "net-0", labeler_kind="model")])
    return deployment


def log(folder, name="net-1", rows=N, more=""):
    path = folder / f"{name}.csv"
    lines = [f"i{n},{name},{'fraud' if n % 5 else 'benign'}" for n in range(rows)]
    path.write_text("\n".join(["item,labeler,label", *lines, more]), "utf-8")
    return path


def load(here, path, sampling=SAMPLING):
    request = ImportRequest(
        path=path, project="fraud", source="feed", sampling=sampling, labeler_kind="model"
    )
    return import_file(here, owner(), request, lambda _: None)


def told(here, kind):
    return [json.loads(event.detail) for event in history(here, kind)]


def items(here, name):
    rows = history(here, "label.submitted")
    return len({e.item_alias_id for e in rows if e.parser.startswith("csv")}), name


def test_gold_and_labeled_items_and_the_sample_are_kept_and_the_rest_is_counted(here, tmp_path):
    report = load(here, log(tmp_path))

    drawn = len([n for n in DRAWN if n >= 30])
    assert (report.kept.gold, report.kept.labeled, report.kept.sampled) == (10, 20, drawn)
    assert report.kept.left_out == N - 30 - drawn
    assert (report.rows, report.accepted) == (N, 30 + drawn)
    assert items(here, "net-1")[0] == 30 + drawn
    (begun,), (over,) = told(here, "predictions.begun"), told(here, "predictions.sampled")
    assert begun == {"share": 0.02, "seed": 7}
    assert (over["rows"], over["left_out"]) == (N, report.kept.left_out)
    assert (over["gold"], over["labeled"], over["sampled"]) == (10, 20, drawn)


def test_the_same_log_twice_adds_nothing_and_one_seed_draws_the_same_of_every_model(here, tmp_path):
    first = load(here, log(tmp_path))
    again = load(here, log(tmp_path))
    other = load(here, log(tmp_path, "net-2"))

    assert (again.accepted, again.duplicates) == (0, first.accepted)
    assert other.kept == first.kept
    assert len(told(here, "predictions.sampled")) == 3
    digests = [one["pieces_sha256"] for one in told(here, "predictions.sampled")]
    assert digests[0] == digests[1] != digests[2]


def test_an_item_that_a_person_labels_later_comes_in_with_the_same_log(here, tmp_path):
    first = load(here, log(tmp_path))
    late = next(n for n in range(100, N) if n not in DRAWN)
    record(here, [label(f"i{late}", "alice")])

    again = load(here, log(tmp_path))

    assert again.accepted == 1
    assert again.kept.labeled == first.kept.labeled + 1


def test_what_is_left_out_lies_in_the_original_and_a_bad_row_in_quarantine(here, tmp_path):
    report = load(here, log(tmp_path, more="i1,net-1,nonsense\n,net-1,fraud"))

    assert report.quarantined == 2
    assert [problem.index for problem in report.problems] == [N + 1, N + 2]
    with reading(here.engine) as session:
        number = session.exec(
            select(Delivery.id).where(Delivery.import_id.is_not(None) | (Delivery.size > 20_000))
        ).first()
        stored = original(session, number)
    body = opened_body(here, stored).decode()
    assert body.count("\n") >= N


def test_rows_of_people_are_never_left_out(here, tmp_path):
    path = tmp_path / "both.csv"
    rows = [f"j{n},{who},fraud,{kind}" for n in range(50)
            for who, kind in (("bob", "human"), ("net-1", "model"))]  # fmt: skip
    path.write_text("\n".join(["item,labeler,label,labeler_kind", *rows]), "utf-8")

    report = load(here, path, Sampling(share=1e-9))

    assert (report.kept.labeled, report.kept.left_out) == (50, 50)
    assert load(here, path, Sampling(share=1e-9)).kept.labeled == 100


def test_a_log_for_a_project_that_is_not_there_makes_it(deployment, tmp_path):
    report = load(deployment, log(tmp_path, rows=200))

    assert report.project_created
    assert report.kept.sampled + report.kept.left_out == 200


@pytest.mark.parametrize(("share", "seed"), [(0.0, 0), (1.1, 0), (float("nan"), 0), (0.1, -1)])
def test_a_share_or_seed_that_is_none_is_refused(share, seed):
    with pytest.raises(InvalidInput):
        checked_sampling(share, seed)


def test_the_command_says_what_was_left_out(here, tmp_path, monkeypatch, capsys):
    cli = commands(here.settings, monkeypatch, capsys)
    path = str(log(tmp_path))

    made = cli("import", path, "-p", "fraud", "--source", "feed", "--sample", "0.02", "--seed", "7")

    assert made.code == 0
    assert "predictions left out and counted; kept are 10 on gold items, 20 on items" in made.out
    assert cli("import", path, "-p", "fraud", "--sample", "2").code == 2
