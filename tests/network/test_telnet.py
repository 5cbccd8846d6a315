"""The command line over telnet, and its options."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import staros_cli
from staros_cli.network.limits import Limits
from staros_cli.network.options import (
    DO,
    DONT,
    ECHO,
    GREETING,
    IAC,
    LONGEST_PARAMETER,
    SB,
    SE,
    SUPPRESS_GO_AHEAD,
    WILL,
    WINDOW_SIZE,
    WONT,
    Answer,
    Options,
    WindowSize,
)
from tests.network.wire import PROMPT, complete, eventually, telnet


@pytest.mark.end_to_end
def test_login_and_a_command_in_character_mode(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            assert await line.until(b"login: ") == GREETING + b"login: "
            assert await line.type(b"admin\r\0", b"password: ") == b"admin\r\npassword: "
            assert await line.type(b"admin\r\n", PROMPT) == b"\r\n[local]asr5500# "
            shown = await line.type(b"show clock\r\0", PROMPT)
            assert shown.startswith(b"show clock\r\n")
            assert (await line.type(b"sh ver?", b"# sh ver")).startswith(b"sh ver?\r\n  version - ")
            assert await line.type(bytes((IAC, 248)), b" " + b"\b" * 6) == (
                b"\b" * 6 + b" " * 6 + b"\b" * 6
            )

    complete(scenario())


@pytest.mark.end_to_end
def test_the_third_failure_closes_the_connection(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            for _ in range(2):
                await line.until(b"login: ")
                await line.type(b"admin\r\n", b"password: ")
                assert (
                    await line.type(b"?wrong\r\n", b"incorrect\r\n") == b"\r\nLogin incorrect\r\n"
                )
            await line.until(b"login: ")
            await line.type(b"admin\r\n", b"password: ")
            line.writer.write(b"wrong\r\n")
            assert await line.rest() == b"\r\nLogin incorrect\r\n"

    complete(scenario())


@pytest.mark.end_to_end
def test_line_mode_leaves_the_echo_to_the_client(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            await line.until(b"login: ")
            refused = await line.type(bytes((IAC, DONT, ECHO)), bytes((IAC, WONT, ECHO)))
            assert refused == bytes((IAC, WONT, ECHO))
            assert await line.type(b"admin\r\n", b": ") == b"\r\npassword: "
            assert await line.type(b"admin\r\n", PROMPT) == b"\r\n[local]asr5500# "
            shown = await line.type(b"show terminal\r\n", PROMPT)
            assert shown.startswith(b"\r\n  Terminal length:")

    complete(scenario())


@pytest.mark.end_to_end
def test_the_window_counts_before_and_after_the_login(host_key: Path) -> None:
    def size(width: int, length: int) -> bytes:
        return bytes((IAC, SB, WINDOW_SIZE, 0, width, 0, length, IAC, SE))

    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            line.writer.write(size(100, 30))
            await line.log_in()
            assert b"width:  100 columns" in await line.type(b"show terminal\r\0", PROMPT)
            assert b"width:  90 columns" in await line.type(
                size(90, 40) + b"show terminal\r\0", PROMPT
            )

    complete(scenario())


@pytest.mark.end_to_end
def test_reload_closes_and_the_address_answers_again(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=50.0) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.log_in()
                line.writer.write(b"reload -noconfirm\r\0show version\r\0")
                assert b"Software" not in await line.rest()
            async with telnet(served.telnet) as line:
                with suppress(ConnectionResetError):
                    assert await line.rest() == b""
            chassis = served.system.chassis

            def is_up() -> bool:
                chassis.catch_up()
                return chassis.is_up

            await eventually(is_up)
            async with telnet(served.telnet) as line:
                assert b"[local]asr5500# " in await line.log_in()

    complete(scenario())


@pytest.mark.end_to_end
def test_a_client_that_never_logs_in_is_closed(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(login_seconds=1)
        async with (
            staros_cli.serve(host_key_file=host_key, limits=limits) as lab,
            telnet(lab["asr5500"].telnet) as line,
        ):
            with suppress(ConnectionResetError):
                assert (await line.rest()).endswith(b"login: ")

    complete(scenario())


# Options, without I/O


def test_a_client_that_agrees_gets_no_answer() -> None:
    agreed = bytes((IAC, DO, ECHO, IAC, DO, SUPPRESS_GO_AHEAD, IAC, WILL, WINDOW_SIZE))
    options = Options()
    assert list(options.feed(agreed)) == []
    assert options.echo


def test_unknown_options_are_refused_once_and_refusals_are_not_answered() -> None:
    options = Options()
    assert list(options.feed(bytes((IAC, WILL, 39)))) == [Answer(bytes((IAC, DONT, 39)))]
    assert list(options.feed(bytes((IAC, DO, 39)))) == [Answer(bytes((IAC, WONT, 39)))]
    assert list(options.feed(bytes((IAC, WONT, 39, IAC, DONT, 39)))) == []


def test_a_window_size_with_255_in_it() -> None:
    size = bytes((IAC, SB, WINDOW_SIZE, 0, IAC, IAC, 0, 50, IAC, SE))
    assert list(Options().feed(size)) == [WindowSize(255, 50)]


def test_an_endless_parameter_is_not_kept() -> None:
    options = Options()
    assert list(options.feed(bytes((IAC, SB)) + b"x" * 100_000)) == []
    assert len(options._parameter) == LONGEST_PARAMETER


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes_in_any_pieces_mean_the_same(pieces: list[bytes]) -> None:
    whole, parts = Options(), Options()
    expected = list(whole.feed(b"".join(pieces)))
    found = [each for piece in pieces for each in parts.feed(piece)]

    def text(items: list[object]) -> str:
        return "".join(item for item in items if isinstance(item, str))

    assert text(list(found)) == text(list(expected))
    assert [x for x in found if not isinstance(x, str)] == [
        x for x in expected if not isinstance(x, str)
    ]
    assert whole.echo == parts.echo


@pytest.mark.parametrize("seconds", [0, 25])
def test_a_line_whose_network_is_gone_is_noticed(host_key: Path, seconds: int) -> None:
    async def scenario() -> None:
        limits = Limits(keepalive=seconds)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with telnet(served.telnet) as line:
                await line.log_in()
                (connection,) = served._endpoint.connections
                end = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
                kept_alive = end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                assert bool(kept_alive) is bool(seconds)

    complete(scenario())
