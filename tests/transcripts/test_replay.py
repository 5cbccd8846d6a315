"""Replaying in memory: what differs, where it stops, what an update writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from staros_cli.transcripts.errors import TranscriptError
from staros_cli.transcripts.format import parse
from staros_cli.transcripts.replay import replay
from staros_cli.transcripts.targets import MemoryTarget
from tests.transcripts.support import in_memory

CLOCK = "Friday March 27 17:12:25 UTC 2026"


def test_a_difference_names_file_and_line() -> None:
    result = in_memory(
        "# chassis asr5500\n"
        "[local]asr5500# show version | grep Number\n"
        "  Image Build Number:             90002\n"
        "[local]asr5500# show clock\n"
        f"{CLOCK}\n"
    )
    assert result.report() == [
        "session.transcript:3: the output differs",
        "--- session.transcript",
        "+++ session.transcript (what came)",
        "@@ -1,5 +1,5 @@",
        " # chassis asr5500",
        " [local]asr5500# show version | grep Number",
        "-  Image Build Number:             90002",
        "+  Image Build Number:             90001",
        " [local]asr5500# show clock",
        f" {CLOCK}",
    ]
    assert result.commands == 2


def test_output_that_is_missing_and_output_that_is_too_much() -> None:
    result = in_memory(
        "[local]asr5500# show clock\n[local]asr5500# timestamps\nsurprise\n[local]asr5500#\n"
    )
    assert [(found.line, found.reason) for found in result.differences] == [
        (2, "the output differs"),
        (3, "the output differs"),
    ]
    assert result.updated == [
        "[local]asr5500# show clock",
        CLOCK,
        "[local]asr5500# timestamps",
        "[local]asr5500#",
    ]


def test_it_stops_where_the_session_is_elsewhere() -> None:
    """The lines that follow were meant for another place and could do harm."""
    text = "[local]asr5500# configure\n[local]asr5500# reload -noconfirm\n[local]asr5500#\n"
    result = in_memory(text)
    assert result.commands == 1
    assert result.stopped
    assert result.report()[0] == (
        "session.transcript:2: expected the prompt '[local]asr5500#', "
        "the session is at '[local]asr5500(config)#'"
    )


def test_the_prompt_at_the_end_counts() -> None:
    result = in_memory("[local]asr5500# configure\n[local]asr5500#\n")
    assert [found.line for found in result.differences] == [2]
    assert in_memory("[local]asr5500# show vers?\n...\n[local]asr5500# show vers\n").passed


def test_nothing_can_follow_the_end_of_the_last_session() -> None:
    with pytest.raises(TranscriptError, match=r"^session.transcript:2: the target hung up"):
        in_memory("[local]asr5500# exit\n[local]asr5500# show clock\n")


def test_an_update_goes_on_and_writes_what_passes() -> None:
    text = (
        "## A remark stays.\n"
        "[local]old# show version\n"
        "Active Software:\n"
        "  Image Version: +[0-9.]+ (re)\n"
        "...\n"
        "[local]old# show file url /flash/boot.sys\n"
        "[local]old#\n"
    )
    result = in_memory(text, update=True)
    assert not result.stopped
    updated = "".join(f"{line}\n" for line in result.updated)
    assert updated.startswith(
        "## A remark stays.\n"
        "[local]asr5500# show version\n"
        "Active Software:\n"
        "  Image Version: +[0-9.]+ (re)\n"
        "...\n"
        "[local]asr5500# show file url /flash/boot.sys\n"
    )
    assert in_memory(updated).passed


@pytest.mark.proves("SR-28")
def test_a_captured_value_is_typed_and_expected_later() -> None:
    """The callid of a subscriber leads to the subscriber."""
    result = in_memory(
        "[local]asr5500# show subscribers all | grep -i user7@\n"
        r"\S+ (?P<callid>[0-9a-f]{8}) (?P<msid>\d+) +user7@lab.example .* (re)" + "\n"
        "[local]asr5500# show subscribers callid ${callid} | grep -v matching\n"
        "...\n"
        "* ${callid} ${msid} user7@lab.example * (glob)\n"
        "...\n"
        "[local]asr5500#\n"
    )
    assert result.report() == [], "\n".join(result.report())


def test_the_clock_moves_only_when_told_to() -> None:
    result = in_memory(
        "# clock 2026-12-31T23:59:58Z\n"
        "[local]asr5500# show clock\n"
        "Thursday December 31 23:59:58 UTC 2026\n"
        "# advance 1.5m\n"
        "[local]asr5500# show clock\n"
        "Friday January 01 00:01:28 UTC 2027\n"
    )
    assert result.report() == [], "\n".join(result.report())


def test_a_seed_makes_another_chassis() -> None:
    text = "[local]asr5500# show subscribers all\n...\n"
    shown = [
        in_memory(f"# seed {seed}\n{text.replace('...', 'x')}").updated[2:] for seed in (1, 1, 2)
    ]
    assert shown[0] == shown[1] != shown[2]


def test_a_session_ends_and_the_one_before_goes_on() -> None:
    result = in_memory(
        "[local]asr5500# configure\n"
        "# session b watcher inspector\n"
        "[local]asr5500> exit\n"
        "[local]asr5500(config)# end\n"
        "# session b watcher inspector\n"
        "[local]asr5500> exit\n"
        "# user joe operator\n"
        "[local]asr5500> show administrators | grep -n joe\n"
        "3:joe .* (re)\n"
    )
    assert result.report() == [], "\n".join(result.report())


@pytest.mark.proves("SR-20")
def test_a_restart_ends_the_sessions_that_are_not_at_the_console() -> None:
    """The session that asked for the restart is shown no more."""
    result = in_memory(
        "[local]asr5500#\n"
        "# session b\n"
        "[local]asr5500# reload -noconfirm\n"
        "...\n"
        "2026-Mar-27+17:12:27.000 asr5500 is up, ASR 5500\n"
        "[local]asr5500# show administrators | grep ^admin\n"
        "admin .*/dev/console .* (re)\n"
    )
    assert result.report() == [], "\n".join(result.report())


def test_a_file_is_put_on_the_chassis(tmp_path: Path) -> None:
    (tmp_path / "some.cfg").write_text("config\n  system hostname put\nend\n")
    text = (
        "[local]asr5500#\n"
        "# put some.cfg /flash/some.cfg\n"
        "[local]asr5500# configure /flash/some.cfg\n"
        "[local]put#\n"
    )
    path = str(tmp_path / "put.transcript")
    assert replay(parse(text, path), MemoryTarget()).report() == []
    with pytest.raises(TranscriptError, match=r"put.transcript:2: # put: .*No such file"):
        replay(parse(text.replace("put some", "put other"), path), MemoryTarget())
    with pytest.raises(
        TranscriptError, match=r"put.transcript:2: # put: Invalid file system: /disk/x"
    ):
        replay(
            parse(text.replace("put some.cfg /flash/some.cfg", "put some.cfg /disk/x"), path),
            MemoryTarget(),
        )


@pytest.mark.proves("SR-02")
def test_a_fault_reaches_the_system() -> None:
    """A sessmgr dies, and its sessions stay; a fault is a test command of the device."""
    result = in_memory(
        "# chassis asr5000-chapter\n"
        "[local]host_name# show subscribers summary | grep Total\n"
        "Total Subscribers: +(?P<count>[0-9]+) (re)\n"
        "# fault task kill facility sessmgr instance 3\n"
        "# advance 10\n"
        "[local]host_name# show crash list | grep -n sessmgr\n"
        "*sessmgr* (glob)\n"
        "[local]host_name# show subscribers summary | grep Total\n"
        "Total Subscribers: +${count} (re)\n"
        "[local]host_name#\n"
    )
    assert result.report() == [], "\n".join(result.report())
    with pytest.raises(TranscriptError, match=r"session.transcript:2: .*instance 99"):
        in_memory("[local]asr5500#\n# fault task kill facility sessmgr instance 99\n")


@pytest.mark.proves("SR-12")
def test_a_fault_that_restarts_the_system_is_shown() -> None:
    """A critical task dies, and StarOS as a whole starts anew."""
    result = in_memory(
        "[local]asr5500# configure\n"
        "# fault task kill facility sct all\n"
        "...\n"
        "*asr5500 is up, ASR 5500 (glob)\n"
        "[local]asr5500#\n"
    )
    assert result.report() == [], "\n".join(result.report())


def test_an_unknown_chassis_is_told_with_its_file() -> None:
    with pytest.raises(TranscriptError, match=r"session.transcript:1: # chassis: asr9"):
        in_memory("# chassis asr9\n[local]asr5500#\n")


def test_pages_are_turned_to_the_end_unless_told_otherwise() -> None:
    shown = in_memory("# terminal 10 80\n[local]asr5500# show configuration\n").updated
    unpaged = in_memory("# terminal 0 80\n[local]asr5500# show configuration\n").updated
    assert shown[1:] == unpaged[1:]
    stopped = in_memory(
        "# terminal 10 80\n"
        "[local]asr5500# show configuration\n"
        "x\n# type space\nx\n# type enter\nx\n# type q\n[local]asr5500#\n"
    ).updated
    assert [line for line in stopped if not line.startswith("# type")][1:-1] == shown[1:21]
    result = in_memory("[local]asr5500# show clock\n...\n# type q\n[local]asr5500#\n")
    assert result.report()[0] == "session.transcript:3: nothing waits for the key q"


def test_marks_of_the_pager_that_were_pasted_do_not_count() -> None:
    text = "\n".join(
        in_memory("# terminal 10 80\n[local]asr5500# show configuration\n").updated
    ).splitlines()
    text[11:11] = ["---(more 20%)---"]
    assert in_memory("\n".join(text)).passed
