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

    def install(self, text: str) -> License:
        """Install a licence key in place of any other. Raises Refused when it is damaged."""
        license = self._slot.install(text)
        self._events.end_alarm(EXPIRED)
        if license.expires is not None and self._slot.matches():
            if license.expires <= self._timeline.now:
                self._run_out(license)
            else:
                self._timeline.at(license.expires, lambda: self._run_out(license))
        return license

    def remove(self) -> None:
        """Take the licence key out."""
        self._slot.remove()
        self._events.end_alarm(EXPIRED)

    def _run_out(self, license: License) -> None:
        """A key has run out, unless another has taken its place: calls stay, none are added."""
        if license is not self._slot.license or license.expires is None:
            return
        now = self._timeline.now
        self._events.add(
            now,
            EXPIRED,
            key=license.number,
            date=calendar.long_date(license.expires),
            days=int((now - license.expires) // 86400),
        )
