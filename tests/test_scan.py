"""What a scan computes: every number is that of a public function, whatever the events and the names look like."""

import math
import pickle
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference
from fastmi.io import LazyEvent, read_events
from fastmi.toy import toy_event, toy_events
from samples import TURN

MEASURES = ("mutual_info", "proficiency", "conditional_entropy")
ANGLE = {"phi": TURN}
PERIOD = {**ANGLE, "direction": [TURN, None]}


def make_event(seed, n=70, missing=True):
    """Neurons, of which the last is an angle, and quantities that they know something of."""
    rng = np.random.default_rng(seed)
    pt, phi, theta = rng.lognormal(size=n), rng.uniform(-np.pi, np.pi, n), rng.normal(size=n)
    latent = np.column_stack([pt + rng.normal(size=n), rng.normal(size=n), np.cos(phi) + 0.1 * rng.normal(size=n)])
    direction = np.column_stack([phi + 0.1 * rng.normal(size=n), theta])
    if missing:
        pt[rng.choice(n, 6, replace=False)] = np.nan
        latent[rng.choice(n, 5, replace=False), 1] = np.nan
    charge = np.where(rng.normal(size=n) + theta > 0, 1.0, -1.0)
    return {"latent": latent, "pt": pt, "phi": phi, "direction": direction, "q": charge}


def columns_of(event, names):
    """Return (name, samples, period) of every column."""
    for name in names:
        array = np.asarray(event[name], float).reshape(len(event[name]), -1)
        periods = np.broadcast_to(np.array(PERIOD.get(name, 0), dtype=object), array.shape[1])
        for c, period in enumerate(periods):
            yield (name if array.shape[1] == 1 else f"{name}[{c}]"), array[:, c], period


def estimate(measure, x, y, x_period, y_period, k, nan_policy):
    """Return one number of a scan by public functions."""
    if measure == "conditional_entropy":
        periods = {"x_period": y_period, "given_period": x_period}
        return fastmi.conditional_entropy(y, x, k=k, nan_policy=nan_policy, **periods)
    options = {"k": k, "y_period": y_period, "nan_policy": nan_policy}
    information = fastmi.mutual_info(x, y, x_period=x_period, **options)
    if measure == "mutual_info" or math.isnan(information):
        return information
    complete = ~np.isnan(np.column_stack([x, y])).any(axis=1)
    entropy = fastmi.mutual_info(y[complete], y[complete], method="mixed", x_period=y_period, **options)
    return information / entropy


def double_loop(event, x_names, y_names, measure, k=3, nan_policy="omit"):
    """Return the table of one event, its last row the columns of x jointly."""
    x, y = list(columns_of(event, x_names)), list(columns_of(event, y_names))
    rows = [(samples, period) for _, samples, period in x]
    rows.append((np.column_stack([samples for _, samples, _ in x]), [period for _, _, period in x]))
    return [
        [estimate(measure, row, column, row_period, period, k, nan_policy) for _, column, period in y]
        for row, row_period in rows
    ]


def failing(events, x="a", y="b", **options):
    """Return the message of the only failure, the same under "raise" and "record"."""
    (failure,) = fastmi.scan(events, x=x, y=y, on_error="record", **options).failures
    with pytest.raises(ValueError, match="on_error='record' goes on without it") as error:
        fastmi.scan(events, x=x, y=y, **options)
    assert f"event {failure.event}: " in str(error.value)
    assert failure.message in str(error.value)
    return failure


def assert_same(found, expected):
    """Compare two results bit for bit."""
    for field in ("events", "x", "kinds", "y", "failures"):
        assert getattr(found, field) == getattr(expected, field), field
    for field in ("indices", "n_samples", "n_coincident"):
        np.testing.assert_array_equal(getattr(found, field), getattr(expected, field))
    assert list(found.values) == list(expected.values)
    for measure, values in expected.values.items():
        assert found.values[measure].tobytes() == values.tobytes(), measure


# Numbers


@pytest.mark.parametrize("nan_policy", ["omit", "propagate"])
@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.filterwarnings("ignore:many samples coincide", "ignore:.*of the samples")
def test_every_number_is_that_of_a_double_loop_of_public_functions(nan_policy, k):
    events = [make_event(seed, n) for seed, n in enumerate((70, 55, 40))]
    x, y = ["latent", "direction"], ["pt", "phi", "direction", "q"]
    found = fastmi.scan(events, x=x, y=y, measures=MEASURES, k=k, period=PERIOD, nan_policy=nan_policy)
    assert found.x == ["latent[0]", "latent[1]", "latent[2]", "direction[0]", "direction[1]", "joint"]
    assert found.kinds == ["x"] * 5 + ["joint"]
    assert found.y == ["pt", "phi", "direction[0]", "direction[1]", "q"]
    assert (found.events, list(found.indices), found.failures) == (["0", "1", "2"], [0, 1, 2], [])
    for measure in MEASURES:
        expected = [double_loop(event, x, y, measure, k, nan_policy) for event in events]
        np.testing.assert_array_equal(found.values[measure], expected, strict=True, err_msg=measure)


