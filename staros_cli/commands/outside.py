"""Long work of commands that is done elsewhere: the hashes of passwords."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from staros_cli.chassis import passwords
from staros_cli.chassis.passwords import SALT_LENGTH
from staros_cli.commands.engine import Invocation
from staros_cli.commands.suspension import Steps, Until

PATIENCE = 3600.0
"""Seconds of chassis time after which a command looks whether its work is done, if nobody says."""


def encrypted(invocation: Invocation, password: str, salt: Callable[[int], bytes]) -> Steps[str]:
    """The form in which a password is stored; `salt` gives random bytes."""
    work = partial(passwords.encrypt, password, salt(SALT_LENGTH))
    return str((yield from _done(invocation, work)))


def is_right(invocation: Invocation, password: str, kept: str) -> Steps[bool]:
    """Whether a password is the one that is stored."""
    return bool((yield from _done(invocation, partial(passwords.matches, password, kept))))


def _done(invocation: Invocation, work: partial[str] | partial[bool]) -> Steps[object]:
    """The result of work, which is given up with the command."""
    outside = invocation.system.outside
    if outside is None:
        return work()
    working = outside.begin(work, invocation.state.user.wake)
    try:
        while not working.done:
            yield Until(invocation.now + PATIENCE)
    finally:
        working.cancelled = not working.done
    return working.result
