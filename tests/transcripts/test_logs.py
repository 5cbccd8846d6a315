"""Raw terminal logs become transcripts that replay."""

from __future__ import annotations

import os
from pathlib import Path

import pexpect
import pytest

from staros_cli.transcripts.directives import Directive, read
from staros_cli.transcripts.echoed_keys import meant
from staros_cli.transcripts.errors import TranscriptError
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.logs import LogError, from_log
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.spawned import installed_program
from staros_cli.transcripts.targets import MemoryTarget
from staros_cli.transcripts.terminals import Terminals


def raw(*keys: str | Directive, terminal: str = "24 80") -> str:
    """The stream that a terminal is sent when keys are typed at it."""
    settings = parse(f"# terminal {terminal}\n[local]asr5500#\n", "x").settings
    stage = Terminals(settings)
    stream = stage.begin()
    for key in keys:
        stream += stage.feed(key) if isinstance(key, str) else stage.direct(key)
    return stream


def test_a_log_with_editing_paging_and_questions_replays() -> None:
    log = raw(
        "show versx\x7fion\r",
        "show conf\t\r",
        "  \x7f ",
        "reload\r",
        "no\r",
        "show session ?recovery status\r",
        "timestamps\r",
        read("advance 75"),
        "show configuration\r",
        "\r\rq",
        "show configuration\r",
        "   ",
        "show clock",
    )
    assert "\b" in log
    text = from_log(log, "asr5500").text
    assert "\b" not in text
    assert "# type q" in text
    result = replay(parse(text, "log"), MemoryTarget())
    assert result.report() == [], "\n".join(result.report())
    assert result.commands == 9


def test_lines_before_the_session_and_of_tools_are_left_out() -> None:
    log = (
        "Script started on 2026-03-27\nroot@host:~$ ssh admin@10.0.0.1\n"
        "Cisco Systems ASR5500 Intelligent Mobile Gateway\r\nadmin@10.0.0.1's password: \r\n"
        "\x1b]0;chassis\x07[local]asr5500# show \x1b[1mclock\x1b[0m\r\n"
        "Monday March 02 18:22:43 UTC 2026\r\n[local]asr5500# exit\r\n"
        "Script done on 2026-03-27\n"
    )
    assert from_log(log, "asr5500").text == (
        "# chassis asr5500\n"
        "# clock 2026-03-02T18:22:43Z\n"
        "[local]asr5500# show clock\n"
        r"[A-Z]\w+day [A-Z]\w+ \d\d \d\d:\d\d:\d\d [A-Z]+ \d{4} (re)" + "\n"
        "[local]asr5500# exit\n"
    )


def test_a_session_that_had_time_stamps_on_begins_with_them() -> None:
    log = (
        "[local]asr5500# show version | grep Number\r\nMonday March 02 18:22:43 UTC 2026\r\n"
        "  Image Build Number:             90001\r\n[local]asr5500# "
    )
    text = from_log(log, "asr5500").text
    assert "# timestamps\n" in text
    assert replay(parse(text, "log"), MemoryTarget()).report() == []


def test_marks_of_the_pager_that_were_not_wiped() -> None:
    log = (
        "[local]a# show version\nfirst\n---(more 50%)---second\n---(more)---\nthird\n"
        "[local]a# show boot\none\n---(more 20%)---\ntwo\n---(more 40%)---\n[local]a# exit\n"
    )
    assert from_log(log, "asr5500").lines == [
        "[local]a# show version",
        "first",
        "second",
        "third",
        "[local]a# show boot",
        "one",
        "# type enter",
        "two",
        "# type q",
        "[local]a# exit",
    ]


def test_output_that_reads_like_something_else_is_marked() -> None:
    log = "[local]a# show rct stats\n#   Action\n# a line\n...\n[local]a# "
    text = from_log(log, "asr5500").text
    assert text.splitlines()[4:7] == ["#   Action", "# a line (text)", "... (text)"]
    parse(text, "x")


def test_a_log_without_a_session() -> None:
    with pytest.raises(LogError, match="a prompt such as"):
        from_log("nothing\n", "asr5500")


# How the session of a log began


