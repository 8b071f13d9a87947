"""The endless history: how fast it grows, and when the disk is full."""

import os
from dataclasses import replace

from records import Record

from labeltrust.store.growth import Growth, measure_growth


def test_growth_is_measured_between_days(deployment, clock):
    record = Record(deployment)
    first = measure_growth(deployment.engine, deployment.settings, clock())
    record.send(record.label("i1", "ann"), body=os.urandom(2_000_000))
    clock.tick(86_400 * 2)

    found = measure_growth(deployment.engine, deployment.settings, clock())

    assert (first.bytes_a_day, first.days_left) == (None, None)
    assert found.database_bytes > first.database_bytes
    assert found.bytes_a_day == (found.database_bytes - first.database_bytes) / 2
    if deployment.engine.dialect.name == "sqlite":
        assert found.days_left == found.free_bytes / found.bytes_a_day
    else:
        assert found.free_bytes is None


def test_old_measurements_are_forgotten(deployment, clock):
    measure_growth(deployment.engine, deployment.settings, clock())
    clock.tick(86_400 * 30)
    measure_growth(deployment.engine, deployment.settings, clock())
    clock.tick(86_400)

    found = measure_growth(deployment.engine, deployment.settings, clock())

    assert found.bytes_a_day == 0


def test_a_warning_comes_when_the_disk_is_full_soon_and_not_before(deployment):
    growth = Growth(database_bytes=1, bytes_a_day=10.0, free_bytes=100, days_left=10.0)
    settings = deployment.settings

    assert growth.warning(replace(settings, disk_warning_days=9)) is None
    assert "10 days" in growth.warning(replace(settings, disk_warning_days=10))
    assert replace(growth, days_left=None).warning(settings) is None
