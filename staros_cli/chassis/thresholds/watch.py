"""Looking at the values of thresholds, and telling of those that are crossed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.event_kinds import KINDS
from staros_cli.chassis.threshold_traps import CLEARED, LOG_CLEARED, LOG_RAISED, RAISED
from staros_cli.chassis.thresholds.measures import Look, Reading
from staros_cli.chassis.thresholds.settings import ALARM, Limit, ThresholdSettings, Watched

MOST_LATE = 100
"""How many looks are made late when the clock has jumped; further ones are left out (chosen)."""
_Object = tuple[Watched, str]
"""What a threshold is crossed for: an object, as its alarms name it."""


class _Turn(Struct):
    """When a threshold is looked at next."""

    watched: Watched
    due: float


class Thresholds:
    """Looks at the thresholds that are switched on, each at its interval.

    Nothing is due while none is.
    """

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self.read: Callable[[], ThresholdSettings] = ThresholdSettings
        self.settings = ThresholdSettings()
        self._turns: list[_Turn] = []
        self._crossed: dict[_Object, None] = {}
        self._totals: dict[_Object, tuple[float, float]] = {}
        self._run = 0

    @property
    def active(self) -> list[Watched]:
        """The thresholds that are looked at."""
        return [turn.watched for turn in self._turns]

    def start(self) -> None:
        """The system has come up: look at what its configuration says."""
        self._turns, self._totals = [], {}
        self._end_alarms(lambda _: True)
        self.settings = ThresholdSettings()
        self._run += 1
        self.configure()

    def configure(self) -> None:
        """Look at the configuration, which may have changed. What stays keeps its turn."""
        settings = self.read()
        if settings == self.settings:
            return
        before = {turn.watched: turn for turn in self._turns}
        if settings.model != self.settings.model:
            self._end_alarms(lambda _: True)
        self.settings = settings
        now = self._chassis.now
        self._turns = [
            before.get(watched) or self._begin(watched, now) for watched in settings.watched()
        ]
        watched = set(self.active)
        self._end_alarms(lambda one: one not in watched)
        self._totals = {key: one for key, one in self._totals.items() if key[0] in watched}
        self._run += 1
        self._wait()

    def _begin(self, watched: Watched, now: float) -> _Turn:
        if watched.threshold.counted:
            for reading in Look(self._chassis).readings(watched):
                total = reading.measured, reading.whole or 0.0
                self._totals[watched, _about(watched, reading)] = total
        return _Turn(watched, now + watched.interval)

    def _end_alarms(self, ends: Callable[[Watched], bool]) -> None:
        """End the alarms of thresholds that are looked at no more."""
        for watched, about in [one for one in self._crossed if ends(one[0])]:
            del self._crossed[watched, about]
            self._chassis.events.end_alarm(f"{RAISED}{watched.threshold.trap}", about)

    def _wait(self) -> None:
        if self._turns:
            due = min(turn.due for turn in self._turns)
            self._chassis.timeline.at(due, partial(self._look, self._run))

    def _look(self, run: int) -> None:
        """Look at what is due, unless the configuration has changed since that was planned."""
        if run != self._run:
            return
        now, until = self._chassis.now, self._chassis.timeline.clock.now()
        look = Look(self._chassis)
        for turn in self._turns:
            if turn.due <= now:
                interval = turn.watched.interval
                late = int((until - now) // interval)
                self._judge(turn.watched, look)
                turn.due = now + (late if late > MOST_LATE else 1) * interval
        self._wait()

    def _judge(self, watched: Watched, look: Look) -> None:
        """Compare the values of a threshold with its limit, and tell what is beyond it."""
        seen = set()
        for reading in look.readings(watched):
            about = _about(watched, reading)
            limit = self.settings.limit_for(watched, str(reading.about.get("pool", "")))
            if not limit.value:
                continue
            seen.add((watched, about))
            measured = int(self._of_interval(watched, about, reading))
            if self.settings.model == ALARM:
                self._alarm(watched, limit, reading, measured)
            elif _is_beyond(watched, limit, measured):
                self._tell(watched, limit, reading, measured)
        gone = [one for one in self._crossed if one[0] == watched and one not in seen]
        for key in gone:
            del self._crossed[key]
            self._chassis.events.end_alarm(f"{RAISED}{watched.threshold.trap}", key[1])

    def _of_interval(self, watched: Watched, about: str, reading: Reading) -> float:
        """The value of the interval: of what is counted, what was added in it, or its percent."""
        if not watched.threshold.counted:
            return reading.measured
        total = reading.measured, reading.whole or 0.0
        before = self._totals.get((watched, about), total)
        self._totals[watched, about] = total
        part, whole = (max(0.0, now - then) for now, then in zip(total, before, strict=True))
        if reading.whole is None:
            return part
        return 100.0 * part / whole if whole else 0.0

    def _alarm(self, watched: Watched, limit: Limit, reading: Reading, measured: int) -> None:
        """Tell when a threshold begins to be crossed, and when it ends to be."""
        key = watched, _about(watched, reading)
        if key not in self._crossed:
            if _is_beyond(watched, limit, measured):
                self._crossed[key] = None
                self._tell(watched, limit, reading, measured)
        elif _is_well(watched, limit, measured) and not _is_beyond(watched, limit, measured):
            del self._crossed[key]
            self._tell(watched, limit, reading, measured, ends=True)

    def _tell(
        self, watched: Watched, limit: Limit, reading: Reading, measured: int, *, ends: bool = False
    ) -> None:
        at = self._chassis.now
        name = f"{CLEARED if ends else RAISED}{watched.threshold.trap}"
        values = {**reading.about, "threshold": limit.value, "measured": measured}
        values["scope"] = _scope(watched)
        events = self._chassis.events
        alarm = self.settings.model == ALARM
        event = (events.add if alarm else events.alert)(at, name, **values)
        log = LOG_CLEARED if ends else LOG_RAISED
        events.add(at, log, what=watched.threshold.name, text=event.text)


def _about(watched: Watched, reading: Reading) -> str:
    """The object of a value, as its alarm names it."""
    return KINDS[f"{RAISED}{watched.threshold.trap}"].about.format(
        **reading.about, scope=_scope(watched)
    )


def _scope(watched: Watched) -> str:
    """What an alarm is about that names no other object."""
    return watched.scope or "Chassis"


def _is_beyond(watched: Watched, limit: Limit, measured: int) -> bool:
    return measured <= limit.value if watched.threshold.low else measured >= limit.value


def _is_well(watched: Watched, limit: Limit, measured: int) -> bool:
    return measured > limit.clear if watched.threshold.low else measured < limit.clear
