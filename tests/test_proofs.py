"""The marks of proofs: what a run makes of them, alone and spread over workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.requirements import STATEMENTS, listed

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
SETTINGS = """
[pytest]
testpaths = tests
addopts = --strict-markers
markers = proves(*statements): statements
staros_replay = memory
"""
TRANSCRIPT = "[local]asr5500# show system uptime\nSystem uptime: 69D 13H 34M\n[local]asr5500#\n"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite with our marks, in which one test proves all but SR-02 and SR-03."""
    pytester.makeini(SETTINGS)
    tests = pytester.mkpydir("tests")
    for name in ("conftest.py", "proofs.py", "requirements.py", "test_requirements.py"):
        (tests / name).write_text((ROOT / "tests" / name).read_text())
    most = [name for name in STATEMENTS if name not in ("SR-02", "SR-03")]
    write(
        pytester,
        "test_most",
        f"import pytest\npytestmark = pytest.mark.proves(*{most})\n\ndef test_most(): pass\n",
    )
    pytester.mkdir("docs")
    return pytester


def write(suite: pytest.Pytester, name: str, text: str) -> None:
    """Write a module of the suite."""
    (suite.path / "tests" / f"{name}.py").write_text(text)


def run(suite: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the suite."""
    return suite.runpytest_subprocess("-p", "no:cacheprovider", *options)


BOTH = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
PROOFS = """
import pytest

@pytest.mark.proves("SR-02")
@pytest.mark.parametrize("n", [
    1, pytest.param(2, marks=pytest.mark.proves("SR-03")), pytest.param(3, marks=pytest.mark.skip)
])
def test_two(n):
    assert n
"""


def test_a_run_writes_what_came_and_the_next_agrees(suite: pytest.Pytester) -> None:
    workers = ("-n", "2")
    write(suite, "test_two", PROOFS)
    document = suite.path / "docs/requirements.md"
    document.write_text("")
    failed = run(suite, *workers)
    failed.stdout.fnmatch_lines(["FAILED *::test_the_document_lists_the_proofs*"])
    assert run(suite, *workers, f"--requirements={document}").ret == 0
    proofs = listed(document.read_text())
    assert list(proofs) == list(STATEMENTS)
    assert proofs["SR-03"] == proofs["SR-02"] == ["tests/test_two.py::test_two"]
    assert proofs["SR-04"] == ["tests/test_most.py::test_most"]
    assert "`tests/test_two.py::test_two` | skipped |" in document.read_text()
    assert run(suite, *workers).ret == 0
    write(suite, "test_two", PROOFS.replace("test_two", "test_other"))
    assert run(suite, *workers).ret == 1


def test_a_statement_without_proof_fails_a_run_of_the_whole_suite_only(
    suite: pytest.Pytester,
) -> None:
    document = suite.path / "docs/requirements.md"
    result = run(suite, f"--requirements={document}")
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*'SR-02', 'SR-03'*"])
    for part in (["tests"], ["-k", "most or proof"]):
        run(suite, *part).assert_outcomes(passed=1, skipped=2)


def test_a_proof_that_never_ran_fails_the_run(suite: pytest.Pytester) -> None:
    workers = ("-n", "2")
    write(suite, "test_two", PROOFS.replace("assert n", "pytest.skip('not here')"))
    document = suite.path / "docs/requirements.md"
    result = run(suite, *workers, f"--requirements={document}")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["SKIPPED PROOF tests/test_two.py::test_two"])
    assert run(suite, *workers, "tests/test_two.py").ret == 0


@BOTH
def test_an_unknown_statement_is_an_error_at_collection(
    suite: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    marks = {"a": '"SR-36"', "b": '"SR-2"', "c": "2", "d": ""}
    for name, mark in marks.items():
        write(suite, f"test_{name}", PROOFS.replace('"SR-03"', mark))
    result = run(suite, *workers)
    assert result.parseoutcomes()["errors"] == 4
    for name, said in {"a": "SR-36", "b": "SR-2", "c": "2"}.items():
        expected = f"tests/test_{name}.py::test_two*: unknown statements: {said}"
        result.stdout.fnmatch_lines([expected])
    result.stdout.fnmatch_lines(["tests/test_d.py::test_two*: expected proves(*"])


def test_a_transcript_proves_what_its_head_mentions(suite: pytest.Pytester) -> None:
    document = suite.path / "docs/requirements.md"
    (suite.path / "tests/good.transcript").write_text(
        f"## The beginning (SR-02\n## to SR-03).\n{TRANSCRIPT}## Later (SR-04).\n"
    )
    (suite.path / "tests/other.transcript").write_text(f"## SR-02 to SR-03.\n{TRANSCRIPT}")
    assert run(suite, f"--requirements={document}").ret == 0
    proofs = listed(document.read_text())
    assert proofs["SR-02"] == proofs["SR-03"]
    assert proofs["SR-03"] == ["tests/good.transcript", "tests/other.transcript"]
    assert proofs["SR-04"] == ["tests/test_most.py::test_most"]
    (suite.path / "tests/bad.transcript").write_text(f"## SR-02 to SR-40.\n{TRANSCRIPT}")
    result = run(suite)
    result.stdout.fnmatch_lines(["tests/bad.transcript::memory: unknown statements: SR-36, *"])
    assert result.ret != 0