@pytest.mark.parametrize(
    ("lines", "chassis"),
    [
        ("  Boot Image:                     /flash/qvpc-di-21.28.1.bin", "vpc-di"),
        (" 3: FC       1-Port Service Function Virtual Card    Active         No", "vpc-di"),
        ("  Chassis Type           qvpc-si (Any Hardware)", "vpc-si"),
        (
            " 1: PSC      Packet Services Card                    Active         No",
            "asr5000-chapter",
        ),
        (" 1: DPC      Data Processing Card 2                  Active         No", "asr5500"),
    ],
)
def test_the_platform_is_that_of_most_lines(lines: str, chassis: str) -> None:
    log = f"[local]gw-1# show x\nan asr5500 of old\n{lines}\n{lines}\n[local]gw-1# "
    assert from_log(log).settings.chassis == chassis
    assert from_log(log, "asr5500-oos").settings.chassis == "asr5500-oos"


def test_the_platform_is_in_the_banner_or_the_host_name() -> None:
    banner = "Cisco Systems QvPC-SI Intelligent Mobile Gateway\n[local]gw-1# "
    assert from_log(banner).settings.chassis == "vpc-si"
    assert from_log("[local]qvpc-di# ").settings.chassis == "vpc-di"


def test_a_platform_that_does_not_show_is_told() -> None:
    found = from_log("[local]gw-1# ")
    assert found.settings.chassis == "asr5500"
    assert found.lines == [
        "## The log does not show its platform: asr5500 is taken",
        "[local]gw-1#",
    ]


def test_a_paste_replays_on_a_host_of_its_name_and_with_its_rights() -> None:
    log = (
        "login as: ops1\nops1@192.0.2.1's password: \n"
        "[local]gw-1> show version | grep Number\n  Image Build Number:             90001\n"
        "[local]gw-1> "
    )
    found = from_log(log)
    assert found.text.splitlines()[:5] == [
        "# chassis asr5500",
        "# host gw-1",
        "# clock 2026-03-27T17:12:25Z",
        "# user ops1 operator",
        "## The log does not show its platform: asr5500 is taken",
    ]
    assert replay(parse(found.text, "log"), MemoryTarget()).report() == []


def test_the_host_name_outlives_a_restart() -> None:
    text = (
        "# host gw-1\n[local]gw-1# reload -noconfirm\n...\n"
        "[local]gw-1# show configuration | grep hostname\n  system hostname gw-1\n[local]gw-1#\n"
    )
    assert replay(parse(text, "x"), MemoryTarget()).report() == []


@pytest.mark.parametrize("name", ["", "a.b", "a b", "x" * 64])
def test_no_host_name(name: str) -> None:
    with pytest.raises(TranscriptError, match="# host: expected up to 63 letters"):
        parse(f'# host "{name}"\n[local]a#\n', "x")


@pytest.mark.parametrize(
    ("log", "size"),
    [
        ('Script started on x [TERM="xterm" COLUMNS="132" LINES="50"]\n[local]a# ', (50, 132)),
        ("\x1b[8;40;100t[local]a# ", (40, 100)),
        ("[local]a# show terminal\nTerminal length: 30\nTerminal width: 90\n[local]a# ", (30, 90)),
        ("[local]a# show x\n" + "y\n" * 11 + "---(more 5%)---\nz\n[local]a# ", (12, 80)),
        ("[local]a# show x\n" + "y\n" * 24 + "[local]a# ", (0, 80)),
        ("[local]a# show x\n" + "y\n" * 23 + "[local]a# ", (24, 80)),
    ],
)
def test_the_size_of_the_terminal(log: str, size: tuple[int, int]) -> None:
    settings = from_log(log).settings
    assert (settings.length, settings.width) == size


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("[SAEGW]asr5500#", ["[local]asr5500# context SAEGW"]),
        ("[local]asr5500(config)#", ["[local]asr5500# configure"]),
        (
            "[SAEGW]asr5500(config-ctx)#",
            ["[local]asr5500# configure", "[local]asr5500(config)# context SAEGW"],
        ),
    ],
)
def test_a_log_that_begins_elsewhere(prompt: str, typed: list[str]) -> None:
    found = from_log(f"{prompt} end\n[local]asr5500# ")
    assert found.lines[: len(typed)] == typed
    assert found.left_out == 0


def test_a_log_that_begins_where_no_session_comes() -> None:
    found = from_log("[nowhere]asr5500# show version\nx\n[nowhere]asr5500# ")
    assert found.left_out == 1
    assert found.lines == [
        "## The log begins at [nowhere]asr5500#, where asr5500 cannot begin",
        "## Not replayed: the session is at [local]asr5500#",
        "## [nowhere]asr5500# show version",
        "## x",
        "## [nowhere]asr5500#",
    ]
    assert "could not" not in found.text


