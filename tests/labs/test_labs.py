"""Every lab: its reference solution has full marks, and a wrong path is caught."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from staros_cli.labs import schema
from staros_cli.teaching.grading import grade_file
from staros_cli.transcripts import directives
from staros_cli.transcripts.directives import Directive
from staros_cli.transcripts.format import Typed, read
from tests.labs.support import Learner

SOLUTIONS = Path(__file__).parents[2] / "transcripts" / "labs"
LABS = [lab.name for lab in schema.built_in()]
ENABLE = ("configure", "require session recovery", "end")

WRONG: dict[str, tuple[int, tuple[str | float, ...], str]] = {
    # By lab: how many steps are skipped before, what is done (a number waits), what is said then.
    "finding-ones-way": (0, ("show version",), "You have not asked for help"),
    "reading-a-licence": (0, ("show license information", ":answer 1"), "waits for its answer"),
    "enabling-out-of-service": (2, (*ENABLE, "reload", "yes"), "is not what is configured"),
    "enabling-in-service": (
        2,
        ("configure /flash/new-key.cfg", *ENABLE, "reload", "yes"),
        "before the change was saved",
    ),
    "saved-or-not": (1, (*ENABLE, "save configuration", "yes"), "was not to be saved"),
    "wrong-order": (2, ("reload", "yes"), "comes to the same end"),
    "disabling": (
        1,
        ("configure", "no require session recovery", "end", "reload", "yes"),
        "the feature is back",
    ),
    "reading-the-status-table": (0, ("show session recovery status",), "table was not shown"),
    "a-session-manager-dies": (
        1,
        ("show subscribers debug-info username anna", 20.0),
        "not looked at the call since the manager died",
    ),
    "migrating-a-card": (1, ("card halt 2", "yes", 60.0), "Card 2 went down"),
    "a-card-fails": (3, ("reload", "yes", 30.0), "ended all calls"),
    "a-double-fault": (1, ("show snmp trap history", 20.0), "since both died"),
    "too-little-hardware": (1, ("reload", "yes", 30.0), "ended all calls"),
    "what-is-not-recovered": (1, (20.0, ":answer 3"), "have not looked at a call since"),
}


@pytest.mark.parametrize("name", LABS)
def test_the_reference_solution_has_full_marks(name: str) -> None:
    result = grade_file(SOLUTIONS / f"{name}.transcript").result
    assert result.lab == name
    assert result.finished
    assert (result.score, result.hints) == (result.points, 0)


@pytest.mark.parametrize("name", LABS)
def test_a_wrong_path_is_caught(name: str) -> None:
    skipped, path, said = WRONG[name]
    learner = Learner(name)
    for _ in range(skipped):
        learner.types(":skip")
    shown = ""
    for what in path:
        shown += learner.types(what) if isinstance(what, str) else learner.waits(what)
    shown += learner.types(":check")
    assert said in " ".join(shown.replace("│", " ").split())
    record = learner.session.attempt.records[skipped]
    caught = record.mistakes or record.outcome.value == "open"
    assert caught
    assert learner.session.attempt.score < learner.lab.points


@pytest.mark.parametrize("name", LABS)
def test_nothing_is_passed_by_doing_nothing(name: str) -> None:
    learner = Learner(name)
    learner.waits(300)
    assert learner.session.attempt.current == 0
    assert learner.session.attempt.missing()


def test_a_filter_is_asked_for_and_seen() -> None:
    learner = Learner("finding-ones-way")
    learner.types(":skip", ":skip", "show configuration")
    assert any("not been searched" in text for text in learner.session.attempt.missing())
    learner.types("show configuration | grep contxt", "show configuration | grep interface")
    assert any("not been searched" in text for text in learner.session.attempt.missing())
    assert "Done but for the question" in learner.types("show configuration | grep context")


@pytest.mark.parametrize(
    ("lab", "before", "lines"),
    [
        ("enabling-in-service", 3, ()),
        ("too-little-hardware", 1, ("card reboot 4", "yes")),
        ("wrong-order", 3, ("reload", "yes")),
    ],
)
def test_ready_is_to_be_seen(lab: str, before: int, lines: tuple[str, ...]) -> None:
    """A look at a system that is not ready yet, or with a filter that hides the answer, is none."""
    status = "show session recovery status"
    learner = Learner(lab)
    for step in range(before):
        _solve(learner, step)
    learner.types(*lines)
    while learner.session.attempt.current < len(learner.lab.steps) - 1:
        learner.waits(1)
    assert "Not Ready" in learner.types(status)
    learner.waits(300)
    learner.types(f"{status} | grep Rdy", f"{status} | grep Update")
    assert any("seen to be ready" in text for text in learner.session.attempt.missing())
    assert "Done: 10 of 10" in learner.types(status)


def test_one_table_that_shows_both_tasks_of_a_pair_will_do() -> None:
    for lab, before in (("a-double-fault", 0), ("reading-the-status-table", 3)):
        learner = Learner(lab)
        learner.types(*[":skip"] * before, "show task table facility sessmgr instance 30")
        assert len(learner.session.attempt.missing()) >= 2
        learner.types("show task table")
        assert not any("task table" in text for text in learner.session.attempt.missing())


def _solve(learner: Learner, step: int) -> None:
    """Do what the reference solution does in a step."""
    for doing in _solution(learner.lab.name)[step]:
        _do(learner, doing)


def _do(learner: Learner, doing: Typed | Directive) -> None:
    if isinstance(doing, Directive):
        learner.waits(directives.advance(doing))
    elif doing.key == "help":
        learner.session.help(doing.text)
    else:
        learner.types(doing.text)


@cache
def _solution(lab: str) -> list[list[Typed | Directive]]:
    """The reference solution by steps: what is typed, what time passes."""
    learner = Learner(lab)
    found: list[list[Typed | Directive]] = [[] for _ in learner.lab.steps]
    for step in read(SOLUTIONS / f"{lab}.transcript").steps:
        if isinstance(step.doing, (Typed, Directive)) and not learner.session.attempt.finished:
            found[learner.session.attempt.current].append(step.doing)
            _do(learner, step.doing)
    return found


# What was lost there is another number after a restart.
@pytest.mark.parametrize("name", [name for name in LABS if name != "a-double-fault"])
def test_a_restart_in_any_step_is_no_dead_end(name: str) -> None:
    """Where the steps after it cannot be passed as they are, `:reset` makes that possible."""
    for early in range(len(Learner(name).lab.steps)):
        learner = Learner(name)
        attempt = learner.session.attempt
        for step in range(early):
            _solve(learner, step)
        learner.types("reload", "yes")
        learner.waits(60)
        for step in range(len(learner.lab.steps)):
            for _ in range(2):
                attempt = learner.session.attempt
                if attempt.current > step:
                    break
                _solve(learner, step)
                learner.waits(60)
                if learner.session.attempt.current == step:
                    learner.types(":reset")
        assert learner.session.attempt.finished, (early, learner.session.attempt.missing())


def test_the_first_step_of_enabling_in_service_can_be_skipped() -> None:
    learner = Learner("enabling-in-service")
    assert "presupposes the new key" in learner.types(":skip")
    learner.types("configure /flash/new-key.cfg", *ENABLE)
    assert "Done: 10 of 10" in learner.types("show session recovery status")


def test_two_looks_at_one_call_are_none_at_the_other() -> None:
    learner = Learner("what-is-not-recovered")
    look = "show subscribers debug-info username"
    learner.types(f"{look} anna", f"{look} anna")
    assert any("Both calls" in text for text in learner.session.attempt.missing())
    assert "Done but for the question" in learner.types(f"{look} bert")
