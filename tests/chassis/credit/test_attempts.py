"""Which server takes a request of credit control."""

from __future__ import annotations

import pytest

from staros_cli.chassis.charging.credit import (
    CONTINUE,
    INITIAL,
    TERMINATE,
    CreditGroup,
    PeerChoice,
)
from staros_cli.chassis.credit.attempts import attempt, chosen
from staros_cli.chassis.peers.diameter import DiameterPeer
from staros_cli.chassis.peers.peer import Obstacle
from staros_cli.chassis.peers.settings import DiameterSettings


def peer(name: str, obstacle: Obstacle = Obstacle.NONE, *, up: bool = True) -> DiameterPeer:
    found = DiameterPeer(DiameterSettings("c", "gy", name, "192.0.2.1"), 0.0, Obstacle.NONE, up)
    found.meet(obstacle, 1.0)
    return found


GOOD, SILENT, DOWN = peer("good"), peer("silent", Obstacle.FAULT), peer("down", up=False)


@pytest.mark.parametrize(
    ("servers", "handling", "asked", "answered"),
    [
        ((GOOD, SILENT), TERMINATE, ["good"], True),
        ((SILENT, GOOD), TERMINATE, ["silent"], False),
        ((SILENT, GOOD), CONTINUE, ["silent", "good"], True),
        ((SILENT, GOOD), f"{CONTINUE} retry-after-tx-expiry", ["silent", "good"], True),
        ((SILENT, GOOD), f"{CONTINUE} go-offline-after-tx-expiry", ["silent"], False),
        ((SILENT, SILENT, GOOD), CONTINUE, ["silent", "silent"], False),
        ((DOWN, GOOD), TERMINATE, ["good"], True),
        ((DOWN, SILENT), CONTINUE, ["silent"], False),
        ((DOWN,), CONTINUE, [], False),
        ((), CONTINUE, [], False),
    ],
)
def test_those_that_are_connected_are_asked(
    servers: tuple[DiameterPeer, ...], handling: str, asked: list[str], answered: bool
) -> None:
    group = CreditGroup("g", handling={INITIAL: handling})
    found = attempt(servers, group, INITIAL)
    assert [each.settings.name for each in found.asked] == asked
    assert found.answered is answered
    assert found.timeouts == len(asked) - answered
    with_failover = CreditGroup("g", handling={INITIAL: handling}, failover=True)
    assert attempt((SILENT, GOOD), with_failover, INITIAL).answered


def test_requests_are_counted_where_they_were_sent() -> None:
    silent, good = peer("silent", Obstacle.FAULT), peer("good")
    group = CreditGroup("g", handling={INITIAL: CONTINUE})
    attempt((silent, good), group, INITIAL).count(7)
    assert (silent.counts(2.0).requests, silent.counts(2.0).timeouts) == (7, 7)
    assert (good.counts(2.0).requests, good.counts(2.0).answers) == (7, 7)


def test_a_line_for_some_subscribers_counts_for_groups_that_are_all_of_these() -> None:
    lines = [
        PeerChoice("silent", by="imsi", side="prefix", first="00101", last="00101"),
        PeerChoice("good", secondary="down"),
    ]

    def names(first: str, last: str) -> list[str]:
        identities = [{"imsi": first, "msisdn": ""}, {"imsi": last, "msisdn": ""}]
        found = chosen((GOOD, SILENT, DOWN), lines, identities)
        return [each.settings.name for each in found]

    assert names("001010000000001", "001010000000900") == ["silent"]
    assert names("001010000000001", "001020000000900") == ["good", "down"]
    assert names("001000000000001", "001010000000900") == ["good", "down"]
    assert chosen((GOOD,), lines[:1], [{"imsi": "9", "msisdn": ""}]) == ()
    assert chosen((GOOD, DOWN), [], []) == (GOOD, DOWN)
