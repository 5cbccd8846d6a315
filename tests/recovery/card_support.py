"""Shared by the tests of cards: looks at a chassis on which cards fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.rct import RctRecord
from staros_cli.chassis.tasks import (
    SESSMGR,
)
from staros_cli.messages import Message, Refused
from tests.lab import Lab
from tests.recovery.support import (
    PAIR,
)

COVERED = ((24, "mme", ""),)


GRACEFUL = CardFault(graceful=True)


def only_record(lab: Lab) -> RctRecord:
    """The one record there is."""
    (record,) = lab.chassis.rct.records
    return record


def managers_on(lab: Lab, slot: int) -> set[tuple[str, int]]:
    """The active managers of sessions on a card."""
    tasks = lab.chassis.tasks.on_card(slot)
    return {(t.facility, t.instance) for t in tasks if t.facility in PAIR and not t.standby}


def calls_on(lab: Lab, slot: int) -> int:
    """How many calls the sessmgrs of a card hold."""
    instances = {instance for facility, instance in managers_on(lab, slot) if facility == SESSMGR}
    return sum(map(lab.chassis.sessions.count_of_sessmgr, instances))


def state(lab: Lab, slot: int) -> CardState:
    """The state of a card."""
    return lab.chassis.hardware.cards[slot].state


def told(lab: Lab) -> list[str]:
    """The names of all events so far."""
    return [event.kind.name for event in lab.chassis.events.log]


def refused(lab: Lab, message: Message, action: Callable[..., object], *values: object) -> None:
    """Something is refused with a message, and nothing changes."""
    before = (told(lab), list(lab.chassis.rct.records), [*lab.chassis.hardware.cards.values()])
    states = {slot: card.state for slot, card in lab.chassis.hardware.cards.items()}
    with pytest.raises(Refused) as found:
        action(*values)
    assert found.value.message is message
    assert before == (told(lab), lab.chassis.rct.records, [*lab.chassis.hardware.cards.values()])
    assert states == {slot: card.state for slot, card in lab.chassis.hardware.cards.items()}
