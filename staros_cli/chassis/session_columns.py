"""The columns that the sessions of subscribers are kept in, and how calls come and go in them.

One array a property: a chassis carries a million sessions, and most questions look at one or two
properties of many.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from staros_cli.chassis.call_lines import LineTable
from staros_cli.chassis.call_lists import CallLists
from staros_cli.chassis.group_counts import GroupCounts
from staros_cli.chassis.manager_statistics import ManagerStatistics
from staros_cli.chassis.pools import NO_POOL, Pool, PoolKey, Pools
from staros_cli.chassis.subscribers import Group

PEER_DELAY = 0.2
"""Seconds from the moment a call is connected until its peer line is there (chosen)."""


class MovedCall(Struct, frozen=True):
    """A call as another chassis goes on with it.

    `pool` is the pool that its address is from, None where the subscriber has it, and `offset` the
    place of the address in it.
    """

    callid: int
    group: int
    number: int
    sessmgr: int
    node: int
    connected_at: float
    pool: PoolKey | None
    offset: int


class SessionColumns:
    """All sessions of the chassis, by row. A row without sessmgr is free."""

    def __init__(self, groups: Sequence[Group], pools: Pools) -> None:
        self.groups = groups
        self.pools = pools
        self.statistics = ManagerStatistics()
        self.by_group = GroupCounts(len(groups))
        self.clear()

    def clear(self) -> None:
        """No session is left: the system went down."""
        self._callid = array("I")
        self._group = array("H")
        self._number = array("I")
        self._sessmgr = array("H")
        self._node = array("B")
        self._pool = array("H")
        self._offset = array("I")
        self._lists = CallLists()
        self._connected_at = array("d")
        self._counted_from = array("d")
        self._received = array("Q")
        self._primary = LineTable()
        self._peer = LineTable()
        self._columns: tuple[array[Any], ...] = (
            self._callid,
            self._group,
            self._number,
            self._sessmgr,
            self._node,
            self._pool,
            self._offset,
            *self._lists.columns,
            self._connected_at,
            self._counted_from,
            self._received,
            *self._primary.columns,
            *self._peer.columns,
        )
        self._free: list[int] = []
        self._row_of_callid: dict[int, int] = {}
        self._row_of_number = [array("i", b"\xff" * 4) * group.count for group in self.groups]
        self._by_group = [0] * len(self.groups)
        self.statistics.clear()
        self.by_group.clear()

    def __len__(self) -> int:
        return len(self._row_of_callid)

    # Coming and going

    def connect(
        self,
        callid: int,
        group: int,
        number: int,
        sessmgr: int,
        connected_at: float,
        micro_phase: float,
        node: int = 0,
    ) -> int:
        """Add a call and return its row.

        `connected_at` may lie in the future: until then the call is only partially connected.
        `micro_phase` is by how many seconds its micro checkpoints begin later, `node` the one of
        the nodes of its group that it comes through.
        """
        values = (
            callid,
            group,
            number,
            sessmgr,
            node,
            NO_POOL,
            0,
            *self._lists.values(sessmgr),
            connected_at,
            connected_at,
            0,
            *LineTable.values(connected_at, micro_phase),
            *LineTable.values(connected_at + PEER_DELAY, micro_phase / 2),
        )
        if self._free:
            row = self._free.pop()
            for column, value in zip(self._columns, values, strict=True):
                column[row] = value
        else:
            row = len(self._callid)
            for column, value in zip(self._columns, values, strict=True):
                column.append(value)
        self._lists.add(row, sessmgr, group, self.groups[group].load, connected_at)
        self._row_of_callid[callid] = row
        self._row_of_number[group][number] = row
        self._by_group[group] += 1
        self.statistics.arrived(sessmgr)
        self.by_group.arrived(group, node, connected_at)
        return row

    def allot(self, row: int, pool: Pool) -> None:
        """Give a call an address of a pool."""
        self._pool[row], self._offset[row] = pool.number, pool.take(row)

    def disconnect(self, row: int, now: float) -> tuple[int, int]:
        """End the session of a row; returns group and number of its subscriber."""
        group, number, sessmgr = self._group[row], self._number[row], self._sessmgr[row]
        self._lists.remove(row, sessmgr, group, self.groups[group].load)
        del self._row_of_callid[self._callid[row]]
        self._row_of_number[group][number] = -1
        self._sessmgr[row] = 0
        self._by_group[group] -= 1
        self.statistics.ended(sessmgr, self._connected_at[row] <= now)
        self.by_group.ended(group, self._node[row])
        if self._pool[row]:
            self.pools.release(self._pool[row], self._offset[row])
        self._free.append(row)
        return group, number

    # Moving to another chassis

    def move(self, row: int, now: float) -> MovedCall:
        """End the session of a row here; the address of the call stays in use."""
        call = next(self._moved(iter((row,))))
        if self._pool[row]:
            self.pools.keep(self._pool[row], self._offset[row])
            self._pool[row] = NO_POOL
        self.by_group.moved(call.group)
        self.disconnect(row, now)
        return call

    def all_moved(self) -> Iterator[MovedCall]:
        """All calls as they are at this moment, whatever becomes of the table."""
        return self._moved(iter(tuple(self._row_of_callid.values())))

    def _moved(self, rows: Iterator[int]) -> Iterator[MovedCall]:
        """Calls of some rows; the columns are those of now, also when they are read later."""
        keys = {pool.number: pool.settings.key for pool in self.pools}
        callids, groups, numbers, sessmgrs = self._callid, self._group, self._number, self._sessmgr
        nodes, times, pools, offsets = self._node, self._connected_at, self._pool, self._offset
        return (
            MovedCall(
                callids[row],
                groups[row],
                numbers[row],
                sessmgrs[row],
                nodes[row],
                times[row],
                keys.get(pools[row]),
                offsets[row],
            )
            for row in rows
        )

    def allot_again(self, row: int, pool: Pool, offset: int) -> None:
        """Give a call the address of a pool that it had before."""
        self._pool[row], self._offset[row] = pool.number, offset
        pool.claim(offset, row)

    def sessmgr_of(self, row: int) -> int:
        """The sessmgr instance that holds the session of a row."""
        return self._sessmgr[row]
