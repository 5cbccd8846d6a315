"""A limit to the time that a piece of work takes, for what strangers hand in."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN = 1.0
"""Seconds until work that did not end is interrupted again."""


class _Expired(BaseException):
    """Passes through whatever catches exceptions of the work."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds, 0 for no limit.

    Raises TimeoutError then. Only the main thread can be interrupted; in others there is no limit.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(*_: object) -> None:
        raise _Expired

    before = signal.signal(signal.SIGALRM, expire)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Expired:
        raise TimeoutError(f"not done within {seconds:g} seconds") from None
    finally:
        signal.signal(signal.SIGALRM, before)
