"""Commands are named by their words."""

from __future__ import annotations

import pytest

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import UNLISTED
from staros_cli.language.parser import parse
from staros_cli.language.phrases import is_command, stands_in
from tests.language.command_lines import all_commands, line_of


@pytest.mark.parametrize(
    ("phrase", "line", "expected"),
    [
        ("show license", "sh lic info full", True),
        ("show license full", "sh lic info full", True),
        ("show license key", "sh lic info full", False),
        ("license information", "sh lic info full", False),
        ("show full license", "sh lic info full", False),
        ("show configuration | grep", "show conf | more | grep x", True),
        ("show configuration | grep", "show conf", False),
        ("show context name", "show context name pgw", True),
        ("show context name pgw", "show context name pgw", True),
        ("show context name other", "show context name pgw", False),
    ],
)
def test_a_phrase_stands_for_commands_with_its_words_in_order(
    phrase: str, line: str, expected: bool
) -> None:
    command = parse(line, "exec", Privilege.SECURITY)
    assert stands_in(phrase.split(), command.whole) is expected


@pytest.mark.parametrize(
    "phrase",
    [
        "show",
        "show license full",
        "reload",
        "test card 3 fail",
        "require session recovery",
        "show configuration | grep",
        "show version | more | grep -v",
        "bind interface",
    ],
)
def test_there_is_a_command_of_these_words(phrase: str) -> None:
    assert is_command(phrase.split())


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "sho",
        "show licence",
        "licence",
        "show full license",
        "reload | grep",
        "show | less",
        "|",
    ],
)
def test_there_is_no_command_of_these_words(phrase: str) -> None:
    assert not is_command(phrase.split())


def test_every_command_can_be_named_by_its_words() -> None:
    for mode, steps in all_commands():
        words = parse(line_of(steps), mode, Privilege.SECURITY, hidden=True).whole
        if mode == UNLISTED:
            continue
        fixed = [step.typed for step in steps if step.keyword or step.typed == "|"]
        assert is_command(fixed), fixed
        assert stands_in(fixed, words), fixed
