"""The filters of `show subscribers` and `clear subscribers`, as conditions of the model."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

from staros_cli.chassis.selection import Condition, candidates, those_that_meet
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.subscribers import Group, Wildcard
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.commands.engine import Invocation
from staros_cli.commands.suspension import Steps, Until
from staros_cli.language.values import Value

DEFAULT_BEARER = 5
"""The identity of the first bearer of a call, the lowest there is; calls have no others here."""

_ONLY = {
    "ggsn-only": "ggsn-",
    "gprs-only": "sgsn-2.5g-",
    "mme-only": "mme",
    "pgw-only": "pgw-",
    "saegw-only": "saegw-",
    "sgsn-only": "sgsn-3g-",
    "sgw-only": "sgw-",
    "user-plane-only": "uplane-",
}
"""How the kinds of access begin that these words stand for."""
_COMPARISONS = {
    ">": operator.gt,
    "<": operator.lt,
    "greater-than": operator.gt,
    "less-than": operator.lt,
}
_OTHERS = ("rulebase", "service")
"""Words with a value that the commands look at themselves."""
_Compared = Callable[[Session, float], float]
_MEASURES: dict[str, _Compared] = {
    "connected-time": lambda session, now: int(session.duration(now)),
    "idle-time": lambda session, now: int(session.idle(now)),
    "rx-data": lambda session, now: session.usage().received,
    "tx-data": lambda session, now: session.usage().sent,
}


A_TURN = 1_000
"""How many sessions are looked at before others have their turn."""
Found = TypeVar("Found")


def matching_rows(invocation: Invocation) -> Steps[list[int]]:
    """The rows of the sessions that a command asks for (SR-30)."""
    conditions = list(_conditions(invocation))
    sessions = invocation.chassis.sessions
    rows = candidates(sessions, conditions)
    if not any(condition.session for condition in conditions):
        return rows
    found = yield from _found(
        invocation,
        rows,
        lambda part: those_that_meet(sessions, conditions, part, invocation.now),
    )
    return found


def rows_of(
    invocation: Invocation, rows: Sequence[int], wanted: Callable[[int], bool]
) -> Steps[list[int]]:
    """Those of some rows that are wanted."""
    found = yield from _found(invocation, rows, lambda part: list(filter(wanted, part)))
    return found


def _found(
    invocation: Invocation, rows: Sequence[int], look: Callable[[list[int]], list[int]]
) -> Steps[list[int]]:
    """The rows that `look` finds, without those whose call has ended since it was found."""
    sessions = invocation.chassis.sessions
    parts = yield from in_turns(invocation, rows, lambda part: sessions.identified(look(part)))
    return list(sessions.those_there(chain.from_iterable(parts)))


def in_turns(
    invocation: Invocation, rows: Sequence[int], look: Callable[[list[int]], Found]
) -> Steps[list[Found]]:
    """What `look` makes of the calls of some rows, a part of them at a time.

    Calls that end before their turn are left out.
    """
    sessions, found = invocation.chassis.sessions, list[Found]()
    calls = sessions.identified(rows)
    for start in range(0, len(calls), A_TURN):
        if start:
            yield Until(invocation.now)
        found.append(look(list(sessions.those_there(calls[start : start + A_TURN]))))
    return found


def is_filtered(invocation: Invocation) -> bool:
    """Whether a command asks for some subscribers and not for all."""
    return any(True for _ in _conditions(invocation))


def groups_of(invocation: Invocation) -> list[int] | None:
    """The groups whose calls a command asks for; None where it tells calls of a group apart."""
    conditions = list(_conditions(invocation))
    wanted = [condition.group for condition in conditions if condition.group is not None]
    if len(wanted) < len(conditions):
        return None
    groups = invocation.chassis.sessions.groups
    return [index for index, group in enumerate(groups) if all(want(group) for want in wanted)]


def _conditions(invocation: Invocation) -> Iterator[Condition]:
    """The conditions of a command, a filter after the other."""
    words = iter(invocation.command.words)
    values = iter([value for _, value in invocation.command.every])
    for word in words:
        if word in _ONLY:
            yield Condition(group=partial(_begins, _ONLY[word]))
        elif word in _MEASURES:
            compare = _COMPARISONS[next(words)]
            yield _measured(_MEASURES[word], compare, float(_value(words, values)), invocation.now)
        elif word in _OTHERS:
            _value(words, values)
        elif word in _WITH_VALUE:
            yield _WITH_VALUE[word](invocation, str(_value(words, values)))


def _value(words: Iterator[str], values: Iterator[Value]) -> Value:
    """The value that stands as the next word."""
    next(words)
    return next(values)


def _measured(
    measure: _Compared, compare: Callable[[float, float], bool], limit: float, now: float
) -> Condition:
    return Condition(session=lambda session: compare(measure(session, now), limit))


def _begins(prefix: str, group: Group) -> bool:
    return group.kind.name.startswith(prefix)


def _of_cpus(invocation: Invocation, slot: int | None, number: int | None) -> Condition:
    """Sessions whose sessmgr runs on a card, or on the CPUs with a number."""
    instances = [
        task.instance
        for task in invocation.chassis.tasks.in_order()
        if task.facility == SESSMGR
        and not task.standby
        and slot in (None, task.cpu.slot)
        and number in (None, task.cpu.number)
    ]

    def rows(sessions: SessionTable) -> Iterator[int]:
        for instance in instances:
            yield from sessions.rows_of_sessmgr(instance)

    return Condition(rows=rows)


def _at_ggsn(invocation: Invocation, address: str) -> Condition:
    """Sessions of the GGSN services that are bound to an address."""
    places = {
        (context.name, service.name)
        for context, service in invocation.chassis.contexts.services()
        if service.kind == "ggsn" and address in service.bindings.values()
    }
    return Condition(group=lambda group: group.place in places)


def _of_service(kind: str, _: Invocation, name: str) -> Condition:
    return Condition(group=lambda group: (group.kind.service, group.place[1]) == (kind, name))


def _matching(
    look_up: Callable[[SessionTable, Wildcard], list[int]], invocation: Invocation, text: str
) -> Condition:
    return Condition(rows=lambda sessions: look_up(sessions, Wildcard(text)))


def _at(invocation: Invocation, address: str) -> Condition:
    return Condition(rows=lambda sessions: sessions.with_address(address))


_SERVICES = (
    *("epdg", "ggsn", "ha", "hsgw", "mme", "pdsn", "pgw"),
    *("saegw", "samog", "sgsn", "sgw"),
)
"""The kinds of services whose calls can be asked for by the name of a service."""

_WITH_VALUE: dict[str, Callable[[Invocation, str], Condition]] = {
    **{f"{kind}-service": partial(_of_service, kind) for kind in _SERVICES},
    "apn": lambda _, name: Condition(group=lambda group: group.apn.lower() == name.lower()),
    "callid": lambda _, callid: Condition(
        rows=lambda sessions: sessions.with_callid(int(callid, 16))
    ),
    "card-num": lambda invocation, slot: _of_cpus(invocation, int(slot), None),
    "cpu": lambda invocation, number: _of_cpus(invocation, None, int(number)),
    "ebi": lambda _, bearer: Condition(
        group=lambda group: int(bearer) == DEFAULT_BEARER and group.kind.has_bearers
    ),
    "ggsn-address": _at_ggsn,
    "imsi": partial(_matching, SessionTable.with_msid),
    "ip-address": _at,
    "ipv6-address": _at,
    "msid": partial(_matching, SessionTable.with_msid),
    "msisdn": partial(_matching, SessionTable.with_msisdn),
    "rulename": lambda _, name: Condition(rows=lambda sessions: ()),
    "smgr-instance": lambda _, instance: Condition(
        rows=lambda sessions: sessions.rows_of_sessmgr(int(instance))
    ),
    "username": partial(_matching, SessionTable.with_username),
}
"""The filters that take a value. No call has rules here, so that none has one of that name."""
