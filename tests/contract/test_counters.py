"""Rules for every counter that is found."""

import tracemalloc
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from blocks import DAY_US, drawn, same_counts

from labeltrust import counts
from labeltrust.counts import Cells, Counter, Counts, block
from labeltrust.discovery import discover
from labeltrust.engine.local import count

COUNTERS: dict[str, Counter[Counts]] = discover(counts, "COUNTER", Counter)
MB = 1 << 20
LEVELS = ("nominal", "ordinal", "interval", "ratio")

every_counter = pytest.mark.parametrize("name", COUNTERS)
every_level = pytest.mark.parametrize("level", LEVELS)


def test_the_counters_of_the_first_set_are_found():
    needed = {"confusion", "exchange", "flips", "pairs", "coincidences", "label_mix", "majority"}

    assert needed <= set(COUNTERS)


@every_counter
def test_a_counter_is_named_after_its_module_and_returns_its_type(name):
    counter = COUNTERS[name]

    found = counter.count(drawn(np.random.default_rng(1), 30).block())

    assert counter.name == name
    assert type(found) is counter.counts


@every_counter
def test_counts_are_frozen(name):
    found = COUNTERS[name].count(drawn(np.random.default_rng(1), 30).block())

    with pytest.raises(FrozenInstanceError):
        setattr(found, fields(found)[0].name, None)


@every_counter
@every_level
def test_an_empty_block_adds_nothing(name, level):
    whole = drawn(np.random.default_rng(2), 30, level)
    nothing = whole.take(np.arange(0)).block()

    counter = COUNTERS[name]

    assert same_counts(
        counter.count(nothing) + counter.count(whole.block()), counter.count(whole.block())
    )


@every_counter
@every_level
def test_a_project_without_labelers_and_labels_is_counted(name, level):
    nothing = block([], [], [], n_labelers=0, values=[], level=level)

    found = COUNTERS[name].count(nothing)

    assert same_counts(found + found, found)


@every_counter
@every_level
def test_no_count_is_nan_or_infinite(name, level):
    found = COUNTERS[name].count(drawn(np.random.default_rng(3), 60, level).block())

    for f in fields(found):
        value = getattr(found, f.name)
        numbers = value.sums if isinstance(value, Cells) else value
        assert isinstance(numbers, str) or np.isfinite(numbers).all(), f.name


@every_counter
@every_level
def test_labels_that_are_all_alike_are_counted(name, level):
    alike = block([1, 1, 2, 2], [0, 1, 0, 1], [0] * 4, n_labelers=2, values=[5.0], level=level)

    found = COUNTERS[name].count(alike)

    assert same_counts(found, found)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_local_engine_adds_up_partitions_in_any_number_of_threads(threads):
    whole = drawn(np.random.default_rng(4), 40).block()

    parts = count(whole, COUNTERS, partitions=5, threads=threads)

    assert set(parts) == set(COUNTERS)
    for name, counter in COUNTERS.items():
        assert same_counts(parts[name], counter.count(whole)), name


@pytest.fixture(scope="module")
def million():
    """200,000 items with 5 labels each, 1,000 labelers, 4 classes, some gold, 30 days."""
    rng = np.random.default_rng(6)
    item = np.repeat(np.arange(200_000), 5)
    labeler = (rng.integers(0, 1_000, 200_000)[item] + np.tile([0, 1, 3, 9, 27], 200_000)) % 1_000
    truth = rng.integers(0, 4, 200_000)
    label = np.where(rng.random(item.size) < 0.8, truth[item], rng.integers(0, 4, item.size))
    return block(
        item,
        labeler,
        label,
        n_labelers=1_000,
        values=range(4),
        occurred_us=rng.integers(0, 30 * DAY_US, item.size),
        gold=(np.arange(0, 200_000, 20), truth[::20]),
    )


@every_counter
def test_a_million_labels_are_counted_well_under_a_gigabyte(name, million):
    tracemalloc.start()
    try:
        found = COUNTERS[name].count(million)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found is not None
    assert peak < 400 * MB
    assert kept < 100 * MB


@every_counter
def test_ten_thousand_distinct_labels_are_counted_well_under_a_gigabyte(name):
    rng = np.random.default_rng(7)
    item = np.repeat(np.arange(20_000), 5)
    numbers = block(
        item,
        rng.integers(0, 1_000, item.size),
        rng.integers(0, 10_000, item.size),
        n_labelers=1_000,
        values=np.arange(10_000.0),
        level="interval",
    )

    tracemalloc.start()
    try:
        COUNTERS[name].count(numbers)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 200 * MB
