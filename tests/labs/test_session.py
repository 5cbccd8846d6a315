"""The console of a lab: lines of the lab and of the chassis, hints, going back, coming back."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from staros_cli.chassis.clock import ManualClock
from staros_cli.labs import progress, schema
from staros_cli.labs.progress import Progress
from staros_cli.labs.schema import parse_lab
from staros_cli.labs.session import LabSession
from staros_cli.shell.replies import Awaits
from tests.lab import START
from tests.labs.support import Learner
from tests.labs.test_schema import GOOD


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


@pytest.mark.parametrize("line", [":", ":help", ":he", ":frobnicate"])
def test_what_the_lab_knows_is_told_with_what_it_does(line: str) -> None:
    learner = Learner("finding-ones-way")
    shown = learner.types(line)
    assert "\n".join(learner.session.help(":")) in shown
    assert ("does not know :frobnicate" in shown) is (line == ":frobnicate")
    assert learner.session.attempt.record.hints == 0


def test_a_hint_costs_its_points() -> None:
    learner = Learner("finding-ones-way")
    assert "Hint (minus 1 point)" in learner.types(":hint")
    assert "Hint (minus 2 points)" in learner.types(":hint")
    assert "no more hints" in learner.types(":hint")
    learner.session.help("show ")
    assert "Done: 7 of 10 points." in learner.types("show version")


def test_a_wrong_answer_costs_and_a_senseless_one_does_not() -> None:
    learner = Learner("finding-ones-way")
    learner.types(":skip", "show subscribers summary")
    assert "not it: minus 3 points. Look again, or ask for a :hint." in learner.types(":answer 5")
    assert "Expected a number" in learner.types(":answer many")
    assert "Done: 7 of 10 points." in learner.types(":answer 1024")


def test_leaving_says_the_same_however_it_is_done() -> None:
    shown = {line: Learner("disabling").types(line) for line in (":quit", "exit")}
    assert "`staros-cli lab resume` goes on with step 1 of 2" in shown["exit"]
    assert shown["exit"] == shown[":quit"]


def test_the_end_names_the_next_lab() -> None:
    learner = Learner("disabling")
    assert "lab start reading-the-status-table" in learner.types(":skip", ":skip")
    assert schema.next_after(schema.built_in()[-1]) == ""


def test_a_class_is_told_to_log_in_again() -> None:
    lab = schema.load("disabling")
    session = LabSession(lab, ManualClock(START), served=True)
    assert "lab start" not in session.handle(":skip").text + session.handle(":skip").text
    session = LabSession(lab, ManualClock(START), served=True)
    assert session.handle("exit").text == (
        "What was done is kept; log in again to go on with step 1 of 2.\n"
    )


def test_a_lab_left_during_a_restart_is_introduced_once() -> None:
    first = Learner("disabling")
    first.session.handle("reload")
    first.session.handle("yes")
    assert first.session.awaits is Awaits.START
    second = Learner("disabling", first.kept)
    shown = "\n".join(second.session.start_notes)
    while second.session.awaits is Awaits.START:
        shown += second.waits(max(second.session.seconds_to_next_event, 1e-6))
    assert shown.count("Step 1 of 2") == 1


def test_bytes_that_are_no_text_are_refused_and_kept_as_such() -> None:
    learner = Learner("disabling")
    assert "holds control characters" in learner.types("\udcff:task")
    assert learner.kept is not None
    assert msgspec.json.decode(msgspec.json.encode(learner.kept), type=Progress) == learner.kept


def test_a_hint_is_not_offered_when_none_is_left() -> None:
    learner = Learner("finding-ones-way")
    learner.types(":skip", ":hint")
    assert "Look again.\n" in learner.types(":answer 5")


@pytest.mark.parametrize(("lab", "lost"), [("a-double-fault", 14), ("a-session-manager-dies", 0)])
def test_what_has_not_happened_yet_cannot_be_answered(lab: str, lost: int) -> None:
    learner = Learner(lab)
    learner.types(":skip")
    for answer in (":answer 0", ":answer 14"):
        assert "has not happened yet" in learner.types(answer)
    assert (learner.session.attempt.record.answered, learner.session.result.score) == (False, 0)
    assert learner.session.attempt.record.wrong_answers == 0
    learner.waits(20)
    assert "right. Not all is done yet; :check tells" in learner.types(f":answer {lost}")


def test_the_question_is_shown_again_once_when_it_alone_is_left() -> None:
    learner = Learner("finding-ones-way")
    learner.types(":skip")
    shown = learner.types("show subscribers summary")
    assert "Done but for the question" in shown
    assert "How many subscribers" in shown
    assert "How many subscribers" not in learner.types("show subscribers summary")
    assert "How many subscribers" in learner.types(":check")


def test_what_a_mistake_costs_is_told() -> None:
    learner = Learner("wrong-order")
    shown = learner.types(":skip", ":skip", "reload", "yes")
    assert "Careful (minus 3 points)" in shown


def test_what_was_to_fail_in_a_step_fails_when_it_is_skipped() -> None:
    learner = Learner("a-card-fails")
    shown = learner.types(":skip")
    assert "Step 1: The failure" in shown
    assert "unplanned migration" in shown
    assert learner.session.system.chassis.hardware.cards[1].state.value == "Offline"
    learner.types(":skip", ":skip", "card reboot 1", "yes")
    assert "Done: 10 of 10" in learner.waits(120)


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


@pytest.mark.proves("SR-02")
def test_a_fault_strikes_at_its_moment_even_when_nobody_types() -> None:
    """The sessions of a sessmgr that died are recovered from its peer."""
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
when = 'ran("show clock") and not crashes'
text = "Too early."
[[steps.checks]]
"""


def test_a_fault_that_waits_for_something_strikes_at_the_same_time_again() -> None:
    text = GOOD.replace("[[steps.checks]]", FAULT).replace('"configured"', '"crashes"')
    lab = parse_lab("mine", text.replace('"crashes"', "'crashes and ran(\"show clock\")'"), "mine")
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
        sorted(chassis.sessions.callids()),
        session.prompt,
    )


@pytest.mark.parametrize("width", [20, 80, 200])
def test_panels_fit_the_terminal(width: int) -> None:
    session = Learner("finding-ones-way").session
    session.state.width = width
    assert max(map(len, session.start_notes)) <= max(40, min(100, width))


@pytest.mark.parametrize("name", [lab.name for lab in schema.built_in()])
def test_no_title_is_cut_at_80_columns(name: str) -> None:
    learner = Learner(name)
    lab = learner.lab
    shown = " ".join(" ".join(learner.session.start_notes).replace("┃", " ").split())
    assert f"{lab.schema.title} ({lab.schema.level}, about {lab.schema.minutes} minutes)" in shown
    for number, step in enumerate(lab.steps, 1):
        assert f"Step {number} of {len(lab.steps)}: {step.schema.title}" in shown
        shown = learner.types(":skip")
    assert "…" not in shown


def test_code_has_no_background_of_its_own() -> None:
    """Colours chosen for black terminals are not read on white ones."""
    lab = schema.load("finding-ones-way")
    console = LabSession(lab, ManualClock(START), width=80, colour=True)
    shown = "\n".join(console.start_notes)
    found = re.findall(r"\x1b\[([\d;]*)m", shown)
    codes = {int(code) for each in found for code in each.split(";")}
    assert codes & {1, 35} == {1, 35}
    assert not codes & {*range(40, 48), *range(100, 108), 33, 36, 37}
