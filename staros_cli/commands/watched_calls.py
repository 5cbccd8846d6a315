"""The calls that a line names by its third word, and the value behind that."""

from __future__ import annotations

from collections.abc import Callable

from staros_cli.chassis.session import Session
from staros_cli.chassis.subscribers import Wildcard
from staros_cli.commands.engine import Invocation

_BY_ADDRESS = ("ipaddr", "ip-address")


def _value(invocation: Invocation) -> str:
    return str(invocation.command.every[0][1]) if invocation.command.every else ""


def rows(invocation: Invocation) -> list[int]:
    """The rows of the calls that are there and are asked for."""
    word, value = invocation.command.words[2], _value(invocation)
    sessions = invocation.chassis.sessions
    if word == "callid":
        return sessions.with_callid(int(value, 16))
    if word in _BY_ADDRESS:
        return sessions.with_address(value)
    look_up = {
        "imsi": sessions.with_msid,
        "msid": sessions.with_msid,
        "msisdn": sessions.with_msisdn,
        "username": sessions.with_username,
    }.get(word)
    return look_up(Wildcard(value)) if look_up else []


def wanted(invocation: Invocation) -> Callable[[Session], bool]:
    """Whether a call is one that is asked for."""
    word, value = invocation.command.words[2], _value(invocation)
    if word == "next-call":
        return lambda session: True
    if word == "type":
        service = invocation.command.words[3]
        return lambda session: session.kind.service == service
    if word == "callid":
        return lambda session: session.callid == int(value, 16)
    if word in _BY_ADDRESS:
        return lambda session: session.address == value
    matches = Wildcard(value).matches
    if word == "username":
        return lambda session: matches(session.username)
    if word == "msisdn":
        return lambda session: matches(session.msisdn)
    return lambda session: matches(session.msid)
