"""Lab files: what is wrong with one is told with the key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from staros_cli.app import main
from staros_cli.labs import schema
from staros_cli.labs.facts import FACTS
from staros_cli.labs.schema import LabError, parse_lab
from tests.labs.support import Learner

GOOD = """
title = "A lab"
level = "beginner"
minutes = 5
objectives = ["One thing"]
[[steps]]
title = "First"
instruction = "Do it."
explanation = "That was it."
[[steps.checks]]
require = "configured"
missing = "Not yet."
"""


def test_a_good_file_is_a_lab() -> None:
    lab = parse_lab("mine", GOOD, "mine.toml")
    assert lab.points == 10
    assert lab.definition.schema.platform == "asr5500"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"beginner"',
            '"genius"',
            "level: expected one of beginner, intermediate, advanced, got 'genius'",
        ),
        ("minutes = 5", "minutes = 0", "minutes: expected int >= 1, allowed is 1 to 600"),
        ("minutes = 5", "minuts = 5", "minuts: unknown key, expected one of title, level"),
        ("missing =", "lacking =", "steps[0].checks[0]"),
        ('"configured"', '"configurd"', "steps[0].checks[0].require: 'configurd': configurd is"),
        ('"configured"', '"1 > 2"', "is never true, the steps after it cannot be reached"),
        ('"configured"', "'card(7) == \"active\"'", "slot 7 is empty, the steps after it"),
        ('"configured"', '\'subscriber("eve") == "gone"\'', "the chassis has no subscriber 'eve'"),
        (
            '"configured"',
            "'ran(\"show_nothing\")'",
            "commands are named by their words, not as 'show_nothing'",
        ),
        ('"configured"', "'happened(\"Boom\")'", "invalid event 'Boom': expected one of"),
        ('"configured"', '"status"', "expected something true or not, got a text"),
        ("[[steps.checks]]", "[[steps.hints]]", "steps[0].hints[0]"),
        ("minutes = 5", 'minutes = 5\nchassis = "pdp11"', "expected a definition file or one of"),
        ("minutes = 5", "minutes = 5\ndefinition.uptime = -1", "definition: uptime: "),
        (
            "[[steps.checks]]",
            "[[steps.faults]]\ncommand = 'show version'\n[[steps.checks]]",
            "steps[0].faults[0].command: expected a test command",
        ),
        (
            "[[steps.checks]]",
            "[[steps.faults]]\ncommand = 'task kil'\n[[steps.checks]]",
            "steps[0].faults[0].command: ",
        ),
        (
            "[[steps.checks]]",
            "[steps.question]\nkind='choice'\ntext='?'\nanswer=3\nchoices=['a','b']\n"
            "[[steps.checks]]",
            "steps[0].question.answer: expected a number from 1 to 2, got 3",
        ),
        (
            "[[steps.checks]]",
            "[steps.question]\nkind='text'\ntext='?'\nanswer='('\n[[steps.checks]]",
            "'(': invalid regular expression",
        ),
        ("[[steps]]", "[[steps", "expected a TOML file"),
        ("minutes = 5", f"minutes = {'9' * 5000}", "expected a TOML file: Exceeds the limit"),
        ("minutes = 5", f"order = {'[' * 5000}{']' * 5000}", "this one is nested too deep"),
        ('"configured"', f'"{"(" * 1500}configured{")" * 1500}"', "expected at most 60 parenth"),
        (
            '"configured"',
            f'"{"not " * 900}configured"',
            "and `not`",
        ),
        (
            '"configured"',
            f"'card({'9' * 400}) == \"active\"'",
            "400 digits is too large",
        ),
        ('"configured"', "'card(99) == \"active\"'", "expected a slot from 1 to 48"),
        ('"configured"', '"not status"', "status is a text, compare it with another"),
        ('"configured"', '"seconds >= 9999999999"', "is never true"),
        ('"configured"', '"crashes < 0"', "is never true"),
        *(
            (
                "[[steps.checks]]",
                f"[steps.question]\nkind='{kind}'\ntext='?'\n{answer}\n[[steps.checks]]",
                said,
            )
            for kind, answer, said in (
                ("number", "answer = nan", "steps[0].question.answer: expected a number up to"),
                ("number", "answer = -inf", "steps[0].question.answer: expected a number up to"),
                ("number", f"answer = {'9' * 400}", "answer: expected a number up to 1e+15"),
                ("number", "answer = 1\ntolerance = inf", "tolerance: expected float <= "),
                ("text", "answer = '(a{900}){900}'", "invalid regular expression"),
            )
        ),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(LabError) as caught:
        parse_lab("mine", GOOD.replace(old, new, 1), "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "require",
    [
        "card(4.0) == 'active'",
        "running('subscriber(eve)') or configured",
        "seconds >= 86400 and crashes <= 0",
        f"{'(' * 60}configured{')' * 60}",
        f"running('{'(' * 100}')",
    ],
)
def test_what_can_be_passed_is_not_refused(require: str) -> None:
    lab = parse_lab("mine", GOOD.replace('"configured"', f'"{require}"'), "mine.toml")
    assert Learner(lab).session.attempt.missing() == ["Not yet."]


def test_an_answer_is_compared_in_linear_time() -> None:
    """A search that tries all ways would never end here."""
    question = "[steps.question]\nkind = 'text'\ntext = '?'\nanswer = '((a|aa)+)+b'\n"
    lab = parse_lab("mine", GOOD.replace("[[steps.checks]]", f"{question}[[steps.checks]]"), "mine")
    learner = Learner(lab)
    assert "That is not it" in learner.types(f":answer {'a' * 5000}")


def test_a_step_without_check_and_question_has_no_end() -> None:
    text = GOOD[: GOOD.index("[[steps.checks]]")]
    with pytest.raises(LabError, match="expected checks or a question"):
        parse_lab("mine", text, "mine.toml")


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace('"configured"', '"nothing"') + GOOD[GOOD.index("[[steps]]") :].replace(
        '"configured"', '"something"'
    )
    with pytest.raises(LabError) as caught:
        parse_lab("mine", text, "mine.toml")
    assert len(caught.value.errors) == 2


def test_faults_of_form_and_of_sense_are_told_at_once() -> None:
    text = GOOD.replace('"beginner"', '"genius"').replace("minutes = 5", "minuts = 0")
    text = text.replace('objectives = ["One thing"]', "chassis = 'pdp11'\nobjectives = [3]")
    text += """
