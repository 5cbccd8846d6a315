"""Configuration files that would run with more rights, never end, or hold everybody up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.storage import locate
from staros_cli.commands.configuration_file import LINE_LIMIT, MOST_PROBLEMS, SLICE
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import CliSession
from tests.lab import START, Lab


def put(lab: Lab, text: str, url: str = "/flash/x.cfg") -> None:
    """Write a file to the flash of a chassis."""
    lab.chassis.storage.write(locate(url), text.encode(), START)


def typed(session: CliSession, line: str) -> str:
    """The output of a session for a line, with all that follows until it takes the next."""
    text = session.handle(line).text
    for _ in range(10_000):
        if session.awaits is not Awaits.TURN:
            return text
        text += session.poll().text
    raise AssertionError("it never ends")


def test_a_file_runs_with_the_rights_of_its_user() -> None:
    """A configuration administrator made itself a security administrator by a file once."""
    lab = Lab()
    put(lab, "config\ncontext local\nadministrator eve password p\nend\n")
    session = CliSession(lab.system, "bob", Privilege.ADMINISTRATOR)
    assert "This command needs the privilege of Security Administrator" in typed(
        session, "configure /flash/x.cfg"
    )
    assert lab.chassis.users.find("eve") is None
    assert "eve" not in lab.typed("show configuration")


@pytest.mark.parametrize(
    "line", ["configure /flash/x.cfg", "reload -noconfirm", "save configuration", "show clock"]
)
def test_a_file_takes_configuration_commands_only(line: str) -> None:
    lab = Lab()
    starts = lab.chassis.starts
    put(lab, f"config\nend\n{line}\nconfig\nsystem hostname later\nend\n")
    assert lab.typed("configure /flash/x.cfg") == (
        f"/flash/x.cfg line 3: {line}\n"
        "Failure: A configuration file takes configuration commands only\n"
        "/flash/x.cfg: 5 lines taken, 1 refused, the first of them line 3\n"
    )
    assert lab.chassis.starts == starts
    assert lab.chassis.hostname == "later"


@pytest.mark.parametrize("line", ["configure /flash/system.cfg", "reload -noconfirm"])
def test_a_start_from_a_file_that_bites_its_tail_comes_to_an_end(line: str) -> None:
    lab = Lab()
    put(lab, f"config\nsystem hostname tail\nend\n{line}\n", "/flash/system.cfg")
    console = lab.reload()
    assert "tail is up" in console
    assert lab.chassis.starts == 1


def test_a_large_file_is_applied_in_slices_and_others_go_on() -> None:
    lab = Lab()
    put(lab, "config\n" + "bogus\n" * (10 * SLICE) + "system hostname large\nend\n")
    other = CliSession(lab.system, "bob")
    reply = lab.reply("configure /flash/x.cfg")
    assert reply.awaits is Awaits.TURN
    assert other.handle("show clock").lines
    assert other.handle("configure").awaits is Awaits.COMMAND
    other.handle("end")
    steps = 1
    while lab.session.awaits is Awaits.TURN:
        reply = lab.session.poll()
        steps += 1
    assert steps == 11
    assert lab.chassis.hostname == "large"
    assert reply.text.count("unrecognized keyword") == MOST_PROBLEMS
    assert f"/flash/x.cfg: {10 * SLICE - MOST_PROBLEMS} more lines were refused\n" in reply.text


def test_a_start_from_a_large_file_lets_time_pass() -> None:
    lab = Lab()
    lines = "timestamps\n" * (300 * SLICE)
    put(lab, f"config\n{lines}system hostname large\nend\n", "/flash/system.cfg")
    lab.typed("reload -noconfirm")
    assert "is up" not in lab.wait(2)
    lab.wait(0)
    assert not lab.chassis.is_up
    console = "".join(lab.wait(0.01) for _ in range(400))
    assert "large is up" in console


def test_an_abandoned_file_leaves_a_whole_system() -> None:
    lab = Lab("asr5500-oos")
    put(lab, "config\nrequire session recovery\ncontext A\n" + "bogus\n" * SLICE + "end\n")
    assert lab.reply("configure /flash/x.cfg").awaits is Awaits.TURN
    lab.session.interrupt()
    assert lab.chassis.recovery.in_effect
    assert not lab.chassis.reading


def test_every_plain_password_is_a_slice_of_its_own() -> None:
    """A hash takes as long as hundreds of lines."""
    lab = Lab()
    lines = "".join(f"administrator u{n} password p\n" for n in range(3))
    put(lab, f"config\ncontext local\n{lines}end\n")
    steps = 1
    lab.session.handle("configure /flash/x.cfg")
    while lab.session.awaits is Awaits.TURN:
        lab.session.poll()
        steps += 1
    assert steps == 4
    assert len(lab.chassis.users) == 3


def test_an_open_quote_does_not_take_the_rest_of_the_file() -> None:
    lab = Lab()
    filler = "x" * 1000 + "\n"
    put(lab, 'config\nlicense key "\\\n' + filler * 40 + "system hostname found\nend\n")
    shown = typed(lab.session, "configure /flash/x.cfg")
    assert f"The line is longer than {LINE_LIMIT} characters" in shown
    assert lab.chassis.hostname == "found"


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\x9b31mb", "a\u202eb", "a\x07b"])
def test_control_characters_of_a_file_are_refused(text: str) -> None:
    lab = Lab()
    put(lab, f'config\ncontext SAEGW\npgw-service PGW-SVC\ndescription "{text}"\nend\n')
    shown = lab.typed("configure /flash/x.cfg")
    assert "The line holds control characters" in shown
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert "description" not in lab.typed("show configuration")


def test_a_value_over_two_lines_is_refused() -> None:
    lab = Lab()
    lab.typed("configure", "context SAEGW", "pgw-service PGW-SVC")
    lab.typed('description "one\\')
    assert lab.typed('two"') == "Failure: A value cannot hold a line break\n"
    lab.typed("end")
    assert "two" not in lab.typed("show configuration")


@given(st.text(st.characters(exclude_characters='"\\'), max_size=30))
def test_whatever_description_is_accepted_is_saved_and_loaded(text: str) -> None:
    lab = Lab()
    lab.typed("configure", "context SAEGW", "pgw-service PGW-SVC")
    for line in f'description "{text}"'.split("\n"):
        lab.session.handle(line)
    lab.session.interrupt()
    lab.typed("end")
    before = lab.typed("show configuration")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.typed("show configuration") == before
    assert lab.typed("show configuration errors").startswith("No errors")
