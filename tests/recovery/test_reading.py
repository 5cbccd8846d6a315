"""Reading configuration files: in slices, line by line, and what is judged at their end.

The statements are SR-18, SR-22, SR-23 and SR-24; the rules stand in
`staros_cli/commands/configuration_file.py` and `staros_cli/configuration/system.py`.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from staros_cli import messages
from staros_cli.chassis.chassis import BOOT_TIME
from staros_cli.chassis.definition import Definition, load
from staros_cli.chassis.licence import License
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import locate
from staros_cli.commands.configuration_file import (
    LINE_LIMIT,
    MOST_PROBLEMS,
    PAUSE,
    PAUSE_AFTER_HASH,
    SLICE,
    FileReading,
)
from staros_cli.configuration.files import Problem
from staros_cli.messages import Refused
from tests.lab import START, Lab
from tests.recovery.support import NOT_ENABLED, READY, recovering, task
from tests.recovery.test_licence import REQUIRE, SERVICE, key

URL = "/flash/x.cfg"
PASSWORD = "    administrator {} password secret{}\n"


def reading(lab: Lab, text: str) -> FileReading:
    """A file that is about to be applied to a running system."""
    return FileReading(lab.system, text, URL, Privilege.SECURITY)


def applied(lab: Lab, text: str) -> list[Problem]:
    """The notes of the system on a file that was applied to its end."""
    found = reading(lab, text)
    while not found.step():
        assert not lab.chassis.reading
    return found.problems


def hostnames(count: int) -> str:
    """A file of so many lines, each of which names the system after its number."""
    return "".join(f"system hostname n{n}\n" for n in range(1, count + 1))


# Slices


@pytest.mark.proves("SR-22")
def test_a_file_is_applied_a_slice_of_lines_at_a_time() -> None:
    lab = Lab("asr5500-oos")
    found = reading(lab, hostnames(2 * SLICE + 1))
    for last in (SLICE, 2 * SLICE):
        assert not found.step()
        assert lab.chassis.hostname == f"n{last}"
        assert found.pause == PAUSE
    assert found.step()
    assert lab.chassis.hostname == f"n{2 * SLICE + 1}"
    lab.configure("system hostname other")
    assert found.step()
    assert (lab.chassis.hostname, found.problems) == ("other", [])


@pytest.mark.proves("SR-22")
def test_lines_that_join_and_lines_that_are_refused_count_as_lines_of_a_slice() -> None:
    lab = Lab("asr5500-oos")
    joined = "system \\\n hostname joined\n" * (SLICE // 4)
    refused = "bogus\n" * (SLICE // 4)
    passed_over = "# a remark\n" * (SLICE - 3 * (SLICE // 4) - SLICE // 8)
    long = "x" * (LINE_LIMIT + 1) + "\n"
    before = joined + refused + passed_over + long * (SLICE // 8)
    found = reading(lab, before + "system hostname next\n")
    assert not found.step()
    assert lab.chassis.hostname == "joined"
    assert len(found.problems) == SLICE // 4 + SLICE // 8
    assert found.step()
    assert lab.chassis.hostname == "next"


@pytest.mark.proves("SR-22")
def test_after_a_password_others_come_before_the_next_line() -> None:
    """Its hash takes long; the slice ends with it."""
    lab = Lab("asr5500-oos")
    found = reading(
        lab, "context local\n" + PASSWORD.format("a", 1) + PASSWORD.format("b", 2) + "exit\n"
    )
    for _ in range(2):
        assert not found.step()
        assert found.pause == PAUSE_AFTER_HASH
    assert found.step()
    assert found.pause == PAUSE
    remarks = reading(lab, "context local\n" + PASSWORD.format("c", 3) + "# a remark\n" * SLICE)
    assert not remarks.step()
    assert not remarks.step()
    assert remarks.pause == PAUSE


@pytest.mark.proves("SR-22")
def test_what_others_do_between_two_slices_is_judged_as_always() -> None:
    lab = Lab("asr5500-unlicensed")
    found = reading(lab, hostnames(SLICE + 1))
    assert not found.step()
    with pytest.raises(Refused) as refused:
        lab.chassis.require_session_recovery()
    assert refused.value.message is messages.NOT_LICENSED
    assert not lab.chassis.reading


@pytest.mark.proves("SR-21", "SR-22")
def test_a_system_is_up_when_all_of_its_configuration_has_been_read() -> None:
    slices = 300
    text = "".join(f"  system hostname n{n}\n" for n in range(SLICE * slices))
    lab = Lab()
    whole = "config\n" + key("session-recovery") + REQUIRE + text + SERVICE + "end\n"
    lab.chassis.storage.write(locate("/flash/system.cfg"), whole.encode(), START)
    lab.reload(settle=BOOT_TIME + 0.5)
    assert not lab.chassis.is_up
    assert list(lab.chassis.contexts.by_name) == ["local"]
    lab.wait(slices * PAUSE)
    assert lab.chassis.is_up
    assert lab.chassis.hostname == f"n{SLICE * slices - 1}"
    lab.wait(30)
    assert lab.status() == READY
    assert lab.chassis.booted_at == pytest.approx(START + 1.2 + slices * PAUSE, abs=0.1)


@pytest.mark.proves("SR-22")
def test_a_file_that_is_abandoned_leaves_what_was_applied_and_takes_effect() -> None:
    lab = Lab("asr5500-oos")
    found = reading(lab, "require session recovery\ncontext A\nexit\n" + hostnames(SLICE + 1))
    assert not found.step()
    assert not lab.chassis.recovery.in_effect
    found.abandon()
    assert lab.chassis.recovery.in_effect
    found.abandon()
    assert found.step()
    assert lab.chassis.hostname == f"n{SLICE - 3}"


# Lines


@pytest.mark.proves("SR-22")
@pytest.mark.parametrize("parts", [1, 2])
def test_a_line_is_as_long_as_it_may_be_with_what_continues_it(parts: int) -> None:
    """A longer one is refused whole, shown by its beginning, and the next lines are read."""
    lab = Lab("asr5500-oos")
    head, piece = "system hostname x", " \\\n"
    first = head if parts == 1 else f"system{piece}hostname x"
    room = LINE_LIMIT - (len(first) if parts == 1 else len("system \\") + len("hostname x"))
    for more in (0, 1):
        text = first + " " * (room + more) + "\nsystem hostname next\n"
        problems = applied(lab, text)
        assert lab.chassis.hostname == "next"
        if not more:
            assert all("long" not in problem.text for problem in problems)
            continue
        (problem,) = problems
        assert problem.number == parts
        assert problem.url == URL
        assert problem.line == text.splitlines()[parts - 1][:60]
        assert problem.text == f"Failure: {messages.LINE_TOO_LONG(limit=LINE_LIMIT)}"


@pytest.mark.proves("SR-22")
def test_a_line_that_is_continued_beyond_the_end_of_a_file_is_the_last() -> None:
    lab = Lab("asr5500-oos")
    (problem,) = applied(lab, "system hostname first\nsystem bogus \\\n")
    assert (problem.number, lab.chassis.hostname) == (2, "first")
    assert applied(lab, "system hostname \\\n last \\\n") == []
    assert lab.chassis.hostname == "last"


@pytest.mark.proves("SR-22")
def test_of_many_refused_lines_the_first_are_told_and_the_others_counted() -> None:
    lab = Lab("asr5500-oos")
    for more in (0, 1, 7):
        problems = applied(lab, "bogus\n" * (MOST_PROBLEMS + more))
        told = problems[:MOST_PROBLEMS]
        assert [problem.number for problem in told] == list(range(1, MOST_PROBLEMS + 1))
        if not more:
            assert problems == told
            continue
        (last,) = problems[MOST_PROBLEMS:]
        assert last == Problem(URL, 0, "", messages.MORE_REFUSED(url=URL, count=more))


@pytest.mark.proves("SR-22")
def test_outside_of_configuration_mode_a_file_has_no_commands() -> None:
    lab = Lab("asr5500-oos")
    problems = applied(lab, "end\nreload -noconfirm\nconfig\nsystem hostname in\nconfig\nend\n")
    assert [(problem.number, problem.line) for problem in problems] == [(2, "reload -noconfirm")]
    assert lab.chassis.hostname == "in"
    assert lab.chassis.is_up
    (inside,) = applied(lab, "context A\nconfig\nend\n")
    assert (inside.number, inside.line) == (2, "config")


# Judgement at the end


@pytest.mark.proves("SR-22", "SR-24")
def test_a_requirement_that_is_taken_back_needs_no_licence() -> None:
    lab = Lab("asr5500-unlicensed")
    problems = applied(lab, "require session recovery\nno require session recovery\n")
    assert not any(str(messages.NOT_LICENSED()) in problem.text for problem in problems)
    assert not lab.chassis.recovery.configured


@pytest.mark.proves("SR-17", "SR-23")
def test_a_file_that_is_applied_in_service_changes_nothing_of_what_is_in_effect() -> None:
    """In any case, and also when the key has run out meanwhile."""
    lab = recovering()
    applied(lab, "system hostname other\n")
    assert lab.chassis.recovery.in_effect
    lab.chassis.install_license(License("S1", ("pgw",)).key())
    for line in ("system hostname one", "no require session recovery"):
        applied(lab, f"{line}\n")
        assert lab.chassis.recovery.in_effect
        assert lab.status() == READY
    without = recovering(feature=False)
    applied(without, "require session recovery\n")
    assert not without.chassis.recovery.in_effect


@pytest.mark.proves("SR-24")
def test_who_runs_without_recovery() -> None:
    """A system that is configured for it without a licence, and no other."""
    lab = Lab()
    lab.chassis.require_session_recovery()
    assert not lab.chassis.recovery.in_effect
    assert not lab.chassis.runs_without_recovery
    lab.chassis.remove_license()
    assert lab.chassis.runs_without_recovery
    lab = recovering()
    lab.chassis.remove_license()
    assert not lab.chassis.runs_without_recovery


@pytest.mark.proves("SR-19", "SR-23")
def test_a_restart_without_contexts_leaves_nothing_in_effect() -> None:
    lab = recovering()
    lab.chassis.storage.write(locate("/flash/c"), b"config\nend\n", START)
    lab.reload()
    assert lab.status() == NOT_ENABLED
    assert not lab.chassis.recovery.in_effect
    lab.configure("context B")
    assert not lab.chassis.recovery.in_effect
    assert lab.status() == NOT_ENABLED


@pytest.mark.proves("SR-17")
def test_a_system_without_contexts_is_in_service_while_its_session_tasks_run() -> None:
    lab = recovering(feature=False)
    lab.chassis.remove_context("A")
    assert task(lab, "sessmgr", 1)
    assert not lab.chassis.contexts.any_configured
    assert lab.chassis.in_service
    lab.configure("require session recovery", "context B")
    assert not lab.chassis.recovery.in_effect


# Where the configuration comes from


def booted(lab: Lab, *entries: str) -> str:
    """The console at a start with these entries of the boot stack."""
    lab.typed("configure")
    for number in range(1, 11):
        lab.typed(f"no boot system priority {number}")
    for number, entry in enumerate(entries, 1):
        lab.typed(f"boot system priority {number} image /flash/asr5500.bin config {entry}")
    lab.typed("end")
    return lab.reload()


@pytest.fixture
def lab_of_files() -> Lab:
    lab = Lab()
    (image,) = {entry.image for entry in lab.chassis.boot_stack.entries()}
    lab.chassis.storage.write(locate("/flash/asr5500.bin"), b"image", START)
    assert image
    lab.chassis.storage.write(
        locate("/flash/good.cfg"), b"config\nsystem hostname good\nend\n", START
    )
    lab.chassis.storage.write(locate("/flash/wrong.cfg"), b"config\nbogus\nend\n", START)
    return lab


@pytest.mark.proves("SR-19", "SR-22")
def test_what_the_last_start_said_is_not_said_again(lab_of_files: Lab) -> None:
    lab = lab_of_files
    assert "bogus" in booted(lab, "/flash/wrong.cfg")
    assert [problem.line for problem in lab.system.problems] == ["bogus"]
    skipped = booted(lab, "/flash/missing.cfg", "/flash/good.cfg")
    assert "Failure: " in skipped
    assert (lab.chassis.hostname, lab.system.problems) == ("good", [])
    assert len(lab.system.boot_notes) == 1
    assert "bogus" not in skipped
    booted(lab, "/flash/good.cfg")
    assert lab.system.boot_notes == []
    nothing = booted(lab, "/flash/missing.cfg")
    assert f"Warning: {messages.NO_USABLE_CONFIGURATION()}" in nothing
    assert lab.chassis.hostname == lab.chassis.default_hostname
    assert len(lab.system.boot_notes) == 2


@pytest.mark.proves("SR-19", "SR-22")
def test_a_start_without_a_file_has_no_problems_of_one(lab_of_files: Lab) -> None:
    lab = lab_of_files
    booted(lab, "/flash/wrong.cfg")
    assert lab.system.problems != []
    booted(lab, "/flash/missing.cfg")
    assert lab.system.problems == []
    assert messages.NO_USABLE_CONFIGURATION() in lab.system.boot_notes[-1]


@pytest.mark.proves("SR-20")
def test_a_restart_ends_what_administrators_hold_and_save() -> None:
    slow = replace(load("asr5500").schema, save_seconds=60)
    lab = Lab(Definition("slow", slow))
    lab.typed("configure")
    user = lab.session.state.user
    assert lab.system.lock.is_inside(user)
    lab.system.save(user, "/flash/late.cfg")
    assert lab.system.saves.end_at is not None
    lab.chassis.reload()
    lab.wait(30)
    assert not lab.system.lock.is_inside(user)
    assert lab.system.saves.end_at is None
