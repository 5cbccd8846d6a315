"""The records of what was done with cards: each action that ends becomes one (SR-31, SR-35)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import rct
from staros_cli.chassis.cards import CardFault, Cards
from staros_cli.chassis.hardware import Card
from staros_cli.chassis.parts import Parts
from staros_cli.chassis.platform import Role
from staros_cli.chassis.rct import Action, RctRecord, TaskRef
from staros_cli.chassis.tasks import Task


class CardActionEnded(Struct, frozen=True, eq=False, kw_only=True):
    """Something that was done with cards has ended.

    `began_at` is in seconds since 1970 UTC. `fault` is the failure that was the reason, `blamed`
    the task that a failed action failed with.
    """

    action: Action
    source: Card
    target: Card | None
    began_at: float
    planned: bool
    fault: CardFault | None
    status: str = rct.SUCCESS
    blamed: Task | TaskRef | None = None
    recovered: tuple[TaskRef, ...] = ()
    lost: tuple[TaskRef, ...] = ()


def shutdown(
    card: Card,
    now: float,
    fault: CardFault | None = None,
    status: str = rct.SUCCESS,
    lost: Sequence[TaskRef] = (),
) -> CardActionEnded:
    """The end of the shutdown of a card, at once and without another card (SR-32).

    It was planned unless a `fault` was the reason; `lost` are the sessmgrs that lost calls.
    """
    return CardActionEnded(
        action=Action.SHUTDOWN,
        source=card,
        target=None,
        began_at=now,
        planned=fault is None,
        fault=fault,
        status=status,
        blamed=lost[0] if lost else None,
        lost=tuple(lost),
    )


class CardRecords:
    """Adds a record of every action that ends."""

    def __init__(self, parts: Parts, cards: Cards) -> None:
        self._parts = parts
        self._cards = cards

    def add(self, ended: CardActionEnded) -> None:
        """Add the record of an action that ends now."""
        now, fault = self._parts.now, ended.fault
        blamed = ended.blamed if ended.status != rct.SUCCESS else None
        self._parts.rct.add(
            RctRecord(
                ended.action,
                ended.planned,
                ended.source.slot,
                ended.target.slot if ended.target else 0,
                ended.began_at,
                now - ended.began_at,
                management=ended.source.kind.role is Role.MANAGEMENT,
                reason=fault.reason if fault else "",
                device=fault.device if fault else "",
                usable=fault.usable if fault else self._cards.is_usable(ended.source),
                status=ended.status,
                failed_at=now if ended.status != rct.SUCCESS else None,
                facility=blamed.facility if blamed else "",
                instance=blamed.instance if blamed else None,
                graceful=ended.planned,
                recovered=ended.recovered,
                lost=ended.lost,
            )
        )