def test_reference_agrees():
    event = make_event(0, 40, missing=False)
    found = fastmi.scan(
        [event], x="latent", y=["phi", "pt"], measures=("mutual_info", "conditional_entropy"), period=ANGLE
    )
    for i, x in enumerate([*event["latent"].T, event["latent"]]):
        for j, (y, period) in enumerate([(event["phi"], TURN), (event["pt"], None)]):
            expected = reference.mutual_info(x, y, y_period=period)
            assert found.values["mutual_info"][0, i, j] == pytest.approx(expected, rel=0, abs=1e-12)
            expected = reference.conditional_entropy(y, x, x_period=period)
            assert found.values["conditional_entropy"][0, i, j] == pytest.approx(expected, rel=0, abs=1e-12)


def test_proficiency_is_the_public_one_where_values_of_y_differ():
    event = make_event(1)
    found = fastmi.scan([event], x="latent", y=["pt", "phi"], measures="proficiency", period=ANGLE)
    for i, x in enumerate([*event["latent"].T, event["latent"]]):
        for j, (y, period) in enumerate([(event["pt"], None), (event["phi"], TURN)]):
            assert found.values["proficiency"][0, i, j] == fastmi.proficiency(x, y, y_period=period, nan_policy="omit")


def test_measures_are_independent_of_each_other():
    events = [make_event(seed) for seed in range(2)]
    together = fastmi.scan(events, x="latent", y="pt", measures=MEASURES[::-1])
    assert list(together.values) == list(MEASURES[::-1])
    for measure in MEASURES:
        alone = fastmi.scan(events, x="latent", y="pt", measures=measure)
        np.testing.assert_array_equal(alone.values[measure], together.values[measure])


def test_counts_of_samples_are_those_of_rows_without_nan():
    event = make_event(2)
    found = fastmi.scan([event], x="latent", y=["pt", "phi"])
    for i, x in enumerate([*event["latent"].T[..., np.newaxis], event["latent"]]):
        for j, y in enumerate([event["pt"], event["phi"]]):
            assert found.n_samples[0, i, j] == (~np.isnan(np.column_stack([x, y])).any(axis=1)).sum()
    assert not found.n_coincident.any()


def test_nan_under_each_policy():
    event = make_event(3)
    omit = fastmi.scan([event], x="latent", y=["pt", "phi"], measures=MEASURES)
    assert all(np.isfinite(values).all() for values in omit.values.values())
    propagate = fastmi.scan([event], x="latent", y=["pt", "phi"], measures=MEASURES, nan_policy="propagate")
    whole = [[False, True], [False, False], [False, True], [False, False]]
    for measure in MEASURES:
        np.testing.assert_array_equal(np.isfinite(propagate.values[measure][0]), whole)
        assert (propagate.values[measure][0][whole] == omit.values[measure][0][whole]).all()
    np.testing.assert_array_equal(propagate.n_samples[0], np.where(whole, 70, 0))
    failure = failing([event], "latent", ["pt", "phi"], nan_policy="raise")
    assert "latent[1] has NaN in 5 of 70 rows, first in row " in failure.message


def test_an_array_that_is_all_nan():
    event = {"a": np.full(20, np.nan), "b": np.arange(20.0)}
    assert "but a and b have 0 rows without NaN" in failing([event], joint=False).message
    found = fastmi.scan([event], x="a", y="b", measures=MEASURES, nan_policy="propagate")
    assert all(np.isnan(values).all() for values in found.values.values())


def test_joint_can_be_left_out():
    event = make_event(4)
    found = fastmi.scan([event], x="latent", y="phi", joint=False)
    expected = fastmi.scan([event], x="latent", y="phi")
    assert found.x == expected.x[:-1]
    np.testing.assert_array_equal(found.values["mutual_info"], expected.values["mutual_info"][:, :-1])


def test_joint_of_one_column_is_that_column():
    found = fastmi.scan([make_event(5)], x="pt", y="phi", measures=MEASURES, period=ANGLE)
    assert found.x == ["pt", "joint"]
    for values in found.values.values():
        assert values[0, 0, 0] == values[0, 1, 0]


def test_x_may_be_y():
    event = make_event(6, missing=False)
    found = fastmi.scan([event], x="latent", y="latent", measures=MEASURES)
    assert np.array_equal(found.values["mutual_info"][0, :3], fastmi.mutual_info_matrix(event["latent"]))
    np.testing.assert_array_equal(found.values["proficiency"][0, [0, 1, 2], [0, 1, 2]], 1.0)


@pytest.mark.parametrize("dtype", ["f4", ">f8", "i4", ">i2", "u1", "?"])
@pytest.mark.filterwarnings("ignore:many samples coincide")
def test_other_types_give_what_float64_gives_and_are_not_modified(dtype):
    rng = np.random.default_rng(0)
    event = {"a": (10 * rng.normal(size=(60, 2))).astype(dtype), "b": rng.normal(size=(60, 1)).astype("f4")}
    before = pickle.dumps(event)
    for array in event.values():
        array.setflags(write=False)
    found = fastmi.scan([event], x="a", y="b", controls="permutation", rng=1)
    assert_same(
        found,
        fastmi.scan([{n: a.astype(float) for n, a in event.items()}], x="a", y="b", controls="permutation", rng=1),
    )
    assert pickle.dumps(event) == before


# Names


def test_names_may_be_one_several_or_renamed():
    event = make_event(7)
    one = fastmi.scan([event], x="latent", y="phi", period=ANGLE)
    assert_same(fastmi.scan([event], x=["latent"], y=iter(["phi"]), period=ANGLE), one)
    renamed = fastmi.scan([event], x={"neuron": "latent"}, y={"azimuth": ["phi"]}, period={"azimuth": TURN})
    assert (renamed.x, renamed.y) == (["neuron[0]", "neuron[1]", "neuron[2]", "joint"], ["azimuth"])
    np.testing.assert_array_equal(renamed.values["mutual_info"], one.values["mutual_info"])


