"""Which subscribers a command is about: conditions that all have to be met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.subscribers import Group


class Condition(Struct, frozen=True):
    """A condition: the rows that meet it, or the groups that do, or the sessions.

    Rows that are looked up cost least, and sessions most, as each has to be looked at.
    """

    rows: Callable[[SessionTable], Iterable[int]] | None = None
    group: Callable[[Group], bool] | None = None
    session: Callable[[Session], bool] | None = None


def rows_that_meet(
    sessions: SessionTable, conditions: Sequence[Condition], now: float
) -> list[int]:
    """The rows of the sessions that meet all conditions; without any, of all sessions."""
    found: list[int] | None = None
    for condition in conditions:
        if condition.rows is not None:
            rows = condition.rows(sessions)
            found = list(rows) if found is None else _common(found, rows)
    if found is None:
        found = list(sessions.rows())
    for condition in conditions:
        if condition.group is not None:
            found = sessions.in_groups(found, condition.group)
    for condition in conditions:
        meets = condition.session
        if meets is not None:
            found = [row for row in found if meets(sessions.session(row, now))]
    return found


def _common(found: list[int], rows: Iterable[int]) -> list[int]:
    wanted = frozenset(rows)
    return [row for row in found if row in wanted]
