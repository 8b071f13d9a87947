"""Alpha and majority vote of 23 published data sets are the figures their READMEs state."""

import pytest
from published_sets import FOLDER, NAMES, PublishedSet, found, read

from labeltrust.counts import coincidences, majority
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha
from labeltrust.metrics.majority import majority_accuracy

REPEATS = {"adult-content2", "anaesthetists-1979", "md-agreement", "weather-amt", "xhate-stability"}


@pytest.fixture(params=NAMES)
def named(request) -> tuple[str, PublishedSet]:
    if not found(request.param):
        pytest.skip(
            f"data set {request.param} not found in {FOLDER.name}: set LABELTRUST_TEST_DATA"
        )
    return request.param, read(request.param)


def test_alpha_and_majority_of_all_answers_are_the_published_figures(named):
    """All answers count, as in the figures; the product's own figure is of the last answers."""
    name, data = named
    everything, last = data.block(), data.block(data.last_answers())

    alpha, current = (
        krippendorff_alpha(coincidences.count(b)).project.value for b in (everything, last)
    )
    votes = majority.count(everything)

    print(_line(name, data, (alpha, current), (everything.n, last.n), last))  # noqa: T201 - the table
    assert round(alpha, 4) == pytest.approx(data.alpha, abs=1e-9)
    assert (everything.n == last.n) == (name not in REPEATS)
    if data.majority:
        right, n, tied = data.majority
        assert (votes.gold, votes.gold_tied) == (n, tied)
        assert round(majority_accuracy(votes).value, 4) == pytest.approx(right, abs=1e-9)


def _line(name, data, alphas, sizes, last) -> str:
    votes = majority.count(last)
    right = f"{votes.gold_right / votes.gold:.4f}" if data.majority else "no gold"
    stated = f"{data.majority[0]:.4f}" if data.majority else "no gold"
    return (
        f"{name:29} {data.level:8} alpha stated {data.alpha:.4f}, all {sizes[0]} answers "
        f"{alphas[0]:.4f}, last {sizes[1]} answers {alphas[1]:.4f}; "
        f"majority stated {stated}, last answers {right}"
    )
