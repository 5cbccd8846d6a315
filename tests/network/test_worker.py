"""Work that is done in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest

import staros_cli
from staros_cli.chassis import passwords
from staros_cli.network.worker import Worker
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


def test_what_was_cancelled_is_not_begun() -> None:
    done: list[str] = []
    may_end = threading.Event()

    async def scenario() -> None:
        worker = Worker("elsewhere")
        first = worker.begin(may_end.wait, lambda: None)
        worker.begin(lambda: done.append("cancelled"), lambda: None).cancelled = True
        may_end.set()
        await worker.do(lambda: done.append("last"))
        assert first.done
        assert done == ["last"]

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


def test_who_wants_the_work_is_told_when_it_is_done() -> None:
    async def scenario() -> None:
        told = asyncio.Event()
        job = Worker("elsewhere").begin(partial(int, "7"), told.set)
        await told.wait()
        assert job.result == 7

    complete(scenario())
