"""What is kept of a snapshot is what its labels say, counted one key at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeltrust.services._label_shares import AT_ONCE, Scope, Snapshotted, label_share, shares_in
from labeltrust.services._share_index import kept_shares, shares_of
from labeltrust.services._snapshot_files import JUDGMENTS

METHODS = {"label": "majority", "score": "median"}


def drawn(seed, n=400, labelers=7):
    """Random judgments: repeats of a labeler, unknown sources, two questions."""
    rng = np.random.default_rng(seed)
    who = rng.integers(1, labelers + 1, n)
    return pa.table(
        {
            "question": rng.choice(["label", "score"], n, p=[0.8, 0.2]),
            "item": [f"item-{one}" for one in rng.integers(0, 90, n)],
            "labeler": [f"reviewer-{one}" for one in who],
            "labeler_id": pa.array(who, pa.int64()),
            "label": rng.choice(["no", "yes", "unsure"], n, p=[0.5, 0.4, 0.1]),
            "source": pa.array(rng.choice(["a", "b", None], n).tolist(), pa.string()),
            "import": pa.array(rng.integers(1, 4, n), pa.int64(), mask=rng.random(n) < 0.3),
        }
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "7").mkdir()
    pq.write_table(drawn(3), tmp_path / "7" / JUDGMENTS)
    return tmp_path / "7"


@pytest.mark.parametrize("seed", range(6))
def test_every_key_is_worth_what_counting_its_labels_alone_says(tmp_path, seed):
    pq.write_table(drawn(seed), tmp_path / JUDGMENTS)

    found = shares_of(drawn(seed), METHODS)

    for row in found.itertuples():
        scopes = {
            "labeler": Scope(labelers=((row.key, frozenset({int(row.key)})),))
            if row.kind == "labeler"
            else None,
            "source": Scope(source=row.key),
            "import": Scope(import_id=int(row.key)) if row.kind == "import" else None,
        }
        one = label_share(tmp_path, METHODS, scopes[row.kind])
        assert (one.labels, one.items, one.alone, one.changes, one.not_compared) == (
            row.labels, row.items, row.alone, row.changes, row.not_compared,
        ), (row.kind, row.key)  # fmt: skip
    assert set(found["kind"]) == {"labeler", "source", "import"}
    assert (found["changes"] > 0).any()


def test_it_is_counted_once_and_used_for_the_same_manifest_only(folder):
    snapshot = Snapshotted(folder=folder, methods=METHODS, digest="ab")
    scope = Scope(labelers=(("reviewer-2", frozenset({2})),))
    first = shares_in([snapshot], scope)

    (folder / JUDGMENTS).unlink()

    assert shares_in([snapshot], scope) == first
    assert kept_shares(folder, "ab") is not None
    assert kept_shares(folder, "cd") is None
    assert not list((folder.parent / ".shares").glob(".draft-*"))


def test_several_labelers_are_worth_together_what_their_labels_are_together(folder):
    both = Scope(labelers=(("reviewer-2", frozenset({2})), ("reviewer-3", frozenset({3}))))
    snapshot = Snapshotted(folder=folder, methods=METHODS, digest="ab")
    table = drawn(3).to_pandas()
    mine = table["labeler_id"].isin([2, 3])

    (found,) = shares_in([snapshot], both)

    assert found.labelers == 2
    assert found.labels == mine.sum()
    assert found.items == len(table[mine].drop_duplicates(["question", "item"]))
    assert found == label_share(folder, METHODS, both)


def test_a_snapshot_without_anybody_has_nothing_to_keep(tmp_path):
    missing = Snapshotted(folder=tmp_path / "9", methods=METHODS, digest="ab")

    assert shares_of(drawn(1).slice(0, 0), METHODS).empty
    assert shares_in([missing], Scope(source="a")) == [None]


def test_one_call_counts_some_older_snapshots_for_everybody_and_answers_for_all(tmp_path):
    snapshots = []
    for number in range(AT_ONCE + 2):
        (tmp_path / str(number)).mkdir()
        pq.write_table(drawn(number), tmp_path / str(number) / JUDGMENTS)
        snapshots.append(Snapshotted(folder=tmp_path / str(number), methods=METHODS, digest="ab"))

    first = shares_in(snapshots, Scope(source="a"))
    kept = [kept_shares(one.folder, "ab") is not None for one in snapshots]

    assert kept == [True] * AT_ONCE + [False] * 2
    assert first == shares_in(snapshots, Scope(source="a"))
    assert all(kept_shares(one.folder, "ab") is not None for one in snapshots)
