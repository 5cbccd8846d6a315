"""The command line over SSH, with a real client on loopback."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import asyncssh
import pytest

import staros_cli
from staros_cli.network.limits import Limits
from tests.lab import START
from tests.network.wire import (
    PATIENCE,
    Reachable,
    complete,
    connected,
    eventually,
    shell,
    telnet,
)

pytestmark = pytest.mark.end_to_end


def test_a_shell_echoes_and_answers_like_a_device(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as line:
                shown = await line.type("sh ver\r")
                assert shown.startswith(b"sh ver\r\nActive Software:\r\n")
                assert shown.endswith(b"\r\n[local]asr5500# ")
                assert b"\x1b" not in shown
                assert re.fullmatch(rb"(?:[^\r\n]*\r\n)*[^\r\n]*", shown)

    complete(scenario())


def test_the_trap_of_test_mode_names_the_address_that_the_user_came_from(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as line:
                await line.run("configure")
                await line.run("tech-support test-commands password x")
                await line.run("end")
                await line.run("cli test-commands password x")
                shown = await line.run("show snmp trap history")
                assert "(TestModeEntered) context local user admin ttyname /dev/pts/" in shown
                assert " address type IPV4 remote ip address 127.0.0.1" in shown

    complete(scenario())


def test_help_and_tab_answer_at_once_and_give_the_line_back(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as line:
                shown = await line.type("show version ?", b"# show version ")
                assert b"?\r\n  verbose - Displays detailed version information\r\n" in shown
                assert await line.type("ver\t", b"verbose ") == b"verbose "
                assert b"Image" in await line.type("\r")
                assert (await line.type("\x10", b"verbose")).startswith(b"show version")

    complete(scenario())


def test_pages_come_when_they_are_asked_for_and_more_follows_the_window(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served, size=(200, 10)) as line:
                assert b"---(more" not in await line.type("show subscribers all\r")
                page = await line.type("show subscribers all | more\r", b")---")
                assert page.count(b"\r\n") == 10  # the echo and nine lines
                assert (await line.type("q")).endswith(b"\r[local]asr5500# ")
                line.process.change_terminal_size(200, 20)
                page = await line.type("show subscribers all | more\r", b")---")
                assert page.count(b"\r\n") == 20
                await line.type("q")
                assert await line.run("terminal length 5") == ""
                line.process.change_terminal_size(200, 10)
                page = await line.type("show subscribers all\r", b")---")
                assert page.count(b"\r\n") == 5
                await line.type("q")
                assert await line.run("terminal length 0") == ""
                assert b"---(more" not in await line.type("show subscribers all\r")

    complete(scenario())


def test_exec_prints_and_returns_a_status(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            good = await connection.run("show version")
            assert good.exit_status == 0
            assert str(good.stdout).startswith("Active Software:\n")
            bad = await connection.run("show nothing")
            assert bad.exit_status == 1
            assert str(bad.stdout) == 'Unknown command - "nothing", unrecognized keyword\n'
            several = await connection.run("configure\nsystem hostname edge\nend\nshow version")
            assert several.exit_status == 0
            assert lab["asr5500"].hostname == "edge"
            asked = await connection.run("show version ?")
            assert "verbose - " in str(asked.stdout)

    complete(scenario())


def test_exec_takes_answers_from_the_client_and_the_end_declines(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            declined = await connection.run("save configuration", stdin=asyncssh.DEVNULL)
            assert str(declined.stdout) == "Are you sure? [Yes|No]: \nAction aborted\n"
            saved = await connection.run("save configuration", input="yes\n")
            assert saved.exit_status == 0
            assert str(saved.stdout) == "Are you sure? [Yes|No]: \n"

    complete(scenario())


def test_exec_takes_keys_from_the_client_where_they_act_at_once(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            watched = await connection.run("monitor subscriber next-call", input="+q")
            assert "\n*** Verbosity Level (  2) ***\n" in str(watched.stdout)
            ended = await connection.run("monitor protocol", stdin=asyncssh.DEVNULL)
            assert str(ended.stdout).endswith("      Select:\n")
            assert ended.exit_status == 0

    complete(scenario())


def test_events_come_over_ssh_when_they_happen(host_key: Path) -> None:
    """Nobody types meanwhile: what is told of a call brings the line to show it."""

    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key, clock_rate=0, clock_start=START) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            watcher: Any = await connection.create_process(term_type="vt100")
            watcher.stdin.write("monitor subscriber username pdp5@lab.example\r")
            await asyncio.wait_for(watcher.stdout.readuntil("Re-Display Options"), PATIENCE)
            other = await connection.run("clear subscribers username pdp5@lab.example -noconfirm")
            assert other.exit_status == 0
            shown = await asyncio.wait_for(watcher.stdout.readuntil("next matching"), PATIENCE)
            assert "Disconnect Reason: Admin-disconnect" in str(shown)

    complete(scenario())


def test_the_first_prompt_stands_on_a_line_of_its_own_below_the_login_before(
    host_key: Path, tmp_path: Path
) -> None:
    """The last login is told once there is one, at a terminal, and outlives the server."""
    state = tmp_path / "state"

    async def first(served: Reachable, user: str = "admin") -> str:
        async with connected(served, user) as connection:
            process: Any = await connection.create_process(term_type="vt100")
            return str(await asyncio.wait_for(process.stdout.readuntil("# "), PATIENCE))

    async def scenario() -> None:
        async with staros_cli.serve(
            host_key_file=host_key, state=state, clock_rate=0, clock_start=START
        ) as lab:
            served = lab["asr5500"]
            assert await first(served) == "\r\n[local]asr5500# "
            await lab.advance(60)
            shown = await first(served)
            assert shown == (
                "Last login: Fri Mar 27 17:12:25 2026 from 127.0.0.1\r\n[local]asr5500# "
            )
            async with connected(served) as connection:
                done = await connection.run("show version | grep Number")
                assert str(done.stdout).startswith("  Image Build")
        async with staros_cli.serve(
            host_key_file=host_key, state=state, clock_rate=0, clock_start=START + 3600
        ) as lab:
            shown = await first(lab["asr5500"])
            assert shown.startswith("Last login: Fri Mar 27 17:13:25 2026 from 127.0.0.1\r\n[")

    complete(scenario())


def test_a_shell_without_terminal_echoes_nothing(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with connected(served) as connection:
                done = await connection.run(None, input="show clock\nshow terminal\n")
        lines = str(done.stdout).split("\n")
        assert lines[0] == "[local]asr5500# "
        assert re.fullmatch(r"\w+ \w+ \d\d .* UTC \d{4}", lines[1])
        assert lines[3] == "  Terminal length: 0 lines"
        assert "\r" not in str(done.stdout)

    complete(scenario())


class Client(asyncssh.SSHClient):
    """A client that keeps the banner."""

    def __init__(self) -> None:
        self.banner = ""

    def auth_banner_received(self, msg: str, lang: str) -> None:
        self.banner += msg


def test_the_banner_comes_before_the_login(host_key: Path) -> None:
    async def scenario() -> None:
        client = Client()
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"], client_factory=lambda: client),
        ):
            assert client.banner == "Cisco Systems ASR5500 Intelligent Mobile Gateway\n"

    complete(scenario())


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
def test_both_ways_of_giving_a_password(host_key: Path, method: str) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with connected(served, preferred_auth=method) as connection:
                assert (await connection.run("show clock")).exit_status == 0
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(served, password="wrong", preferred_auth=method):
                    pass

    complete(scenario())


def test_public_keys_of_the_configuration_and_of_the_server(host_key: Path, tmp_path: Path) -> None:
    configured, given, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
    keys = tmp_path / "keys"
    keys.write_bytes(b"# lab\n" + given.export_public_key())

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, authorized_keys=keys) as lab:
            (served,) = lab
            key = configured.export_public_key().decode().strip()
            async with shell(served) as line:
                await line.run("configure")
                await line.run("context local")
                assert await line.run("operator olga password secret") == ""
                assert await line.run(f'authorized-key username olga key "{key}"') == ""
            for client_key in (configured, given):
                async with connected(served, "olga", None, client_keys=[client_key]) as connection:
                    done = await connection.run("configure")
                    assert str(done.stdout).startswith("Failure: This command needs")
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(served, "olga", None, client_keys=[other]):
                    pass
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(served, "nobody", None, client_keys=[given]):
                    pass

    complete(scenario())


def test_the_third_wrong_password_closes_the_connection(host_key: Path) -> None:
    tried: list[str] = []

    class Guessing(asyncssh.SSHClient):
        def password_auth_requested(self) -> str:
            tried.append("wrong")
            return f"wrong {len(tried)}"

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            with pytest.raises(asyncssh.DisconnectError, match="Login incorrect"):
                async with connected(
                    lab["asr5500"],
                    password=None,
                    client_keys=None,
                    client_factory=Guessing,
                    preferred_auth="password",
                ):
                    pass

    complete(scenario())
    assert len(tried) == 3


def test_failed_logins_of_an_address_are_limited(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(failed_logins=2)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            for _ in range(2):
                with pytest.raises(asyncssh.PermissionDenied):
                    async with connected(served, password="wrong"):
                        pass
            with pytest.raises((OSError, asyncssh.Error)):
                async with connected(served):
                    pass

    complete(scenario())


def test_sessions_of_a_chassis_are_limited(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(sessions=1)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with shell(served), connected(served) as connection:
                with pytest.raises(asyncssh.ChannelOpenError):
                    await connection.run("show clock")
            await eventually(lambda: served.sessions == 0)
            async with shell(served) as line:
                assert await line.run("show clock")

    complete(scenario())


def test_a_line_beyond_the_limit_is_refused_and_not_run(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(line=100)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with shell(served) as line:
                shown = await line.type("show clock" + " " * 200 + "\r")
                assert b"Failure: The line is longer than 100 characters\r\n" in shown
                assert await line.run("show clock")

    complete(scenario())


def test_exit_closes_the_connection_with_status_0(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with connected(served) as connection:
                process: Any = await connection.create_process(term_type="vt100")
                process.stdin.write("exit\r")
                await asyncio.wait_for(process.wait(), PATIENCE)
                assert process.exit_status == 0
                await asyncio.wait_for(connection.wait_closed(), PATIENCE)
            await eventually(lambda: served.sessions == 0)

    complete(scenario())


@pytest.mark.proves("SR-19", "SR-20", "SR-21")
def test_the_procedure_in_service_over_reload_and_reconnect(host_key: Path) -> None:
    """Require, save, reload; the address answers again and the feature is on."""

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=50.0) as lab:
            (served,) = lab
            async with shell(served) as other, shell(served) as line:
                await line.run("configure")
                assert "reload" in await line.run("require session recovery")
                await line.run("end")
                await line.run("save configuration -noconfirm")
                await line.type("reload\r", b"[Yes|No]: ")
                line.process.stdin.write(b"yes\r")
                await line.rest()
                await other.rest()
            assert not served.system.administrators
            await eventually(lambda: _is_up(served))
            async with shell(served) as line:
                status = await line.run("show session recovery status")
                assert "Not Enabled" not in status

    complete(scenario())


def _is_up(served: Any) -> bool:
    served.system.chassis.catch_up()
    return bool(served.system.chassis.is_up)


def test_a_chassis_that_starts_answers_nobody(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            served.system.chassis.reload()
            with pytest.raises((OSError, asyncssh.Error)):
                async with connected(served):
                    pass

    complete(scenario())


def test_answers_of_many_sessions_are_never_mixed_up(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, count=2) as lab:

            async def one(number: int) -> None:
                served = lab[f"asr5500-{number % 2 + 1}"]
                async with shell(served) as line:
                    for _ in range(20):
                        await line.run(f"terminal width {100 + number}")
                        shown = await line.run("show terminal")
                        assert shown.endswith(f"width:  {100 + number} columns")

            await asyncio.gather(*(one(number) for number in range(16)))

    complete(scenario())


def test_a_long_paste_is_run_in_order_and_others_have_turns(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            async with shell(served) as pasting, shell(served) as other:
                lines = [f"terminal width {100 + number % 300}" for number in range(2000)]
                pasting.process.stdin.write("\r".join([*lines, "show version"]).encode() + b"\r")
                assert await other.run("show clock")
                await pasting.until(b"Active Software:")

    complete(scenario())


def test_a_client_that_does_not_read_is_cut_off(host_key: Path) -> None:
    async def scenario() -> None:
        limits = Limits(held_output=65536)
        async with staros_cli.serve(host_key_file=host_key, limits=limits) as lab:
            (served,) = lab
            async with shell(served) as slow, shell(served) as other:
                await slow.run("terminal length 0")
                slow.process.channel.pause_reading()
                for _ in range(200):
                    slow.process.stdin.write(b"show subscribers all\r")
                await eventually(lambda: served.sessions == 1)
                assert await other.run("show clock")

    complete(scenario())


def test_no_way_through_the_server_to_elsewhere(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", lab["asr5500"].telnet.port)
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 1)
            for subsystem in ("netconf", "shell"):
                with pytest.raises(asyncssh.ChannelOpenError):
                    await connection.create_process(subsystem=subsystem)

    complete(scenario())


def test_a_restart_closes_file_transfers_and_logins_as_well(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key, clock_rate=50.0) as lab:
            (served,) = lab
            async with (
                connected(served) as connection,
                telnet(served.telnet) as waiting,
                shell(served) as line,
            ):
                files = await connection.start_sftp_client()
                upload = await files.open("half.cfg", "w")
                await upload.write("half")
                await waiting.until(b"login: ")
                line.process.stdin.write(b"reload -noconfirm\r")
                await line.rest()
                await waiting.rest()
                await asyncio.wait_for(connection.wait_closed(), PATIENCE)
            await eventually(lambda: _is_up(served) and not served._endpoint.connections)
            async with shell(served) as line:
                assert "half.cfg" not in await line.run("directory /flash")

    complete(scenario())


def test_nothing_is_left_when_the_lab_ends(host_key: Path) -> None:
    async def scenario() -> None:
        before = len(asyncio.all_tasks())
        async with staros_cli.serve(host_key_file=host_key) as lab:
            (served,) = lab
            system = served.system
            async with shell(served) as line:
                await lab.stop()
                await line.rest()
        assert not system.administrators
        await eventually(lambda: len(asyncio.all_tasks()) <= before + 1)

    complete(scenario())


def test_a_lab_whose_clock_stands_still_is_moved_by_its_test(host_key: Path) -> None:
    async def scenario() -> None:
        options = {"clock_rate": 0, "clock_start": START, "host_key_file": host_key}
        async with staros_cli.serve("asr5000-chapter", **options) as lab:
            (served,) = lab
            async with shell(served) as line:
                before = await line.run("show clock")
                await lab.advance(90)
                assert before == "Friday March 27 17:12:25 UTC 2026"
                assert await line.run("show clock") == "Friday March 27 17:13:55 UTC 2026"
                line.process.stdin.write(b"reload -noconfirm\r")
                await line.rest()
            async with shell(served) as line:
                assert "Not Ready For Recovery" in await line.run("show session recovery status")
                await lab.advance(30)
                assert ": Ready For Recovery" in await line.run("show session recovery status")

    complete(scenario())


def test_only_a_clock_that_stands_still_can_be_moved(host_key: Path) -> None:
    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            with pytest.raises(ValueError, match="runs by itself"):
                await lab.advance(1)

    complete(scenario())


def run_without_terminal(host_key: Path, typed: str) -> str:
    """The output of a shell without a terminal for some lines."""
    shown = ""

    async def scenario() -> None:
        nonlocal shown
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            shown = str((await connection.run(None, input=typed, timeout=PATIENCE)).stdout)

    complete(scenario())
    return shown


@pytest.mark.parametrize("before", ["terminal length 5\nshow version", "show version | more"])
def test_without_a_terminal_no_page_waits_for_a_key(host_key: Path, before: str) -> None:
    shown = run_without_terminal(host_key, f"{before}\nshow clock\n")
    assert "more" not in shown
    assert "UTC" in shown.splitlines()[-2]


def test_without_a_terminal_a_line_that_was_asked_about_is_not_run(host_key: Path) -> None:
    shown = run_without_terminal(host_key, "show version ?\nshow clock\n")
    assert "verbose - " in shown
    assert "Active Software" not in shown
    assert "UTC" in shown


def test_without_a_terminal_the_last_line_needs_no_end(host_key: Path) -> None:
    assert "UTC" in run_without_terminal(host_key, "show version\nshow clock")


def test_a_question_that_nobody_answers_fails(host_key: Path) -> None:
    async def scenario() -> None:
        async with (
            staros_cli.serve(host_key_file=host_key) as lab,
            connected(lab["asr5500"]) as connection,
        ):
            left = await connection.run("save configuration", stdin=asyncssh.DEVNULL)
            assert left.exit_status == 1
            declined = await connection.run("save configuration", input="no\n")
            assert declined.exit_status == 0

    complete(scenario())
