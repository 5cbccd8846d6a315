"""The users who are logged in."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege

MOST_FILTERS = 200
"""How many facilities a session has levels of."""


class Administrator(Struct, eq=False):
    """A user with a session. Times are seconds since 1970 UTC, limits seconds, 0 for none.

    `inbox` holds the lines that others sent and the session has not shown; `on_news` is called
    when there is a new one, or when what the session waits for may have happened. `remote` is the
    address that the user came from, empty at the console. `live_log` ends showing events when they
    happen, None where they are not shown; `log_levels` are the levels of those, by facility.
    `watched` are the subscribers whose calls are shown, by their words, with what ends that.
    """

    name: str
    privilege: Privilege
    terminal: str
    started_at: float
    active_at: float
    mode: str = "Exec"
    idle_limit: float = 0.0
    absolute_limit: float = 0.0
    inbox: list[str] = []
    on_news: Callable[[], None] | None = None
    remote: str = ""
    live_log: Callable[[], None] | None = None
    log_levels: dict[str, str] = {}
    watched: dict[str, Callable[[], None]] = {}

    def tell(self, line: str) -> None:
        """Send a line to this user's terminal."""
        self.inbox.append(line)
        self.wake()

    def wake(self) -> None:
        """Have the session look at what has happened."""
        if self.on_news is not None:
            self.on_news()

    def begin_live_log(self, end: Callable[[], None]) -> None:
        """Events are shown when they happen, until `end` is called."""
        self.live_log = end

    def end_live_log(self) -> None:
        """Show events no more."""
        if self.live_log is not None:
            self.live_log()
            self.live_log = None

    def begin_watching(self, subscriber: str, end: Callable[[], None]) -> None:
        """What happens to the calls of a subscriber is shown, until `end` is called."""
        self.watched[subscriber] = end

    def end_watching(self, subscriber: str = "") -> None:
        """Show the calls of a subscriber no more, those of all without one."""
        for name in [subscriber] if subscriber else list(self.watched):
            self.watched.pop(name)()

    def filter_log(self, facility: str, level: str) -> None:
        """Set the level of the events of a facility that are shown when they happen."""
        if facility in self.log_levels or len(self.log_levels) < MOST_FILTERS:
            self.log_levels[facility] = level

    def read_inbox(self) -> list[str]:
        """The lines that were sent since the last time."""
        lines, self.inbox = self.inbox, []
        return lines

    @property
    def ends_at(self) -> float | None:
        """When a time limit ends the session unless the user does something, None for never."""
        ends = [
            since + limit
            for since, limit in (
                (self.active_at, self.idle_limit),
                (self.started_at, self.absolute_limit),
            )
            if limit
        ]
        return min(ends, default=None)
