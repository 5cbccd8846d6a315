"""Shared by the tests of session recovery: a small chassis, and looks at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import structs

from staros_cli.chassis.call_lines import CallLine
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.clock import ManualClock, Timeline
from staros_cli.chassis.definition import load, parse
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.platform import Role
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.subscribers import Group
from staros_cli.chassis.tasks import AAAMGR, SESSMGR, Task
from tests.chassis.test_any_sequence import GROUPS, Groups, small
from tests.lab import Lab

UNUSABLE = CardFault(usable=False)
"""A failure after which the card stays offline."""

ONE_KIND = ((12, "ha-mobile-ipv4", ""),)
"""Twelve subscribers of one kind, which session recovery covers."""


READY = "Ready For Recovery"
NOT_READY = "SESSMGR Not Ready For Recovery"
NOT_ENABLED = "Session Recovery Not Enabled"
CHAPTER = Path(__file__).parent / "chapter"
PAIR = (SESSMGR, AAAMGR)


def recovering(
    platform: str = "asr5500",
    feature: bool = True,
    groups: Groups = GROUPS,
    change: Callable[[str], str] = str,
) -> Lab:
    """A small chassis, without calls that come and go; `change` alters its definition."""
    text = small(platform, feature, groups).replace(
        "attach-rate = 10.0, churn = 0.5", "attach-rate = 0.0"
    )
    return Lab(parse("small", change(text), "small"))


def with_test_commands(lab: Lab) -> Lab:
    """The lab with test commands open."""
    lab.configure("cli hidden", "cli test-commands password p")
    lab.typed("cli test-commands password p")
    return lab


def sessions_of(lab: Lab, rows: Iterable[int] | None = None) -> list[Session]:
    """The sessions of rows, or all."""
    sessions = lab.chassis.sessions
    found = sessions.rows() if rows is None else rows
    return [sessions.session(row, lab.chassis.now) for row in list(found)]


def of_sessmgr(lab: Lab, instance: int) -> dict[str, int]:
    """The callids of a sessmgr by username."""
    rows = lab.chassis.sessions.rows_of_sessmgr(instance)
    return {session.username: session.callid for session in sessions_of(lab, rows)}


def is_recoverable(lab: Lab, session: Session) -> bool:
    """Whether a session is covered and fully connected."""
    group = lab.chassis.sessions.group_of(session.row)
    return not lab.chassis.not_covered(group) and session.is_connected(lab.chassis.now)


def recoverable(lab: Lab, instance: int | None = None) -> dict[str, int]:
    """The callids that can be recovered, by username, of a sessmgr or of all."""
    rows = None if instance is None else lab.chassis.sessions.rows_of_sessmgr(instance)
    found = sessions_of(lab, rows)
    return {s.username: s.callid for s in found if is_recoverable(lab, s)}


def task(lab: Lab, facility: str, instance: int) -> Task:
    """A task that must run."""
    found = lab.chassis.tasks.get(facility, instance)
    assert found is not None
    return found


def lines_of(lab: Lab, session: Session) -> tuple[CallLine, CallLine | None]:
    """The call lines of a session as they are now."""
    return lab.chassis.sessions.lines(session.row, lab.chassis.now)


def events(lab: Lab, *names: str) -> list[dict[str, object]]:
    """The values of the events of some kinds, in their order."""
    return [event.values for event in lab.chassis.events.log if event.kind.name in names]


def traps(lab: Lab) -> list[str]:
    """The names of the traps, without those of sessions at the command line."""
    shown = lab.typed("show snmp trap history")
    return [n for n in re.findall(r"\((\w+)\)", shown) if not n.startswith(("CLI", "TestMode"))]


def lost_in_traps(lab: Lab) -> int:
    """How many calls the traps say were lost."""
    shown = lab.typed("show snmp trap history")
    return sum(int(n) for n in re.findall(r"calls lost (\d+)", shown))


def words(text: str) -> list[list[str]]:
    """The lines of a text as words, without empty and ruled ones: the columns were lost."""
    return [line.split() for line in text.splitlines() if line.strip("- ")]


def statuses(lab: Lab, seconds: int) -> Iterator[str]:
    """The overall status, second by second."""
    for _ in range(seconds):
        yield lab.status()
        lab.wait(1)


def active(lab: Lab, role: Role) -> set[int]:
    """The slots of the active cards of a role."""
    return {card.slot for card in lab.chassis.hardware.in_state(role, CardState.ACTIVE)}


def no_pools(groups: list[Group]) -> Pools:
    """Pools of a system that has none configured."""
    return Pools(groups, Timeline(ManualClock(0.0)))


def table_of(*counts: int) -> SessionTable:
    """A table for groups of so many subscribers, all covered."""
    schema = load("asr5500").schema.subscribers[0]
    groups = [Group(structs.replace(schema, count=count)) for count in counts]
    table = SessionTable(groups, no_pools(groups))
    table.covered, table.checkpointing = frozenset(range(len(counts))), True
    return table
