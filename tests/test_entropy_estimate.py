"""The object that an entropy is: a float with evidence, which prints what speaks against it."""

import copy
import math
import pickle

import numpy as np
import pytest

from fastmi import EntropyEstimate

GOOD = EntropyEstimate(1.25, ceiling=9.2, singleton_fraction=0.001, slope=0.01, n_samples=10_000)
BIASED = EntropyEstimate(1.25, ceiling=9.2, singleton_fraction=0.02, slope=0.1, n_samples=10_000, unit=math.log(2))
SATURATED = EntropyEstimate(
    9.1, ceiling=9.2, singleton_fraction=0.97, slope=0.98, n_samples=10_000, outside=3, std_error=0.004
)
EXACT = EntropyEstimate(4.0268)
ALL = [GOOD, BIASED, SATURATED, EXACT, EntropyEstimate(math.nan, unit=math.log(10))]


def test_it_is_a_float():
    assert GOOD == 1.25
    assert isinstance(GOOD, float)
    assert type(GOOD.value) is type(float(GOOD)) is type(GOOD + 1) is type(-GOOD) is float
    assert f"{GOOD:.3f}" == "1.250"
    assert np.asarray(GOOD).dtype == np.float64
    assert np.mean([GOOD, GOOD]) == 1.25


def test_defaults_are_those_of_infinitely_many_draws():
    assert (EXACT.n_samples, EXACT.ceiling, EXACT.std_error) == (None, math.inf, 0.0)
    assert not EXACT.saturated


def test_more_than_a_tenth_of_singletons_is_saturation():
    assert not EntropyEstimate(1.0, singleton_fraction=0.1).saturated
    assert EntropyEstimate(1.0, singleton_fraction=0.1001).saturated


@pytest.mark.parametrize("estimate", ALL, ids=repr)
def test_it_survives_copies_and_pickles(estimate):
    copies = [pickle.loads(pickle.dumps(estimate, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for same in (*copies, copy.copy(estimate), copy.deepcopy(estimate)):
        assert type(same) is EntropyEstimate
        assert repr(same) == repr(estimate)
        assert vars(same) == vars(estimate)


@pytest.mark.parametrize("name", ["ceiling", "value", "saturated", "anything"])
def test_it_is_read_only(name):
    with pytest.raises(AttributeError, match=f"read-only; {name} cannot be set"):
        setattr(GOOD, name, 1.0)
    with pytest.raises(AttributeError, match=f"read-only; {name} cannot be deleted"):
        delattr(GOOD, name)


def test_representations():
    assert repr(EXACT) == "EntropyEstimate(4.0268, unit='nats')"
    assert repr(GOOD) == (
        "EntropyEstimate(1.25, unit='nats', n_samples=10000, ceiling=9.2, singleton_fraction=0.001, slope=0.01)"
    )
    assert repr(SATURATED) == (
        "EntropyEstimate(9.1, unit='nats', std_error=0.004, n_samples=10000, ceiling=9.2, singleton_fraction=0.97, "
        "slope=0.98, outside=3, saturated=True)"
    )


def test_what_is_printed():
    assert str(GOOD) == "1.25 nats"
    assert str(EXACT) == "4.0268 nats"
    assert str(ALL[-1]) == "nan units of 2.30259 nats"
    value, outside, warning = str(SATURATED).split("\n")
    assert value == "9.1 +/- 0.004 nats"
    assert outside == "Note: 3 samples lie outside the range and are left out."
    assert warning.startswith("WARNING: saturated. 97% of the 10000 samples are alone in their bin")
    for part in ("9.2", "0.98", "says little about the distribution; take more samples or fewer bins"):
        assert part in warning


def test_a_bias_is_noted_in_the_unit_of_the_value():
    value, note = str(BIASED).split("\n")
    assert value == "1.25 bits"
    assert note == (
        "Note: 2.0% of the 10000 samples are alone in their bin; without a correction such an estimate is about 0.08 "
        "too low."
    )


def test_a_probability_outside_is_a_share():
    assert "a share of 0.001 lies outside" in str(EntropyEstimate(1.0, outside=0.001))