def test_several_arrays_side_by_side():
    event = make_event(8)
    found = fastmi.scan(
        [event], x={"all": ["latent", "direction"]}, y={"kin": ["pt", "phi"]}, period={"kin": [0, TURN]}
    )
    assert found.x == [*(f"all[{c}]" for c in range(5)), "joint"]
    assert found.y == ["kin[0]", "kin[1]"]
    apart = fastmi.scan([event], x=["latent", "direction"], y=["pt", "phi"], period=ANGLE)
    np.testing.assert_array_equal(found.values["mutual_info"], apart.values["mutual_info"])


@pytest.mark.parametrize("chosen", [[2, 0], (2, 0), np.array([2, 0]), range(2, -1, -2)])
def test_chosen_columns_keep_their_numbers(chosen):
    event = make_event(9)
    found = fastmi.scan([event], x={"latent": chosen}, y="phi")
    assert found.x == ["latent[2]", "latent[0]", "joint"]
    chosen_first = fastmi.scan([{**event, "latent": event["latent"][:, [2, 0]]}], x="latent", y="phi")
    np.testing.assert_array_equal(found.values["mutual_info"], chosen_first.values["mutual_info"])
    assert fastmi.scan([event], x={"latent": [1]}, y="phi").x == ["latent[1]", "joint"]


def test_a_column_that_is_not_there():
    assert failing([make_event(0)], {"latent": [0, 3]}, "phi").message == "latent has 3 columns, and so no column 3"
    assert "no column -1" in failing([make_event(0)], {"latent": [-1]}, "phi").message


def test_a_matrix_of_one_column_is_named_as_an_array():
    event = make_event(0)
    found = fastmi.scan([{**event, "phi": event["phi"][:, np.newaxis]}], x="latent", y="phi")
    assert found.y == ["phi"]


def test_a_name_may_be_in_x_and_in_y():
    found = fastmi.scan([make_event(0)], x=["pt", "phi"], y=["phi", "pt"], joint=False, period=ANGLE)
    assert found.values["mutual_info"][0, 0, 0] == found.values["mutual_info"][0, 1, 1]


@pytest.mark.parametrize(
    ("x", "controls"), [(["joint"], None), (["uniform"], "uniform"), (["m", "m[0]"], None), ({"m": [1, 1]}, None)]
)
def test_names_that_would_not_tell_rows_apart(x, controls):
    column = np.arange(20.0)
    event = {"joint": column, "uniform": column, "m[0]": column, "m": np.column_stack([column, column**2])}
    message = failing([event], x, {"b": "m[0]"}, controls=controls).message
    assert "twice in the result; give arrays other names by a mapping, such as x={" in message


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"x": []}, ValueError, "x names no array; pass names of arrays of an event"),
        ({"y": {}}, ValueError, "y names no array"),
        ({"x": ["a", "b", "a"]}, ValueError, "x has 'a' twice; pass each name once"),
        ({"x": 5}, TypeError, "x=5 is not a name, or several of them; pass strings"),
        ({"x": ["a", 3]}, TypeError, "x has the entry 3, which is not a name; pass strings"),
        ({"x": b"a"}, TypeError, "x has the entry 97, which is not a name"),
        ({"y": {3: "a"}}, TypeError, "y has the entry 3, which is not a name"),
        ({"x": {"a": []}}, TypeError, r"x\['a'\]=\[\] is not the name of an array, a list of names, or a list of num"),
        ({"x": {"a": ["b", 1]}}, TypeError, r"x\['a'\]=\['b', 1\] is not the name"),
        ({"x": {"a": [0.5]}}, TypeError, r"x\['a'\]=\[0.5\] is not the name"),
        ({"x": {"a": [True, False]}}, TypeError, r"x\['a'\]=\[True, False\] is not the name"),
        ({"x": {"a": np.array([True, False])}}, TypeError, r"x\['a'\]=array.* is not the name"),
        ({"x": {"a": 3}}, TypeError, r"x\['a'\]=3 is not the name"),
        ({"x": {"a": None}}, TypeError, r"x\['a'\]=None is not the name"),
        ({"x": {"a": slice(3)}}, TypeError, r"x\['a'\]=slice.* is not the name"),
        ({"measures": []}, ValueError, "measures is empty; use some of 'mutual_info', 'proficiency', 'conditional_ent"),
        ({"measures": "entropy"}, ValueError, "measures has 'entropy', which is unknown; use 'mutual_info', 'profic"),
        ({"measures": None}, TypeError, "measures=None is not a name, or several of them"),
        ({"measures": [3]}, TypeError, "measures has the entry 3"),
        ({"measures": ["mutual_info"] * 2}, ValueError, "measures has 'mutual_info' twice; pass each name once"),
        ({"controls": ["normal", "uniform", "normal"]}, ValueError, "controls has 'normal' twice"),
        ({"controls": "cauchy"}, ValueError, "controls has 'cauchy', which is unknown; use 'uniform', 'normal', 'poi"),
        ({"controls": True}, TypeError, "controls=True is not a name"),
        ({"controls": np.array(["normal", "cauchy"])}, ValueError, "controls has .*'cauchy'"),
        ({"period": {"phi": 1}}, ValueError, "period has 'phi', which is in neither x nor y; there are a, b"),
        ({"period": {"a": -1}}, ValueError, r"period\['a'\] has the entry -1.0; a period is positive"),
        ({"period": {"a": "2pi"}}, TypeError, r"period\['a'\]='2pi' is not None, a number, or a sequence"),
        ({"period": {"a": [[1], [2, 3]]}}, TypeError, r"period\['a'\]=\[\[1\], \[2, 3\]\] is not None, a number"),
        ({"period": TURN}, TypeError, r"period=6.28.* is not a mapping; pass the periods by name: {'a': ...}"),
        ({"k": 0}, ValueError, "k=0 is less than 1"),
        ({"k": 2.5}, TypeError, "k=2.5 is not an integer"),
        ({"nan_policy": "ignore"}, ValueError, "nan_policy='ignore' is unknown"),
        ({"on_error": "ignore"}, ValueError, "on_error='ignore' is unknown; use 'raise' or 'record'"),
        ({"controls": "normal", "rng": -1}, ValueError, "rng=-1 is negative; pass a seed of 0 or more"),
        ({"rng": -1}, ValueError, "rng=-1 is negative"),
        ({"rng": "abc"}, TypeError, "rng='abc' is not None, a seed, or a numpy.random.Generator"),
        ({"controls": "normal", "rng": 0.5}, TypeError, "rng=0.5 is not None, a seed, or a numpy.random.Generator"),
    ],
)
def test_options_that_make_no_sense(options, error, message):
    def never():
        raise AssertionError("an event was taken")
        yield

    with pytest.raises(error, match=f"^{message}"):
        fastmi.scan(never(), **{"x": "a", "y": "b", **options})


