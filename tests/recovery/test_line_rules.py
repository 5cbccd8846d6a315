"""Hardware and call lines, rule by rule."""

from __future__ import annotations

import pytest

from staros_cli.chassis.call_lines import FULL_PERIOD, MICRO_PERIOD, NEVER, LineTable
from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS
from staros_cli.chassis.tasks import (
    AAAMGR,
)
from tests.recovery.support import (
    ONE_KIND,
    lines_of,
    recovering,
    sessions_of,
)

# Hardware


@pytest.mark.proves("SR-05")
def test_what_is_standby_for_what() -> None:
    cards = [
        Card(1, CARD_KINDS["PSC"], CardState.ACTIVE, ""),
        Card(2, CARD_KINDS["PSC"], CardState.STANDBY, "", taking_over=True),
        Card(3, CARD_KINDS["PSC"], CardState.STANDBY, ""),
        Card(8, CARD_KINDS["SMC"], CardState.ACTIVE, ""),
        Card(9, CARD_KINDS["SMC"], CardState.OFFLINE, ""),
        Card(24, CARD_KINDS["SPIO"], CardState.ACTIVE, ""),
    ]
    hardware = Hardware(PLATFORMS["asr5000"], reversed(cards))
    assert list(hardware.cards) == [1, 2, 3, 8, 9, 24]
    assert [card.slot for card in hardware.standby_packet] == [3]
    assert hardware.active_management.slot == 8
    assert hardware.standby_for(cards[0]) is cards[2]
    assert hardware.standby_for(cards[3]) is None
    points = [c.slot for c in hardware.cards.values() if hardware.single_point_of_failure(c)]
    assert points == [8]
    assert [card.slot for card in hardware.running] == [1, 2, 3, 8, 24]
    cards[2].taking_over = True
    assert hardware.standby_for(cards[0]) is None
    assert hardware.single_point_of_failure(cards[0])
    assert not hardware.single_point_of_failure(cards[1])
    assert {cpu.slot for cpu in hardware.cpus()} == {1, 2, 3, 8}


# Lines


def line_table(begins_at: float = 0.0) -> LineTable:
    table = LineTable()
    for column, value in zip(table.columns, LineTable.values(begins_at, 0.0), strict=True):
        column.append(value)
    return table


@pytest.mark.proves("SR-28")
def test_a_line_is_checkpointed_when_it_begins_and_not_before() -> None:
    table = line_table(100.0)
    assert table.checkpoints(0, 1, 99.0)[0].attempts == 0
    assert table.last_success(0, 1, 99.0) == NEVER
    full, micro = table.checkpoints(0, 1, 100.0)
    assert (full.attempts, full.success, micro.attempts) == (1, 1, 0)
    assert table.last_success(0, 1, 100.0) == 100.0
    assert table.last_success(0, 1, 100.0 + MICRO_PERIOD) == 100.0 + MICRO_PERIOD
    assert table.last_success(0, 1, 100.0 + MICRO_PERIOD, full=True) == 100.0


@pytest.mark.proves("SR-28", "SR-29")
def test_nothing_succeeds_while_the_other_side_is_away() -> None:
    table = line_table()
    table.other_side_left(1, 50.0)
    table.other_side_left(1, 95.0)
    assert table.last_success(0, 1, 200.0) == MICRO_PERIOD
    assert table.last_success(0, 1, 200.0, full=True) == 0.0
    full, micro = table.checkpoints(0, 1, 200.0)
    assert (full.attempts, full.success) == (3, 1)
    assert (micro.attempts, micro.success) == (6, 1)
    table.other_side_returned(1, [0], 200.0)
    full, micro = table.checkpoints(0, 1, 215.0)
    assert (micro.attempts, micro.success) == (7, 2)
    assert (full.attempts, full.success) == (3, 1)
    assert table.last_success(0, 1, 215.0) == 210.0
    table.begin_again(0, 215.0)
    assert table.recovered[0]
    for made in table.checkpoints(0, 1, 215.0):
        assert (made.attempts, made.success, made.last_attempt, made.last_success) == (0, 0, 0, 0)
    full, _ = table.checkpoints(0, 1, 215.0 + FULL_PERIOD)
    assert (full.attempts, full.success, full.last_success) == (1, 1, 0)


@pytest.mark.proves("SR-28")
def test_who_never_left_does_not_return_and_who_is_forgotten_is_not_away() -> None:
    table = line_table()
    table.other_side_returned(1, [0], 1000.0)
    assert table.last_success(0, 1, 1000.0) == 990.0
    table.other_side_left(1, 1010.0)
    table.forget(1)
    full, micro = table.checkpoints(0, 1, 1200.0)
    assert (full.success, micro.success) == (full.attempts, micro.attempts)


@pytest.mark.proves("SR-28")
def test_the_peer_line_is_that_of_an_aaamgr_that_is_there() -> None:
    lab = recovering(groups=ONE_KIND)
    session = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(2))[0]
    assert lines_of(lab, session)[1] is not None
    lab.chassis.task_faults.kill(AAAMGR, 2)
    assert lines_of(lab, session)[1] is None
    other = sessions_of(lab, lab.chassis.sessions.rows_of_sessmgr(3))[0]
    assert lines_of(lab, other)[1] is not None
    lab.wait(5)
    assert lines_of(lab, session)[1] is not None
