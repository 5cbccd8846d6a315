"""Layouts about pools of addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis.pools import LETTERS, Pool
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Rows, Screen, Table, blocks, screen

_LEGEND = (
    "+-----Type:    (P) - Public        (R) - Private       (N) - NAT",
    "|              (S) - Static        (E) - Resource      (O) - One-to-One NAT",
    "|              (M) - Many-to-One NAT",
    "|",
    "|+----State:   (G) - Good          (D) - Pending Delete",
    "||             (R) - Resizing      (I) - Inactive",
    "||",
    "||++--Priority: 0..10 (Highest (0) .. Lowest (10))",
    "||||",
    "||||+-Busyout: (B) - Busyout configured",
    "|||||",
    "|||||",
)


class _Row(Struct, frozen=True):
    """A pool at a moment."""

    pool: Pool
    now: float

    @property
    def marks(self) -> str:
        """Type, state, priority and busyout."""
        pool, settings = self.pool, self.pool.settings
        busy = "B" if settings.busyout else " "
        return f"{LETTERS[settings.kind]}{pool.state}{settings.priority:02d}{busy}"

    @property
    def last(self) -> str:
        """The mask of a network, or the last address of a range."""
        settings = self.pool.settings
        return settings.mask or self.pool.address(settings.size - 1)

    @property
    def free(self) -> int:
        """How many addresses can be taken."""
        return self.pool.free(self.now)

    @property
    def held(self) -> int:
        """How many addresses rest."""
        return self.pool.held(self.now)


_POOLS = Table[_Row](
    Column("vvvvv", 5, lambda row: row.marks, key="marks"),
    Column("Pool Name", 32, lambda row: row.pool.settings.name),
    Column("Start Address", 15, lambda row: row.pool.begins_with),
    Column("Mask/End Address", 16, lambda row: row.last),
    Column("Used", 8, lambda row: row.pool.used, right=True),
    Column("Avail", 8, lambda row: row.free, right=True),
    heads=(
        *_LEGEND,
        "vvvvv Pool Name                        Start Address   Mask/End Address Used     Avail",
        "----- -------------------------------- --------------- ---------------- -------- --------",
    ),
)


@layout("show ip pool", "chosen", "Legend and columns as remembered from a sample of the manual.")
def pools(found: Sequence[Pool], context: str, now: float) -> Screen:
    """The pools of a context, an address family at a time."""
    rows: Rows = _POOLS.of(_Row(pool, now) for pool in found)
    return screen(f"context : {context}:", rows, "", f"Total Pool Count: {len(found)}")


@layout("show ip pool summary", "chosen")
def summary(found: Sequence[Pool], now: float) -> Lines:
    """The addresses of all pools of a context."""
    rows = [_Row(pool, now) for pool in found]
    size = sum(pool.settings.size for pool in found)
    used, held = sum(pool.used for pool in found), sum(row.held for row in rows)
    free = size - used - held
    text = (
        f"Total Pools: {len(found)}  Total Addresses: {size}  Used: {used}  Hold: {held}  "
        f"Release: 0  Free: {free}"
    )
    values = {"pools": len(found), "addresses": size, "used": used, "hold": held, "free": free}
    return Lines([text], values)


_Use = tuple[str, Pool, str, int | None]
_ADDRESSES = Table[_Use](
    Column("Address", 15, lambda row: row[0]),
    Column("Pool Name", 32, lambda row: row[1].settings.name),
    Column("State", 5, lambda row: row[2]),
    Column("Callid", 8, lambda row: "-" if row[3] is None else f"{row[3]:08x}"),
)


@layout("show ip pool address", "chosen", "No device was seen to print it.")
def addresses(address: str, uses: Sequence[tuple[Pool, str]], callids: Mapping[int, int]) -> Rows:
    """How an address of pools is used, with the call that has it, by the numbers of pools."""
    return _ADDRESSES.of([(address, pool, use, callids.get(pool.number)) for pool, use in uses])


@layout("show ip pool verbose", "chosen")
def verbose(found: Sequence[Pool], now: float) -> Screen:
    """The pools of a context, a block each."""
    return blocks(_block(_Row(pool, now)) for pool in found)


def _block(row: _Row) -> Fields:
    settings = row.pool.settings
    fields = (
        ("Pool Name", settings.name),
        ("Group Name", settings.group or "n/a"),
        ("VRF", settings.vrf or "n/a"),
        ("Start Address", row.pool.begins_with),
        ("Mask/End Address", row.last),
        ("Address Hold Timer", f"{settings.hold:.0f} seconds"),
        ("Next Hop", settings.next_hop or "n/a"),
        ("Used Addresses", row.pool.used),
        ("Held Addresses", row.held),
        ("Free Addresses", row.free),
    )
    return Fields(fields, width=20, indent=0, between=": ")
