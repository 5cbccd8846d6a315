"""Work that takes long, done in a thread of its own so that nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Result = TypeVar("Result")

SLICE = 0.004
"""Seconds of work at a time; as long are left to the thread that serves everybody."""


class Job(Generic[Result]):
    """Work in steps, the last of which tells its result.

    `done` is set when it is over: `result` tells what came of it, and raises what it met.
    `cancelled` may be set for work that nobody wants any more.
    """

    def __init__(self, steps: Iterator[Result | None], tell: Callable[[], None]) -> None:
        self.done = False
        self.cancelled = False
        self._steps = steps
        self._tell = tell
        self._result: Result | None = None
        self._fault: Exception | None = None

    @property
    def result(self) -> Result:
        """What came of it. Raises what the work raised."""
        if self._fault is not None:
            raise self._fault
        assert self._result is not None
        return self._result

    def go_on(self) -> bool:
        """Do a slice of it; returns whether there is more to do."""
        until = time.thread_time() + SLICE
        try:
            for found in self._steps:
                if self.cancelled:
                    return False
                self._result = found
                if found is None and time.thread_time() >= until:
                    return True
        except Exception as fault:
            self._fault = fault
        self.done = True
        self._tell()
        return False


class Worker:
    """A thread that does a slice of each job in turn; the end of the program does not wait for it.

    `name` is that of the thread, which begins with the first job.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: deque[Job[object]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def begin(
        self, steps: Iterator[Result | None], tell: Callable[[], None] = lambda: None
    ) -> Job[Result]:
        """Begin a job; the event loop of the caller calls `tell` when it is done."""
        loop = asyncio.get_running_loop()

        def told() -> None:
            # The loop may be gone before the work is done.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell)

        job: Job[Result] = Job(steps, told)
        with self._changed:
            self._jobs.append(job)  # type: ignore[arg-type]
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name=self._name)
            self._thread.start()
        return job

    def begin_one(self, work: Callable[[], object], tell: Callable[[], None]) -> Job[object]:
        """Begin a job that is done in one step."""
        return self.begin(iter_of(work), tell)

    async def do(self, work: Callable[[], Result]) -> Result:
        """The result of something that takes long. Raises what it raises."""
        done = asyncio.Event()
        job: Job[Result] = self.begin(iter_of(work), done.set)
        await done.wait()
        return job.result

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._jobs:
                    self._changed.wait()
                job = self._jobs.popleft()
            began = time.thread_time()
            more = job.go_on()
            if more:
                with self._changed:
                    self._jobs.append(job)
                time.sleep(min(time.thread_time() - began, 10 * SLICE))


def iter_of(work: Callable[[], Result]) -> Iterator[Result]:
    """Work that is done in one step."""
    yield work()
