"""Tests that prove statements of the chapter: `@pytest.mark.proves("SR-02", "SR-29")`.

A transcript proves what the comment at its head mentions. A run of the whole suite sees to it that
every statement has proofs (`test_requirements.py`) and that each of them ran; with
`--requirements=FILE` it writes `docs/requirements.md` to FILE.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from tests.requirements import STATEMENTS, document, ids_in

PROPERTY = "statements"
NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
"""Options with which a run is not one of the whole suite."""


def statements_of(item: pytest.Item) -> list[str]:
    """The statements that a test proves."""
    return sorted({name for mark in item.iter_markers("proves") for name in mark.args}, key=str)


def test_of(nodeid: str) -> str:
    """The test of a run of it: a function without its parameters, a transcript without its way."""
    path, _, name = nodeid.partition("::")
    return path if path.endswith(".transcript") else f"{path}::{name.partition('[')[0]}"


def proofs_in(items: Iterable[pytest.Item]) -> dict[str, set[str]]:
    """The tests that prove something, by statement."""
    found: dict[str, set[str]] = {name: set() for name in STATEMENTS}
    for item in items:
        for name in statements_of(item):
            found[name].add(test_of(item.nodeid))
    return found


def is_whole(config: pytest.Config) -> bool:
    """Whether the whole suite is run; workers of xdist are told."""
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is not None:
        return bool(workerinput["whole"])
    narrowed = any(config.getoption(name, None) for name in NARROWING)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


class Proofs:
    """A plugin for pytest: checks the marks, notes the outcomes."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, dict[str, list[str]]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Mark transcripts, and take statements that do not exist as errors of collection."""
        report = yield
        items = [item for item in report.result or () if isinstance(item, pytest.Item)]
        wrong = [problem for item in items if (problem := self._note(item))]
        if wrong:
            report.outcome, report.result, report.longrepr = "failed", [], "\n".join(wrong)
        return report

    def _note(self, item: pytest.Item) -> str:
        """Let the reports of a test name its statements; returns what is wrong with them."""
        if item.path.suffix == ".transcript" and (found := ids_in(_head(item.path))):
            item.add_marker(pytest.mark.proves(*found))
        statements = statements_of(item)
        if statements:
            item.user_properties.append((PROPERTY, statements))
        if any(not mark.args or mark.kwargs for mark in item.iter_markers("proves")):
            return f'{item.nodeid}: expected proves("SR-01", ...), one or more statements'
        unknown = [str(name) for name in statements if name not in STATEMENTS]
        return f"{item.nodeid}: unknown statements: {', '.join(unknown)}" if unknown else ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist, which sees other arguments, whether the whole suite is run."""
        node.workerinput["whole"] = is_whole(self.config)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what came of a proof."""
        if report.when == "call" or not report.passed:
            for name in dict(report.user_properties).get(PROPERTY, ()):  # type: ignore[attr-defined]
                tests = self.outcomes.setdefault(name, {})
                tests.setdefault(test_of(report.nodeid), []).append(report.outcome)

    def not_run(self) -> list[str]:
        """The proofs that were skipped with all parameters."""
        return sorted(
            {
                test
                for tests in self.outcomes.values()
                for test, outcomes in tests.items()
                if set(outcomes) == {"skipped"}
            }
        )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the document; fail when a proof proves nothing."""
        if hasattr(self.config, "workerinput"):
            return
        if target := self.config.getoption("--requirements"):
            Path(target).write_text(document(self.outcomes))
        if is_whole(self.config) and self.not_run() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which proofs prove nothing."""
        if is_whole(self.config):
            for test in self.not_run():
                terminalreporter.write_line(f"SKIPPED PROOF {test}", red=True)


def _head(path: Path) -> str:
    """The comment at the head of a transcript."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        head = takewhile(lambda line: line.startswith("##"), lines)
        return " ".join(line.removeprefix("##").strip() for line in head)
