"""Messages of GTP that set calls up and end them."""

from __future__ import annotations

import pytest

from staros_cli.chassis.call_history import SETUP_TIME
from staros_cli.chassis.call_traces import CallEvent, Happening
from staros_cli.chassis.disconnect_reasons import ADMIN, INTERNAL_ERROR, LOCAL_PURGE, REMOTE
from staros_cli.chassis.session import Session
from staros_cli.chassis.signalling import Message, messages_of
from tests.lab import Lab


def session_of(lab: Lab, service: str) -> Session:
    rows = lab.chassis.sessions.rows()
    found = (lab.chassis.sessions.session(row, lab.chassis.now) for row in rows)
    return next(session for session in found if session.kind.service == service)


def messages(
    service: str, happening: Happening, reason: str = "", chassis: str = "asr5500"
) -> list[Message]:
    lab = Lab(chassis)
    session = session_of(lab, service)
    came = session.connected_at - SETUP_TIME
    time = came if happening is Happening.ARRIVED else lab.chassis.now
    event = CallEvent(time, happening, session, reason=reason)
    return messages_of(event, lab.chassis.peers.path_of(session))


def test_a_request_for_a_session_is_that_of_the_specification() -> None:
    """Version 2: flags, type, length from the fifth octet on, tunnel 0, then the elements."""
    (request,) = messages("pgw", Happening.ARRIVED)
    data = request.octets
    assert (data[0], data[1]) == (0x48, 32)
    assert int.from_bytes(data[2:4], "big") == len(data) - 4 == request.length
    assert data[4:8] == bytes(4)
    assert data[12:16] == bytes((1, 0, 8, 0))
    imsi = request.elements[0].lines[0]
    digits = "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in data[16:24])
    assert digits == f"{imsi}f"


def test_a_request_for_a_context_is_that_of_the_specification() -> None:
    """Version 1: the length counts from behind the tunnel, elements below 128 have none."""
    (request,) = messages("ggsn", Happening.ARRIVED)
    data = request.octets
    assert (data[0], data[1]) == (0x32, 16)
    assert int.from_bytes(data[2:4], "big") == len(data) - 8 == request.length
    assert data[12] == 2
    assert request.remote == "198.18.3.1"


@pytest.mark.parametrize(
    ("reason", "kinds"),
    [(REMOTE, [(36, True), (37, False)]), (ADMIN, [(99, False), (100, True)])],
)
def test_the_side_that_ends_a_call_asks_for_it(reason: str, kinds: list[tuple[int, bool]]) -> None:
    found = messages("pgw", Happening.ENDED, reason)
    assert [(message.kind, message.inbound) for message in found] == kinds


@pytest.mark.parametrize(
    "reason", [INTERNAL_ERROR, LOCAL_PURGE, "path-failure-s5", "gtpu-path-failure-s5u"]
)
def test_nobody_is_told_of_the_end_of_a_call_that_nobody_can_tell_of(reason: str) -> None:
    assert messages("pgw", Happening.ENDED, reason) == []


def test_nobody_asks_for_a_call_that_another_chassis_has_held() -> None:
    lab = Lab()
    session = session_of(lab, "pgw")
    event = CallEvent(lab.chassis.now, Happening.ARRIVED, session)
    assert messages_of(event, lab.chassis.peers.path_of(session)) == []


def test_a_call_without_a_path_has_no_messages() -> None:
    assert messages("pdsn", Happening.ARRIVED, chassis="asr5000-chapter") == []
