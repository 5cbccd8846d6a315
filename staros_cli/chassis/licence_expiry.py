"""The expiry of the licence key: the alarm from the moment on at which the key has run out."""

from __future__ import annotations

from staros_cli.chassis import calendar
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.licence import License, LicenseSlot

EXPIRED = "LicenseExpired"


class LicenseExpiry:
    """Installs and removes the key of a chassis, and watches when it runs out."""

    def __init__(self, slot: LicenseSlot, timeline: Timeline, events: EventStream) -> None:
        self._slot = slot
        self._timeline = timeline
        self._events = events
        self._watched = 0

    def install(self, text: str) -> License:
        """Install a licence key in place of any other. Raises Refused when it is damaged."""
        license = self._slot.install(text)
        self._watch()
        return license

    def cut_short(self, seconds: float | None) -> None:
        """Let the key run out so many seconds from now; None lets it last as long as it says.

        Raises Refused without a key, and when there is nothing to take back.
        """
        self._slot.cut_short(None if seconds is None else self._timeline.now + seconds)
        self._watch()

    def _watch(self) -> None:
        """See to it that the end of the key is told."""
        self._events.end_alarm(EXPIRED)
        self._watched += 1
        number, expires = self._watched, self._slot.expires
        if expires is not None and self._slot.matches():
            if expires <= self._timeline.now:
                self._run_out(expires)
            else:
                self._timeline.at(expires, lambda: self._come_due(number, expires))

    def _come_due(self, number: int, expires: float) -> None:
        if number == self._watched:
            self._run_out(expires)

    def remove(self) -> None:
        """Take the licence key out."""
        self._slot.remove()
        self._events.end_alarm(EXPIRED)

    def _run_out(self, expires: float) -> None:
        """The key has run out, unless another has taken its place: calls stay, none are added."""
        license = self._slot.license
        if license is None or self._slot.expires != expires:
            return
        now = self._timeline.now
        self._events.add(
            now,
            EXPIRED,
            key=license.number,
            date=calendar.long_date(expires),
            days=int((now - expires) // 86400),
        )