# What cannot be compared


def test_commands_that_the_emulator_does_not_know_are_marked() -> None:
    log = (
        "[local]asr5500# show crystal ball\nall is well\n[local]asr5500# sho\n"
        'Unknown command - "sho", incomplete command\n[local]asr5500# configure\n'
        "[local]asr5500(config)# crystal-service X\n"
        "[local]asr5500(config-crystal-service)# bind y\n"
        "[local]asr5500(config-crystal-service)# exit\n"
        "[local]asr5500(config)# end\n[local]asr5500# reload\n[local]asr5500# exit\n"
        "Connection closed. (text)\n"
    )
    found = from_log(log)
    assert (found.commands, found.unknown, found.left_out) == (9, 2, 2)
    assert found.lines == [
        "## Not compared: the emulator does not know this command",
        "[local]asr5500# show crystal ball",
        "...",
        "[local]asr5500# sho",
        'Unknown command - "sho", incomplete command',
        "[local]asr5500# configure",
        "## Not compared: the emulator does not know this command",
        "[local]asr5500(config)# crystal-service X",
        "...",
        "## Not replayed: the session is at [local]asr5500(config)#",
        "## [local]asr5500(config-crystal-service)# bind y",
        "## [local]asr5500(config-crystal-service)# exit",
        "[local]asr5500(config)# end",
        "## Not compared: the emulator asks first, and is told no",
        "[local]asr5500# reload",
        "...",
        "Are you sure? [Yes|No]:",
        "# type ctrl-c",
        "...",
        "[local]asr5500# exit",
        "## Connection closed.",
    ]
    assert replay(parse(found.text, "log"), MemoryTarget()).report() == []


# Echoed keys


@pytest.mark.parametrize(
    ("echoed", "text"),
    [
        ("show vrsion^[[D^[[D^[[D^[[D^[[De^[[C^[[C", "show version"),
        ("how version^[OHs^[OF | more", "show version | more"),
        ("sshow^[[1~^[[3~^[[4~ version", "show version"),
        ("show versx^Hion", "show version"),
        ("show vxx^?^?ersion", "show version"),
        ("^[[A^[[A", "show clock"),
        ("^[[A^[[A^[[B", "show boot"),
        ("show card table | grep ^Slot", "show card table | grep ^Slot"),
        ("show card table | grep ^Host", "show card table | grep ^Host"),
    ],
)
def test_echoed_keys_are_understood(echoed: str, text: str) -> None:
    assert meant(echoed, ["show clock", "show boot"]) == text


def test_keys_that_were_echoed_in_output_are_left_out() -> None:
    log = (
        "[local]asr5500# show version | grep Number\n^[[A^[[B\n"
        "  Image Build Number:             90001\n[local]asr5500# shx\x7fow clock\n[local]asr5500# "
    )
    assert from_log(log).lines == [
        "[local]asr5500# show version | grep Number",
        "  Image Build Number:             90001",
        "[local]asr5500# show clock",
        "[local]asr5500#",
    ]


@pytest.mark.end_to_end
def test_a_log_of_the_colourful_terminal(tmp_path: Path) -> None:
    """The drawing of prompt_toolkit, with its cursor movements, is a session like any other."""
    child = pexpect.spawn(
        installed_program()[0],
        ["shell", "--state", "none"],
        env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        encoding="utf-8",
        dimensions=(50, 120),
        timeout=20,
    )
    log = tmp_path / "log"
    with log.open("w", newline="") as stream:
        child.logfile_read = stream
        child.expect_exact("asr5500#")
        for line, answer in (
            ("show version | grep Number", "90001"),
            ("context SAEGW", "[SAEGW]"),
            ("show context name SAEGW", "Active"),
            ("exit", pexpect.EOF),
        ):
            child.send(line + "\r")
            child.expect_exact(answer)
            if answer != pexpect.EOF:
                child.expect_exact("asr5500#")
    child.close()
    text = from_log(log.read_bytes().decode(), "asr5500").text
    result = replay(parse(text, "log"), MemoryTarget())
    assert result.report() == [], "\n".join(result.report())
    assert result.commands == 4
