"""When it is noticed that a peer does not answer any more, and that it answers again."""

from __future__ import annotations

from math import inf

import pytest
from msgspec.structs import replace

from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.paths import RESTARTED, Path
from staros_cli.chassis.peers.peer import Obstacle, Peer, next_after
from staros_cli.chassis.peers.servers import GtppServer, RadiusServer
from staros_cli.chassis.peers.settings import (
    GTPC,
    DiameterSettings,
    GtppSettings,
    PathSettings,
    RadiusSettings,
)

NONE, FAULT, LOCAL, DISABLED = Obstacle.NONE, Obstacle.FAULT, Obstacle.LOCAL, Obstacle.DISABLED
DIAMETER = DiameterSettings("A", "gx", "pcrf", "192.0.2.9", watchdog=10.0)
RADIUS = RadiusSettings("A", "default", "authentication", "192.0.2.9", 1812)
GTPP = GtppSettings("A", "default", "192.0.2.9", local="192.0.2.1")
PATH = PathSettings(GTPC, "A", "S", 1, "egtp", "192.0.2.9", "192.0.2.1", "pgw-ingress", "S")


def let_pass(peer: Peer, until: float) -> list[tuple[float, bool]]:
    """Let everything happen that is due by a time; returns when the peer turned, and to what."""
    turns = []
    while peer.turn_at <= until:
        at = peer.turn_at
        peer.turn(at)
        turns.append((at, peer.up))
    return turns


@pytest.mark.parametrize(
    ("time", "interval", "phase", "expected"),
    [(0.0, 10.0, 0.0, 0.0), (1.0, 10.0, 0.0, 10.0), (10.0, 10.0, 3.0, 13.0), (13.0, 10.0, 3.0, 13)],
)
def test_what_happens_every_interval(
    time: float, interval: float, phase: float, expected: float
) -> None:
    assert next_after(time, interval, phase) == expected


def test_a_diameter_peer_connects_and_exchanges_capabilities() -> None:
    peer = DiameterPeer(DIAMETER, 100.0, NONE, up=False)
    states = [peer.state(at) for at in (100.0, 100.05, 100.15)]
    assert states == ["WAIT_CONN_ACK", "WAIT_CONN_ACK", "WAIT_CEA"]
    assert let_pass(peer, 101.0) == [(pytest.approx(100.2), True)]
    assert (peer.state(101.0), peer.attempts(101.0)) == ("OPEN", 1)


def test_the_watchdog_notices_a_silent_peer_and_it_is_called_again() -> None:
    peer = DiameterPeer(DIAMETER, 0.0, NONE, up=True)
    peer.meet(FAULT, 15.0)
    assert peer.state(39.9) == "OPEN"  # asked at 20, not answered by 30 and 40
    assert let_pass(peer, 1000.0) == [(40.0, False)]
    states = [peer.state(at) for at in (41.0, 69.0, 71.0, 99.0, 101.0, 131.0)]
    assert states == ["CLOSED", "CLOSED"] + ["WAIT_CONN_ACK"] * 2 + ["CLOSED", "WAIT_CONN_ACK"]
    assert [peer.attempts(at) for at in (41.0, 71.0, 101.0, 131.0)] == [1, 2, 2, 3]
    peer.meet(NONE, 101.0)
    assert let_pass(peer, 200.0) == [(pytest.approx(130.2), True)]
    counts = peer.counts(200.0)
    assert (counts.cer, counts.cea, counts.disconnects, counts.attempts) == (2, 2, 1, 3)
    peer.clear_counts(200.0)
    assert peer.counts(200.0).attempts == 0


def test_a_peer_that_answers_before_the_watchdog_notices_stays_open() -> None:
    peer = DiameterPeer(DIAMETER, 0.0, NONE, up=True)
    peer.meet(FAULT, 15.0)
    peer.meet(NONE, 39.0)
    assert (peer.turn_at, peer.state(100.0)) == (inf, "OPEN")


def test_without_its_own_address_a_connection_closes_at_once_and_none_is_tried() -> None:
    peer = DiameterPeer(DIAMETER, 0.0, NONE, up=True)
    peer.meet(LOCAL, 5.0)
    assert let_pass(peer, 5.0) == [(5.0, False)]
    assert (peer.state(500.0), peer.attempts(500.0)) == ("IDLE", 1)
    peer.meet(NONE, 500.0)
    assert let_pass(peer, 501.0) == [(pytest.approx(500.2), True)]


def test_a_connection_that_was_reset_opens_again() -> None:
    peer = DiameterPeer(DIAMETER, 0.0, NONE, up=True)
    peer.reset(10.0, retry=30.0)
    assert (peer.state(10.0), peer.state(39.0)) == ("CLOSED", "CLOSED")
    assert let_pass(peer, 50.0) == [(pytest.approx(40.2), True)]


