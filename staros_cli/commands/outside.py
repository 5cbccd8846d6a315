"""What commands leave to others because it takes long: the hashes of passwords."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from staros_cli.chassis import passwords
from staros_cli.chassis.passwords import SALT_LENGTH
from staros_cli.commands.engine import Call, Wait

PATIENCE = 3600.0
"""Seconds of chassis time after which a command looks whether its work is done, if nobody says."""


def encrypted(call: Call, password: str, salt: Callable[[int], bytes]) -> str:
    """The form in which a password is kept; `salt` gives random bytes.

    Raises Wait until the work is done: then the command is run again from its beginning.
    """
    if call.state.working is None:
        return str(_done(call, partial(passwords.encrypt, password, salt(SALT_LENGTH))))
    return str(_done(call, None))


def is_right(call: Call, password: str, kept: str) -> bool:
    """Whether a password is the one that is kept. Raises Wait until the work is done."""
    return bool(_done(call, partial(passwords.matches, password, kept)))


def _done(call: Call, work: partial[str] | partial[bool] | None) -> object:
    """What comes of work, which is None when it was begun before. Raises Wait until then."""
    outside, state = call.system.outside, call.state
    if state.working is None:
        assert work is not None
        if outside is None:
            return work()
        state.working = outside.begin(work, state.user.wake)
    if not state.working.done:
        raise Wait(call.now + PATIENCE, [])
    working, state.working = state.working, None
    return working.result
