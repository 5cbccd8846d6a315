"""CliSession: prompts, modes, questions, time stamps, limits and restarts."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import mode_names
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import HISTORY_LIMIT, LINE_LIMIT, CliSession
from tests.language.command_lines import (
    EXAMPLES,
    all_commands,
    all_keywords,
    commands,
    line_of,
    way_to,
)
from tests.support import make_session, make_system, output, run

EXEC = "[local]asr5500# "
STAMP = "Friday March 27 17:12:25 UTC 2026"


# Prompts and modes


@pytest.mark.parametrize(
    ("privilege", "prompt"),
    [
        (Privilege.SECURITY, EXEC),
        (Privilege.ADMINISTRATOR, EXEC),
        (Privilege.OPERATOR, "[local]asr5500> "),
        (Privilege.INSPECTOR, "[local]asr5500> "),
    ],
)
def test_the_mark_of_the_prompt_tells_the_level(privilege: Privilege, prompt: str) -> None:
    session, _ = make_session(privilege=privilege)
    assert session.prompt == prompt


@pytest.mark.parametrize(
    ("lines", "prompt"),
    [
        (["configure"], "[local]asr5500(config)# "),
        (["conf"], "[local]asr5500(config)# "),
        (["configure", "context c1"], "[c1]asr5500(config-ctx)# "),
        (["configure", "context c1", "interface i1"], "[c1]asr5500(config-if-eth)# "),
        (["configure", "context c1", "pgw-service s1"], "[c1]asr5500(config-pgw-service)# "),
        (["configure", "context c1", "pdsn-service s1"], "[c1]asr5500(config-pdsn-service)# "),
        (["configure", "context c1", "ggsn-service s1"], "[c1]asr5500(config-ggsn-service)# "),
        (["configure", "context c1", "ha-service s1"], "[c1]asr5500(config-ha-service)# "),
        (["configure", "port ethernet 5/10"], "[local]asr5500(config-port-5/10)# "),
        (["configure", "system hostname lab_1"], "[local]lab_1(config)# "),
    ],
)
def test_prompt_of_every_mode(lines: list[str], prompt: str) -> None:
    session, _ = make_session()
    reply = run(session, *lines)
    assert reply.prompt == session.prompt == prompt
    assert list(reply.lines) == []


def test_exit_leaves_one_level_and_end_all() -> None:
    session, _ = make_session()
    run(session, "configure", "context c1", "interface i1")
    assert run(session, "exit").prompt == "[c1]asr5500(config-ctx)# "
    assert run(session, "exit").prompt == "[local]asr5500(config)# "
    run(session, "context c1", "interface i1")
    assert run(session, "end").prompt == EXEC


def test_the_end_of_a_mode_in_a_saved_file_is_a_remark() -> None:
    session, _ = make_session()
    reply = run(session, "configure", "context c1", "interface i1", "#exit", "# anything")
    assert (list(reply.lines), reply.prompt) == ([], "[c1]asr5500(config-if-eth)# ")


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("interface i2", "[c1]asr5500(config-if-eth)# "),
        ("pgw-service s1", "[c1]asr5500(config-pgw-service)# "),
        ("context c2", "[c2]asr5500(config-ctx)# "),
        ("port ethernet 5/10", "[local]asr5500(config-port-5/10)# "),
        ("system hostname other", "[local]other(config)# "),
        ("no interface i1", "[c1]asr5500(config-ctx)# "),
    ],
)
def test_a_line_of_a_mode_around_this_one_runs_there(line: str, prompt: str) -> None:
    session, _ = make_session()
    reply = run(session, "configure", "context c1", "interface i1", line)
    assert (list(reply.lines), reply.prompt) == ([], prompt)


def test_this_mode_comes_first_where_both_know_a_line() -> None:
    session, _ = make_session()
    run(session, "configure", "port ethernet 5/10", "description x", "no description", "shutdown")
    assert session.prompt == "[local]asr5500(config-port-5/10)# "


@pytest.mark.parametrize("line", ["show clock", "interfaces i2", "no context nowhere", "context"])
def test_a_line_that_no_mode_takes_changes_nothing(line: str) -> None:
    session, _ = make_session()
    run(session, "configure", "context c1", "interface i1")
    reply = session.handle(line)
    assert reply.failed
    assert reply.prompt == "[c1]asr5500(config-if-eth)# "


def test_what_is_wrong_with_a_line_is_told_of_this_mode() -> None:
    session, _ = make_session()
    run(session, "configure", "context c1", "interface i1")
    reply = session.handle("ip address 1.2.3.4 1.2.3.4")
    assert "<mask>" in reply.lines[0]


def test_exit_in_exec_ends_the_session() -> None:
    session, _ = make_session()
    reply = run(session, "exit")
    assert (reply.awaits, reply.prompt) == (Awaits.NOTHING, "")
    assert session.system.administrators == []
    assert list(session.handle("show clock").lines) == []


def test_a_remark_does_nothing() -> None:
    session, _ = make_session()
    for remark in ("# show version", "#exit", "#", "", "   "):
        assert list(run(session, remark).lines) == []
    assert session.awaits is Awaits.COMMAND
    assert session.history == []


def test_context_in_exec_moves_the_session() -> None:
    session, _ = make_session()
    run(session, "configure", "context c1", "end")
    reply = run(session, "context c1")
    assert (list(reply.lines), reply.prompt) == ([], "[c1]asr5500# ")
    refused = session.handle("context nowhere")
    assert refused.failed
    assert list(refused.lines) == ["Failure: The context nowhere does not exist"]
    assert refused.prompt == "[c1]asr5500# "


@pytest.mark.parametrize("mode", mode_names()[1:])
def test_accepted_configuration_commands_print_nothing(mode: str) -> None:
    """Clients take any text there as an error; the exception is the warning of SR-17."""
    for steps in commands(mode):
        session, _ = make_session()
        run(session, "configure", "autoconfirm", *way_to(mode))
        reply = session.handle(line_of(steps))
        if not reply.failed and not (reply.lines and "session recovery" in line_of(steps)):
            assert list(reply.lines) == [], line_of(steps)


def test_a_name_that_reads_like_an_option_is_kept() -> None:
    session, _ = make_session()
    run(session, "configure", "context -noconfirm", "end")
    assert "  context -noconfirm" in output(session, "show configuration")


# Asking


@pytest.mark.parametrize("answer", ["y", "yes", "Y", "YES", "Yes", " y "])
def test_yes_accepts(answer: str) -> None:
    session, _ = make_session()
    asked = run(session, "delete /flash/system.cfg")
    assert (asked.awaits, asked.prompt) == (Awaits.ANSWER, "Are you sure? [Yes|No]: ")
    assert list(run(session, answer).lines) == []
    assert session.handle("show file url /flash/system.cfg").failed


@given(st.text().filter(lambda text: text.strip().lower() not in ("y", "yes")))
@settings(max_examples=30)
def test_anything_else_declines(answer: str) -> None:
    session, _ = make_session()
    session.handle("delete /flash/system.cfg")
    reply = session.handle(answer)
    assert (list(reply.lines), reply.prompt) == (["Action aborted"], EXEC)
    run(session, "show file url /flash/system.cfg")


def test_ctrl_c_declines_a_question() -> None:
    session, _ = make_session()
    session.handle("reload")
    reply = session.interrupt()
    assert (list(reply.lines), reply.prompt) == (["Action aborted"], EXEC)


def test_no_question_with_noconfirm() -> None:
    session, _ = make_session()
    assert run(session, "delete /flash/system.cfg -noconfirm").awaits is Awaits.COMMAND


def test_autoconfirm_of_a_session_is_its_own() -> None:
    session, _ = make_session()
    other = CliSession(session.system)
    run(session, "autoconfirm")
    run(session, "save configuration /flash/x.cfg", "save configuration /flash/x.cfg")
    assert session.awaits is Awaits.COMMAND
    assert run(other, "save configuration /flash/x.cfg").awaits is Awaits.ANSWER
    assert run(session, "no autoconfirm", "delete /flash/x.cfg").awaits is Awaits.ANSWER


def test_autoconfirm_in_the_configuration_is_for_everyone() -> None:
    session, _ = make_session()
    run(session, "configure", "autoconfirm", "end")
    other = CliSession(session.system)
    assert run(other, "delete /flash/system.cfg").awaits is Awaits.COMMAND


def test_commandguard_brings_the_question_back() -> None:
    session, _ = make_session()
    run(session, "configure", "commandguard exec-command delete", "end", "autoconfirm")
    reply = run(session, "delete /flash/system.cfg")
    assert reply.awaits is Awaits.ANSWER
    assert list(reply.lines) == ["Info: commandguard prevents autoconfirm of this command"]
    run(session, "n", "configure", "no commandguard exec-command delete", "end")
    assert run(session, "delete /flash/system.cfg").awaits is Awaits.COMMAND


def test_commandguard_says_nothing_where_a_question_comes_anyway() -> None:
    session, _ = make_session()
    run(session, "configure", "commandguard exec-command delete", "end")
    assert list(run(session, "delete /flash/system.cfg").lines) == []


# Time stamps


def test_time_stamps_of_a_session() -> None:
    session, _ = make_session()
    assert list(run(session, "timestamps").lines) == []
    assert output(session, "show clock") == [STAMP, STAMP]
    assert session.handle("foo").lines[0] == STAMP
    run(session, "no timestamps")
    assert output(session, "show clock") == [STAMP]


def test_time_stamps_of_the_configuration_are_the_default_of_new_sessions() -> None:
    session, _ = make_session()
    run(session, "configure", "timestamps", "end")
    assert output(session, "show clock") == [STAMP]
    other = CliSession(session.system)
    assert output(other, "show clock") == [STAMP, STAMP]
    run(other, "no timestamps")
    assert output(other, "show clock") == [STAMP]


def test_configuration_commands_have_no_time_stamp() -> None:
    session, _ = make_session()
    run(session, "timestamps", "configure")
    assert list(run(session, "context c1").lines) == []


# Terminal


@pytest.mark.parametrize("line", ["terminal length 0", "terminal width 512", "no timestamps"])
def test_what_clients_send_after_login_is_silent(line: str) -> None:
    session, _ = make_session()
    reply = run(session, line)
    assert (list(reply.lines), reply.prompt) == ([], EXEC)


def test_the_terminal_shows_what_was_set() -> None:
    session, _ = make_session()
    run(session, "terminal length 40", "terminal width 132")
    assert output(session, "show terminal") == [
        "  Terminal length: 40 lines",
        "  Terminal width:  132 columns",
    ]


# Lines


def test_a_continued_line_has_a_prompt_of_its_own() -> None:
    session, _ = make_session()
    reply = run(session, "show\\")
    assert (reply.awaits, reply.prompt) == (Awaits.CONTINUATION, "> ")
    assert list(run(session, "clock").lines) == [STAMP]


def test_ctrl_c_forgets_an_unfinished_line() -> None:
    session, _ = make_session()
    run(session, 'description "a\\')
    reply = session.interrupt()
    assert (list(reply.lines), reply.prompt) == ([], EXEC)
    assert output(session, "show clock") == [STAMP]


def test_a_line_that_is_too_long_is_refused_whole() -> None:
    session, _ = make_session()
    reply = session.handle("x" * (LINE_LIMIT + 1))
    assert reply.failed
    assert list(reply.lines) == ["Failure: The line is longer than 16384 characters"]
    assert run(session, "show clock").awaits is Awaits.COMMAND


def test_a_continued_line_counts_as_one_towards_the_limit() -> None:
    session, _ = make_session()
    part = "x" * 1000 + "\\"
    replies = [session.handle(part) for _ in range(17)]
    assert replies[-1].failed
    assert replies[-1].awaits is Awaits.COMMAND


def test_control_characters_are_refused() -> None:
    session, _ = make_session()
    reply = session.handle("show \x1b[2J clock")
    assert list(reply.lines) == ["Failure: The line holds control characters"]


def test_a_configuration_file_that_ends_within_a_line_is_told() -> None:
    session, clock = make_session()
    text = 'config\ncontext c1\ninterface i1\nlicense key "\\\nVER=1\nend\n'
    session.system.chassis.storage.write(PurePosixPath("flash/x.cfg"), text.encode(), clock.now())
    lines = output(session, "configure /flash/x.cfg")
    assert any("The closing quote is missing" in line for line in lines)
    assert "/flash/x.cfg line 6" in lines[0]


def test_history_holds_each_line_once_in_a_row() -> None:
    session, _ = make_session()
    for line in ("show clock", "show clock", "foo", "show clock", " # remark"):
        session.handle(line)
    assert session.history == ["show clock", "foo", "show clock"]
    for number in range(HISTORY_LIMIT + 5):
        session.handle(f"foo {number}")
    assert len(session.history) == HISTORY_LIMIT
    assert session.history[-1] == f"foo {HISTORY_LIMIT + 4}"


def test_no_answer_is_in_the_history() -> None:
    session, _ = make_session()
    run(session, "reload", "no")
    assert session.history == ["reload"]


# Restarting


@pytest.mark.proves("SR-20")
def test_the_console_outlives_a_restart() -> None:
    """Lines typed but not saved are gone, and the session is in Exec again."""
    session, clock = make_session()
    run(session, "configure", "context c1", "end", "autoconfirm", "context c1")
    reply = run(session, "reload -noconfirm")
    assert (reply.awaits, reply.prompt) == (Awaits.START, "")
    assert list(reply.lines)[-1].endswith("The system is going down for reload")
    assert list(session.handle("show clock").lines) == []
    clock.advance(60)
    started = session.poll()
    assert started.awaits is Awaits.COMMAND
    assert started.prompt == EXEC
    assert list(started.lines)[-1].endswith("asr5500 is up, ASR 5500")
    assert list(session.poll().lines) == []
    assert session.handle("context c1").failed
    assert run(session, "reload").awaits is Awaits.ANSWER


def test_a_restart_closes_all_other_sessions() -> None:
    session, clock = make_session()
    other = CliSession(session.system, "joe", terminal="pts/0", console=False)
    other.handle("reload")
    run(session, "configure", "end", "reload -noconfirm")
    assert other.handle("yes").awaits is Awaits.NOTHING
    clock.advance(60)
    session.poll()
    assert len(output(session, "show administrators")) == 3


def test_a_session_that_restarts_the_system_from_afar_is_closed() -> None:
    session, _ = make_session(console=False)
    assert run(session, "reload", "yes").awaits is Awaits.NOTHING


def test_a_restart_by_another_session_takes_the_console_out_of_configuration() -> None:
    session, clock = make_session()
    run(session, "configure", "context c1")
    other = CliSession(session.system, console=False)
    run(other, "reload -noconfirm")
    clock.advance(60)
    session.poll()
    assert session.prompt == EXEC


def test_removing_what_another_session_configures_is_survived() -> None:
    session, _ = make_session()
    other = CliSession(session.system)
    run(session, "configure", "context c1", "pgw-service s1")
    run(other, "configure", "context c1", "no pgw-service s1")
    for line in ("associate egtp-service e", "no associate egtp-service"):
        reply = session.handle(line)
        assert reply.failed
        assert reply.prompt == "[c1]asr5500(config-ctx)# "
    run(session, "interface i1")
    run(other, "no interface i1")
    for line in ("ip address 1.2.3.4 255.0.0.0", "no ip address"):
        assert session.handle(line).failed
    run(other, "exit", "no context c1 -noconfirm")
    for line in ("interface i2", "no interface i1", "pgw-service s2", "no pgw-service s1"):
        reply = session.handle(line)
        assert reply.failed
        assert reply.prompt == "[local]asr5500(config)# "
    assert run(session, "end").prompt == EXEC


# Any lines

_WORDS = sorted(all_keywords() | set(EXAMPLES.values()) | {"|", '"', "'", "\\", "y", "q", "#exit"})
_COMMANDS = [line_of(steps) for _, steps in all_commands()]
_lines = st.one_of(
    st.text(),
    st.binary().map(lambda data: data.decode(errors="replace")),
    st.lists(st.sampled_from(_WORDS), max_size=6).map(" ".join),
    st.sampled_from(_COMMANDS),
    st.sampled_from(["configure", "context c1", "pgw-service s1", "port ethernet 5/10", "end"]),
    st.sampled_from(["reload", "terminal length 4", "show task resources"]),
)


@settings(max_examples=150)
@given(st.lists(_lines, max_size=15), st.sampled_from(Privilege))
def test_nothing_that_is_typed_raises(lines: list[str], privilege: Privilege) -> None:
    """As commands in every mode, as answers, as keys of the pager, before `?` and Tab."""
    session, clock = make_session(privilege=privilege)
    for line in lines:
        session.help(line)
        session.complete(line)
        reply = session.handle(line)
        assert (reply.prompt, reply.awaits) == (session.prompt, session.awaits)
        for shown in reply.lines:
            assert "\x1b" not in shown
            assert "\n" not in shown
        if session.awaits is Awaits.START:
            clock.advance(120)
            session.poll()
            assert session.awaits is Awaits.COMMAND


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(_COMMANDS)), max_size=25))
def test_two_sessions_never_trip_over_each_other(lines: list[tuple[int, str]]) -> None:
    system, clock = make_system()
    sessions = [CliSession(system), CliSession(system)]
    for session in sessions:
        run(session, "configure", "context pgw", "pgw-service svc1")
    for number, line in lines:
        sessions[number].handle(line)
        clock.advance(120)
        sessions[number].poll()


def test_what_another_session_removed_is_left() -> None:
    """A line typed there would go to a configuration that is not running any more."""
    session, _ = make_session()
    other = CliSession(session.system, "other")
    run(session, "configure", "context c1", "interface i1")
    run(other, "configure", "no context c1 -noconfirm", "context c1", "end", "context c1")
    reply = session.handle("ip address 192.0.2.1 255.255.255.0")
    assert reply.failed
    assert reply.prompt == "[local]asr5500(config)# "
    run(session, "no context c1 -noconfirm", "end")
    assert run(other, "show clock").prompt == "[local]asr5500# "
    running = output(session, "show configuration")
    assert "192.0.2.1 " not in running


def test_the_lines_that_were_typed_are_shown() -> None:
    session, _ = make_session()
    for line in ("show clock", "cli test-commands password secret1", "show clock"):
        session.handle(line)
    assert list(session.handle("show cli history").lines) == ["show clock"]
    assert list(session.handle("show cli history").lines) == ["show clock", "show cli history"]


def test_the_process_of_a_session_is_among_the_tasks() -> None:
    session, _ = make_session()
    (line,) = session.handle("show cli session").lines
    found = re.fullmatch(
        r"This CLI session: instance (\d+), pid (\d+), user admin, tty /dev/console, "
        r"privilege Security Administrator",
        line,
    )
    assert found is not None
    tasks = session.handle("show task table facility cli all").lines
    assert any(row.split()[1:4] == ["cli", *found.groups()] for row in tasks)


def test_no_shell_is_opened() -> None:
    session, _ = make_session()
    reply = session.handle("debug shell card 2 cpu 0")
    assert reply.failed
    assert "not emulated" in reply.lines[0]