def server(settings: RadiusSettings = RADIUS, alone: bool = False) -> RadiusServer:
    found = RadiusServer(settings, 0.0, NONE)
    found.configure(settings, alone)
    return found


def test_a_radius_server_is_down_after_four_requests_that_were_given_up() -> None:
    found = server()
    found.meet(FAULT, 100.0)
    states = [found.state(at) for at in (117.0, 118.0, 171.0)]
    assert states == ["Active", "Not Responding", "Not Responding"]
    assert found.consecutive_failures(155.0) == 3
    assert let_pass(found, 10_000.0) == [(172.0, False)]
    assert [change.state for change in found.history] == ["Active", "Not Responding", "Down"]
    assert (found.counts(200.0).timeouts, found.counts(200.0).retried) == (4, 20)


def test_a_radius_server_that_is_down_is_asked_again_after_the_dead_time() -> None:
    found = server()
    found.meet(FAULT, 100.0)
    let_pass(found, 200.0)
    states = [found.state(172.0 + after) for after in (0.0, 599.0, 601.0, 619.0)]
    assert states == ["Down", "Down", "Active Pending", "Down"]
    found.meet(NONE, 800.0)
    assert found.state(900.0) == "Down"
    assert let_pass(found, 10_000.0) == [(172.0 + 1200.0, True)]


def test_the_response_timeout_and_the_failures_must_both_be_met() -> None:
    found = server(RadiusSettings("A", "g", "authentication", "192.0.2.9", 1, response_timeout=100))
    found.meet(FAULT, 0.0)
    assert found.turn_at == 100.0


def test_a_server_that_stays_silent_for_another_reason_has_been_so_all_the_time() -> None:
    found = server()
    found.meet(FAULT, 0.0)
    found.meet(LOCAL, 50.0)
    assert (found.turn_at, found.state(51.0), found.consecutive_failures(55.0)) == (
        72.0,
        "Not Responding",
        3,
    )


def test_a_silent_peer_closes_at_once_when_the_own_address_goes_as_well() -> None:
    peer = DiameterPeer(DIAMETER, 0.0, NONE, up=True)
    peer.meet(FAULT, 15.0)
    peer.meet(LOCAL, 16.0)
    assert peer.turn_at <= 16.0


def test_keepalives_notice_a_silent_server_and_its_return() -> None:
    found = server(replace(RADIUS, keepalive=30.0))
    found.meet(FAULT, 31.0)
    assert let_pass(found, 500.0) == [(60.0 + 12.0, False)]
    assert found.state(800.0) == "Down"
    found.meet(NONE, 500.0)
    assert let_pass(found, 1000.0) == [(510.0, True)]


def test_a_sole_server_never_goes_down() -> None:
    found = server(alone=True)
    found.meet(FAULT, 0.0)
    assert (found.turn_at, found.state(9999.0), found.serves) == (inf, "Not Responding", False)
    found.meet(NONE, 10_000.0)
    assert found.state(10_000.0) == "Active"


def test_a_server_that_is_disabled_is_not_asked() -> None:
    found = server()
    found.meet(DISABLED, 0.0)
    assert (found.turn_at, found.state(9999.0), found.serves) == (inf, "Active", False)
    assert found.counts(9999.0).timeouts == 0


def test_echoes_notice_a_silent_charging_gateway() -> None:
    found = GtppServer(GTPP, 0.0, NONE)
    found.meet(FAULT, 61.0)
    assert let_pass(found, 1000.0) == [(120.0 + 25.0, False)]
    found.meet(NONE, 1001.0)
    assert let_pass(found, 2000.0) == [(1020.0, True)]
    assert found.counts(1200.0).echoes == 20
    assert found.counts(1200.0).echo_answers < 20


def test_a_charging_gateway_without_an_own_address_is_inactive() -> None:
    found = GtppServer(GTPP, 0.0, LOCAL)
    assert (found.state(), found.turn_at) == ("Inactive", inf)


def test_echoes_notice_a_silent_node() -> None:
    path = Path(PATH, 0.0, NONE)
    asked = path.next_echo(1000.0)
    assert 1000.0 <= asked < 1060.0
    path.meet(FAULT, 1000.0)
    assert let_pass(path, 2000.0) == [(asked + 15.0, False)]
    path.meet(NONE, 2000.0)
    assert let_pass(path, 3000.0) == [(path.next_echo(2000.0), True)]


def test_without_echoes_nobody_notices() -> None:
    path = Path(replace(PATH, echo_interval=0.0), 0.0, NONE)
    path.meet(FAULT, 1000.0)
    assert (path.turn_at, path.counts(5000.0).sent) == (inf, 0)


def test_a_node_that_restarted_counts_it() -> None:
    path = Path(PATH, 0.0, NONE)
    before = path.restart_counter
    failure = path.fail(10.0, RESTARTED, 3)
    assert (failure.old_counter, failure.new_counter) == (before, before + 1)
    assert path.restart_counter == before + 1
