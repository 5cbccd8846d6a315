"""Passwords typed in a lab: no file of progress holds them, and a resumed lab knows them again."""

from __future__ import annotations

import pytest

from staros_cli.labs.stand_ins import StandIns
from tests.labs.support import Learner

SECRET = "S3cret-of-mine"
TEST_COMMANDS = ("configure", "cli hidden", f"cli test-commands password {SECRET}", "end")


@pytest.mark.parametrize(
    "lines",
    [
        ("configure", f"tech-support test-commands password {SECRET}"),
        TEST_COMMANDS,
        (*TEST_COMMANDS, f"cli test-commands password {SECRET}"),
        (*TEST_COMMANDS, "cli test-commands", SECRET),
        ("configure", "context local", f"administrator bob password {SECRET}"),
        ("configure", "context local", f'administrator bob password "{SECRET} x"'),
        ("configure", "context local", f"administrator bob pasword {SECRET}"),
        ("configure", "context local", "administrator bob \\", f"password {SECRET}"),
        ("configure", "context local", "administrator bob password \\", SECRET),
        ("configure", "context local", f"administrator bob password {SECRET} \\", "timeout-idle 9"),
        ("configure", "context local", f"administrator bob password {SECRET} \\", "timeut-idle 9"),
        (f"copy sftp://ann:{SECRET}@192.0.2.1/a /flash/a",),
        (f"administrator ann password {SECRET}",),
    ],
    ids=lambda lines: lines[-1][:40],
)
def test_no_password_is_kept(lines: tuple[str, ...]) -> None:
    learner = Learner("finding-ones-way")
    learner.types(*lines)
    assert learner.kept is not None
    assert SECRET not in learner.kept_text
    learner.types("end")
    shown = learner.types("show configuration")
    assert "context local" in shown
    assert SECRET not in shown
    # A resumed lab has the same chassis.
    again = Learner("finding-ones-way", learner.kept)
    assert again.types("show configuration") == shown
    assert again.session.prompt == learner.session.prompt


@pytest.mark.parametrize("secret", ["S3cret-\x01of-mine", '"S3cret-of\\\n-mine"'])
def test_a_password_that_the_chassis_refuses_stays_refused(secret: str) -> None:
    """Nothing stands for it: a lab accepted what no chassis does."""
    learner = Learner("finding-ones-way")
    learner.types("configure", "context local")
    *pieces, last = f"administrator bob password {secret}".split("\n")
    learner.types(*pieces)
    assert learner.types(last).startswith("Failure: ")
    learner.types("end")
    assert "bob" not in learner.types("show configuration")
    assert "S3cret" not in learner.kept_text


def test_an_unfinished_line_with_a_password_is_not_kept_and_forgotten_with_ctrl_c() -> None:
    learner = Learner("finding-ones-way")
    learner.types("configure", "context local", f"administrator bob password {SECRET} \\")
    assert SECRET not in learner.kept_text
    learner.session.interrupt()
    learner.types("end", f"administrator bob password {SECRET} \\")
    learner.types("x" * 20000)
    learner.types("show clock")
    assert SECRET not in learner.kept_text


def test_a_password_opens_the_same_after_the_lab_was_resumed() -> None:
    learner = Learner("finding-ones-way")
    learner.types(*TEST_COMMANDS)
    again = Learner("finding-ones-way", learner.kept)
    assert "Failure" in again.types("cli test-commands password wrong")
    assert "Failure" not in again.types(f"cli test-commands password {SECRET}")
    third = Learner("finding-ones-way", again.kept)
    assert third.session.state.hidden_commands


def test_a_line_that_goes_on_and_is_harmless_is_kept_as_it_was_typed() -> None:
    learner = Learner("finding-ones-way")
    learner.types("show \\")
    learner.types("clock")
    assert learner.kept is not None
    assert [done.text for done in learner.kept.inputs] == ["show \\", "clock"]


def test_stand_ins_are_the_same_in_one_attempt_and_differ_between_attempts() -> None:
    one, other = StandIns("a lab, 1"), StandIns("a lab, 2")
    assert one.of(SECRET) == one.of(SECRET) == StandIns("a lab, 1").of(SECRET)
    assert len({one.of(SECRET), one.of("another"), other.of(SECRET), SECRET}) == 4


def test_a_stored_password_stays_as_it_is() -> None:
    learner = Learner("finding-ones-way")
    learner.types("configure", "context local", f"administrator bob password {SECRET}")
    line = next(
        line for line in learner.types("end", "show configuration").splitlines() if "bob" in line
    )
    learner.types("configure", "context local", line.strip().replace("bob", "ann"))
    stored = line.split()[-1]
    assert f"administrator ann encrypted password {stored}" in learner.kept_text
    assert f"administrator ann encrypted password {stored}" in learner.types(
        "end", "show configuration"
    )
