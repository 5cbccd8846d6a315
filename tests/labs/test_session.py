"""The console of a lab: lines of the lab and of the chassis, hints, going back, coming back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from staros_cli.labs import progress
from staros_cli.labs.form import parse_lab
from staros_cli.labs.progress import Progress
from staros_cli.labs.session import LabSession
from tests.labs.support import Learner
from tests.labs.test_form import GOOD


def test_the_first_thing_shown_is_what_to_do_above_an_untouched_prompt() -> None:
    learner = Learner("finding-ones-way")
    assert any("Step 1 of 4: Help" in line for line in learner.session.start_notes)
    assert learner.session.prompt == "[local]asr5500# "


def test_lines_with_a_colon_never_reach_the_chassis() -> None:
    learner = Learner("enabling-in-service")
    learner.types("reload")
    assert "no more" not in learner.types(":hint")
    assert learner.session.prompt == "Are you sure? [Yes|No]: "
    assert learner.types("no") == "Action aborted\n"
    assert learner.session.history == ["reload"]
    assert "The lab knows :task" in learner.types(":frobnicate")


def test_a_hint_costs_its_points() -> None:
    learner = Learner("finding-ones-way")
    assert "Hint (1 point)" in learner.types(":hint")
    assert "Hint (2 points)" in learner.types(":hint")
    assert "no more hints" in learner.types(":hint")
    learner.session.help("show ")
    assert "Done: 7 of 10 points." in learner.types("show version")


def test_a_wrong_answer_costs_and_a_senseless_one_does_not() -> None:
    learner = Learner("finding-ones-way")
    learner.types(":skip", "show subscribers summary")
    assert "not it" in learner.types(":answer 5")
    assert "Expected a number" in learner.types(":answer many")
    assert "Done: 7 of 10 points." in learner.types(":answer 1024")


def test_check_tells_what_is_missing_and_not_how() -> None:
    shown = Learner("enabling-out-of-service").types(":skip", ":check")
    assert "does not ask for Session Recovery" in shown
    assert "require session recovery" not in shown


def test_a_skipped_step_is_worth_nothing() -> None:
    learner = Learner("disabling")
    shown = learner.types(":skip", ":skip")
    assert "Finished" in shown
    assert learner.session.result.finished
    assert learner.session.attempt.score == 0


def test_typing_the_words_of_a_command_where_it_does_nothing_passes_no_check() -> None:
    learner = Learner("reading-a-licence")
    learner.types("# show license information", "show license informatio | grep x | bogus")
    assert learner.session.attempt.missing()[0].startswith("The information")


def test_reset_takes_the_chassis_back_to_where_the_step_began() -> None:
    learner = Learner("enabling-out-of-service")
    learner.types("show license information", "show session recovery status")
    learner.types(":hint", "configure", "context WRONG -noconfirm", "end")
    assert "WRONG" in learner.types("show configuration")
    learner.types(":reset")
    assert learner.session.attempt.current == 1
    assert "WRONG" not in learner.types("show configuration")
    assert learner.session.attempt.record.hints == 1
    assert "Done: 9 of 10" in learner.types("configure", "require session recovery")


def test_reset_does_not_take_a_mistake_back() -> None:
    learner = Learner("wrong-order")
    learner.types(":skip", ":skip", "reload", "yes")
    learner.types(":reset")
    assert learner.session.attempt.record.mistakes == [0]
    assert "Done: 7 of 10" in learner.types("save configuration", "yes")


def test_what_was_done_can_be_resumed_where_it_was_left() -> None:
    first = Learner("enabling-in-service")
    first.types("show license information", "configure /flash/new-key.cfg")
    first.waits(17.5)
    first.types("configure", "require session recovery", ":quit")
    assert first.kept is not None
    kept = msgspec.json.decode(msgspec.json.encode(first.kept), type=Progress)

    second = Learner("enabling-in-service", kept)
    assert second.session.attempt.current == 1
    assert second.session.system.chassis.recovery.configured
    assert second.session.system.chassis.now == first.session.system.chassis.now
    assert second.session.prompt == "[local]asr5500(config)# "
    second.types("end")
    assert "Done: 10 of 10" in second.types("show session recovery status")


def test_a_fault_strikes_at_its_moment_even_when_nobody_types() -> None:
    """SR-02: the sessions of a sessmgr that died are recovered from its peer."""
    learner = Learner("a-session-manager-dies")
    learner.types(":skip")
    began = learner.session.system.chassis.now
    learner.waits(60)
    crash = learner.session.system.chassis.crashes.records[0]
    assert crash.time == began + 10


def test_two_people_take_a_lab_on_chassis_of_their_own() -> None:
    one, other = Learner("enabling-out-of-service"), Learner("enabling-out-of-service")
    one.types(":skip", "configure", "require session recovery")
    assert one.session.attempt.current == 2
    assert other.session.attempt.current == 0
    assert not other.session.system.chassis.recovery.configured


def test_who_resumes_after_a_restart_stays_in_configuration_mode() -> None:
    first = Learner("disabling")
    first.types("reload -noconfirm")
    first.waits(60)
    first.types("configure", "no require session recovery")
    assert first.kept is not None
    second = Learner("disabling", first.kept)
    second.waits(1)
    assert second.session.prompt == first.session.prompt == "[local]host_name(config)# "


FAULT = """
[[steps.faults]]
command = "task kill facility sessmgr instance 1"
when = "seconds > 10"
after = 5
[[steps.mistakes]]
when = 'ran("show_clock") and not crashes'
text = "Too early."
[[steps.checks]]
"""


def test_a_fault_that_waits_for_something_strikes_at_the_same_time_again() -> None:
    text = GOOD.replace("[[steps.checks]]", FAULT).replace('"configured"', '"crashes"')
    lab = parse_lab("mine", text.replace('"crashes"', "'crashes and ran(\"show_clock\")'"), "mine")
    learner = Learner(lab)
    for _ in range(30):
        learner.waits(1)
    assert "Done: 10 of 10" in learner.types("show clock")
    assert Learner(lab, learner.kept).session.result == learner.session.result


def test_what_was_charged_stays_charged_and_nothing_else() -> None:
    learner = Learner("enabling-in-service")
    learner.types("show version \\", ":hint", ":reset")
    assert learner.session.attempt.record.hints == 0
    learner.types(":hint", ":hi", ":reset", ":reset")
    assert learner.session.attempt.record.hints == 2
    assert learner.kept is not None
    assert Learner("enabling-in-service", learner.kept).session.attempt.record.hints == 2


def test_a_wrong_answer_stays_wrong_where_it_would_have_been_right() -> None:
    question = "[steps.question]\nkind = 'number'\ntext = '?'\nanswer = 'reloads'\n"
    lab = parse_lab("mine", GOOD.replace("[[steps.checks]]", f"{question}[[steps.checks]]"), "mine")
    learner = Learner(lab)
    learner.types("reload -noconfirm")
    assert "not it" in learner.types(":answer 0")
    learner.types(":reset")
    record = learner.session.attempt.record
    assert (record.wrong_answers, record.answered) == (1, False)


def test_a_line_over_the_limit_is_refused_again_and_not_kept() -> None:
    long = f"system hostname WRONG{' ' * 80}"
    learner = Learner("enabling-in-service", line_limit=80)
    learner.types("configure")
    assert "80 characters" in learner.types(long)
    assert "80 characters" in learner.types("system hostname \\", "WRONG" * 14)
    assert "80 characters" in learner.types(f":answer {long}")
    assert learner.kept is not None
    assert not any("WRONG" in done.text for done in learner.kept.inputs)
    resumed = Learner("enabling-in-service", learner.kept)
    assert resumed.session.prompt == learner.session.prompt
    learner.types(":reset")
    assert "80 characters" in learner.types(long)


def test_what_was_taken_is_taken_again_where_less_may_be_typed() -> None:
    learner = Learner("enabling-in-service")
    learner.types("configure", f"system hostname mine{' ' * 80}")
    resumed = Learner("enabling-in-service", learner.kept, line_limit=80)
    assert resumed.session.prompt == learner.session.prompt == "[local]mine(config)# "
    assert "80 characters" in resumed.types(f"system hostname other{' ' * 80}")


def test_a_lab_goes_on_when_no_more_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MOST_INPUTS", 4)
    learner = Learner("finding-ones-way")
    learner.types(":skip")
    assert "More was done" not in learner.types("configure", "end", "configure")
    assert "More was done here than can be kept" in learner.types("end")
    assert "More was done" not in learner.types("show version", ":skip")
    assert learner.session.attempt.current == 2
    assert learner.kept is not None
    assert len(learner.kept.inputs) == 4
    assert learner.kept.result == Learner("finding-ones-way", learner.kept).session.result
    assert "Step 2 of 4" in learner.types(":reset")
    assert len(learner.kept.inputs) == 1
    learner.types(":skip")
    assert learner.session.result == learner.kept.result


def test_what_is_kept_does_not_grow_without_end_by_long_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "MOST_TEXT", 1000)
    learner = Learner("finding-ones-way")
    for _ in range(10):
        learner.types("x" * 400)
    assert learner.kept is not None
    assert len(learner.kept.inputs) == 3


LINES = st.sampled_from(
    [
        "show version",
        "configure",
        "require session recovery",
        "end",
        "save configuration -noconfirm",
        "reload -noconfirm",
        "reload",
        "yes",
        "show subscribers all",
        "card migration from 2 to 4 -noconfirm",
        ":hint",
        ":skip",
        ":answer 1",
        ":reset",
        "",
        "q",
    ]
)


RESTART = [("reload -noconfirm", 60.0), ("configure", 1.0)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(LINES, st.floats(0, 60)), max_size=12), st.sampled_from([0, 24]))
@example(RESTART, 0)
@example([*RESTART, ("require session recovery", 1.0)], 24)
def test_resuming_comes_to_the_same_chassis_whatever_was_done(
    done: list[tuple[str, float]], length: int
) -> None:
    """On a terminal that may be of another length than the one before."""
    first = Learner("saved-or-not", length=length)
    for line, seconds in done:
        first.types(line)
        first.waits(seconds / 2)
        first.waits(seconds / 2)
    assert first.kept is not None
    first.session.interrupt()
    second = Learner("saved-or-not", first.kept, length=24 - length)
    assert second.session.result == first.session.result
    assert _state(second.session) == _state(first.session)
    for learner in (first, second):
        learner.waits(1)
    assert _state(second.session) == _state(first.session)


def _state(session: LabSession) -> object:
    chassis = session.system.chassis
    return (
        chassis.now,
        chassis.recovery,
        [card.state for card in chassis.hardware.cards.values()],
        sorted(chassis.sessions.session(row).callid for row in chassis.sessions.rows()),
        session.prompt,
    )


@pytest.mark.parametrize("width", [20, 80, 200])
def test_panels_fit_the_terminal(width: int) -> None:
    session = Learner("finding-ones-way").session
    session.state.width = width
    assert max(map(len, session.start_notes)) <= max(40, min(100, width))
