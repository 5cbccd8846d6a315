"""Going through what was done before a slice at a time, so that a class does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from staros_cli.chassis.clock import ManualClock
from staros_cli.labs.progress import Progress
from staros_cli.labs.session import LabSession
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import Awaits, Reply
from tests.lab import START
from tests.labs.support import Learner

LAB = "enabling-out-of-service"
TYPED = ("show license information", "show session recovery status", ":hint", "configure")


def taken() -> tuple[Learner, Progress]:
    """A lab with some inputs, and what was kept of it."""
    learner = Learner(LAB)
    learner.types(*TYPED, "context MINE -noconfirm", "end")
    assert learner.kept is not None
    return learner, learner.kept


def resumed(learner: Learner, kept: Progress, keep: Callable[[Progress], None]) -> LabSession:
    """The lab gone on with; every slice is one input."""
    ticks = count()
    return LabSession(
        learner.lab, ManualClock(START), keep, kept, in_slices=True, working=lambda: next(ticks)
    )


def polled(session: LabSession) -> tuple[int, Reply]:
    """How many slices it took until the session waits for a command, and what came of the last."""
    slices = 0
    while session.awaits is Awaits.TURN:
        reply = session.poll()
        slices += 1
    return slices, reply


def test_each_slice_is_short_and_the_last_shows_what_the_lab_is_about() -> None:
    learner, kept = taken()
    session = resumed(learner, kept, lambda kept: None)
    assert session.awaits is Awaits.TURN
    assert session.start_notes == []
    slices, reply = polled(session)
    assert slices == len(kept.inputs) + 1
    assert any("Step 2 of" in line for line in reply.lines)
    assert session.prompt == learner.session.prompt
    assert session.result == learner.session.result
    assert "context MINE" in session.handle("show configuration").text


def test_a_terminal_shows_the_lab_and_its_prompt_when_it_is_there() -> None:
    learner, kept = taken()
    terminal = LineTerminal(resumed(learner, kept, lambda kept: None))
    assert (terminal.begin(), terminal.receive("x\x03")) == ("", "\r\n")
    shown = ""
    while terminal.waiting:
        shown += terminal.look()
    assert shown.count("Step 2 of") == 1
    assert shown.endswith(terminal.session.prompt)


def test_who_goes_meanwhile_leaves_what_was_kept() -> None:
    learner, kept = taken()
    inputs = list(kept.inputs)
    told: list[Progress] = []
    session = resumed(learner, kept, told.append)
    session.poll()
    session.interrupt()
    session.close()
    assert session.awaits is Awaits.NOTHING
    assert told == []
    assert kept.inputs == inputs


def test_going_back_comes_in_slices_as_well() -> None:
    learner, kept = taken()
    session = resumed(learner, kept, lambda kept: None)
    polled(session)
    reply = session.handle(":reset")
    assert (reply.awaits, reply.lines) == (Awaits.TURN, [])
    _, reply = polled(session)
    assert reply.lines[0] == "The chassis is where it was when this step began."
    assert "context MINE" not in session.handle("show configuration").text
    assert session.attempt.record.hints == 1


def test_somebody_who_waits_for_news_still_does_after_going_back() -> None:
    learner, _ = taken()
    told: list[bool] = []
    learner.session.user.on_news = lambda: told.append(True)
    learner.types(":reset")
    learner.session.user.tell("hello")
    assert told
