"""Developers' habits, one word each: ``nox -s tests``; plain ``nox`` does what a change must pass."""

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests", "docs", "serial"]
nox.options.default_venv_backend = "venv"

# Pinned, so that a new release of a tool does not fail a change that has nothing to do with it.
RUFF = "ruff==0.17.5"
CLANG_FORMAT = "clang-format==23.1.5"
MYPY = "mypy==2.4.1"
CODESPELL = "codespell==2.4.3"

WERROR = "--config-settings=cmake.define.FASTMI_WERROR=ON"


def _cpp_files(session: nox.Session) -> list[str]:
    tracked = session.run("git", "ls-files", "cpp", external=True, silent=True, log=False)
    return [name for name in tracked.split() if name.endswith((".hpp", ".cpp"))]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style: ruff, clang-format, spelling."""
    session.install(RUFF, CLANG_FORMAT, CODESPELL)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("clang-format", "--dry-run", "--Werror", *_cpp_files(session))
    session.run("codespell")


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
    session.run("pytest", *session.posargs)


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
        *(f"tests/test_{name}.py" for name in [*threaded, "neighbours", "processes", "scan"]),
        *session.posargs,
    )


@nox.session
def docs(session: nox.Session) -> None:
    """Build the pages into build/docs, with warnings as errors. Their figures are made anew if their scripts changed."""
    session.install(".[docs]", WERROR)
    session.run("sphinx-build", "-W", "--keep-going", "docs", "build/docs")


@nox.session
def bench(session: nox.Session) -> None:
    """Print fastmi beside its peers."""
    session.install(".[bench]")
    session.run("python", "-m", "bench.compare", *session.posargs)
