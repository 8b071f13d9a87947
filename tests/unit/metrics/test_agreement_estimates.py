"""What agreement says at its edges: nothing shared, all alike, nobody ever disagrees."""

import numpy as np
import pytest
from blocks import drawn

from labeltrust.counts import (
    Judgments,
    agreement,
    block,
    coincidences,
    concordance,
    flips,
    pairs,
    peers,
)
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.metrics.agreement import gwet_ac, peer_agreement, peer_gwet_ac, percent_agreement
from labeltrust.metrics.cohen_kappa import (
    kappa_to_consensus,
    n_peers,
    pairwise_kappa,
    peer_kappa,
)
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def every_measure(b: Judgments) -> dict[str, list]:
    """Return all numbers of agreement of a block, by name."""
    alphas = krippendorff_alpha(coincidences.count(b))
    means, others = agreement.count(b), peers.count(b)
    return {
        "alpha": [alphas.project],
        "without": list(alphas.without),
        "effect": list(alphas.effect),
        "pairwise": list(pairwise_kappa(pairs.count(b)).kappa),
        "peer_kappa": list(peer_kappa(others)),
        "consensus": list(kappa_to_consensus(flips.count(b), concordance.count(b))),
        "percent": [percent_agreement(means)],
        "gwet": [gwet_ac(means)],
        "peer_percent": list(peer_agreement(others)),
        "peer_gwet": list(peer_gwet_ac(others)),
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(10))
def test_every_number_lies_in_its_interval_and_in_its_range(level, seed):
    rng = np.random.default_rng(seed)

    found = every_measure(drawn(rng, int(rng.integers(0, 60)), level).block())

    for name, numbers in found.items():
        for x in numbers:
            assert isinstance(x, Estimate | Undefined)
            if isinstance(x, Estimate):
                assert x.low <= x.value + 1e-12, name
                assert x.value <= x.high + 1e-12, name
                assert x.low >= -2, name
                assert x.high <= (2 if name == "effect" else 1), name
                assert x.n > 0, name


@pytest.mark.parametrize("level", LEVELS)
def test_labelers_who_share_nothing_are_unknown(level):
    b = block([1, 2], [0, 1], [0, 1], n_labelers=2, values=[0, 1], level=level)

    for name, numbers in every_measure(b).items():
        assert all(isinstance(x, Undefined) for x in numbers), name


@pytest.mark.parametrize("level", LEVELS)
def test_labels_all_alike_cannot_show_disagreement(level):
    b = block([1, 1, 2, 2], [0, 1] * 2, [1] * 4, n_labelers=2, values=[0, 1], level=level)

    found = every_measure(b)

    assert "alike" in found["alpha"][0].reason
    assert "same label" in found["pairwise"][0].reason
    assert all("same label" in x.reason for x in found["peer_kappa"])
    assert found["percent"][0].value == 1.0


@pytest.mark.parametrize("level", LEVELS)
def test_perfect_agreement_on_few_items_is_not_certain(level):
    b = block(
        np.repeat(range(6), 2),
        [0, 1] * 6,
        np.repeat([0, 1, 2] * 2, 2),
        n_labelers=2,
        values=[1, 2, 3],
        level=level,
    )

    for name, numbers in every_measure(b).items():
        if name in {"effect", "without"}:
            continue
        for x in numbers:
            assert (x.value, x.high) == pytest.approx((1.0, 1.0)), name
            assert x.low < 0.7, name


def test_a_constant_answerer_of_few_items_has_kappa_zero_with_a_wide_interval():
    b = block(
        np.repeat(range(4), 2), [0, 1] * 4, [0, 0, 0, 0, 0, 1, 0, 1], n_labelers=2, values=[0, 1]
    )

    kappa = pairwise_kappa(pairs.count(b)).kappa[0]

    assert kappa.value == pytest.approx(0.0)
    assert kappa.high - kappa.low > 0.9


def test_alpha_without_a_labeler_is_that_of_a_project_where_he_never_was():
    whole = drawn(np.random.default_rng(2), 60, "interval")

    without = krippendorff_alpha(coincidences.count(whole.block())).without
    for a in range(5):
        rest = whole.take(np.flatnonzero(whole.labeler != a)).block()
        wanted = krippendorff_alpha(coincidences.count(rest)).project
        assert without[a].value == pytest.approx(wanted.value, abs=1e-12)
        assert without[a].low == pytest.approx(wanted.low, abs=1e-9)
        assert without[a].n == wanted.n


def test_leaving_out_the_only_partner_leaves_nothing_to_pair():
    b = block([1, 1, 2, 2], [0, 1] * 2, [0, 1, 1, 1], n_labelers=3, values=[0, 1])

    found = krippendorff_alpha(coincidences.count(b))

    assert found.without[0] == Undefined(reason="no item has two judgments")
    assert found.without[2].value == found.project.value
    assert found.effect[2] == Undefined(reason="no items shared with another labeler")


def test_a_far_off_value_does_not_pass_for_agreement_of_the_rest():
    """One labeler types 1e12 on a scale of 0 to 1: what is left without him has lost its digits."""
    rng = np.random.default_rng(0)
    values = np.append(np.linspace(0, 1, 11), 1e12)
    label = rng.integers(0, 11, 90)
    label[:1] = 11
    b = block(
        np.repeat(range(30), 3),
        np.tile([0, 1, 2], 30),
        label,
        n_labelers=3,
        values=values,
        level="interval",
    )

    found = krippendorff_alpha(coincidences.count(b))

    assert "drown" in found.without[0].reason
    assert isinstance(found.without[1], Estimate)


def test_numbers_are_the_same_on_any_linear_scale():
    b = drawn(np.random.default_rng(6), 60, "interval").block()
    other = drawn(np.random.default_rng(6), 60, "interval")
    moved = block(
        other.item,
        other.labeler,
        other.label,
        n_labelers=5,
        level="interval",
        values=np.array(other.values) * 1000 - 77,
    )

    for one, two in zip(every_measure(b).values(), every_measure(moved).values(), strict=True):
        for x, y in zip(one, two, strict=True):
            assert isinstance(y, type(x))
            if isinstance(x, Estimate):
                assert y.value == pytest.approx(x.value, abs=1e-9)
                assert (y.low, y.high) == pytest.approx((x.low, x.high), abs=1e-6)


def test_peers_are_counted_once_each():
    b = block([1, 1, 1, 2, 2], [0, 1, 2, 0, 1], [0] * 5, n_labelers=4, values=[0, 1])

    assert n_peers(pairs.count(b)).tolist() == [2, 2, 2, 0]
