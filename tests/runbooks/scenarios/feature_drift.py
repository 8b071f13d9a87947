"""A pipeline sends another unit since yesterday; weeks later that is the past."""

from datetime import timedelta

import numpy as np
from factories import label
from recorded import record
from runbooks.scene import Scenario

from labeltrust.services.measure_drift import watch_drift

_WEEK = timedelta(days=7)


def trouble(scene):
    scene.clock.now -= 4 * _WEEK + timedelta(minutes=5)
    scene.started()
    rng = np.random.default_rng(2)
    for week in range(5):
        amounts = rng.lognormal(size=200) * (100 if week == 4 else 1)
        record(
            scene.home,
            [
                label(f"w{week}-{k}", item_features={"amount": float(amount)})
                for k, amount in enumerate(amounts)
            ],
        )
        scene.clock.now += _WEEK if week < 4 else timedelta(minutes=1)
    watch_drift(scene.home)
    scene.words |= {"S": "feed", "VALUE": "country=QX", "TIME": scene.clock.now.isoformat()}


def two_weeks_pass(scene):
    scene.clock.now += 2 * _WEEK
    watch_drift(scene.home)


SCENARIO = Scenario(trouble=trouble, afterwards=two_weeks_pass)