def test_a_period_for_another_number_of_columns():
    assert "period['a'] has 2 entries for 1 columns" in failing([two_columns()], period={"a": [1, 2]}).message


def test_settings_are_in_the_result():
    found = fastmi.scan(
        [make_event(0)],
        x={"latent": [0, 2], "side": ["pt", "phi"]},
        y="direction",
        measures=["mutual_info"],
        k=np.int64(4),
        period={"direction": [TURN, None], "side": None, np.str_("latent"): np.float64(2)},
        controls="normal",
        rng=np.random.default_rng(1),
    )
    assert found.settings == {
        "x": {"latent": [0, 2], "side": ["pt", "phi"]},
        "y": {"direction": "direction"},
        "joint": True,
        "measures": ["mutual_info"],
        "k": 4,
        "period": {"direction": [TURN, 0.0], "side": 0.0, "latent": 2.0},
        "nan_policy": "omit",
        "controls": ["normal"],
        "rng": int(np.random.default_rng(1).integers(2**63)),
        "fastmi": fastmi.__version__,
    }


def test_settings_hold_no_types_of_numpy():
    found = fastmi.scan(
        [two_columns()],
        x={np.str_("c"): np.array(["a"])},
        y=np.array(["b"]),
        measures=np.array(["mutual_info"]),
        period={np.str_("c"): np.float64(9)},
    )
    names = [*found.settings["x"], *found.settings["x"].values(), *found.settings["y"], *found.settings["period"]]
    assert {type(name) for name in [*names, *found.x, *found.y, *found.values]} == {str}


# Controls


def controls_of(found, *names):
    chosen = [found.x.index(name) for name in names]
    assert {found.kinds[i] for i in chosen} == {"control"}
    return found.values["mutual_info"][:, chosen]


def test_controls_are_rows_of_their_own():
    found = fastmi.scan(
        [make_event(0)], x="latent", y="phi", controls=["permutation", "uniform", "normal", "poisson"], rng=1
    )
    assert found.x == [
        *("latent[0]", "latent[1]", "latent[2]", "joint"),
        *("latent[0] permuted", "latent[1] permuted", "latent[2] permuted", "joint permuted"),
        *("uniform", "normal", "poisson"),
    ]
    assert found.kinds == ["x"] * 3 + ["joint"] + ["control"] * 7
    without_joint = fastmi.scan([make_event(0)], x="pt", y="phi", controls="permutation", joint=False, rng=1)
    assert without_joint.x == ["pt", "pt permuted"]


def test_controls_depend_on_the_seed_and_the_place_alone():
    events, everything = [make_event(seed, 40) for seed in range(3)], ["uniform", "normal", "poisson", "permutation"]
    names = ["uniform", "normal", "poisson", "pt permuted", "joint permuted"]
    options = {"x": "pt", "y": "phi", "rng": 5}
    first = controls_of(fastmi.scan(events, controls=everything, **options), *names)
    np.testing.assert_array_equal(controls_of(fastmi.scan(iter(events), controls=everything, **options), *names), first)
    in_other_order = fastmi.scan(events, controls=everything[::-1], **options)
    np.testing.assert_array_equal(controls_of(in_other_order, *names), first)
    alone = fastmi.scan(events, controls="normal", **options)
    np.testing.assert_array_equal(controls_of(alone, "normal"), first[:, [1]])
    preceded_by_others = fastmi.scan([*events[1::-1], events[2]], controls=everything, **options)
    np.testing.assert_array_equal(controls_of(preceded_by_others, *names)[2], first[2])
    preceded_by_a_failure = fastmi.scan([{}, *events[1:]], controls=everything, on_error="record", **options)
    np.testing.assert_array_equal(controls_of(preceded_by_a_failure, *names), first[1:])
    other_seed = fastmi.scan(events, controls=everything, **{**options, "rng": 6})
    assert not np.isin(controls_of(other_seed, *names), first).any()


