"""The traffic of calls: octets, packets, idle time and data rates.

A call sends and receives in bursts with idle periods between them. The length of its cycle, the
busy part of it and its rate follow from its call identifier and the traffic of its group, so that
everything about it can be computed for any moment and nothing has to be stepped through.
"""

from __future__ import annotations

from msgspec import Struct

PACKET = 500
"""Octets of a packet (chosen)."""

MEAN_RATE, MEAN_RATIO = 2099.5 * 0.495, 5
"""Octets a second that a call sends on average, and how many times that it gets; see `pattern`."""

REDIRECTIONS_ALLOWED = 2000
"""How many redirected session entries a call may have (seed)."""


class Traffic(Struct, frozen=True):
    """The traffic of the calls of a group.

    `rate` is a factor on the rate that follows from the call identifier, 0 for calls that carry
    nothing. `reordered` and `fragmented` are packets of a million that arrive out of sequence or in
    fragments, `fragments_lost` those of a million of which a fragment never arrives. `redirected`
    calls have a redirection entry while they are busy.
    """

    rate: float = 1.0
    reordered: int = 0
    fragmented: int = 0
    fragments_lost: int = 0
    redirected: bool = False


def mean_octets(seconds: float, traffic: Traffic) -> tuple[float, float]:
    """Octets from and to subscribers that calls with such traffic carry in so many seconds."""
    up = seconds * MEAN_RATE * traffic.rate
    return up, up * MEAN_RATIO


class Usage(Struct, frozen=True):
    """The traffic of a call so far: octets from and to the subscriber."""

    received: int
    sent: int

    @property
    def packets(self) -> int:
        """Packets in both directions."""
        return (self.received + self.sent) // PACKET


class LineCounters(Struct, frozen=True):
    """The counters of a line for packets that needed more than forwarding (SR-28)."""

    out_of_sequence: int
    reassembled: int
    reassembly_timeouts: int
    redirections_added: int
    redirections_current: int


class Pattern(Struct, frozen=True):
    """The rhythm of one call: in every `cycle` seconds it is busy for `busy`, at `rate`.

    `rate` is in octets a second from the subscriber while the call is busy, `ratio` how many times
    that many go to the subscriber, `phase` when in its cycle the call was at the time 0.
    """

    cycle: int
    busy: float
    phase: int
    rate: float
    ratio: int

    def busy_until(self, time: float) -> float:
        """Busy seconds from the time 0 to `time`, in seconds since 1970 UTC."""
        cycles, rest = divmod(time + self.phase, self.cycle)
        return cycles * self.busy + min(rest, self.busy)

    def busy_between(self, first: float, last: float) -> float:
        """Busy seconds between two times; 0 when the second is not later."""
        return self.busy_until(last) - self.busy_until(first) if last > first else 0.0

    def bursts_between(self, first: float, last: float) -> int:
        """How many busy periods began between two times, one that had begun before included."""
        if last <= first:
            return 0
        return int((last + self.phase) // self.cycle - (first + self.phase) // self.cycle) + 1

    def is_busy(self, time: float) -> bool:
        """Whether the call is busy at a time."""
        return bool(self.rate) and (time + self.phase) % self.cycle < self.busy

    def idle(self, time: float) -> float:
        """Seconds since the call was last busy; without traffic, since ever."""
        if not self.rate:
            return float("inf")
        return max(0.0, (time + self.phase) % self.cycle - self.busy)

    def idle_for(self, seconds: float, since: float) -> float:
        """The first moment from `since` on at which it has been idle so long; infinite for none."""
        if not self.rate:
            return since
        if seconds >= self.cycle - self.busy:
            return float("inf")
        place = (since + self.phase) % self.cycle
        return since + max(0.0, self.busy + seconds - place)

    def octets(self, first: float, last: float) -> int:
        """Octets from the subscriber between two times."""
        return int(self.busy_between(first, last) * self.rate)


def pattern(callid: int, traffic: Traffic) -> Pattern:
    """The rhythm of the call with that identifier."""
    cycle = 60 + callid % 240
    return Pattern(
        cycle=cycle,
        busy=cycle * (20 + callid % 60) / 100,
        phase=callid >> 8,
        rate=(200 + callid % 3800) * traffic.rate,
        ratio=3 + callid % 5,
    )


def counters(found: Pattern, traffic: Traffic, first: float, last: float) -> LineCounters:
    """The counters of a line from `first` to `last`, in seconds since 1970 UTC."""
    received = found.octets(first, last)
    packets = Usage(received, received * found.ratio).packets
    added = found.bursts_between(first, last) if traffic.redirected and found.rate else 0
    return LineCounters(
        out_of_sequence=packets * traffic.reordered // 1_000_000,
        reassembled=packets * traffic.fragmented // 1_000_000,
        reassembly_timeouts=packets * traffic.fragments_lost // 1_000_000,
        redirections_added=added,
        redirections_current=int(added > 0 and found.is_busy(last)),
    )
