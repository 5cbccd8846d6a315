"""Work that is done in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import staros_cli
from staros_cli.chassis import passwords
from staros_cli.network.worker import SLICE, Job, Worker
from tests.network.wire import complete, shell


def test_the_result_of_work_is_that_of_another_thread() -> None:
    async def scenario() -> None:
        assert await Worker("elsewhere").do(lambda: threading.current_thread().name) == "elsewhere"

    complete(scenario())


def test_what_work_meets_is_met_by_who_wants_it() -> None:
    async def scenario() -> None:
        worker = Worker("elsewhere")
        with pytest.raises(ZeroDivisionError):
            await worker.do(lambda: 1 // 0)
        assert await worker.do(lambda: 1) == 1

    complete(scenario())


def busy() -> None:
    """Work for longer than a slice."""
    import time

    until = time.thread_time() + SLICE
    while time.thread_time() <= until:
        pass


def test_long_work_leaves_turns_to_others() -> None:
    done: list[str] = []

    def work(name: str, steps: int) -> Iterator[str | None]:
        for _ in range(steps):
            busy()
            yield None
        done.append(name)
        yield name

    async def scenario() -> None:
        worker = Worker("elsewhere")
        long = worker.begin(work("long", 20))
        short = asyncio.Event()
        worker.begin(work("short", 2), short.set)
        await short.wait()
        assert done == ["short"]
        assert not long.done
        long.cancelled = True

    complete(scenario())


def test_nobody_waits_for_what_was_cancelled() -> None:
    steps: list[int] = []

    def work() -> Iterator[str | None]:
        for number in range(1000):
            steps.append(number)
            busy()
            yield None

    async def scenario() -> None:
        worker = Worker("elsewhere")
        job: Job[str] = worker.begin(work())
        await worker.do(lambda: 1)
        job.cancelled = True
        await worker.do(lambda: 1)
        await worker.do(lambda: 1)
        assert len(steps) < 1000

    complete(scenario())


@pytest.mark.end_to_end
def test_passwords_are_hashed_outside_of_the_event_loop(
    host_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    derive = passwords._derive

    def noting(password: str, salt: bytes) -> bytes:
        threads.append(threading.current_thread().name)
        return derive(password, salt)

    monkeypatch.setattr(passwords, "_derive", noting)

    async def scenario() -> None:
        async with staros_cli.serve(host_key_file=host_key) as lab:
            async with shell(lab["asr5500"]) as line:
                await line.run("configure")
                await line.run("cli test-commands password x")
                await line.run("context local")
                await line.run("administrator ann password secret")
            async with shell(lab["asr5500"], "ann", "secret") as line:
                await line.run("show clock")

    complete(scenario())
    assert threads == ["hashes"] * 3


def test_work_in_one_step_needs_no_generator() -> None:
    async def scenario() -> None:
        told = asyncio.Event()
        job = Worker("elsewhere").begin_one(partial(int, "7"), told.set)
        await told.wait()
        assert job.result == 7

    complete(scenario())
