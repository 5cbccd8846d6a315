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


def candidates(sessions: SessionTable, conditions: Sequence[Condition]) -> list[int]:
    """The rows of the sessions that meet all conditions on rows and groups; all without any."""
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
    return found


def those_that_meet(
    sessions: SessionTable, conditions: Sequence[Condition], rows: Iterable[int], now: float
) -> list[int]:
    """Those of some rows whose sessions meet the conditions on sessions."""
    asked = [condition.session for condition in conditions if condition.session is not None]
    if not asked:
        return list(rows)
    return [
        row
        for row, session in ((row, sessions.session(row, now)) for row in rows)
        if all(meets(session) for meets in asked)
    ]


def _common(found: list[int], rows: Iterable[int]) -> list[int]:
    wanted = frozenset(rows)
    return [row for row in found if row in wanted]
