"""One labeler's report: the planted suspect turns out as planted, the honest as honest."""

from datetime import datetime, timedelta

import pytest
from notebook_runs import ran

BRIBED = "reviewer-22"


@pytest.fixture(scope="module")
def shown(seeded):
    return ran("02_inspect_a_labeler", seeded.deployment.settings)


def test_it_begins_with_the_first_of_the_flagged_and_has_charts(seeded, shown, planted):
    assert seeded.most_suspect() in planted
    assert shown.text.startswith(f"{seeded.most_suspect()}: ")
    assert len(shown.pictures) == 8


def test_a_bribed_labeler_flips_fraud_to_benign_since_the_planted_day(seeded, planted):
    report = seeded.labeler(BRIBED, items=12)
    signals = report.signals()

    since = datetime.fromisoformat(planted[BRIBED]["since"])
    assert abs(report.onset - since) < timedelta(days=2)
    assert "targeted_flip" in set(signals[signals["stands_out"]]["signal"])
    confusion = report.confusion("believed").set_index(["true", "said"])
    assert confusion.loc[("fraud", "benign"), "share"] > 0.5
    assert confusion.loc[("benign", "fraud"), "share"] < 0.3
    late = report.items()
    assert len(late) == 12
    assert (late["said"] != late["believed"]).all()


def test_every_planted_suspect_is_suspect_and_no_honest_labeler_is(seeded, planted):
    assert set(seeded.suspects()) == set(planted)


def test_an_honest_labeler_shows_no_onset_and_readings_with_their_reasons(seeded, planted):
    honest = next(name for name in seeded.labelers()["labeler"] if name not in planted)
    report = seeded.labeler(honest)
    missing = report.signals()[report.signals()["size"].isna()]

    assert report.onset is None
    assert missing["size_reason"].notna().all()
    assert missing["words"].str.startswith("Says nothing").all()
