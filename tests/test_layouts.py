"""Layouts as values: no width is stated twice, no cell runs into another, data comes with text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli import Device, commands
from staros_cli.chassis.definition import built_in_names
from staros_cli.rendering.values import (
    TABLES,
    Cell,
    Column,
    Fields,
    Lines,
    Rows,
    Table,
    blocks,
    key_of,
    screen,
)

commands.load()
SCREENS = (
    "show administrators", "show alarm all", "show boot", "show card diag", "show card info",
    "show card table", "show clock", "show configuration errors", "show context", "show cpu table",
    "show crash list", "show crash number 1", "show emulator not-modelled", "show license",
    "show license key", "show logs", "show rct stats", "show rct stats verbose", "show resources",
    "show service all", "show session recovery status verbose",
    "show session subsystem facility sessmgr all", "show session subsystem facility aaamgr all",
    "show snmp notifies", "show snmp trap history", "show subscribers all",
    "show subscribers summary", "show subscribers data-rate all", "show subscribers full all",
    "show subscribers debug-info username *", "show system uptime", "show task resources",
    "show task table", "show terminal", "show version verbose", "directory /flash",
)  # fmt: skip

some_text = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
some_cell = st.one_of(st.none(), some_text, st.integers(), st.floats(allow_nan=False))


def shown(column: Column[object], cell: Cell) -> str:
    """The text of a cell; columns for numbers are given numbers only."""
    try:
        return column.show(cell)
    except (TypeError, ValueError, OverflowError, OSError):  # the last for dates out of range
        return ""


@pytest.mark.parametrize("number", range(len(TABLES)))
@given(data=st.data())
def test_no_cell_runs_into_another_or_is_cut(number: int, data: st.DataObject) -> None:
    table = TABLES[number]
    cells: list[str] = []
    for column in table.columns:
        cell = data.draw(some_cell)
        cells.append("" if cell is None else shown(column, cell))
    line = table.line(cells)
    position = 0
    for column, text in zip(table.columns, cells, strict=True):
        if not text.strip():
            continue
        found = line.find(text, position)
        assert found >= 0, (line, text)
        is_first = position == 0
        assert is_first or column.gap == 0 or line[found - 1] == " ", (line, text)
        position = found + len(text)


@pytest.mark.parametrize("number", range(len(TABLES)))
def test_the_keys_of_a_table_are_its_own(number: int) -> None:
    names = [column.name for column in TABLES[number].columns if column.head or column.key]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


NUMBERS = Table[tuple[str, int]](
    Column("Name", 5, lambda row: row[0]),
    Column("Count", 6, lambda row: row[1], right=True, gap=2),
)


def test_a_table_states_its_widths_once() -> None:
    rows = NUMBERS.of([("a", 1), ("bcd", 12)])
    assert rows.lines == ["Name    Count", "-----  ------", "a           1", "bcd        12"]
    assert rows.data == [{"name": "a", "count": 1}, {"name": "bcd", "count": 12}]


def test_a_cell_that_is_too_long_moves_the_others() -> None:
    assert NUMBERS.of([("abcdefgh", 1)]).lines[-1] == "abcdefgh       1"
    close = Table[str](Column("a", 2, lambda t: t), Column("b", 2, lambda t: t, gap=0), heads=())
    assert close.of(["xyz"]).lines == ["xyz xyz"]
    assert close.of(["xy"]).lines == ["xyxy"]


def test_fields_have_a_title_and_keys() -> None:
    block = Fields((("In Use", 3), ("Max Used (ever)", None)), "PGW Service:", width=8)
    assert block.lines == ["PGW Service:", "  In Use   : 3", "  Max Used (ever) : "]
    assert block.data == {"title": "PGW Service", "in_use": 3, "max_used_ever": None}


def test_the_data_of_a_screen_is_that_of_its_parts() -> None:
    rows = NUMBERS.of([("a", 1)])
    total = Lines(["Total 1"], {"total": 1})
    assert screen(rows, "", total).data == [[{"name": "a", "count": 1}], {"total": 1}]
    assert screen("", rows).data == [{"name": "a", "count": 1}]
    assert blocks([total, total]).lines == ["Total 1", "", "Total 1"]
    assert Lines(["x"]).data == ["x"]


@pytest.mark.parametrize(
    ("label", "key"),
    [("Last Status Update", "last_status_update"), ("Card/CPU/PID", "card_cpu_pid"), ("# ", "")],
)
def test_keys_follow_from_labels(label: str, key: str) -> None:
    assert key_of(label) == key


@pytest.fixture(scope="module")
def eventful() -> list[Device]:
    """Every chassis, with something that failed."""
    devices = [Device(name) for name in built_in_names()]
    for device in devices:
        device.fail_task("sessmgr", 1) if device.chassis.tasks.get("sessmgr", 1) else None
        device.advance(20)
    return devices


@pytest.mark.parametrize("line", SCREENS)
def test_every_screen_has_data(eventful: list[Device], line: str) -> None:
    for device in eventful:
        reply = device.run(line, check=False)
        if reply.failed:
            continue
        data = json.loads(json.dumps(reply.data))
        assert data not in (None, [], {}) or not reply.lines, line


def test_data_has_numbers_as_numbers(eventful: list[Device]) -> None:
    device = eventful[built_in_names().index("asr5000-chapter")]
    status, cpus = device.run("show session recovery status verbose").data
    assert status["overall_status"] == "Ready For Recovery"
    assert cpus[0]["sessmgr_active"] > 0
    assert isinstance(device.run("show subscribers summary").data["total_subscribers"], int)


def test_what_went_through_a_pipe_is_lines(eventful: list[Device]) -> None:
    reply = eventful[0].run("show card table | grep Active")
    assert reply.data == list(reply.lines)


def test_only_rows_of_a_table_have_its_cells() -> None:
    assert isinstance(NUMBERS.of([]), Rows)
    assert NUMBERS.of([]).data == []