[[steps]]
title = "Second"
instruction = 7
[[steps.checks]]
require = "configurd"
missing = "x"
[[steps]]
title = "Third"
instruction = "x"
explanation = "x"
[[steps.checks]]
require = "card(7) == 'lost'"
missing = "x"
[steps.question]
kind = "chioce"
text = "?"
answer = 1
cost = 101
[[steps]]
title = "Fourth"
instruction = "x"
explanation = "x"
[[steps.checks]]
require = "card(2) == 'lost'"
missing = "x"
"""
    with pytest.raises(LabError) as caught:
        parse_lab("mine", text, "mine.toml")
    fields = "title, level, minutes, objectives, steps, chassis, seed, clock-rate, introduction,"
    assert caught.value.errors == [
        f"minuts: unknown key, expected one of {fields} order, definition",
        "level: expected one of beginner, intermediate, advanced, got 'genius'",
        "the file: missing required key minutes",
        "objectives[0]: expected str, got int",
        "steps[1].instruction: expected str, got int",
        "steps[1]: missing required key explanation",
        "steps[2].question.kind: expected one of choice, number, text, got 'chioce'",
        "steps[2].question.cost: expected int <= 100, allowed is 0 to 100",
        "steps[1].checks[0].require: 'configurd': configurd is not known, expected one of "
        + ", ".join(FACTS),
        "steps[2].checks[0].require: \"card(7) == 'lost'\": card is never 'lost', only one of"
        " active, standby, offline, booting, none",
        "steps[3].checks[0].require: \"card(2) == 'lost'\": card is never 'lost', only one of"
        " active, standby, offline, booting, none",
        "chassis: expected a definition file or one of asr5000-chapter, asr5000-debug-info,"
        " asr5000-rct-five, asr5000-rct-one, asr5500, asr5500-oos, asr5500-unlicensed,"
        " user-plane, vpc-di, vpc-si, got 'pdp11'",
    ]


def test_cards_and_subscribers_that_are_not_there_are_told_with_those_that_are() -> None:
    text = GOOD.replace('"configured"', "'card(7) == \"active\" and configurd'")
    text += GOOD[GOOD.index("[[steps]]") :].replace('"configured"', "'card(7) == \"active\"'")
    gone = '\'subscriber("eve") == "gone"\''
    text += GOOD[GOOD.index("[[steps]]") :].replace('"configured"', gone)
    with pytest.raises(LabError) as caught:
        parse_lab("mine", text, "mine.toml")
    first, second, third = caught.value.errors
    assert "configurd is not known, expected one of licensed, " in first
    assert second == (
        "steps[1].checks[0].require: slot 7 is empty, the steps after it cannot be reached;"
        " cards are in 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16"
    )
    assert "; subscribers are user{number}@lab.example, " in third


def test_check_tells_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(GOOD)
    bad.write_text("title = 3")
    assert main(["lab", "check", str(good)]) == 0
    assert main(["lab", "check", str(good), str(bad), str(tmp_path / "none.toml")]) == 1
    shown = capsys.readouterr()
    assert "good.toml: good, A lab, 1 steps, 10 points" in shown.out
    assert "bad.toml: title: expected str, got int" in shown.err
    assert "none.toml: expected a lab file or one of" in shown.err
    assert "Traceback" not in shown.err


def test_at_least_twelve_labs_ship() -> None:
    labs = schema.built_in()
    assert len(labs) >= 12
    assert labs[0].schema.level == "beginner"
