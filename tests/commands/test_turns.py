"""Long commands: others have their turn between the parts of the work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis import definition
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.selection import candidates
from staros_cli.commands import engine
from staros_cli.rendering.values import Column, Table
from staros_cli.shell.replies import Awaits, Reply
from staros_cli.shell.session import CliSession
from tests.lab import Lab

SUBSCRIBERS = 4_000


def crowded() -> Lab:
    """The default chassis with more subscribers."""
    text = (definition.shipped() / "asr5500.toml").read_text()
    return Lab(definition.parse("c", text.replace("count = 700", f"count = {SUBSCRIBERS}"), "c"))


def turns(session: CliSession, line: str) -> list[Reply]:
    """The replies to a line, the last with its output."""
    replies = [session.handle(line)]
    while session.awaits is Awaits.TURN:
        replies.append(session.poll())
    return replies


LONG = (
    "show subscribers all",
    "show subscribers full all",
    "show subscribers counters all",
    "show subscribers aaa-configuration all",
    "show subscribers data-rate",
    "show subscribers data-rate high",
    "show subscribers all idle-time greater-than 0",
    "show subscribers debug-info username *",
    "clear subscribers all -noconfirm",
)


@pytest.mark.parametrize("line", LONG)
def test_it_takes_several_turns(line: str) -> None:
    lab = crowded()
    other = lab.device.session("other")
    first = lab.session.handle(line)
    assert first.awaits is Awaits.TURN
    assert first.lines == []
    assert other.handle("show clock").lines
    replies = [lab.session.poll()]
    while lab.session.awaits is Awaits.TURN:
        replies.append(lab.session.poll())
    assert replies[-1].lines
    assert not replies[-1].failed


def test_what_few_meet_takes_one() -> None:
    lab = crowded()
    assert len(turns(lab.session, "show subscribers username user77@lab.example")) == 1


def test_nothing_is_missing_between_two_turns() -> None:
    lab = crowded()
    (*_, last) = turns(lab.session, "show subscribers all")
    calls = [line.split()[1] for line in last.lines if line.endswith("s")]
    found = {f"{callid:08x}" for callid in lab.chassis.sessions.callids()}
    assert found <= set(calls)
    total = len(lab.chassis.sessions)
    assert last.lines[-1].endswith(f": {total}")
    assert len(last.data[0]) == total
    assert last.data[1] == {"total": total}


def test_a_call_that_ends_before_its_turn_is_left_out() -> None:
    lab = crowded()
    sessions = lab.chassis.sessions
    rows = list(sessions.rows())
    late = sessions.session(rows[-1], lab.chassis.now).callid
    lab.session.handle("show subscribers all")
    other = lab.device.session("other")
    other.handle(f"clear subscribers callid {late:08x} -noconfirm")
    while lab.session.awaits is Awaits.TURN:
        last = lab.session.poll()
    assert f"{late:08x}" not in last.text
    assert last.lines[-1].endswith(f": {len(rows) - 1}")


def test_all_calls_are_ended_and_counted() -> None:
    lab = crowded()
    before = len(lab.chassis.sessions)
    (*_, last) = turns(lab.session, "clear subscribers all -noconfirm")
    assert last.lines == [f"Number of subscribers cleared: {before}"]


def test_it_can_be_given_up() -> None:
    lab = crowded()
    lab.session.handle("show subscribers full all")
    assert lab.session.interrupt().awaits is Awaits.COMMAND
    assert lab.typed("show clock")


def test_an_output_without_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_LINES", 3_000)
    lab = crowded()
    (*_, last) = turns(lab.session, "show subscribers all")
    assert last.failed
    assert "The output is longer than 3000 lines" in last.text
    assert not lab.reply("show subscribers username user77@lab.example").failed


@given(st.lists(st.tuples(st.text(max_size=9), st.integers()), max_size=900))
def test_a_table_in_pieces_is_the_table(rows: list[tuple[str, int]]) -> None:
    table = Table[tuple[str, int]](
        Column("Name", 5, lambda row: row[0]), Column("Number", 4, lambda row: row[1], right=True)
    )
    whole, joined = table.of(rows), table.joined(table.pieces(rows))
    assert joined.lines == whole.lines
    assert joined.data == whole.data


def test_two_may_end_the_same_calls() -> None:
    lab = crowded()
    other = lab.device.session("other")
    for session in (lab.session, other):
        session.handle("clear subscribers all -noconfirm")
    replies = [lab.session.poll(), other.poll()]
    while Awaits.TURN in (lab.session.awaits, other.awaits):
        replies += [session.poll() for session in (lab.session, other)]
    cleared = [
        int(line.split()[-1]) for reply in replies for line in reply.lines if "cleared" in line
    ]
    assert len(cleared) == 2
    assert sum(cleared) >= SUBSCRIBERS
    assert violations(lab.chassis) == []


def test_a_call_that_took_the_place_of_one_that_was_found_is_left_alone() -> None:
    lab = crowded()
    sessions, callers = lab.chassis.sessions, lab.chassis.callers
    other = lab.device.session("other")
    other.handle("clear subscribers all connected-time greater-than 0 -noconfirm")
    first = candidates(sessions, [])[0]
    before = {sessions.session(row, lab.chassis.now).callid for row in sessions.rows()}
    callers.end(first, "Admin-disconnect")
    callers.wake()
    lab.wait(1)
    new = sessions.session(first, lab.chassis.now).callid
    assert new not in before
    while other.awaits is Awaits.TURN:
        other.poll()
    assert sessions.with_callid(new) == [first]
