"""Commands that ask and wait: each question is asked and answered for itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from staros_cli.commands import engine
from staros_cli.commands.engine import Invocation
from staros_cli.commands.suspension import Ask, Steps, Until
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import CliSession
from tests.support import make_session, run

SURE, SURE_Y_N = "Are you sure? [Yes|No]: ", "Are you sure? [Y/N]: "
EXEC = "[local]asr5500# "


@pytest.fixture
def beside_another() -> CliSession:
    """A session while somebody else is in configuration mode, and the boot file is there."""
    session, _ = make_session()
    CliSession(session.system, "bob", terminal="/dev/pts/0", console=False).handle("configure")
    return session


def boot_file(session: CliSession) -> str:
    return "\n".join(run(session, "show file url /flash/system.cfg").lines)


def test_every_question_of_a_command_is_asked(beside_another: CliSession) -> None:
    """The first yes is for saving beside others, not for overwriting a file."""
    session = beside_another
    before = boot_file(session)
    assert session.handle("save configuration").prompt == SURE_Y_N
    assert session.handle("y").prompt == SURE
    assert boot_file_is(session, before)
    reply = session.handle("n")
    assert (list(reply.lines), reply.prompt) == (["Action aborted"], EXEC)
    assert boot_file(session) == before


def boot_file_is(session: CliSession, text: str) -> bool:
    other = CliSession(session.system, "eve", terminal="/dev/pts/1", console=False)
    return boot_file(other) == text


def test_all_questions_answered_with_yes_let_the_command_go_on(beside_another: CliSession) -> None:
    session = beside_another
    run(session, "configure", "autoconfirm", "no autoconfirm", "cli hidden", "end")
    before = boot_file(session)
    session.handle("save configuration")
    session.handle("y")
    assert list(session.handle("yes").lines) == []
    assert session.awaits is Awaits.COMMAND
    assert boot_file(session) != before


def test_the_question_that_is_left_out_shows_its_note_all_the_same(
    beside_another: CliSession,
) -> None:
    session = beside_another
    run(session, "autoconfirm")
    reply = run(session, "save configuration")
    assert len(reply.lines) == 1
    assert "may be configuring" in reply.lines[0]


def test_commandguard_brings_both_questions_back(beside_another: CliSession) -> None:
    session = beside_another
    run(session, "configure", "commandguard exec-command save", "end", "autoconfirm")
    for prompt in (SURE_Y_N, SURE):
        reply = session.handle("save configuration" if prompt == SURE_Y_N else "y")
        assert reply.prompt == prompt
        assert "Info: commandguard prevents autoconfirm of this command" in reply.lines


@pytest.mark.parametrize("end", ["interrupt", "close", "restart"])
def test_what_a_handler_has_to_put_right_is_put_right_whatever_ends_it(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    session, clock = make_session()
    seen: list[str] = []

    def handler(invocation: Invocation) -> Steps[None]:
        try:
            yield Until(invocation.now + 3600)
        finally:
            seen.append("put right")

    monkeypatch.setitem(engine.HANDLERS, "show_clock", handler)
    session.handle("show clock")
    assert (session.awaits, seen) == (Awaits.TURN, [])
    if end == "interrupt":
        session.interrupt()
    elif end == "close":
        session.close()
    else:
        session.system.chassis.reload()
        clock.advance(10)
        session.poll()
    assert seen == ["put right"]


def test_an_error_in_a_handler_leaves_the_session_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    session, _ = make_session()

    def handler(invocation: Invocation) -> Steps[None]:
        yield Ask("Go on? ")
        raise ZeroDivisionError

    monkeypatch.setitem(engine.HANDLERS, "show_clock", handler)
    assert session.handle("show clock").prompt == "Go on? "
    with pytest.raises(ZeroDivisionError):
        session.handle("yes")
    assert session.awaits is Awaits.COMMAND
    assert run(session, "show version").lines


def test_a_handler_that_waits_goes_on_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    session, clock = make_session()

    def handler(invocation: Invocation) -> Steps[list[str]]:
        until = invocation.now + 5
        notes = ["Waiting"]
        while invocation.now < until:
            yield Until(until, notes)
            notes = []
        return ["Done"]

    monkeypatch.setitem(engine.HANDLERS, "show_clock", handler)
    assert list(session.handle("show clock").lines) == ["Waiting"]
    assert session.ends_waiting_at == clock.now() + 5
    clock.advance(4)
    assert (list(session.poll().lines), session.awaits) == ([], Awaits.TURN)
    clock.advance(1)
    assert (list(session.poll().lines), session.awaits) == (["Done"], Awaits.COMMAND)


# Secrets


@pytest.fixture
def with_password() -> CliSession:
    session, _ = make_session()
    run(session, "configure", "cli hidden", "cli test-commands password s3cret?", "end")
    return session


def test_test_commands_ask_for_their_password_without_echo(with_password: CliSession) -> None:
    session = with_password
    reply = session.handle("cli test-commands")
    assert (reply.prompt, session.echoes) == ("Password: ", False)
    assert not session.handle("s3cret?").failed
    assert session.echoes
    assert session.state.hidden_commands
    assert session.history[-1] == "cli test-commands"


def test_a_wrong_password_is_refused(with_password: CliSession) -> None:
    session = with_password
    session.handle("cli test-commands")
    assert session.handle("wrong").failed
    assert not session.state.hidden_commands


def typed(terminal: LineTerminal, keys: str) -> Iterator[str]:
    for key in keys:
        yield terminal.feed(key)


def test_a_plain_terminal_shows_nothing_of_a_secret(with_password: CliSession) -> None:
    """Nor does it take a question mark for help, or an arrow for history."""
    terminal = LineTerminal(with_password)
    terminal.begin()
    assert terminal.feed("cli test-commands\r").endswith("\r\nPassword: ")
    shown = "".join(typed(terminal, "s3x\x7fc\t\x1b[Aret?"))
    assert shown == ""
    shown = terminal.feed("\r")
    assert shown.startswith("\r\n")
    assert "s3c" not in shown
    assert shown.endswith(EXEC)
    assert with_password.state.hidden_commands
    assert terminal.feed("sh").endswith("sh")
