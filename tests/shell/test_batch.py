"""Commands with nobody to answer."""

from __future__ import annotations

import io

import pytest

from staros_cli.chassis.clock import ManualClock
from staros_cli.shell import batch
from staros_cli.shell.console import Console
from staros_cli.shell.realtime import RealTime
from staros_cli.shell.replies import WAITS
from tests.support import make_session

STAMP = "Friday March 27 17:12:25 UTC 2026"


def printed(*lines: str) -> tuple[int, list[str]]:
    """Exit status and output of a batch."""
    session, _ = make_session()
    out = io.StringIO()
    status = batch.run(session, [f"{line}\n" for line in lines], RealTime(), out)
    return status, out.getvalue().split("\n")[:-1]


def test_output_follows_without_prompts() -> None:
    assert printed("show clock", "configure", "end", "show clock") == (0, [STAMP, STAMP])


def test_a_line_that_fails_makes_the_batch_fail_and_the_rest_still_runs() -> None:
    assert printed("foo", "show clock") == (
        1,
        ['Unknown command - "foo", unrecognized keyword', STAMP],
    )


@pytest.mark.parametrize("answer", ["no", "maybe", "yesno", "", "show clock"])
def test_a_question_is_answered_by_the_next_line_whatever_it_is(answer: str) -> None:
    status, lines = printed("delete /flash/system.cfg", answer, "show file url /flash/system.cfg")
    assert status == 0
    assert lines[0] == "Action aborted"
    assert STAMP not in lines


def test_yes_is_an_answer_and_no_answer_declines() -> None:
    assert printed("delete /flash/system.cfg", "yes", "show file url /flash/system.cfg")[0] == 1
    assert printed("delete /flash/system.cfg") == (0, ["Action aborted"])


class Advanced(RealTime):
    """Lets a start of the system pass at once."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._manual = clock

    def until_up(self, session: Console) -> list[str]:
        if session.awaits in WAITS:
            self._manual.advance(5)
        return list(session.poll().lines)


@pytest.mark.proves("SR-20")
def test_yes_restarts_from_standard_input() -> None:
    session, clock = make_session()
    out = io.StringIO()
    assert batch.run(session, ["reload\n", "yes\n"], Advanced(clock), out) == 0
    assert "asr5500 is up" in out.getvalue()


@pytest.mark.proves("SR-20")
@pytest.mark.parametrize("answer", [["no"], ["maybe"], ["yesno"], [""], []])
def test_only_yes_restarts_from_standard_input(answer: list[str]) -> None:
    assert printed("reload", *answer) == (0, ["Action aborted"])


def test_pages_follow_one_another() -> None:
    whole = printed("show task resources")
    assert printed("terminal length 5", "show task resources") == whole
    assert printed("show task resources | more") == whole
    assert printed("terminal length 5", "show task resources", "show clock")[1][-1] == STAMP


def test_a_question_mark_shows_help() -> None:
    assert printed("show terminal ?") == (0, ["  |    - Pipeline", "  <cr> - newline"])


def test_nothing_runs_behind_the_end_of_the_session() -> None:
    assert printed("exit", "show clock") == (0, [])


def test_a_line_that_never_ends_is_taken_as_it_stands() -> None:
    assert printed("show clock\\") == (0, [STAMP])
    assert printed('description "a\\', "b") == (1, ["Failure: The closing quote is missing"])


def test_the_characters_of_a_line_are_keys_where_keys_act_at_once() -> None:
    status, lines = printed("monitor subscriber next-call", "74+q", "show clock")
    assert status == 0
    assert lines.index("*** EGTPC (OFF) ***") < lines.index("*** Verbosity Level (  2) ***")
    assert sum(line.endswith("<ENTER> Re-Display Options") for line in lines) == 3
    assert lines[-1] == STAMP


def test_what_waits_for_keys_ends_with_the_lines() -> None:
    status, lines = printed("monitor protocol")
    assert status == 0
    assert lines[-1] == "      Select:"
