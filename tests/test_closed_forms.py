"""What is known in closed_forms.py is so: against the mean of exact log ratios over samples, and against quadrature."""

import numpy as np
import pytest
from scipy.integrate import quad

import closed_forms
from closed_forms import Known

N_SAMPLES = 100_000
GROUPS = {
    name: getattr(closed_forms, name)
    for name in ("MUTUAL_INFO", "CONDITIONAL_MUTUAL_INFO", "ENTROPY", "DIVERGENCE", "CROSS_ENTROPY")
}
ALL = [pytest.param(known, id=f"{group}-{known}") for group, entries in GROUPS.items() for known in entries]


@pytest.mark.parametrize("known", ALL)
def test_truth_is_the_mean_log_ratio(known):
    samples = known.sample(np.random.default_rng(1), N_SAMPLES)
    local = known.local(*samples)
    assert local.shape == (N_SAMPLES,)
    assert abs(local.mean() - known.truth) < 4 * local.std() / np.sqrt(N_SAMPLES) + 1e-12


@pytest.mark.parametrize("known", ALL)
def test_samples_are_finite_and_follow_the_seed(known):
    first, again = (known.sample(np.random.default_rng(2), 50) for _ in range(2))
    for samples, repeated in zip(first, again, strict=True):
        assert len(samples) == 50
        assert samples.ndim == 1 or samples.shape[1] > 1
        assert np.isfinite(samples).all()
        assert np.array_equal(samples, repeated)
    for samples, is_discrete in zip(first, known.discrete or [False] * len(first), strict=True):
        assert np.issubdtype(samples.dtype, np.integer) == is_discrete


def test_names_tell_entries_apart():
    for entries in GROUPS.values():
        names = [known.name for known in entries]
        assert len(set(names)) == len(names)
        assert all(isinstance(known, Known) for known in entries)


@pytest.mark.parametrize("a", [0.3, 1.0, 2.0])
def test_sum_of_uniforms_by_quadrature(a):
    def surprise(y):
        p = min(y, 1 + a - y, a, 1) / a
        return -p * np.log(p) if p > 0 else 0.0

    entropy, _ = quad(surprise, 0, 1 + a, points=sorted([a, 1]))
    assert closed_forms.sum_of_uniforms(a).truth == pytest.approx(entropy - np.log(a), abs=1e-9)


def test_euler_gamma():
    assert closed_forms.mckay_gamma(1, 1).truth == pytest.approx(np.euler_gamma, abs=1e-14)


def test_zero_inflation_loses_what_it_hides():
    plain = closed_forms.zero_inflated_poisson(0.0).truth
    assert plain == pytest.approx(0.3012, abs=1e-4)  # Gao et al. 2017
    for p in (0.1, 0.5, 0.9):
        assert 0 < closed_forms.zero_inflated_poisson(p).truth < (1 - p) * plain


def test_normals():
    assert closed_forms.bivariate_normal(0.9).truth == pytest.approx(-0.5 * np.log(1 - 0.81))
    cov = closed_forms.THREE_AND_TWO
    chain = closed_forms.normal_mutual_info(cov[:3, :3], 1) + closed_forms.normal_conditional_mutual_info(
        cov[np.ix_([0, 3, 4, 1, 2], [0, 3, 4, 1, 2])], 1, 2
    )
    assert closed_forms.normal_mutual_info(cov, 1) == pytest.approx(chain)  # I(X;YZ) = I(X;Z) + I(X;Y|Z)
    assert closed_forms.normal_divergence([0], [[4.0]], [0], [[4.0]]) == pytest.approx(0, abs=1e-15)


def test_tables():
    assert closed_forms.table_mutual_info(np.outer([0.3, 0.7], [0.6, 0.4])) == pytest.approx(0, abs=1e-15)
    assert closed_forms.table_mutual_info(np.eye(4) / 4) == pytest.approx(np.log(4))
    assert closed_forms.shared_poisson(1.0, 1.0, 0.0).truth == pytest.approx(0, abs=1e-12)
