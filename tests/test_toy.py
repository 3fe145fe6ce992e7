"""The toy event looks like an event."""

import numpy as np
import pytest

from fastmi.toy import HALF_LENGTH, LAYERS, N_NEURONS, toy_event, toy_events

PARTICLE = ["pt", "eta", "phi", "vz", "q"]


@pytest.fixture(scope="module")
def event():
    return toy_event(3)


def test_shapes_and_noise(event):
    assert event["latent"].shape == (14_183, N_NEURONS)
    noise = np.isnan(event["pt"])
    assert noise.sum() == round(0.05 * 14_183)
    for name in PARTICLE:
        np.testing.assert_array_equal(np.isnan(event[name]), noise)
    for name in ("latent", "r", "phi_hit", "z"):
        assert np.isfinite(event[name]).all()


def test_hits_lie_on_the_layers_inside_the_barrel(event):
    assert np.abs(event["r"][:, np.newaxis] - LAYERS).min(axis=1).max() < 1e-3
    assert np.abs(event["z"]).max() < HALF_LENGTH + 1e-3
    assert event["phi_hit"].min() >= -np.pi
    assert event["phi_hit"].max() <= np.pi


def test_tracks_are_helices(event):
    """A hit at r has turned by half_turn = asin(r / 2R), and has moved along z by 2 R half_turn sinh(eta)."""
    hits = {name: values[~np.isnan(event["pt"])] for name, values in event.items()}
    radius = hits["pt"] / (0.3 * 2.0)
    half_turn = np.arcsin(hits["r"] / (2 * radius))
    turned = np.mod(hits["q"] * (hits["phi"] - hits["phi_hit"]) + np.pi, 2 * np.pi) - np.pi
    np.testing.assert_allclose(turned, half_turn, atol=0.02)
    np.testing.assert_allclose(hits["z"] - hits["vz"], 2 * radius * half_turn * np.sinh(hits["eta"]), atol=0.005)


def test_seeded(event):
    again, other = toy_event(3), toy_event(np.random.default_rng(4))
    for name in event:
        np.testing.assert_array_equal(event[name], again[name])
        assert not np.array_equal(event[name], other[name], equal_nan=True)


@pytest.mark.parametrize("n_hits", [1, 2, 50, 40_000])
def test_any_number_of_hits(n_hits):
    event = toy_event(0, n_hits=n_hits)
    assert {len(array) for array in event.values()} == {n_hits}


def test_as_many_events_as_asked_for():
    events = toy_events(3, seed=5, n_hits=50)
    assert [event.name for event in events] == ["toy 0", "toy 1", "toy 2"]
    assert len({event.identity for event in [*events, *toy_events(3, seed=6, n_hits=50)]}) == 6
    for event, again in zip(events, toy_events(4, seed=5, n_hits=50), strict=False):
        for name, array in toy_event(0, n_hits=50).items():
            assert event[name].shape == array.shape
            np.testing.assert_array_equal(event[name], again[name])
    assert not np.array_equal(events[0]["z"], events[1]["z"])
    assert not np.array_equal(events[0]["z"], toy_events(1, seed=6, n_hits=50)[0]["z"])
    assert toy_events(0) == []


def test_a_negative_number_of_events():
    with pytest.raises(ValueError, match="n_events=-1 is negative"):
        toy_events(-1)
    with pytest.raises(ValueError, match="n_hits=0 is less than 1"):
        toy_events(1, n_hits=0)


def test_a_seed_that_is_none_is_told_before_events_are_made():
    with pytest.raises(ValueError, match="seed=-1 is negative"):
        toy_events(1, seed=-1)
    for seed in (None, 1.5, np.random.default_rng(1)):
        with pytest.raises(TypeError):
            toy_events(1, seed=seed)


def test_no_hits():
    with pytest.raises(ValueError, match="n_hits=0 is less than 1"):
        toy_event(0, n_hits=0)