def test_controls_differ_between_events():
    found = fastmi.scan([make_event(0)] * 3, x="latent", y="phi", controls=["normal", "permutation"], rng=1)
    assert len(np.unique(controls_of(found, "normal"))) == 3
    assert len(np.unique(controls_of(found, "latent[0] permuted"))) == 3
    assert len(np.unique(found.values["mutual_info"][:, 0])) == 1


def test_seeds_of_all_kinds():
    def control(rng):
        return controls_of(fastmi.scan([make_event(0)], x="pt", y="phi", controls="normal", rng=rng), "normal").item()

    assert control(3) == control(np.int64(3))
    assert control(np.random.default_rng(3)) == control(np.random.default_rng(3))
    assert control(np.random.SeedSequence(3)) == control(np.random.SeedSequence(3))
    assert control(2**70) == control(2**70)
    generator = np.random.default_rng(3)
    assert control(generator) != control(generator)
    assert control(None) != control(None)


def test_a_generator_is_left_alone_without_controls():
    generator = np.random.default_rng(3)
    fastmi.scan([make_event(0)], x="pt", y="phi", rng=generator)
    assert generator.random() == np.random.default_rng(3).random()


def test_permutation_keeps_rows_together():
    event = make_event(0)
    found = fastmi.scan([event], x={"twice": ["phi", "phi"]}, y="pt", controls="permutation", rng=1)
    first, second, both = controls_of(found, "twice[0] permuted", "twice[1] permuted", "joint permuted").ravel()
    assert first == second == both
    assert first != found.values["mutual_info"][0, 0, 0]


@pytest.mark.parametrize("name", ["uniform", "normal", "poisson", "x permuted", "joint permuted"])
def test_controls_know_nothing(name):
    rng = np.random.default_rng(0)
    events = []
    for _ in range(8):
        y = rng.normal(size=1500)
        events.append({"x": y + 0.1 * rng.normal(size=1500), "y": y})
    found = fastmi.scan(events, x="x", y="y", controls=["uniform", "normal", "poisson", "permutation"], rng=2)
    assert abs(controls_of(found, name).mean()) < 0.02
    assert found.values["mutual_info"][:, 0].min() > 1.5


@pytest.mark.parametrize("nan_policy", ["omit", "propagate"])
def test_nan_stay_where_they_are(nan_policy):
    found = fastmi.scan(
        [make_event(0)],
        x=["latent", "pt"],
        y=["phi", "pt", "direction"],
        controls="permutation",
        rng=1,
        nan_policy=nan_policy,
    )
    np.testing.assert_array_equal(found.n_samples[0, 5:], found.n_samples[0, :5])
    values = found.values["mutual_info"][0]
    np.testing.assert_array_equal(np.isnan(values[5:]), np.isnan(values[:5]))
    assert not np.isin(values[5:], values[:5][~np.isnan(values[:5])]).any()


def test_controls_of_columns_that_are_seldom_known():
    rng = np.random.default_rng(0)
    a, b = np.full((2, 1000), np.nan)
    a[:40] = rng.normal(size=40)
    b[:40] = a[:40] + 0.01 * rng.normal(size=40)
    controls = ["uniform", "normal", "poisson", "permutation"]
    found = fastmi.scan([{"a": a, "b": b}] * 4, x="a", y="b", controls=controls, rng=2)
    assert (found.n_samples == 40).all()
    assert found.values["mutual_info"][:, 0].min() > 1.5
    assert abs(controls_of(found, "a permuted").mean()) < 0.2


# Events that fail


def two_columns(n=20, **others):
    rng = np.random.default_rng(n)
    return {"a": rng.normal(size=n), "b": rng.normal(size=n), **others}


def unreadable(names):
    raise RuntimeError(f"the disk is gone, and with it {len(names)} arrays")


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        ({"a": [1.0]}, "ValueError", "there is no array 'b'; there are 'a'"),
        ({}, "ValueError", "there is no array 'a'; there are none"),
        ({"a": [[1], [2, 3]], "b": [1, 2]}, "ValueError", "a cannot be read as an array: it is ragged, row 1 has 2 e"),
        (two_columns(a=np.ones(19)), "ValueError", "a has 19 rows but b has 20; row i of both must be the same sample"),
        (two_columns(3), "ValueError", "k=3 needs at least 4 samples, but a and b have 3 rows without NaN; pass more"),
        (
            two_columns(a=np.r_[np.full(17, np.nan), 1:4]),
            "ValueError",
            "k=3 needs at least 4 samples, but a and b have 3",
        ),
        (two_columns(a=np.r_[1:20, np.inf]), "ValueError", "a has an infinite value in row 19; remove the row, or set"),
        (two_columns(b=["p"] * 20), "TypeError", "b has dtype <U1; pass real numbers"),
        (two_columns(b=[1j] * 20), "TypeError", "b holds complex numbers"),
        (two_columns(b=np.array([1, None] * 10)), "TypeError", "b has dtype object, in row 1 a NoneType; pass real"),
        (two_columns(b=np.zeros(20, "M8[s]")), "TypeError", "b has dtype datetime64[s]; pass real numbers"),
        (two_columns(b=np.ma.zeros(20)), "TypeError", "b is a masked array, whose mask would be lost; pass b.astype"),
        (
            two_columns(b=np.zeros((20, 2, 2))),
            "ValueError",
            "b has shape (20, 2, 2); pass an array of shape (n_samples",
        ),
        (two_columns(b=3.0), "ValueError", "b has shape (); pass an array of shape (n_samples,)"),
        ({"a": [], "b": []}, "ValueError", "a is empty (shape (0,)); pass at least k + 1 rows and one column"),
        ({"a": np.ones((0, 3)), "b": np.ones(0)}, "ValueError", "a is empty (shape (0, 3))"),
        ({"a": np.ones((5, 0)), "b": np.ones(5)}, "ValueError", "a is empty (shape (5, 0))"),
        (17, "TypeError", "an event is a mapping from names to arrays, or a path; this is a int"),
        (np.ones((5, 2)), "TypeError", "an event is a mapping from names to arrays, or a path; this is a ndarray"),
        (("one", two_columns()), "TypeError", "an event is a mapping from names to arrays, or a path; this is a tuple"),
        (LazyEvent("run 7", unreadable), "RuntimeError", "the disk is gone, and with it 2 arrays"),
    ],
)
def test_events_that_cannot_be_measured(event, error, message):
    failure = failing([event])
    assert failure.message.startswith(message)
    assert (failure.index, failure.error) == (0, error)
    good = two_columns()
    found = fastmi.scan([good, event, good], x="a", y="b", on_error="record")
    (failure,) = found.failures
    assert failure.index == 1
    assert failure.message.startswith(message)
    assert (found.events, list(found.indices)) == (["0", "2"], [0, 2])
    assert found.values["mutual_info"].shape == (2, 2, 1)


