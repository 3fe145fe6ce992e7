from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

import fastmi

if find_spec("sklearn") is None:
    collect_ignore_glob = ["test_sklearn*.py"]  # which are about it from the first line on

# The same examples everywhere, and no clock: machines that run this are shared.
hypothesis.settings.register_profile("fastmi", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("fastmi")


@pytest.fixture(scope="session")
def real_event() -> Path:
    path = Path(__file__).parents[2] / "shared" / "data" / "trackml" / "event000000001-latent.npz"
    if not path.exists():
        pytest.skip("the TrackML event is not there")
    return path


@pytest.fixture
def matplotlib() -> None:
    pytest.importorskip("matplotlib")


@pytest.fixture(params=fastmi.build_info()["instruction_sets"])
def instruction_set(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FASTMI_SIMD", request.param)
    try:
        fastmi.build_info()
    except RuntimeError as error:
        pytest.skip(str(error))
    return request.param
