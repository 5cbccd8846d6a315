"""Raw terminal logs become transcripts that replay."""

from __future__ import annotations

import os
from pathlib import Path

import pexpect
import pytest

from staros_cli.transcripts.directives import Directive, read
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
    text = from_log(log, "asr5500")
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
    assert from_log(log, "asr5500") == (
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
    text = from_log(log, "asr5500")
    assert "# timestamps\n" in text
    assert replay(parse(text, "log"), MemoryTarget()).report() == []


def test_marks_of_the_pager_that_were_not_wiped() -> None:
    log = (
        "[local]a# show x\nfirst\n---(more 50%)---second\n---(more)---\nthird\n"
        "[local]a# show y\none\n---(more 20%)---\ntwo\n---(more 40%)---\n[local]a# exit\n"
    )
    assert from_log(log, "asr5500").splitlines()[2:] == [
        "[local]a# show x",
        "first",
        "second",
        "third",
        "[local]a# show y",
        "one",
        "# type enter",
        "two",
        "# type q",
        "[local]a# exit",
    ]


def test_output_that_reads_like_something_else_is_marked() -> None:
    log = "[local]a# show rct stats\n#   Action\n# a line\n...\n[local]a# "
    text = from_log(log, "asr5500")
    assert text.splitlines()[3:6] == ["#   Action", "# a line (text)", "... (text)"]
    parse(text, "x")


def test_a_log_without_a_session() -> None:
    with pytest.raises(LogError, match="a prompt such as"):
        from_log("nothing\n", "asr5500")


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
    text = from_log(log.read_bytes().decode(), "asr5500")
    result = replay(parse(text, "log"), MemoryTarget())
    assert result.report() == [], "\n".join(result.report())
    assert result.commands == 4
