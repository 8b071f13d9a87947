"""Counting on a Spark cluster gives the bits of the local engine, and so if a worker dies."""

import os
import threading
import time
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from databases import migrated_file
from factories import StepClock, owner
from histories import drawn_history, recorded_history

from labeltrust import counts
from labeltrust.counts import Counter, Counts, block
from labeltrust.counts._base import STRUCTURED
from labeltrust.counts._meetings import with_likeness
from labeltrust.discovery import discover
from labeltrust.engine import local, spark
from labeltrust.engine._bytes import to_bytes
from labeltrust.services._kinds import classes_of, counted
from labeltrust.services.archiving.count_archive import archive_counts, space_of
from labeltrust.services.archiving.write_archive import write_archive
from labeltrust.services.assess_project import assess_project
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.judgments import read_judgments
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

pytest.importorskip("pyspark", reason="Spark is not installed here; `make spark` does it apart")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
COUNTERS: dict[str, Counter[Counts]] = discover(counts, "COUNTER", Counter)
HISTORIES = int(os.environ.get("LABELTRUST_TEST_SPARK_HISTORIES", "27"))


def bits(found):
    return {name: to_bytes(one) for name, one in found.items()}


class Parted:
    """The local engine with so many parts."""

    def __init__(self, parts):
        self.parts = parts

    def count(self, judgments, counters):
        return local.count(judgments, counters, partitions=self.parts)

    def count_files(self, *what):
        return local.count_files(*what)


class OnCluster(Parted):
    """Spark with so many parts."""

    def __init__(self, parts, session, folder):
        super().__init__(parts)
        self.session, self.folder = session, folder

    def count(self, judgments, counters):
        where = {"session": self.session, "folder": self.folder}
        return spark.count(judgments, counters, partitions=self.parts, **where)

    def count_files(self, *what):
        return spark.count_files(*what, session=self.session)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return migrated_file(tmp_path_factory.mktemp("template")).read_bytes()


@pytest.fixture
def deployment(template, tmp_path):
    home = tmp_path / "var"
    home.mkdir()
    (home / "labeltrust.db").write_bytes(template)
    settings = Settings(home=home)
    engine = open_engine(settings)
    yield Deployment(
        settings=settings, engine=engine, vault=open_vault(settings), clock=StepClock()
    )
    engine.dispose()


def judgments_of(deployment):
    loaded = read_judgments(deployment.engine, "fraud")
    found = block(
        loaded.item,
        loaded.labeler,
        loaded.label,
        n_labelers=len(loaded.labelers),
        values=loaded.values,
        level=loaded.level,
        occurred_us=loaded.occurred_us,
        received_us=loaded.received_us,
        duration_seconds=loaded.duration_seconds,
        suggestion=loaded.suggestion,
        gold=(loaded.gold_item, loaded.gold_label),
    )
    if loaded.level in STRUCTURED:
        return with_likeness(found, loaded.words, np.random.default_rng(1))
    return found


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_random_history_gives_the_same_bits(deployment, session, seed):
    size = 0 if seed % 13 == 12 else 60 + 7 * seed
    recorded_history(deployment, drawn_history(seed, size))
    judgments, parts = judgments_of(deployment), 1 + seed % 20
    on_cluster = OnCluster(parts, session, deployment.settings.archive_folder)

    found = counted(judgments, classes_of(judgments), COUNTERS, on_cluster)

    here = counted(judgments, classes_of(judgments), COUNTERS, Parted(parts))
    assert bits(found) == bits(here)
    if judgments.level not in STRUCTURED:
        archive = write_archive(deployment, owner(), "fraud", parts=parts).archive
        space = space_of(archive)
        assert bits(archive_counts(archive, space, on_cluster)) == bits(here)
        assert bits(archive_counts(archive, space, Parted(parts))) == bits(here)


def test_an_assessment_counted_on_the_cluster_is_the_same_document(deployment, cluster, session):
    recorded_history(deployment, drawn_history(0, 600, items=60))
    settings = replace(deployment.settings, engine="spark", spark_master=cluster.url)
    at = deployment.clock()

    found = assess_project(replace(deployment, settings=settings), owner(), "fraud", as_of=at)

    assert found == assess_project(deployment, owner(), "fraud", as_of=at)
    assert list(settings.archive_folder.iterdir()) == []  # what was put there to be counted is gone


def test_machines_run_the_code_that_was_sent_along(session):
    def where(batches):
        import labeltrust as there

        for batch in batches:
            yield pa.RecordBatch.from_pydict({"file": [there.__file__] * batch.num_rows})

    found = session.range(4).mapInArrow(where, "file string").toArrow()

    assert all("labeltrust_code.zip" in file for file in found["file"].to_pylist())


def crowd(n_items):
    rng = np.random.default_rng(11)
    item = np.repeat(np.arange(n_items), 5)
    truth = rng.integers(0, 4, n_items)
    drawn = rng.integers(0, 4, item.size)
    return block(
        item,
        rng.integers(0, 300, item.size),
        np.where(rng.random(item.size) < 0.8, truth[item], drawn),
        n_labelers=300,
        values=range(4),
        occurred_us=rng.integers(0, 30, item.size) * 86_400_000_000,
        duration_seconds=rng.lognormal(1, 1, item.size),
        gold=(np.arange(0, n_items, 20), truth[::20]),
    )


def test_a_worker_killed_in_the_middle_changes_nothing(cluster, session, tmp_path):
    judgments, parts = crowd(200_000), 40
    here = bits(local.count(judgments, COUNTERS, partitions=parts))
    context = session.sparkContext
    seen = []

    def kill_in_the_middle():
        tracker = context.statusTracker()
        while not seen:
            for stage in tracker.getActiveStageIds():
                info = tracker.getStageInfo(stage)
                if info and info.numTasks == parts and info.numCompletedTasks >= 4:
                    cluster.kill_worker(0)
                    seen.append((info.numCompletedTasks, info.numTasks))
                    return
            time.sleep(0.02)

    killer = threading.Thread(target=kill_in_the_middle, daemon=True)
    killer.start()
    found = spark.count(judgments, COUNTERS, session=session, folder=tmp_path, partitions=parts)
    killer.join(60)

    assert bits(found) == here
    ((done, of),) = seen
    assert done < of
