"""Work that takes long, done in a thread of its own so that nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar, cast

Result = TypeVar("Result")


class Job:
    """Something to do. `done` is set when it is over, `cancelled` by whoever wants it no more."""

    def __init__(self, work: Callable[[], object], tell: Callable[[], None]) -> None:
        self.done = False
        self.cancelled = False
        self._work = work
        self._tell = tell
        self._result: object = None
        self._error: Exception | None = None

    @property
    def result(self) -> object:
        """The result. Raises the exception of the work."""
        if self._error is not None:
            raise self._error
        return self._result

    def run(self) -> None:
        """Do it, unless nobody wants it."""
        if self.cancelled:
            return
        try:
            self._result = self._work()
        except Exception as error:
            self._error = error
        self.done = True
        self._tell()


class Worker:
    """A thread that does one thing after the other; the end of the program does not wait for it.

    `name` is that of the thread, which begins with the first job.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], object], tell: Callable[[], None]) -> Job:
        """Begin something; the event loop of the caller calls `tell` when it is over."""
        loop = asyncio.get_running_loop()

        def told() -> None:
            # The loop may be gone before the work is done.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell)

        job = Job(work, told)
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name=self._name)
            self._thread.start()
        return job

    async def do(self, work: Callable[[], Result]) -> Result:
        """The result of something that takes long. Raises what it raises."""
        done = asyncio.Event()
        job = self.begin(work, done.set)
        await done.wait()
        return cast(Result, job.result)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs:
                    self._changed.wait()
                job = self._jobs.popleft()
            job.run()