def test_the_error_names_the_event_the_kind_and_the_way_out():
    events = [two_columns(), LazyEvent("run 7", unreadable)]
    with pytest.raises(ValueError, match=r"^event run 7: ") as raised:
        fastmi.scan(events, x="a", y="b")
    assert str(raised.value) == (
        "event run 7: RuntimeError: the disk is gone, and with it 2 arrays; on_error='record' goes on without it"
    )


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
def test_an_error_without_a_message(error):
    def load(_):
        raise error

    with pytest.raises(ValueError, match=f"^event silent: {error.__name__}; on_error='record' goes on without it"):
        fastmi.scan([LazyEvent("silent", load)], x="a", y="b")


def misspelt(_):
    return {}["pT"]


@pytest.mark.parametrize(
    "make", [partial(ThreadPoolExecutor, 1), partial(ProcessPoolExecutor, 1, get_context("spawn"))]
)
def test_an_error_shows_where_it_comes_from(make):
    with make() as executor, pytest.raises(ValueError, match=r"^event mine: KeyError: 'pT'; on_error") as raised:
        fastmi.scan([LazyEvent("mine", misspelt)], x="a", y="b", executor=executor)
    (note,) = raised.value.__notes__
    assert 'return {}["pT"]' in note


def test_an_error_of_fastmi_shows_no_more_than_it_says():
    with pytest.raises(ValueError, match="there is no array 'b'") as raised:
        fastmi.scan([LazyEvent("mine", _one_array)], x="a", y="b")
    assert not hasattr(raised.value, "__notes__")


@pytest.mark.parametrize("x", [["a", "c"], {"side": ["a", "c"]}])
@pytest.mark.parametrize("joint", [True, False])
def test_lengths_that_differ_within_x(x, joint):
    message = failing([two_columns(c=np.ones(19))], x, joint=joint).message
    assert "c has 19 rows but a has 20" in message or "a has 20 rows but c has 19; row i of all" in message


def test_lengths_that_differ_within_y():
    assert "a has 20 rows but c has 19" in failing([two_columns(c=np.ones(19))], "a", ["b", "c"]).message


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    failure = failing(toy_events(1, n_hits=50), "latent", "pT")
    there = "'eta', 'latent', 'phi', 'phi_hit', 'pt', 'q', 'r', 'vz', 'z'"
    assert failure.message == f"there is no array 'pT'; there are {there}"


def test_neighbours_of_a_missing_array_are_not_kept():
    event = toy_events(1, n_hits=50)[0]
    failing([event], "latent", "pT")
    assert "_arrays" not in vars(event)


def _one_array(names):
    if names is None:
        raise ValueError("another array is damaged")
    return {"a": np.ones(5)}


def test_a_missing_array_is_told_even_where_others_cannot_be_read():
    assert failing([LazyEvent("e", _one_array)]).message == "there is no array 'b'; there are 'a'"


def test_an_array_that_the_event_is_read_without_is_told(tmp_path):
    np.savez(tmp_path / "event.npz", **two_columns())
    events = list(read_events(tmp_path, columns=["a"]))
    message = r"there is no array 'b': the event is read with columns=\['a'\]; add 'b' to them"
    with pytest.raises(ValueError, match=message):
        fastmi.scan(events, x="a", y="b")


class UnpicklableError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


class BrokenMapping(dict):
    def __getitem__(self, name):
        raise UnpicklableError("this", "that")


def test_a_mapping_with_an_error_of_its_own_kind():
    event = BrokenMapping(two_columns())
    assert failing([event]).error == "UnpicklableError"
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        found = fastmi.scan([event, two_columns()], x="a", y="b", on_error="record", executor=processes)
    assert found.failures[0].message == "this and that"
    assert found.events == ["1"]


def test_a_mapping_that_needs_a_missing_library_ends_the_scan():
    class Needy(dict):
        def __getitem__(self, name):
            raise ImportError("pip install it")

    with pytest.raises(ImportError, match="pip install it"):
        fastmi.scan([Needy(two_columns())], x="a", y="b", on_error="record")


