"""How calls go over to the other chassis, and come back from it, some of them at a time."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from staros_cli.chassis.calls import Callers
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.pools import PoolKey
from staros_cli.chassis.session_columns import MovedCall
from staros_cli.chassis.sessions import SessionTable

AT_A_TIME, EVERY = 5000, 0.02
"""How many calls move at a time, and after how many seconds the next (chosen)."""
_NO_KEY = 0


class HeldCalls:
    """Calls that the other chassis has, and of which this one holds records; kept in columns."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No calls are held."""
        self._numbers: tuple[array[Any], ...] = tuple(array(code) for code in "IHIHBdHI")
        self._keys: list[PoolKey | None] = [None]
        self._places: dict[PoolKey | None, int] = {None: _NO_KEY}
        self.by_sessmgr: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._numbers[0])

    def add(self, call: MovedCall) -> None:
        """Hold a call."""
        place = self._places.get(call.pool)
        if place is None:
            place = self._places[call.pool] = len(self._keys)
            self._keys.append(call.pool)
        values = (
            call.callid,
            call.group,
            call.number,
            call.sessmgr,
            call.node,
            call.connected_at,
            place,
            call.offset,
        )
        for column, value in zip(self._numbers, values, strict=True):
            column.append(value)
        self.by_sessmgr[call.sessmgr] += 1

    def take(self, most: int) -> Iterator[MovedCall]:
        """Let go of up to `most` calls."""
        for _ in range(min(most, len(self))):
            callid, group, number, sessmgr, node, connected_at, place, offset = (
                column.pop() for column in self._numbers
            )
            self.by_sessmgr[sessmgr] -= 1
            pool = self._keys[place]
            yield MovedCall(callid, group, number, sessmgr, node, connected_at, pool, offset)


class Handover:
    """Moves calls between the table of sessions and what is held.

    One movement is under way at a time: a new one takes the place of one before it.
    """

    def __init__(
        self,
        timeline: Timeline,
        sessions: SessionTable,
        callers: Callers,
        changed: Callable[[], None],
    ) -> None:
        self._timeline = timeline
        self._sessions = sessions
        self._callers = callers
        self._changed = changed
        self.held = HeldCalls()
        self._movement = 0

    def stop(self) -> None:
        """Move no more calls."""
        self._movement += 1

    def give(self, is_known: Callable[[int], bool], lost: Callable[[int], None]) -> None:
        """Move calls to the other chassis, all that there are at once; see `begin_giving`."""
        self.stop()
        while len(self._sessions):
            self._give_some(is_known, lost)

    def begin_giving(
        self, is_known: Callable[[int], bool], lost: Callable[[int], None], done: Callable[[], None]
    ) -> None:
        """Move all calls to the other chassis; `done` is called at the end.

        Those that it does not know, by their rows, end; `lost` is told how many.
        """
        self.stop()
        self._go_on_giving(self._movement, is_known, lost, done)

    def _go_on_giving(
        self,
        movement: int,
        is_known: Callable[[int], bool],
        lost: Callable[[int], None],
        done: Callable[[], None],
    ) -> None:
        if movement != self._movement:
            return
        self._give_some(is_known, lost)
        self._changed()
        if not len(self._sessions):
            done()
            return
        self._timeline.after(EVERY, partial(self._go_on_giving, movement, is_known, lost, done))

    def _give_some(self, is_known: Callable[[int], bool], lost: Callable[[int], None]) -> None:
        now, ended = self._timeline.now, 0
        for row in list(islice(self._sessions.rows(), AT_A_TIME)):
            if self._sessions.connected_at(row) <= now and is_known(row):
                self.held.add(self._callers.move(row))
            else:
                self._callers.end(row)
                ended += 1
        if ended:
            lost(ended)

    def begin_receiving(self, calls: Iterator[MovedCall], done: Callable[[], None]) -> None:
        """Hold calls from before a restart, which the other chassis has; see `begin_giving`."""
        self.stop()
        self._go_on_receiving(self._movement, calls, done)

    def _go_on_receiving(
        self, movement: int, calls: Iterator[MovedCall], done: Callable[[], None]
    ) -> None:
        if movement != self._movement:
            return
        some = list(islice(calls, AT_A_TIME))
        for call in some:
            self.held.add(call)
        if some:
            self._timeline.after(EVERY, partial(self._go_on_receiving, movement, calls, done))
        else:
            done()

    def begin_taking(self, lost: Callable[[int], None], done: Callable[[], None]) -> None:
        """Go on with all calls that are held; those that cannot be taken up are lost."""
        self.stop()
        self._go_on_taking(self._movement, lost, done)

    def _go_on_taking(
        self, movement: int, lost: Callable[[int], None], done: Callable[[], None]
    ) -> None:
        if movement != self._movement:
            return
        calls = list(self.held.take(AT_A_TIME))
        missing = len(calls) - self._callers.take_up(calls)
        if missing:
            lost(missing)
        self._changed()
        if len(self.held):
            self._timeline.after(EVERY, partial(self._go_on_taking, movement, lost, done))
            return
        done()

    def forget(self) -> None:
        """Hold no calls any more: their subscribers have none, and their addresses are free."""
        self.held.clear()
        self._sessions.pools.keep_no_more()
        self._callers.know_who_waits()
