"""Scenario files: what is taken, and what is said of the rest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.scenarios import schema
from staros_cli.scenarios.schema import ScenarioError, load, parse

GOOD = """
title = "T"
summary = "S"
[[steps]]
at = "1m"
note = "N"
do = ["test port 5/10 fail"]
"""


def errors(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse("x", text, "x.toml")
    return caught.value.errors


def test_a_good_one_has_its_steps_in_seconds() -> None:
    found = parse("x", GOOD, "x.toml")
    assert [step.at for step in found.steps] == [60.0]
    assert found.lasts == 60.0 + schema.SETTLING
    assert [command.rule.name for command in found.steps[0].commands] == ["test_port"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (GOOD.replace('"1m"', '"soon"'), "steps[0].at: expected up to a year"),
        (GOOD.replace('"1m"', '"400d"'), "steps[0].at: expected up to a year"),
        (GOOD.replace("fail", "explode"), "steps[0].do[0]: Unknown command"),
        (GOOD.replace("test port 5/10 fail", "show version"), "expected a test command such as"),
        (GOOD.replace("test port 5/10 fail", "test scenario a-day"), "expected a test command"),
        (GOOD.replace('do = ["test port 5/10 fail"]', ""), "expected one of the keys do and"),
        (GOOD.replace("note", "remark"), "steps[0].remark: unknown key"),
        (GOOD + 'colour = "red"\n', "steps[0].colour: unknown key"),
        ("daily = true\n" + GOOD, "expected a time of day such as 07:30, got '1m'"),
        ('lasts = "x"\n' + GOOD, "lasts: expected up to a year"),
        (GOOD + GOOD.partition('S"\n')[2].replace("1m", "30s"), "steps[1].at: expected no time"),
        (GOOD.partition("[[")[0], "missing required key steps"),
        ("title = ", "invalid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, error: str) -> None:
    assert any(error in found for found in errors(text)), errors(text)


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = GOOD.replace('"1m"', '"soon"').replace("fail", "explode")
    assert len(errors(text)) == 2


@given(st.text(max_size=400))
def test_any_text_is_a_scenario_or_an_error(text: str) -> None:
    for candidate in (text, GOOD.replace("N", text), GOOD.replace("1m", text)):
        with suppress(ScenarioError):
            parse("x", candidate, "x.toml")


def test_files_are_read_up_to_a_size_and_by_good_names_only(tmp_path: Path) -> None:
    good = tmp_path / "mine.toml"
    good.write_text(GOOD)
    assert load(str(good)).name == "mine"
    bad = tmp_path / "not a name.toml"
    bad.write_text(GOOD)
    with pytest.raises(ScenarioError, match="the name of the file: expected up to 63"):
        load(str(bad))
    large = tmp_path / "large.toml"
    large.write_text(GOOD + "#" * schema.LARGEST_FILE)
    with pytest.raises(ScenarioError, match="larger than 262,144 bytes"):
        load(str(large))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(str(binary))
    with pytest.raises(ScenarioError, match="expected a scenario file or one of a-day"):
        load("nothing-of-that-name")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", schema.built_in_names())
def test_those_that_ship_can_be_used_and_say_what_to_watch(name: str) -> None:
    found = load(name)
    assert found.title
    assert found.daily or "Watch show" in " ".join(found.schema.summary.split())
