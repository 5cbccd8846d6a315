"""`do show …` in configuration modes."""

from __future__ import annotations

import pytest

from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import locate
from staros_cli.labs.facts import HELP
from staros_cli.language.parser import parse
from staros_cli.shell.session import CliSession
from tests.lab import START, Lab

MODES = (
    ("configure",),
    ("configure", "context SAEGW"),
    ("configure", "context SAEGW", "pgw-service PGW-SVC"),
    ("configure", "context local", "interface LOCAL1"),
    ("configure", "port ethernet 5/10"),
)


@pytest.mark.parametrize("lines", MODES, ids=lambda lines: lines[-1])
@pytest.mark.parametrize(
    "line", ["show clock", "sh ses rec st v", "show context | grep -c local", "show card ta"]
)
def test_it_shows_what_exec_mode_shows_and_stays(lines: tuple[str, ...], line: str) -> None:
    lab = Lab()
    shown = lab.typed(line)
    lab.typed(*lines)
    prompt = lab.session.prompt
    assert lab.typed(f"do {line}") == shown
    assert lab.session.prompt == prompt


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("do", 'Unknown command - "do", incomplete command'),
        ("do show", 'Unknown command - "do show", incomplete command'),
        ("do reload", 'Unknown command - "reload", unrecognized keyword'),
        ("do show nothing", 'Unknown command - "nothing", unrecognized keyword'),
    ],
)
def test_it_takes_show_commands_only(line: str, said: str) -> None:
    lab = Lab()
    lab.typed("configure")
    reply = lab.reply(line)
    assert reply.failed
    assert said in reply.text


def test_help_and_tab_go_on_behind_it() -> None:
    lab = Lab()
    exec_help = lab.session.help("show session recovery ")
    lab.typed("configure", "context local")
    assert lab.session.help("do show session recovery ") == exec_help
    assert lab.session.complete("do show sess").insert == "ion "
    assert [line.split()[0] for line in lab.session.help("do ")] == ["show"]


def test_it_needs_the_privilege_of_the_command() -> None:
    lab = Lab()
    session = CliSession(lab.system, "bob", Privilege.ADMINISTRATOR)
    refused = session.handle("show license key").text
    session.handle("configure")
    assert session.handle("do show license key").text == refused


def test_it_is_the_command_for_labs_and_pipes() -> None:
    command = parse("do sh cloc | grep -i utc", "config", Privilege.SECURITY)
    assert command.whole == ("show", "clock", "|", "grep", "-i", "utc")
    assert HELP not in command.whole


@pytest.mark.parametrize("line", ["do show clock", "DO show clock", "do sh cloc"])
def test_a_file_takes_it_no_more_than_other_commands_of_exec_mode(line: str) -> None:
    lab = Lab()
    text = f"config\n{line}\nend\n".encode()
    lab.chassis.storage.write(locate("/flash/x.cfg"), text, START)
    shown = lab.typed("configure /flash/x.cfg")
    assert "takes configuration commands only" in shown
    assert "UTC" not in shown
