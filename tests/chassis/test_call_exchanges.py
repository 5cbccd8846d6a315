"""What servers are asked for a call that somebody watches, and the messages of that."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

import pytest

from staros_cli.chassis import diameter_messages, radius_messages
from staros_cli.chassis.call_exchanges import CallExchanges
from staros_cli.chassis.call_traces import CallEvent, Happening, Trace
from staros_cli.chassis.diameter_messages import Avp
from staros_cli.chassis.disconnect_reasons import (
    CHARGING_SERVER,
    INTERNAL_ERROR,
    LOCAL_PURGE,
    REMOTE,
)
from staros_cli.chassis.exchanges import Exchange, Interface, Stage
from staros_cli.chassis.subscribers import Wildcard
from tests.chassis.credit.labs import FIRST, SECOND, configured
from tests.configuration.test_peers import ENDPOINT, POLICY, SERVERS
from tests.lab import Lab

SUBSCRIBER = "001010000000007"


def watched(*group: str) -> tuple[Lab, Trace]:
    """A chassis with servers of all kinds, and the trace of a subscriber who calls again."""
    lab = Lab()
    lab.configure(*configured(*group))
    lab.configure("context SAEGW", *ENDPOINT, *SERVERS)
    lab.configure(*POLICY, "authentication imsi-auth", "accounting-mode radius-diameter")
    lab.wait(2)
    lab.typed(f"clear subscribers imsi {SUBSCRIBER} -noconfirm")
    wanted = lab.chassis.call_traces.begin(lambda call: call.msid == SUBSCRIBER, lambda: None)
    lab.wait(3)
    return lab, wanted


def asked(events: list[CallEvent]) -> list[tuple[Happening, Interface, Stage, bool]]:
    return [
        (event.happening, each.interface, each.stage, each.answered)
        for event in events
        for each in event.exchanges
    ]


def end(lab: Lab, reason: str) -> None:
    (row,) = lab.chassis.sessions.with_callid(callid(lab))
    lab.chassis.callers.end(row, reason)


def callid(lab: Lab) -> int:
    sessions = lab.chassis.sessions
    found = (sessions.session(row, lab.chassis.now) for row in sessions.rows())
    return next(session.callid for session in found if session.msid == SUBSCRIBER)


def test_servers_are_asked_at_the_beginning_and_the_end_of_a_call() -> None:
    lab, trace = watched()
    assert asked(trace.read()) == [
        (Happening.ARRIVED, Interface.AUTHENTICATION, Stage.INITIAL, True),
        (Happening.ARRIVED, Interface.GX, Stage.INITIAL, True),
        (Happening.ARRIVED, Interface.GY, Stage.INITIAL, True),
        (Happening.CONNECTED, Interface.ACCOUNTING, Stage.INITIAL, True),
    ]
    end(lab, REMOTE)
    assert asked(trace.read()) == [
        (Happening.ENDED, Interface.GX, Stage.FINAL, True),
        (Happening.ENDED, Interface.GY, Stage.FINAL, True),
        (Happening.ENDED, Interface.ACCOUNTING, Stage.FINAL, True),
    ]


def test_quota_is_asked_for_again_and_again() -> None:
    lab, trace = watched("quota validity-time 30")
    trace.read()
    assert trace.next_time - lab.chassis.now < 30
    lab.wait(100)
    events = [event for event in trace.read() if event.happening is Happening.QUOTA]
    exchanges = [each for event in events for each in event.exchanges]
    assert [each.number for each in exchanges] == [1, 2, 3]
    assert [round(b.time - a.time, 3) for a, b in pairwise(events)] == [30, 30]
    end(lab, REMOTE)
    (last,) = [each for each in trace.read()[-1].exchanges if each.interface is Interface.GY]
    assert (last.number, last.why, last.cause) == (4, 2, 1)


def test_what_is_reported_is_what_the_call_has_carried() -> None:
    lab, trace = watched("quota validity-time 30")
    lab.wait(200)
    end(lab, REMOTE)
    events = trace.read()
    quotas = [
        quota
        for event in events
        for each in event.exchanges
        if each.interface is Interface.GY and each.stage is not Stage.INITIAL
        for quota in each.quotas
    ]
    usage = events[-1].session.usage()
    assert sum(quota.up for quota in quotas) == pytest.approx(usage.received, abs=len(quotas))
    assert {quota.rating_group for quota in quotas} == {5}


def test_a_server_that_is_silent_is_asked_and_does_not_answer() -> None:
    lab, trace = watched("failure-handling update-request continue")
    trace.read()
    for address in (FIRST, SECOND, "192.0.2.9", "192.0.2.10", "192.0.2.32"):
        lab.device.peer_down(address)
    end(lab, REMOTE)
    assert asked(trace.read()) == [
        (Happening.ENDED, Interface.GX, Stage.FINAL, False),
        (Happening.ENDED, Interface.GY, Stage.FINAL, False),
        (Happening.ENDED, Interface.GY, Stage.FINAL, False),
        (Happening.ENDED, Interface.ACCOUNTING, Stage.FINAL, False),
    ]


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        (INTERNAL_ERROR, []),
        (LOCAL_PURGE, []),
        (CHARGING_SERVER, [Stage.FINAL, Stage.UPDATE, Stage.FINAL]),
    ],
)
def test_the_reason_of_an_end_says_what_is_asked(reason: str, found: list[Stage]) -> None:
    lab, trace = watched()
    trace.read()
    end(lab, reason)
    assert [stage for _, _, stage, _ in asked(trace.read())] == found


def test_no_server_is_asked_for_a_call_that_another_chassis_has_held() -> None:
    lab, _ = watched()
    (row,) = lab.chassis.sessions.with_msid(Wildcard(SUBSCRIBER))
    known = CallExchanges(lab.chassis.sessions, lab.chassis.peers, lab.chassis.credit)
    assert known.of(row, Happening.ARRIVED, lab.chassis.now, "") == ()


def test_a_server_that_is_down_is_not_asked() -> None:
    lab, trace = watched()
    trace.read()
    lab.configure("context SAEGW", "radius accounting server 192.0.2.50 key secret priority 900")
    for address in ("192.0.2.9", "192.0.2.10", "192.0.2.32", "192.0.2.50"):
        lab.device.peer_down(address)
    lab.wait(300)
    trace.read()
    end(lab, REMOTE)
    assert asked(trace.read()) == [(Happening.ENDED, Interface.GY, Stage.FINAL, True)]


def test_the_end_of_a_call_that_was_never_connected_is_not_accounted_for() -> None:
    lab, trace = watched()
    end(lab, REMOTE)
    trace.read()
    lab.chassis.callers.wake()
    for _ in range(30):
        if not lab.chassis.sessions.with_msid(Wildcard(SUBSCRIBER)):
            lab.wait(0.1)
    end(lab, REMOTE)
    ended = [event for event in trace.read() if event.happening is Happening.ENDED]
    found = [interface for _, interface, _, _ in asked(ended)]
    assert found == [Interface.GX, Interface.GY]


def parsed(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbers and values of attributes as they are sent."""
    while data:
        code, word = struct.unpack("!II", data[:8])
        head = 12 if word >> 31 else 8
        length = word & 0xFFFFFF
        yield code, data[head:length]
        data = data[length + -length % 4 :]