def test_all_events_may_fail():
    found = fastmi.scan([{}, two_columns(2)], x="a", y="b", on_error="record", measures=MEASURES)
    assert [failure.index for failure in found.failures] == [0, 1]
    assert (found.events, found.x, found.kinds, found.y) == ([], [], [], [])
    assert {values.shape for values in found.values.values()} == {(0, 0, 0)}
    assert (found.indices.shape, found.n_samples.shape, found.n_coincident.shape) == ((0,), (0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize("events", [[], (), iter([])])
def test_there_may_be_no_events(events):
    found = fastmi.scan(events, x="a", y="b")
    assert (found.events, found.failures, found.x) == ([], [], [])
    assert found.values["mutual_info"].shape == (0, 0, 0)


@pytest.mark.parametrize("first_is", ["first", "last"])
def test_events_with_other_columns_than_most_fail(first_is, tmp_path):
    matrix = {"a": np.random.default_rng(0).normal(size=(20, 2)), "b": np.arange(20.0)}
    gate = tmp_path / "open"
    events = [LazyEvent("0", partial(when_there, gate, two_columns())), matrix, two_columns(21)]
    if first_is == "first":
        gate.touch()
    with ThreadPoolExecutor(2) as threads:
        found = fastmi.scan(
            events, x="a", y="b", on_error="record", executor=threads, progress=lambda n, _: n == 2 and gate.touch()
        )
    assert (found.events, found.x) == (["0", "2"], ["a", "joint"])
    (failure,) = found.failures
    assert failure.index == 1
    assert failure.message == (
        "it has the columns a[0], a[1], joint and b, but others, such as event 0, have a, joint and b"
    )


@pytest.mark.parametrize(("n_odd", "n_others", "odd_ones_fail"), [(1, 5, True), (2, 2, False), (3, 2, False)])
def test_the_first_event_is_right_about_columns_unless_most_others_differ(n_odd, n_others, odd_ones_fail):
    matrix = {"a": np.random.default_rng(0).normal(size=(20, 2)), "b": np.arange(20.0)}
    found = fastmi.scan([matrix] * n_odd + [two_columns()] * n_others, x="a", y="b", on_error="record")
    assert len(found.failures) == (n_odd if odd_ones_fail else n_others)
    assert found.x == (["a", "joint"] if odd_ones_fail else ["a[0]", "a[1]", "joint"])


def when_there(gate, arrays, _):
    while not gate.exists():
        time.sleep(0.001)
    return arrays


def test_other_columns_end_a_scan_that_does_not_record():
    matrix = {"a": np.random.default_rng(0).normal(size=(20, 2)), "b": np.arange(20.0)}
    with pytest.raises(ValueError, match=r"^event 1: it has the columns .*; on_error='record' goes on without it$"):
        fastmi.scan([two_columns(), matrix], x="a", y="b")


def test_k_too_large_for_one_event():
    found = fastmi.scan([two_columns(20), two_columns(30)], x="a", y="b", k=25, on_error="record")
    assert found.events == ["1"]
    assert "k=25 needs at least 26 samples, but a and b have 20 rows" in found.failures[0].message


@pytest.mark.parametrize("events", [two_columns(), toy_events(1)[0], {"event 1": two_columns()}])
def test_a_single_event_is_not_a_list_of_them(events):
    with pytest.raises(TypeError, match=r"^events is a single event, of type .*pass a list of events: \[event\] if"):
        fastmi.scan(events, x="a", y="b")


@pytest.mark.parametrize("events", [3, None, np.float64(2.0)])
def test_events_that_cannot_be_gone_through(events):
    with pytest.raises(TypeError, match="is not an iterable of events; pass a list of mappings or paths"):
        fastmi.scan(events, x="a", y="b")


class Lazily:
    """Events that are made when they are asked for, and counted."""

    def __init__(self, n):
        self.n, self.made = n, 0

    def __len__(self):
        return self.n

    def __getitem__(self, place):
        if place >= self.n:
            raise IndexError
        self.made += 1
        return make_event(place)

    def __iter__(self):
        return (self[place] for place in range(self.n))


def test_events_are_made_once():
    events = Lazily(3)
    found = fastmi.scan(events, x="latent", y="phi")
    assert events.made == 3
    assert_same(found, fastmi.scan([make_event(place) for place in range(3)], x="latent", y="phi"))


def test_files_and_arrays_may_be_mixed(tmp_path):
    for seed in (0, 1):
        np.savez(tmp_path / f"event{seed}.npz", **make_event(seed))
    (tmp_path / "more").mkdir()
    np.savez(tmp_path / "more" / "event0.npz", **make_event(0))
    events = [tmp_path, make_event(2), str(tmp_path / "more" / "event0.npz"), tmp_path / "missing.npz"]
    found = fastmi.scan(events, x="latent", y="phi", controls="normal", rng=1, on_error="record")
    folder = tmp_path.as_posix()
    assert found.events == [f"{folder}/event0", f"{folder}/event1", "2", f"{folder}/more/event0"]
    assert list(found.indices) == [0, 1, 2, 3]
    assert (found.failures[0].index, found.failures[0].error) == (4, "FileNotFoundError")
    at_hand = fastmi.scan([make_event(seed) for seed in (0, 1, 2, 0)], x="latent", y="phi", controls="normal", rng=1)
    np.testing.assert_array_equal(found.values["mutual_info"], at_hand.values["mutual_info"])


def test_a_file_that_is_named_twice_is_refused(tmp_path):
    np.savez(tmp_path / "event0.npz", **two_columns())
    with pytest.raises(ValueError, match=r"event0\.npz is named twice"):
        fastmi.scan([tmp_path, two_columns(), tmp_path / "event0.npz"], x="a", y="b", on_error="record")


def test_a_file_that_cannot_be_read_loses_no_other_of_its_folder(tmp_path):
    for place in (1, 2, 4):
        np.savez(tmp_path / f"event{place}.npz", **two_columns())
    (tmp_path / "event3.npz").symlink_to("gone.npz")
    for events in (tmp_path, [tmp_path], sorted(tmp_path.iterdir())):
        found = fastmi.scan(events, x="a", y="b", on_error="record")
        assert (len(found.events), list(found.indices)) == (3, [0, 1, 3])
        (failure,) = found.failures
        assert failure.event.endswith("event3.npz")
        assert (failure.index, failure.error) == (2, "FileNotFoundError")


# Doubtful numbers


def coinciding(seed):
    rng = np.random.default_rng(seed)
    return {"a": rng.integers(3, size=60), "c": rng.normal(size=60), "b": rng.integers(2, size=60)}


def test_coinciding_samples_are_warned_of_once():
    with pytest.warns(UserWarning, match="many samples coincide in 1 of .* the first of them a and b") as caught:
        found = fastmi.scan([coinciding(0), coinciding(1)], x=["a", "c"], y="b", measures=MEASURES, joint=False)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(found.doubtful, [[[True], [False]]] * 2)
    assert (found.n_coincident[:, 0] > 0.9 * found.n_samples[:, 0]).all()
    assert (found.values["conditional_entropy"][:, 0] == -np.inf).all()


def test_controls_are_not_warned_of():
    place = np.arange(60)
    event = {"a": place // 30, "b": place % 30}  # no two rows are equal, until those of x are permuted
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fastmi.scan([event], x="a", y="b", k=1, controls="permutation", rng=0)
    np.testing.assert_array_equal(found.doubtful[0, :, 0], [False, False, True, True])


def test_a_constant_tells_nothing_and_has_nothing_to_tell():
    event = two_columns(constant=np.full(20, 1e9))
    found = fastmi.scan([event], x=["a", "constant"], y=["b"], measures=MEASURES, joint=False)
    assert found.values["mutual_info"][0, 1, 0] == 0
    assert found.values["proficiency"][0, 1, 0] == 0
    found = fastmi.scan([event], x="a", y="constant", measures="proficiency", joint=False)
    assert np.isnan(found.values["proficiency"]).all()


# Properties


@st.composite
def problems(draw):
    n = draw(st.integers(5, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    event = {f"x{i}": rng.normal(size=(n, width)) for i, width in enumerate(widths)}
    event |= {f"y{i}": rng.normal(size=n) for i in range(draw(st.integers(1, 3)))}
    for array in event.values():
        array[rng.random(array.shape) < draw(st.sampled_from([0.0, 0.05]))] = np.nan
    return event


def sides(event):
    return {side: [name for name in event if name[0] == side] for side in "xy"}


@given(event=problems(), data=st.data())
@settings(max_examples=25)
def test_the_order_of_names_changes_nothing_but_the_order(event, data):
    options = {"measures": MEASURES, "on_error": "record", "joint": False}
    found = fastmi.scan([event], **sides(event), **options)
    shuffled = {side: data.draw(st.permutations(names)) for side, names in sides(event).items()}
    other = fastmi.scan([event], **shuffled, **options)
    if found.failures:
        assert other.failures
        return
    rows, columns = [other.x.index(name) for name in found.x], [other.y.index(name) for name in found.y]
    for measure in MEASURES:
        np.testing.assert_array_equal(other.values[measure][:, rows][:, :, columns], found.values[measure])


@given(event=problems())
@settings(max_examples=25)
def test_a_matrix_is_its_columns(event):
    options = {"measures": MEASURES, "on_error": "record"}
    found = fastmi.scan([event], **sides(event), **options)
    names = [name for name in event if name[0] == "x"]
    split = {f"{name}[{c}]": column for name in names for c, column in enumerate(event[name].T)}
    other = fastmi.scan([{**event, **split}], x=list(split), y=sides(event)["y"], **options)
    np.testing.assert_array_equal(other.n_samples, found.n_samples)
    for measure in MEASURES:
        np.testing.assert_array_equal(other.values[measure], found.values[measure])


@given(event=problems(), power=st.integers(-60, 60), period=st.sampled_from([0.0, 0.75]))
@settings(max_examples=25)
def test_powers_of_two_leave_every_bit_of_the_information(event, power, period):
    scale = 2.0**power
    options = {"measures": ("mutual_info", "proficiency"), "on_error": "record", **sides(event)}
    found = fastmi.scan([event], period={"y0": period}, **options)
    scaled = {name: scale * array for name, array in event.items()}
    assert_same(fastmi.scan([scaled], period={"y0": scale * period}, **options), found)


def test_toy_events_are_what_they_say():
    found = fastmi.scan(toy_events(2, n_hits=200), x="latent", y=["phi_hit", "pt"], period={"phi_hit": TURN})
    for event in (0, 1):
        expected = toy_event(np.random.default_rng([0, event]), n_hits=200)
        assert found.values["mutual_info"][event, -1, 1] == fastmi.mutual_info(
            expected["latent"], expected["pt"], nan_policy="omit"
        )
