"""Users in configuration mode, and the holder of its lock."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.administrators import Administrator
from staros_cli.messages import Refused

WARN_SECONDS = 10.0
"""How long `configure lock warn` waits for the others."""


class ConfigurationLock:
    """The lock on configuration mode. `holder` is the administrator who has it exclusively."""

    def __init__(self) -> None:
        self.holder: Administrator | None = None
        self._inside: list[Administrator] = []
        self._waiting: list[Administrator] = []

    def clear(self) -> None:
        """Nobody is in configuration mode any more: the system went down."""
        self.holder = None
        self._inside.clear()
        self._waiting.clear()

    def others(self, user: Administrator) -> list[Administrator]:
        """The users in configuration mode besides `user`."""
        return [other for other in self._inside if other is not user]

    def is_inside(self, user: Administrator) -> bool:
        """Whether `user` is in configuration mode."""
        return any(other is user for other in self._inside)

    def check(self, user: Administrator) -> None:
        """Raises Refused while somebody else has configuration mode alone."""
        if self.holder is not None and self.holder is not user:
            raise Refused(messages.LOCK_HELD, username=self.holder.name)

    def enter(self, user: Administrator) -> bool:
        """Let `user` in beside others; returns whether there are some. Raises Refused."""
        self.check(user)
        self._add(user)
        return bool(self.others(user))

    def enter_alone(self, user: Administrator) -> None:
        """Let `user` in and keep everybody else out. Raises Refused while others are in there."""
        self.check(user)
        if self.others(user):
            raise Refused(messages.LOCK_NOT_FREE)
        self._add(user)
        self.holder = user
        self._waiting = [other for other in self._waiting if other is not user]

    def throw_out(self, user: Administrator) -> None:
        """Send everybody but `user` back to Exec mode, a holder of the lock included."""
        for other in self.others(user):
            self.leave(other)
            other.tell(messages.THROWN_OUT(username=user.name))

    def warn(self, user: Administrator) -> None:
        """Ask everybody but `user`, who waits for it, to leave configuration mode."""
        self._waiting.append(user)
        for other in self.others(user):
            for line in messages.LOCK_WANTED(username=user.name).split("\n"):
                other.tell(line)

    def leave(self, user: Administrator) -> None:
        """`user` is not in configuration mode any more, which frees what that one held."""
        self._inside = self.others(user)
        self._waiting = [other for other in self._waiting if other is not user]
        if self.holder is user:
            self.holder = None
        for other in self._waiting:
            other.wake()

    def _add(self, user: Administrator) -> None:
        if not self.is_inside(user):
            self._inside.append(user)