def flat(avps: tuple[Avp, ...]) -> list[tuple[int, bytes]]:
    return [(avp.code, b"".join(p.octets for p in avp.parts) or avp.data) for avp in avps]


def exchanges_of(*group: str) -> list[tuple[CallEvent, Exchange]]:
    lab, trace = watched(*group)
    lab.wait(100)
    end(lab, REMOTE)
    return [(event, each) for event in trace.read() for each in event.exchanges]


def test_messages_of_diameter_are_those_of_the_specification() -> None:
    seen = set()
    for event, exchange in exchanges_of("quota validity-time 60"):
        if exchange.interface not in diameter_messages.APPLICATIONS:
            continue
        seen.add((exchange.interface, exchange.stage))
        request, answer = diameter_messages.messages_of(event.session, exchange)
        for message in (request, answer):
            data = message.octets
            version, command, application, hop, end_to_end = struct.unpack("!5I", data[:20])
            assert (version >> 24, version & 0xFFFFFF) == (1, len(data))
            assert (command >> 24, command & 0xFFFFFF) == (message.flags, 272)
            assert application == message.application[1]
            assert list(parsed(data[20:])) == flat(message.avps)
            assert len(data) % 4 == 0
            assert (hop, end_to_end) == (request.hop, request.end)
        assert (request.flags, answer.flags) == (0xC0, 0x40)
        assert dict(flat(answer.avps))[268] == (2001).to_bytes(4, "big")
        assert dict(flat(request.avps))[263] == dict(flat(answer.avps))[263]
    assert len(seen) == 5


def test_messages_of_radius_are_those_of_the_specification() -> None:
    codes = []
    for event, exchange in exchanges_of():
        if exchange.interface in diameter_messages.APPLICATIONS:
            continue
        found = radius_messages.messages_of(event.session, exchange, event.time, event.reason)
        for message in found:
            data = message.octets
            code, identifier, length = struct.unpack("!BBH", data[:4])
            assert (code, identifier, length) == (message.code, message.identifier, len(data))
            attributes = b"".join(each.octets for each in message.attributes)
            assert data[20:] == attributes
            codes.append(code)
        names = {each.name for each in found[0].attributes}
        assert not any("Password" in name for name in names)
    assert codes == [1, 2, 4, 5, 4, 5]
