"""Layouts about the time and the servers that it is taken from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.peers.ntp import NtpServer
from staros_cli.chassis.peers.servers import ROUND_TRIP
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import facts
from staros_cli.rendering.values import Column, Lines, Rows, Table

_STRATUM, _REFERENCE = 1, ".GPS."
"""What servers are: nearest to a clock (chosen)."""
_UNKNOWN = ".INIT."
_PRECISION = -21
"""The precision of the clock as a power of two, in seconds."""
_POLL, _FREQUENCY_FROM = 64, 1024
"""Seconds between two polls of a server that was never reached, and where the loop changes."""
_TOLERANCE, _NO_TIME = 500, 16.0
"""How fast an error can grow in parts a million, and how many seconds it is without a server."""
_EPOCH = 2_208_988_800
"""Seconds from 1900, from which the protocol counts, to 1970."""


class Row(Struct, frozen=True):
    """A server: the mark of its selection, and what the last poll has told."""

    mark: str
    server: NtpServer
    now: float

    @property
    def polled(self) -> int:
        """Seconds since the last poll."""
        return int(self.now - self.server.last_poll(self.now))


def row(server: NtpServer, chosen: NtpServer | None, now: float) -> Row:
    """A server as it is shown."""
    mark = "*" if server is chosen else "+" if server.up else " "
    return Row(mark, server, now)


_ASSOCIATIONS = Table[Row](
    Column("remote", 16, lambda row: f"{row.mark}{row.server.settings.address}"[:16]),
    Column("refid", 15, lambda row: _REFERENCE if row.server.up else _UNKNOWN),
    Column("st", 2, lambda row: _STRATUM if row.server.up else 16, right=True),
    Column("t", 1, lambda _: "u"),
    Column("when", 4, lambda row: row.polled, right=True),
    Column("poll", 4, lambda row: row.server.interval(row.now), right=True),
    Column("reach", 4, lambda row: f"{row.server.reach(row.now):o}", right=True),
    Column("delay", 8, lambda row: f"{_delay(row.server):.3f}", right=True),
    Column("offset", 8, lambda _: "0.000", right=True),
    Column("jitter", 7, lambda _: "0.000", right=True),
    heads=(
        "+----Peer Selection: ( ) - Rejected / No Response",
        "|                    (x) - False Tick",
        "|                    (.) - Excess",
        "|                    (-) - Outlyer",
        "|                    (+) - Candidate",
        "|                    (#) - Selected",
        "|                    (*) - System Peer",
        "|                    (o) - PPS Peer",
        "v",
        "     remote           refid      st t when poll reach   delay   offset  jitter",
        "=" * 78,
    ),
    filled=True,
)


def _delay(server: NtpServer) -> float:
    return ROUND_TRIP if server.up else 0.0


@layout(
    "show ntp associations",
    "doc",
    "Servers are of stratum 1 and agree with the clock to the last digit that is shown.",
)
def associations(rows: Sequence[Row]) -> Rows:
    """The servers that the time is taken from."""
    return _ASSOCIATIONS.of(rows)


@layout(
    "show ntp status",
    "capture",
    "The clock of the emulator keeps time by itself: jitter, offsets and frequencies are those of "
    "a loop that has nothing to correct. What the numbers of the loop are without a server is "
    "chosen.",
)
def status(chosen: NtpServer | None, now: float) -> Lines:
    """The server that the time is taken from, how far from a clock it is, and the loop."""
    delay = _delay(chosen) / 1000 if chosen else 0.0
    moment = chosen.last_poll(now) if chosen else -float(_EPOCH)
    address = chosen.settings.address if chosen else "0.0.0.0"
    rows = (
        ("system peer", address),
        ("system peer mode", "client" if chosen else "unspec"),
        ("leap indicator", "00" if chosen else "11"),
        ("stratum", _STRATUM + 1 if chosen else 16),
        ("precision", _PRECISION),
        ("root distance", f"{delay:.5f} s"),
        ("root dispersion", "0.00000 s"),
        ("reference ID", f"[{address}]"),
        ("reference time", _reference_time(moment)),
        ("system flags", "auth monitor ntp kernel "),
    )
    of_peer, of_loop = facts(rows, 22), facts(_loop(chosen, now), 22)
    values = {**of_peer.data, "loop": of_loop.data}
    return Lines([*of_peer.lines, *of_loop.lines], values)


def _loop(chosen: NtpServer | None, now: float) -> tuple[tuple[str, str | int], ...]:
    """The loop that holds the clock to the time of a server."""
    poll, passed = (chosen.interval(now), now - chosen.last_poll(now)) if chosen else (_POLL, 0.0)
    error = _delay(chosen) / 2000 + passed * _TOLERANCE / 1e6 if chosen else _NO_TIME
    return (
        ("jitter", "0.000000 s"),
        ("stability", "0.000 ppm"),
        ("broadcastdelay", "-0.049988 s"),
        ("authdelay", "0.000000 s"),
        ("pll offset", "0 s"),
        ("pll frequency", "0.000 ppm"),
        ("maximum error", f"{error:g} s"),
        ("estimated error", f"{0.0 if chosen else _NO_TIME:g} s"),
        ("status", _state(poll) if chosen else "2041  pll unsync nano"),
        ("pll time constant", poll.bit_length() - 1),
        ("precision", "1e-09 s"),
        ("frequency tolerance", f"{_TOLERANCE} ppm"),
        ("offset", "0.000000 s"),
        ("frequency", "0.000 ppm"),
        ("poll adjust", 30 if chosen else 0),
        ("watchdog timer", f"{int(passed)} s"),
    )


def _state(poll: int) -> str:
    """Beyond some interval the kernel follows the frequency in place of the phase."""
    return "6001  pll nano mode=fll" if poll >= _FREQUENCY_FROM else "2001  pll nano"


def _reference_time(moment: float) -> str:
    """A time as the protocol counts it, and as people do."""
    if moment < 0:
        return "00000000.00000000  Thu, Feb  7 2036  6:28:16.000"
    seconds, rest = divmod(moment, 1)
    return f"{int(seconds) + _EPOCH:08x}.{int(rest * 2**32):08x}  {calendar.ntp_date(moment)}"
