"""Cells, tasks that go on where they stopped, claims and the report."""

import json
from dataclasses import replace

import numpy as np
import pytest

from labeltrust.redteam import running
from labeltrust.redteam._draw import draw
from labeltrust.redteam._store import begun, done, keep
from labeltrust.redteam.cells import Cell, framing_cells, planting, standard_cells
from labeltrust.redteam.claims import Claim, bounded, rejected
from labeltrust.redteam.incidents import run_incidents
from labeltrust.redteam.methods import BY_HAND, OURS, Method
from labeltrust.redteam.plan import FIRST_SEED, Sizes, Task, fresh_seed, tasks_of
from labeltrust.redteam.report import Made, report_of, write
from labeltrust.redteam.run_cell import Bench, run_cell, run_framing
from labeltrust.simulate import Crowd, attacks

SMALL = Crowd(n_labelers=20, n_items=300, labels_per_item=4, class_shares=(0.6, 0.4))
FLIPPED = Cell(
    name="flip 90 %",
    crowd=SMALL,
    plantings=(planting("uniform_flip", 0.9, n_members=2),),
    looks=3,
)
NONE = Sizes(attacks=0, others=0, published=0, honest=0, framing=0, incidents=0)


def test_every_attack_there_is_has_a_cell():
    planted = {p.attack for cell in standard_cells() for p in cell.plantings}

    assert planted == set(attacks())


def test_the_framing_grid_is_complete():
    cells = framing_cells()

    assert len({cell.name for cell in cells}) == 2 * 3 * 5


def test_fresh_seeds_are_none_that_anybody_tuned_on():
    assert min(fresh_seed() for _ in range(100)) >= FIRST_SEED


def test_the_same_seed_gives_the_same_rows_but_for_the_seconds():
    one, two = (run_cell(FLIPPED, FIRST_SEED, Bench(methods=BY_HAND)) for _ in range(2))

    for row in (*one["runs"], *two["runs"]):
        row.pop("seconds")
    assert one == two


def test_a_blatant_flipper_is_ranked_first_and_his_labels_are_counted():
    found = run_cell(FLIPPED, FIRST_SEED + 1, Bench(methods=BY_HAND))

    assert [row["method"] for row in found["runs"]] == [OURS, *(m.name for m in BY_HAND)]
    assert all(row["auc"] > 0.9 for row in found["runs"])
    assert len(found["attackers"]) == 2
    for row in found["attackers"]:
        assert row["labels_after_onset"] == row["labels"]
        assert 0.5 * row["labels"] < row["poisoned"] <= row["labels"]


def test_only_labels_of_attackers_count_as_poisoned():
    drawn = draw(FLIPPED, FIRST_SEED)

    assert drawn.attacks.sum() == 2
    assert not (drawn.attacks & drawn.honest).any()
    assert set(drawn.scene.labeler[drawn.poisoned]) == set(np.flatnonzero(drawn.attacks))


def test_a_slow_method_runs_on_the_first_seeds_only():
    slow = replace(BY_HAND[0], most_seeds=1)

    names = [
        [row["method"] for row in run_cell(FLIPPED, 1, Bench(methods=(slow,)), index=k)["runs"]]
        for k in (0, 1)
    ]

    assert names == [[OURS, slow.name], [OURS]]


def says_nothing(judgments):
    return np.full(judgments.n_labelers, np.nan)


def test_a_method_that_cannot_say_anything_has_no_area():
    mute = Method(name="mute", score=says_nothing)

    found = run_cell(replace(FLIPPED, looks=0), FIRST_SEED, Bench(methods=(mute,)))

    assert [row["auc"] is None for row in found["runs"]] == [False, True]


def test_the_oracle_is_asked_for_its_power():
    def knows(drawn, _cell, _rng):
        return np.where(drawn.attacks, 0.0, 1.0)

    found = run_cell(replace(FLIPPED, looks=0), FIRST_SEED, Bench(oracle=knows))

    assert found["runs"][0]["oracle_power"] == 1.0


def test_a_run_goes_on_where_it_stopped(tmp_path):
    tasks = [
        Task(cell=replace(FLIPPED, looks=0), seeds=(seed,), index=0, bench=Bench(), code="x")
        for seed in (FIRST_SEED, FIRST_SEED + 1)
    ]
    keep(tmp_path, tasks[0].key, {"runs": [{"cell": "kept"}]})
    with (tmp_path / "done.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"key": "cut sho')
    told = []

    found = running.run_all(tasks, tmp_path, 1, lambda *state: told.append(state[0]))

    assert told == [1, 2]
    assert [row["cell"] for row in found["runs"]] == ["kept", "flip 90 %"]


def test_a_task_of_other_code_or_another_cell_is_another_task():
    task = Task(cell=FLIPPED, seeds=(1,), index=0, bench=Bench(), code="x")

    others = [replace(task, code="y"), replace(task, cell=replace(FLIPPED, looks=2))]

    assert len({task.key, *(other.key for other in others)}) == 3


def test_a_folder_keeps_its_seed_until_the_code_changes(tmp_path):
    first = begun(tmp_path, None, 5_000_000, "x")
    keep(tmp_path, "k", {})

    again = begun(tmp_path, None, 6_000_000, "x")
    kept = done(tmp_path)
    changed = begun(tmp_path, None, 7_000_000, "y")

    assert (first.seed, again.seed, changed.seed) == (5_000_000, 5_000_000, 7_000_000)
    assert set(kept) == {"k"}
    assert not done(tmp_path)


def test_seeds_are_paired_over_attacks():
    sizes = replace(NONE, attacks=2, framing=30)

    tasks = tasks_of(sizes, FIRST_SEED, Bench(), code="x")

    single = [task for task in tasks if task.cell.table == "attacks"]
    assert {task.seeds for task in single} == {(FIRST_SEED,), (FIRST_SEED + 1,)}
    framed = [task for task in tasks if task.cell.name == framing_cells()[0].name]
    assert sum(len(task.seeds) for task in framed) == 30


def test_a_claim_is_rejected_only_where_it_is_all_but_impossible():
    fits = Claim(name="a", at_most=0.01, k=15, n=1000)
    broken = Claim(name="b", at_most=0.01, k=60, n=1000)

    assert rejected([fits, broken]) == [broken]
    assert not bounded(fits)
    assert bounded(Claim(name="c", at_most=0.01, k=0, n=1000))


@pytest.mark.parametrize("charts", [True, False])
def test_the_report_holds_every_figure_and_no_folder(tmp_path, charts):
    found = run_cell(FLIPPED, FIRST_SEED, Bench(methods=BY_HAND))
    framing = run_framing(framing_cells()[3], [FIRST_SEED])
    made = Made(seed=FIRST_SEED, sizes=NONE, code="x", methods=BY_HAND)
    incidents = run_incidents([FIRST_SEED, FIRST_SEED + 1])

    files = write(report_of({**found, **framing, **incidents}, made), tmp_path, charts=charts)

    page = (tmp_path / "README.md").read_text("utf-8")
    assert {
        "README.md", "results.parquet", "attackers.parquet", "framing.parquet", "incidents.parquet"
    } <= {path.name for path in files}  # fmt: skip
    assert "flip 90 %" in page
    assert "## Damage estimates" in page
    assert str(FIRST_SEED) in page
    assert str(tmp_path) not in page
    assert all(path.stat().st_size for path in files)


def test_rows_are_plain_values():
    found = run_cell(replace(FLIPPED, looks=0), FIRST_SEED, Bench(methods=BY_HAND))

    assert json.loads(json.dumps(found)) == found
