"""Checkpoints: a scan that goes on returns what it would have returned without interruption, or says why it does not."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import fastmi
from fastmi.io import LazyEvent
from fastmi.toy import toy_event
from scans import ASKED, Batches, Immediate, assert_same, events, failing, loads, run, tiny

N = 6


@pytest.fixture(scope="module")
def expected():
    return fastmi.scan(events(N), **ASKED)


@pytest.fixture
def checkpoint(tmp_path):
    return tmp_path / "scan.ckpt"


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """Return a checkpoint of all events, to be copied."""
    path = tmp_path_factory.mktemp("finished") / "scan.ckpt"
    fastmi.scan(events(N), checkpoint=path, **ASKED)
    return path


def fastmi_error(path, call: Callable[[], fastmi.ScanResult]) -> str:
    """Return what the call says of this checkpoint."""
    with pytest.raises((ValueError, OSError)) as raised:
        call()
    assert str(raised.value).startswith(f"checkpoint {path} ")
    return str(raised.value)


class TestGoingOn:
    @pytest.mark.parametrize("n_before", range(N + 1))
    def test_after_any_number_of_events_redoes_none(self, n_before, expected, checkpoint, tmp_path):
        log = tmp_path / "log"
        begun = fastmi.scan(events(n_before, log), checkpoint=checkpoint, **ASKED)
        assert begun.events == expected.events[:n_before]
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert sorted(loads(log)) == list(range(N))

    def test_many_times(self, expected, checkpoint, tmp_path):
        log = tmp_path / "log"
        for _ in range(3):
            assert_same(fastmi.scan(events(N, log), checkpoint=str(checkpoint), **ASKED), expected)
        assert len(loads(log)) == N
        assert [path.name for path in tmp_path.iterdir() if path != log] == [checkpoint.name]

    def test_with_the_seed_of_the_checkpoint(self, checkpoint):
        asked = ASKED | {"rng": None}
        begun = fastmi.scan(events(2), checkpoint=checkpoint, **asked)
        seed = begun.settings["rng"]
        whole = fastmi.scan(events(N), checkpoint=checkpoint, **asked)
        assert_same(whole, fastmi.scan(events(N), **asked | {"rng": seed}))
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **asked | {"rng": seed}), whole)

    def test_with_a_generator_in_the_same_state(self, checkpoint):
        asked = ASKED | {"rng": np.random.default_rng(3)}
        fastmi.scan(events(2), checkpoint=checkpoint, **asked)
        assert "rng was" in fastmi_error(checkpoint, lambda: fastmi.scan(events(N), checkpoint=checkpoint, **asked))
        whole = fastmi.scan(events(N), checkpoint=checkpoint, **ASKED | {"rng": np.random.default_rng(3)})
        assert_same(whole, fastmi.scan(events(N), **ASKED | {"rng": np.random.default_rng(3)}))

    def test_from_every_kind_of_events(self, checkpoint):
        at_hand = [dict(event) for event in events(N)]
        fastmi.scan(at_hand[:3], checkpoint=checkpoint, **ASKED)
        assert_same(fastmi.scan(iter(at_hand), checkpoint=checkpoint, **ASKED), fastmi.scan(at_hand, **ASKED))

    def test_no_events(self, checkpoint, expected):
        fastmi.scan([], checkpoint=checkpoint, **ASKED)
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    def test_in_this_folder(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        for name in "scan.ckpt", ":memory:", "file:scan?mode=memory":
            fastmi.scan([tiny(0)], x="a", y="b", checkpoint=name)
        assert len(list(tmp_path.iterdir())) == 3

    def test_events_of_any_name(self, checkpoint):
        names = ["", "\0", "\udcff", 'it\'s "quoted"; DROP TABLE events', "\N{GRINNING FACE}", "\n" * 1000]
        found = [
            fastmi.scan(
                [LazyEvent(name, partial(_tiny, i), identity=name[::-1]) for i, name in enumerate(names)],
                x="a",
                y="b",
                checkpoint=checkpoint,
            )
            for _ in range(2)
        ]
        assert found[0].events == names
        assert_same(found[1], found[0])

    def test_values_of_every_kind(self, checkpoint):
        """NaN, infinities and counts come back as they were; so do events that differ in their columns."""
        odd = [tiny(0, 50), {"a": np.ones(50), "b": np.arange(50.0)}, {"a": np.full(50, np.nan), "b": np.arange(50.0)}]
        odd.append({"a": np.zeros((50, 2)), "b": np.arange(50.0)})
        asked = {"x": "a", "y": "b", "nan_policy": "propagate", "on_error": "record"}
        asked["measures"] = ["mutual_info", "proficiency", "conditional_entropy"]
        expected = fastmi.scan(odd, **asked)
        for _ in range(2):
            assert_same(fastmi.scan(odd, checkpoint=checkpoint, **asked), expected)


def _toy(place, _):
    return toy_event(100 + place, n_hits=150)


def _tiny(seed, _):
    return tiny(seed)


class TestFailures:
    def test_are_kept_where_they_are_recorded(self, checkpoint, tmp_path):
        log = tmp_path / "log"
        broken = [*events(2, log), LazyEvent("broken", partial(failing, RuntimeError("\udcff is broken")))]
        expected = fastmi.scan(broken, on_error="record", **ASKED)
        for _ in range(2):
            assert_same(fastmi.scan(broken, checkpoint=checkpoint, on_error="record", **ASKED), expected)
        assert len(expected.failures) == 1
        assert sorted(loads(log)) == [0, 0, 1, 1]  # once without the checkpoint

    def test_come_back_by_the_name_that_the_event_has_now(self, checkpoint):
        def called(name):
            loads = [partial(_tiny, 0), partial(failing, RuntimeError("is broken"))]
            return [LazyEvent(f"{name} {place}", load, identity=str(place)) for place, load in enumerate(loads)]

        asked = {"x": "a", "y": "b", "on_error": "record"}
        fastmi.scan(called("before"), checkpoint=checkpoint, **asked)
        assert_same(fastmi.scan(called("now"), checkpoint=checkpoint, **asked), fastmi.scan(called("now"), **asked))

    def test_that_were_recorded_are_tried_again_where_they_raise(self, checkpoint, expected):
        broken = [*events(2), LazyEvent("event 2", partial(failing, OSError("no tape"))), *events(N)[3:]]
        fastmi.scan(broken, checkpoint=checkpoint, on_error="record", **ASKED)
        with pytest.raises(ValueError, match="event 2: OSError: no tape"):
            fastmi.scan(broken, checkpoint=checkpoint, **ASKED)
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    @pytest.mark.parametrize("error", [OSError("no tape"), MemoryError(), RuntimeError("no tape")])
    def test_of_the_system_are_tried_again(self, error, checkpoint, expected):
        if isinstance(error, RuntimeError):
            error.__cause__ = PermissionError()
        broken = [*events(2), LazyEvent("event 2", partial(failing, error)), *events(N)[3:]]
        begun = fastmi.scan(broken, checkpoint=checkpoint, on_error="record", **ASKED)
        assert [(failure.index, failure.message) for failure in begun.failures] == [(2, str(error))]
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, on_error="record", **ASKED), expected)

    def test_of_files_are_tried_again_where_they_may_pass(self, checkpoint, tmp_path):
        asked = {"x": "a", "y": "b", "on_error": "record"}
        for place in (0, 2):
            np.savez(tmp_path / f"event{place}.npz", **tiny(place))
        (tmp_path / "event1.npz").symlink_to("gone.npz")
        (tmp_path / "event3.npz").write_text("damaged")
        paths = [tmp_path / f"event{place}.npz" for place in range(4)]
        begun = fastmi.scan(paths, checkpoint=checkpoint, **asked)
        assert [failure.error for failure in begun.failures] == ["FileNotFoundError", "ValueError"]
        np.savez(tmp_path / "gone.npz", **tiny(1))
        found = fastmi.scan(paths, checkpoint=checkpoint, **asked)
        assert list(found.indices) == [0, 1, 2]
        assert_same(found, fastmi.scan(paths, **asked))

    def test_that_raise_are_tried_again(self, checkpoint, tmp_path, expected):
        log = tmp_path / "log"
        broken = [*events(2, log), LazyEvent("event 2", partial(failing, OSError("no tape"))), *events(N, log)[3:]]
        for _ in range(3):
            with pytest.raises(ValueError, match="event 2: OSError: no tape; on_error='record' goes on without it"):
                fastmi.scan(broken, checkpoint=checkpoint, executor=Immediate(), **ASKED)
        assert loads(log) == [0, 1]
        for on_error in "record", "raise":
            assert_same(fastmi.scan(events(N), checkpoint=checkpoint, on_error=on_error, **ASKED), expected)

    def test_whose_event_was_mended_are_tried_again(self, checkpoint):
        broken, whole = {"a": np.arange(12.0), "b": np.arange(11.0)}, {"a": np.arange(12.0), "b": np.arange(12.0)}
        asked = {"x": "a", "y": "b", "on_error": "record", "checkpoint": checkpoint}
        assert len(fastmi.scan([tiny(0), broken], **asked).failures) == 1
        asked["checkpoint"] = None
        expected = fastmi.scan([tiny(0), whole], **asked)
        asked["checkpoint"] = checkpoint
        assert_same(fastmi.scan([tiny(0), whole], **asked), expected)

    def test_in_mid_scan_leave_what_is_done(self, checkpoint, tmp_path, expected):
        """An executor that is done with everything at once: all of it is kept, whichever event raises."""
        log = tmp_path / "log"
        broken = [LazyEvent("event 0", partial(failing, OSError("no tape"))), *events(4, log)[1:]]
        with pytest.raises(ValueError, match="no tape"):
            fastmi.scan(broken, checkpoint=checkpoint, executor=Batches(4), **ASKED)
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert sorted(loads(log)) == list(range(N))


OTHERWISE = {
    "x": {"latent": [0, 5, 1]},
    "y": ["pt", "phi_hit"],
    "period": {},
    "joint": False,
    "measures": ["conditional_entropy"],
    "k": 4,
    "nan_policy": "propagate",
    "controls": ("permutation", "normal"),
    "rng": 8,
}


class TestOtherSettings:
    @pytest.mark.parametrize("name", OTHERWISE)
    def test_are_refused(self, name, checkpoint, expected):
        fastmi.scan(events(2), checkpoint=checkpoint, **ASKED)
        message = fastmi_error(
            checkpoint, lambda: fastmi.scan(events(2), checkpoint=checkpoint, **ASKED | {name: OTHERWISE[name]})
        )
        was, now = expected.settings[name], fastmi.scan(events(1), **ASKED | {name: OTHERWISE[name]}).settings[name]
        was, now = json.loads(json.dumps([was, now]))
        assert f"other settings: {name} was {was!r} and is {now!r}. Pass what it was begun with" in message
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    def test_order_of_names_counts(self, checkpoint):
        fastmi.scan([tiny(0)], x=["a", "b"], y="b", checkpoint=checkpoint)
        assert "x was" in fastmi_error(
            checkpoint, lambda: fastmi.scan([tiny(0)], x=["b", "a"], y="b", checkpoint=checkpoint)
        )

    def test_order_of_periods_does_not_count(self, checkpoint):
        found = [
            fastmi.scan([tiny(0)], x="a", y="b", period=period, checkpoint=checkpoint)
            for period in ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0})
        ]
        assert_same(found[1], found[0])

    def test_a_period_of_all_columns_is_not_that_of_one(self, checkpoint):
        events = [{"a": np.random.default_rng(0).normal(size=(30, n)), "b": np.arange(30.0)} for n in (1, 2)]
        fastmi.scan(events[:1], x="a", y="b", period={"a": 1.0}, checkpoint=checkpoint)
        assert "period was {'a': 1.0} and is {'a': [1.0]}" in fastmi_error(
            checkpoint, lambda: fastmi.scan(events, x="a", y="b", period={"a": [1.0]}, checkpoint=checkpoint)
        )

    def test_several_are_all_named(self, checkpoint):
        fastmi.scan(events(1), checkpoint=checkpoint, **ASKED)
        message = fastmi_error(
            checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED | {"k": 5, "joint": False})
        )
        assert "joint was True and is False; k was 3 and is 5" in message

    def test_another_version(self, checkpoint, monkeypatch):
        fastmi.scan(events(1), checkpoint=checkpoint, **ASKED)
        build_info = fastmi._core.build_info() | {"version": "99.0"}
        monkeypatch.setattr("fastmi._core.build_info", lambda: build_info)
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED))
        assert "fastmi was '" in message
        assert "and is '99.0'" in message


class TestOtherEvents:
    @pytest.mark.parametrize(
        ("other", "message"),
        [
            (lambda: events(N)[::-1], "its event 0 is event 0, that of this scan is event 5"),
            (lambda: events(N + 1)[1:], "its event 0 is event 0, that of this scan is event 1"),
            (lambda: events(N)[:-1], f"of more events: it has event {N - 1}, this scan has {N - 1}"),
            (list, f"of more events: it has event {N - 1}, this scan has 0"),
            (
                lambda: [*events(2), LazyEvent("event 2", None, identity="changed"), *events(N)[3:]],
                "its event 2 is event 2, that of this scan is event 2 (changed); pass",
            ),
        ],
    )
    def test_are_refused(self, other, message, finished, checkpoint, expected):
        shutil.copy(finished, checkpoint)
        for given in other(), iter(other()):
            call = partial(fastmi.scan, given, checkpoint=checkpoint, **ASKED)
            assert message in fastmi_error(checkpoint, call)
        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    @pytest.mark.parametrize("missing", [[0], [0, 1, 2], [1, 3], [0, 2, 4], [0, 1, 2, 3, 4]])
    @pytest.mark.parametrize("executor", [Immediate(), None])
    @pytest.mark.parametrize("kind", [list, iter])
    def test_that_were_refused_leave_nothing_behind_in_holes(
        self, missing, executor, kind, finished, checkpoint, expected, tmp_path
    ):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, f"DELETE FROM events WHERE place IN ({', '.join(map(str, missing))})")
        others = [LazyEvent(f"other {place}", partial(_toy, place)) for place in range(N)]
        call = partial(fastmi.scan, checkpoint=checkpoint, executor=executor, on_error="record", **ASKED)
        message = fastmi_error(checkpoint, lambda: call(kind(others)))
        assert "belongs to a scan of other events" in message
        log = tmp_path / "log"
        assert_same(call(kind(events(N, log))), expected)
        assert sorted(loads(log)) == missing
        assert_same(call(kind(events(N, log))), expected)
        assert sorted(loads(log)) == missing

    def test_that_were_refused_leave_nothing_behind_in_place_of_failures(self, checkpoint):
        def listed(name, n_absent=0):
            absent = [
                LazyEvent("", partial(failing, OSError("absent")), identity=f"{p} absent") for p in range(n_absent)
            ]
            there = [LazyEvent(f"{name} {place}", partial(_tiny, place)) for place in range(n_absent, 12)]
            return [*absent, *there]

        call = partial(fastmi.scan, x="a", y="b", on_error="record", checkpoint=checkpoint)
        assert len(call(listed("right", 6)).failures) == 6
        for _ in range(2):
            assert "its event 6 is right 6" in fastmi_error(checkpoint, lambda: call(listed("wrong")))
        for _ in range(2):
            assert call(listed("right")).events == [f"right {place}" for place in range(12)]

    def test_that_are_fewer_are_refused_before_the_work(self, finished, checkpoint, tmp_path):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, "DELETE FROM events WHERE place = 0")
        log = tmp_path / "log"
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(N - 1, log), checkpoint=checkpoint, **ASKED))
        assert "belongs to a scan of more events" in message
        assert loads(log) == []

    @pytest.mark.parametrize(
        "change",
        [
            lambda e: {**e, "a": np.nextafter(e["a"], np.inf)},
            lambda e: {**e, "a": e["a"].astype(np.float32)},
            lambda e: {**e, "a": e["a"][:-1], "b": e["b"][:-1]},
            lambda e: {**e, "a": e["a"][:, np.newaxis]},
            lambda e: {"a": e["b"], "b": e["a"]},
        ],
    )
    def test_changed_arrays_are_refused(self, change, checkpoint):
        asked = {"x": "a", "y": "b", "checkpoint": checkpoint}
        given = [tiny(i) for i in range(3)]
        expected = fastmi.scan(given, **asked)
        changed = [given[0], change(given[1]), given[2]]
        assert "its event 1 is 1 (" in fastmi_error(checkpoint, lambda: fastmi.scan(changed, **asked))
        assert_same(fastmi.scan([{**event, "c": 0} for event in given], **asked), expected)  # which nobody asked for

    def test_what_lies_between_the_numbers_of_long_doubles_does_not_count(self, checkpoint):
        def event(padding):
            given = {}
            for name, column in tiny(0).items():
                given[name] = np.full(len(column) * np.dtype(np.longdouble).itemsize, padding, np.uint8).view(
                    np.longdouble
                )
                given[name][...] = column
            return given

        asked = {"x": "a", "y": "b", "checkpoint": checkpoint}
        assert_same(fastmi.scan([event(1)], **asked), fastmi.scan([event(2)], **asked))


class TestDamage:
    def test_anywhere_is_never_believed(self, finished, checkpoint, expected):
        whole, rng = finished.read_bytes(), np.random.default_rng(0)
        refused = 0
        for at in [*range(100), *rng.integers(len(whole), size=150)]:
            damaged = bytearray(whole)
            damaged[at] ^= 1 << rng.integers(8)
            checkpoint.write_bytes(damaged)
            refused += _is_refused_or_the_same(checkpoint, expected)
        assert refused < 150

    def test_of_the_schema(self, finished, checkpoint):
        checkpoint.write_bytes(finished.read_bytes().replace(b"NOT NULL", b"NOT \xceULL", 1))
        assert "is damaged" in fastmi_error(checkpoint, lambda: fastmi.scan(events(N), checkpoint=checkpoint, **ASKED))

    @pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99, 0.9999])
    def test_truncated(self, share, finished, checkpoint, expected):
        whole = finished.read_bytes()
        checkpoint.write_bytes(whole[: int(share * len(whole))])
        for _ in range(2):
            _is_refused_or_the_same(checkpoint, expected)

    def test_of_a_table_lets_that_event_be_measured_again(self, finished, checkpoint, expected, tmp_path):
        log = tmp_path / "log"
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, "UPDATE events SET found = CAST(zeroblob(length(found)) AS BLOB) WHERE place = 2")
        with pytest.warns(UserWarning, match=r"event 2 of checkpoint .*scan.ckpt is damaged; it is measured again"):
            found = fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED)
        assert_same(found, expected)
        assert loads(log) == [2]
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert loads(log) == [2]

    @pytest.mark.parametrize("column", ["name_and_identity", "found", "digest"])
    @pytest.mark.parametrize("value", ["x'ff00'", "'\xff'", "7", "0.5", "CAST(x'ff' AS TEXT)"])
    def test_of_a_column_of_an_event(self, column, value, finished, checkpoint, expected):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, f"UPDATE events SET {column} = {value} WHERE place = 1")
        with pytest.warns(UserWarning, match="event 1 of checkpoint"):
            assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    def test_of_a_place(self, finished, checkpoint, expected):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, "UPDATE events SET place = -1 WHERE place = 0")
        _execute(checkpoint, "UPDATE events SET place = 0 WHERE place = 1")
        with pytest.warns(UserWarning, match="event 0 of checkpoint"):
            assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE scan SET settings = replace(settings, '\"rng\": 7', '\"rng\": 8')",
            "UPDATE scan SET settings = x'ff'",
            "UPDATE scan SET settings = 1",
            "UPDATE scan SET digest = '{}'",
            "DELETE FROM scan",
        ],
    )
    def test_of_the_settings(self, statement, finished, checkpoint):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, statement)
        message = fastmi_error(
            checkpoint, lambda: fastmi.scan(events(N), checkpoint=checkpoint, **ASKED | {"rng": None})
        )
        assert "is damaged, or is no checkpoint of fastmi (its settings are lost); move it away to begin" in message


def _is_refused_or_the_same(checkpoint, expected):
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fastmi._scan.checkpoint.warn", lambda _: None)
            found = fastmi.scan(events(N), checkpoint=checkpoint, **ASKED)
    except (ValueError, OSError) as error:
        return str(error).startswith(f"checkpoint {checkpoint} ") or pytest.fail(str(error))
    assert_same(found, expected)
    return False


def _execute(path, *statements):
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


class TestFilesThatAreNoCheckpoints:
    def test_of_no_bytes_is_a_new_one(self, checkpoint, expected):
        checkpoint.touch()
        for _ in range(2):
            assert_same(fastmi.scan(events(N), checkpoint=checkpoint, **ASKED), expected)

    @pytest.mark.parametrize(
        "content", [b"\0\0", b"xy", b"SQLite format 3\0", b"PAR1" + bytes(5000), np.random.default_rng(0).bytes(20_000)]
    )
    def test_of_other_bytes_are_left_alone(self, content, checkpoint):
        checkpoint.write_bytes(content)
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED))
        assert "is damaged, or is no checkpoint of fastmi" in message
        assert checkpoint.read_bytes() == content

    @pytest.mark.parametrize(
        "tables",
        [
            ["CREATE TABLE recipes (title TEXT)"],
            ["CREATE TABLE scan (settings TEXT)", "CREATE TABLE events (place INTEGER)", "PRAGMA user_version = 1"],
        ],
    )
    def test_databases_of_other_programs_are_left_alone(self, tables, checkpoint):
        _execute(checkpoint, *tables)
        content = checkpoint.read_bytes()
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED))
        assert message.endswith("is a database of another program; pass another path")
        assert checkpoint.read_bytes() == content

    def test_of_a_newer_format(self, finished, checkpoint):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, "PRAGMA user_version = 2")
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED))
        assert "has format 2, this version of fastmi has format 1: go on with the version that wrote it" in message

    def test_without_tables(self, finished, checkpoint):
        shutil.copy(finished, checkpoint)
        _execute(checkpoint, "DROP TABLE events")
        message = fastmi_error(checkpoint, lambda: fastmi.scan(events(1), checkpoint=checkpoint, **ASKED))
        assert "is damaged" in message

    def test_folders_and_missing_folders(self, tmp_path):
        for path in tmp_path, tmp_path / "missing" / "scan.ckpt", "":
            message = fastmi_error(path, lambda path=path: fastmi.scan(events(1), checkpoint=path, **ASKED))
            assert "cannot be written: unable to open database file" in message
            assert "see that the folder is there and writable, on a file system with file locks" in message

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and /dev")
    @pytest.mark.parametrize("path", ["/proc/scan.ckpt", "/proc/self/mem", "/dev/full", "/dev/null"])
    def test_places_that_cannot_be_written(self, path):
        fastmi_error(path, lambda: fastmi.scan(events(1), checkpoint=path, **ASKED))

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
    def test_folders_that_are_read_only(self, finished, checkpoint, tmp_path):
        shutil.copy(finished, checkpoint)
        for path, mode in (checkpoint, 0o400), (tmp_path, 0o500):
            path.chmod(mode)
            fastmi_error(checkpoint, lambda: fastmi.scan(events(N + 1), checkpoint=checkpoint, **ASKED))
            path.chmod(0o700)

    @pytest.mark.parametrize("path", [7, True])
    def test_no_path(self, path):
        with pytest.raises(TypeError):
            fastmi.scan(events(1), checkpoint=path, **ASKED)


class TestOneScanAtATime:
    def test_in_one_process(self, checkpoint, expected):
        messages = []

        def once_more(*_):
            messages.append(fastmi_error(checkpoint, lambda: fastmi.scan(events(N), checkpoint=checkpoint, **ASKED)))

        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, progress=once_more, **ASKED), expected)
        assert len(messages) == N
        assert set(messages) == {f"checkpoint {checkpoint} is in use by another scan; let it finish first"}

    def test_in_two_processes(self, checkpoint, expected):
        def once_more(n_done, _):
            if n_done == 2:
                assert "is in use by another scan" in run(
                    f"""
                    from scans import *
                    try:
                        fastmi.scan(events(6), checkpoint={str(checkpoint)!r}, **ASKED)
                    except OSError as error:
                        print(error)
                    """
                )

        assert_same(fastmi.scan(events(N), checkpoint=checkpoint, progress=once_more, **ASKED), expected)


class TestDiskFull:
    @pytest.mark.skipif(sys.platform == "win32", reason="needs limits of resources")
    @pytest.mark.parametrize("limit", [0, 1, 4096, 6000, 10_000, 20_000])
    def test_by_a_limit_of_the_system(self, limit, checkpoint, tmp_path):
        assert run(
            f"""
            import resource, signal
            from scans import *
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            expected = fastmi.scan(events(6), **ASKED)
            resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
            for _ in range(2):
                told = [0]
                try:
                    fastmi.scan(events(6), checkpoint={str(checkpoint)!r}, progress=lambda n, _: told.append(n), **ASKED)
                except OSError as error:
                    assert str(error).startswith("checkpoint {checkpoint} cannot be written: "), error
                    assert "What it holds already is kept; make room" in str(error)
                else:
                    raise AssertionError
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            log = Path({str(tmp_path / "log")!r})
            assert_same(fastmi.scan(events(6, log), checkpoint={str(checkpoint)!r}, **ASKED), expected)
            assert len(loads(log)) <= 6 - told[-1]
            print("done")
            """
        )

    def test_as_the_database_sees_it(self, checkpoint, tmp_path, expected, monkeypatch):
        connect, log = sqlite3.connect, tmp_path / "log"

        def limited(*arguments, **options):
            database = connect(*arguments, **options)
            database.execute("PRAGMA max_page_count = 5")
            return database

        told = [0]
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", limited)
            call = partial(fastmi.scan, events(N), checkpoint=checkpoint, progress=lambda n, _: told.append(n), **ASKED)
            assert "cannot be written: database or disk is full. What it" in fastmi_error(checkpoint, call)
        assert 0 < told[-1] < N
        assert_same(fastmi.scan(events(N, log), checkpoint=checkpoint, **ASKED), expected)
        assert len(loads(log)) == N - told[-1]
