"""Nothing breaks, grows without bounds or holds others up, for anything that a client sends."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import staros_cli
from staros_cli.network.chassis_server import Served
from staros_cli.network.limits import Limits
from staros_cli.network.options import IAC, SB, SE
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.session import CliSession
from tests.network.wire import complete, eventually, telnet
from tests.support import make_session, make_system

KEYS = [
    *("show ", "configure", "context ", "local", "exit", "end", "?", "\t", "\r", "\n", "\0", "q"),
    *(" ", "|", "grep ", '"', "'", "\\", "#", "yes", "lock ", "warn", "force"),
    *("\x01", "\x02", "\x03", "\x04", "\x05", "\x08", "\x0b", "\x10", "\x15", "\x17", "\x1a"),
    *("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[3~", "\x1b", "\x7f", "é", "\u202e", "\ufffd"),
]
TYPED = st.lists(st.sampled_from(KEYS) | st.text(max_size=8), max_size=30).map("".join)


@given(st.lists(TYPED, max_size=4), st.booleans())
def test_any_keys_leave_a_terminal_that_works(pieces: list[str], echo: bool) -> None:
    session, clock = make_session(length=10, console=False)
    terminal = LineTerminal(session, echo=echo)
    terminal.begin()
    for piece in pieces:
        shown = terminal.feed(piece)
        assert "\x1b" not in shown
        assert "\n" not in shown.replace("\r\n", "")
        clock.advance(1)
        terminal.poll()
    for _ in range(5):
        terminal.feed("\x03\x15end\r" if not terminal.closed else "")
        clock.advance(10)
        terminal.poll()
    if not terminal.closed:
        terminal.feed("\x03\x15")
        assert "UTC" in terminal.feed("show clock\r")


@given(TYPED)
def test_keys_together_do_what_they_do_one_by_one(keys: str) -> None:
    """Where no pager comes in between: what is typed before its marker is for the prompt."""
    ends = []
    for pieces in ([keys], list(keys)):
        terminal = LineTerminal(make_session(length=0, console=False)[0])
        for piece in pieces:
            terminal.feed(piece)
        line, session = terminal._line, terminal.session
        ends.append((line.text, line.cursor, session.prompt, session.history))
    assert ends[0] == ends[1]


@given(st.lists(st.tuples(st.integers(0, 2), TYPED), max_size=12))
def test_sessions_side_by_side_leave_no_lock(steps: list[tuple[int, str]]) -> None:
    system, clock = make_system()
    terminals = [
        LineTerminal(CliSession(system, f"user{number}", console=False)) for number in range(3)
    ]
    for number, keys in steps:
        terminals[number].feed(keys)
        clock.advance(0.5)
        for terminal in terminals:
            terminal.poll()
    for terminal in terminals:
        terminal.session.close()
    assert system.administrators == []
    assert system.lock.holder is None
    clock.advance(10)
    last = CliSession(system, "last")
    assert last.handle("configure lock").lines[0].startswith("Info: ")


BYTES = st.lists(
    st.binary(max_size=20)
    | st.sampled_from(
        [bytes((IAC,)), bytes((IAC, SB, 31)), bytes((IAC, SE)), b"\r\n", b"admin\r\n"]
    )
    | st.sampled_from([b"show version\r\n", b"configure lock\r\n", b"reload\r\nyes\r\n", b"?"]),
    max_size=12,
).map(b"".join)


@pytest.mark.end_to_end
def test_any_bytes_over_telnet_leave_a_server_that_works(host_key: Path) -> None:
    limits = Limits(failed_logins=100_000)

    @settings(max_examples=25)
    @given(st.booleans(), BYTES)
    def one(logged_in: bool, data: bytes) -> None:
        complete(scenario(logged_in, data))

    async def scenario(logged_in: bool, data: bytes) -> None:
        async with staros_cli.serve(
            "vpc-si", host_key_file=host_key, limits=limits, clock_rate=1000.0
        ) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                if logged_in:
                    await line.log_in()
                line.writer.write(data)
                await line.writer.drain()
                line.writer.write_eof()
                with suppress(ConnectionResetError):
                    await line.rest()
            await eventually(lambda: served.sessions == 0)
            await eventually(lambda: _is_up(served))
            async with telnet(served.telnet) as line:
                assert b"# " in await line.log_in()

    one()


def _is_up(served: Served) -> bool:
    chassis = served.system.chassis
    chassis.catch_up()
    return chassis.is_up
