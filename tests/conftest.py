"""What all tests share: hypothesis without deadlines, since shared machines stall at times, and the
list of what they prove."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.requirements import Proofs, ids_in

settings.register_profile("staros-cli", deadline=None, max_examples=100)
settings.load_profile("staros-cli")


PROOFS = Proofs()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", metavar="FILE", help="write docs/requirements.md to FILE")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with the statements of the chapter that it proves."""
    for item in items:
        function = getattr(item, "function", None)
        text = f"{item.name} {function.__doc__ if function else item.path.read_text()}"
        statements = sorted(ids_in(text))
        if statements and item.path.name != "test_requirements.py":
            item.user_properties.append(("statements", ",".join(statements)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties:
        if name == "statements" and (report.when == "call" or report.failed):
            PROOFS.add(str(value).split(","), report.nodeid, report.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = session.config.getoption("--requirements")
    if target and not hasattr(session.config, "workerinput"):
        PROOFS.write(Path(target))
