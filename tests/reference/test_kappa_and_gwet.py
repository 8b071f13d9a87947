"""Kappa and AC1 against published tables, SAS and irrCAC output, statsmodels and scikit-learn."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from labeltrust.counts import Judgments, agreement, block, coincidences, pairs, peers
from labeltrust.counts._split import groups
from labeltrust.metrics.agreement import gwet_ac, peer_agreement, peer_gwet_ac, percent_agreement
from labeltrust.metrics.cohen_kappa import pairwise_kappa, peer_kappa
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

COHEN_1960 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
"""Cohen (1960), table 1 as counts of 200: kappa .492."""
FLEISS_1969 = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
"""Fleiss, Cohen, Everitt (1969), table 1 as counts of 200."""
SAS = np.array([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
"""A printed SAS example kept by statsmodels: kappa .4842 (ASE .1380), weighted .4701 (.1457)."""
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
"""Gwet (2014), table of two abstractors; figures as irrCAC prints them."""


def of_table(table: np.ndarray, level: str = "nominal") -> Judgments:
    one, two = (np.repeat(index, table.ravel()) for index in np.indices(table.shape).reshape(2, -1))
    n = one.size
    return block(
        [*range(n), *range(n)],
        [0] * n + [1] * n,
        [*one, *two],
        n_labelers=2,
        values=range(len(table)),
        level=level,
    )


def standard_error(found, degrees: int | None = None) -> float:
    """Take the interval back to its standard error: symmetric in log(1 - kappa), Student."""
    rest = 1 - found.value
    t = stats.t.ppf(0.975, found.n - 1 if degrees is None else degrees)
    return rest * np.log((1 - found.low) / rest) / t


def degrees_of(b: Judgments) -> int:
    """Return the degrees of freedom of the jackknife: groups that hold items, less one."""
    return np.unique(groups(b)).size - 1


@pytest.mark.parametrize(
    ("table", "published"),
    [(COHEN_1960, 0.492), (FLEISS_1969, 0.429), (SAS, 0.4842), (ABSTRACTORS, 0.7964094)],
)
def test_kappa_of_published_tables(table, published):
    kappa = pairwise_kappa(pairs.count(of_table(table))).kappa[0]

    digits = len(str(published)) - 2
    assert round(kappa.value, digits) == published
    assert kappa.n == table.sum()


@pytest.mark.parametrize(
    ("table", "kind", "kappa", "error"),
    [
        (SAS, "equal", 0.4842, 0.1380),
        (SAS, "linear", 0.4701, 0.1457),
        (ABSTRACTORS, "equal", 0.7964, 0.05891),
    ],
)
def test_standard_errors_of_printed_output(table, kind, kappa, error):
    found = pairwise_kappa(pairs.count(of_table(table)), kind).kappa[0]

    assert found.value == pytest.approx(kappa, abs=5e-5)
    # irrCAC divides by n - 1, SAS by n: half a percent at 100 items
    assert standard_error(found) == pytest.approx(error, rel=6e-3)


@pytest.mark.parametrize("kind", ["equal", "linear", "quadratic"])
@pytest.mark.parametrize("seed", range(6))
def test_kappa_and_its_error_are_those_of_statsmodels(kind, seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 7))
    table = rng.integers(0, 12, (size, size)) + 8 * np.eye(size, dtype=int)
    options = {} if kind == "equal" else {"wt": kind}

    found = pairwise_kappa(pairs.count(of_table(table)), kind).kappa[0]
    wanted = cohens_kappa(table, **options)

    assert found.value == pytest.approx(wanted.kappa, abs=1e-12)
    assert standard_error(found) == pytest.approx(wanted.std_kappa, rel=1e-9)


@pytest.mark.parametrize("kind", ["equal", "linear", "quadratic"])
def test_all_pairs_with_gaps_are_those_of_scikit_learn(kind):
    rng = np.random.default_rng(11)
    item, labeler = np.nonzero(rng.random((60, 12)) < 0.4)
    label = rng.choice(4, item.size, p=[0.4, 0.3, 0.2, 0.1])
    b = block(item, labeler, label, n_labelers=12, values=range(4), level="ordinal")
    weights = {"equal": None, "linear": "linear", "quadratic": "quadratic"}[kind]
    grid = np.full((60, 12), -1)
    grid[item, labeler] = label

    found = pairwise_kappa(pairs.count(b), kind)

    assert len(found.one) == 12 * 11 / 2
    for one, two, kappa in zip(found.one, found.two, found.kappa, strict=True):
        both = (grid[:, one] >= 0) & (grid[:, two] >= 0)
        wanted = cohen_kappa_score(
            grid[both, one], grid[both, two], labels=range(4), weights=weights
        )
        assert kappa.value == pytest.approx(wanted, abs=1e-12)
        assert kappa.n == both.sum()


@pytest.mark.parametrize("kind", ["equal", "linear", "quadratic"])
def test_the_kappa_of_a_labeler_with_one_peer_is_their_pairwise_kappa(kind):
    b = of_table(FLEISS_1969, "ordinal")

    one = pairwise_kappa(pairs.count(b), kind).kappa[0].value

    assert peer_kappa(peers.count(b), kind).value == pytest.approx([one, one], abs=1e-12)


def test_gwet_percent_agreement_and_alpha_of_two_abstractors():
    """As irrCAC prints them: AC1 0.8493305 (0.04321747), percent agreement 0.89."""
    b = of_table(ABSTRACTORS)
    ac1, share = gwet_ac(agreement.count(b)), percent_agreement(agreement.count(b))

    assert ac1.value == pytest.approx(0.8493305, abs=5e-8)
    assert share.value == pytest.approx(0.89, abs=1e-12)
    assert krippendorff_alpha(coincidences.count(b)).project.value == pytest.approx(
        0.7972585, abs=5e-8
    )
    # 100 items in 64 groups: an estimate of the error that is itself known to 9 %
    assert standard_error(ac1, degrees_of(b)) == pytest.approx(0.04321747, rel=0.3)
    assert peer_gwet_ac(peers.count(b)).value == pytest.approx([0.8493305] * 2, abs=5e-8)
    assert peer_agreement(peers.count(b)).value == pytest.approx([0.89] * 2)


RAW = np.array(
    [
        [1, 1, 0, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [0, 5, 5, 5], [0, 0, 1, 1], [0, 0, 3, 0],
    ]
)  # fmt: skip
"""Gwet (2014), 12 subjects by 4 raters with gaps, 41 ratings; figures as irrCAC prints them."""


def raw(level: str = "nominal") -> Judgments:
    item, labeler = np.nonzero(RAW)
    return block(item, labeler, RAW[item, labeler] - 1, n_labelers=4, values=range(5), level=level)


def test_gwet_and_percent_agreement_of_four_raters_with_gaps():
    """As irrCAC prints them: AC1 0.77544 (0.14295)."""
    counts = agreement.count(raw())
    ac1, share = gwet_ac(counts), percent_agreement(counts)

    assert ac1.value == pytest.approx(0.77544, abs=5e-6)
    assert share.value == pytest.approx(0.8181818, abs=5e-8)
    assert share.n == 11
    assert standard_error(ac1, degrees_of(raw())) == pytest.approx(0.14295, rel=0.3)


@pytest.mark.parametrize("kind", ["equal", "linear", "quadratic"])
def test_gwet_ac_is_its_formula_written_out(kind):
    """Gwet (2014), equations 5.5 to 5.7, with dense matrices."""
    r = np.array([[np.count_nonzero(row == k) for k in range(1, 6)] for row in RAW], dtype=float)
    apart = np.abs(np.subtract.outer(range(5), range(5)))
    w = {"equal": np.eye(5), "linear": 1 - apart / 4, "quadratic": 1 - (apart / 4) ** 2}[kind]
    m = r.sum(axis=1)
    many = m > 1
    alike = ((r * (r @ w - 1)).sum(axis=1)[many] / (m * (m - 1))[many]).mean()
    pi = (r / m[:, None]).mean(axis=0)
    chance = w.sum() / (5 * 4) * (pi * (1 - pi)).sum()

    found = gwet_ac(agreement.count(raw("ordinal")), kind)

    assert found.value == pytest.approx((alike - chance) / (1 - chance), abs=1e-12)


def test_alpha_of_a_full_table_is_fleiss_kappa_corrected_for_sample_size():
    """With m labels on each of N items alpha = 1 - (1 - kappa)(Nm - 1)/(Nm); Krippendorff 2018."""
    rng = np.random.default_rng(8)
    grid = np.where(
        rng.random((50, 4)) < 0.6, rng.integers(0, 3, (50, 1)), rng.integers(0, 3, (50, 4))
    )
    b = block(
        np.repeat(range(50), 4), np.tile(range(4), 50), grid.ravel(), n_labelers=4, values=range(3)
    )

    kappa = fleiss_kappa(aggregate_raters(grid)[0])
    alpha = krippendorff_alpha(coincidences.count(b)).project.value

    assert alpha == pytest.approx(1 - (1 - kappa) * 199 / 200, abs=1e-12)
