"""Saves that are under way: one after the other, and no restart before their end."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.chassis.clock import Timeline
from staros_cli.messages import Refused


class Save(Struct, eq=False):
    """A save of `user`, from `begins_at` to `ends_at`, in seconds since 1970 UTC.

    Both come earlier when a save before it is given up. `fault` is why nothing was written.
    """

    user: Administrator
    write: Callable[[], None]
    begins_at: float
    ends_at: float
    done: bool = False
    fault: Refused | None = None


class Saves:
    """The saves of a system. `seconds` is how long one takes, in seconds of chassis time."""

    def __init__(self, timeline: Timeline, seconds: float) -> None:
        self._timeline = timeline
        self._seconds = seconds
        self._running: list[Save] = []
        self._closing: list[Administrator] = []

    @property
    def end_at(self) -> float | None:
        """When the last save that runs will have ended, None when none runs."""
        return max((save.ends_at for save in self._running), default=None)

    def begin(self, user: Administrator, write: Callable[[], None]) -> Save:
        """Begin a save once those that run have ended; `write` is called at its end.

        Raises Refused when the system is about to go down.
        """
        if self._closing:
            raise Refused(messages.GOING_DOWN, username=self._closing[0].name)
        begins_at = self.end_at or self._timeline.now
        save = Save(user, write, begins_at, begins_at + self._seconds)
        self._running.append(save)
        if self._seconds:
            self._schedule(save)
        else:
            self._end(save)
        return save

    def _schedule(self, save: Save) -> None:
        self._timeline.at(save.ends_at, lambda: self._end(save))

    def close(self, user: Administrator) -> float | None:
        """Let no further save begin, since `user` takes the system down.

        Returns when that can be done, None for at once.
        """
        if self._running and user not in self._closing:
            self._closing.append(user)
        return self.end_at

    def leave(self, user: Administrator) -> None:
        """`user` waits no longer; of a save that has not ended nothing is written."""
        self._running = [save for save in self._running if save.user is not user]
        self._close_up()
        self._closing = [other for other in self._closing if other is not user]
        self._wake()

    def _close_up(self) -> None:
        """Begin every save that waits once those left before it have ended."""
        free_at = self._timeline.now
        for save in self._running:
            if save.begins_at > free_at:
                save.begins_at, save.ends_at = free_at, free_at + self._seconds
                self._schedule(save)
            free_at = save.ends_at

    def finish(self) -> None:
        """End all saves at once: the program ends."""
        for save in list(self._running):
            self._end(save)

    def clear(self) -> None:
        """Forget everything: the system went down."""
        self._running.clear()
        self._closing.clear()

    def _end(self, save: Save) -> None:
        """End a save, unless it was given up or has ended: it may have been due later before."""
        if save not in self._running:
            return
        self._running.remove(save)
        save.done = True
        try:
            save.write()
        except Refused as refusal:
            save.fault = refusal
        self._wake()

    def _wake(self) -> None:
        for user in [*self._closing, *(save.user for save in self._running)]:
            user.wake()
