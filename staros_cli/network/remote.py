"""Files of other machines over FTP, HTTP and SFTP, for `copy` where that is allowed."""

from __future__ import annotations

import asyncio
import contextlib
import ftplib
import io
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from http.client import HTTPException
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

import asyncssh

from staros_cli.configuration.remote import Transfer

PATIENCE = 10.0
"""Seconds without an answer after which a transfer fails."""


LONGEST = 60.0
"""Seconds after which a transfer fails in any case."""

PART = 64 << 10

_FAULTS = (OSError, EOFError, ValueError, HTTPException, asyncssh.Error, ftplib.Error)


class RemoteFiles:
    """Transfers of one chassis; files are no larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: set[asyncio.Task[None]] = set()

    def fetch(self, url: str, tell: Callable[[], None]) -> Transfer:
        """Begin to bring a file here."""
        try:
            parts = urlsplit(url)
        except ValueError as error:
            return _failed(str(error))
        if parts.scheme == "sftp":
            return self._begin(self._sftp(parts, None), tell)
        if parts.scheme == "ftp":
            return self._begin(_in_thread(partial(self._retrieve, parts)), tell)
        if parts.scheme in ("http", "https"):
            return self._begin(_in_thread(partial(self._read, url)), tell)
        return _failed(f"{parts.scheme} is not spoken, ftp, http, https and sftp are")

    def send(self, url: str, data: bytes, tell: Callable[[], None]) -> Transfer:
        """Begin to bring a file there."""
        try:
            parts = urlsplit(url)
        except ValueError as error:
            return _failed(str(error))
        if parts.scheme == "sftp":
            return self._begin(self._sftp(parts, data), tell)
        if parts.scheme == "ftp":
            return self._begin(_in_thread(partial(_store, parts, data)), tell)
        return _failed(f"files cannot be sent by {parts.scheme}, by ftp and sftp they can")

    def _begin(self, work: Coroutine[Any, Any, bytes], tell: Callable[[], None]) -> Transfer:
        transfer = Transfer()
        task = asyncio.get_running_loop().create_task(_run(transfer, work, tell))
        transfer.cancel = lambda: void(task.cancel())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return transfer

    def _read(self, url: str) -> bytes:
        from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector

        # Only what was asked for is followed: no proxies, no redirections to elsewhere.
        opener = OpenerDirector()
        for handler in (HTTPHandler(), HTTPSHandler()):
            opener.add_handler(handler)
        with opener.open(url, timeout=PATIENCE) as answer:
            status = getattr(answer, "status", 200) or 200
            if status != 200:
                raise OSError(f"the server answers {status}")
            size = answer.headers.get("Content-Length")
            if size is None and not answer.chunked:
                # Its end would look like a connection that breaks off.
                raise OSError("the server does not say how long the file is")
            data = self._whole(iter(lambda: answer.read1(PART), b""))
            if size is not None and len(data) != int(size):
                raise OSError(f"the connection broke off after {len(data)} of {size} bytes")
            return data

    def _retrieve(self, parts: SplitResult) -> bytes:
        with _ftp(parts) as server:
            server.voidcmd("TYPE I")
            with server.transfercmd(f"RETR {unquote(parts.path)}") as connection:
                data = self._whole(iter(lambda: connection.recv(PART), b""))
            server.voidresp()  # only that the server is content tells that this was all
            return data

    def _whole(self, received: Iterator[bytes]) -> bytes:
        """All parts together. Raises OSError when they are too many or take too long."""
        until = time.monotonic() + LONGEST
        data = bytearray()
        for part in received:
            data += part
            self._check_size(len(data))
            if time.monotonic() > until:
                raise OSError(f"it took longer than {LONGEST:g} seconds")
        return bytes(data)

    async def _sftp(self, parts: SplitResult, data: bytes | None) -> bytes:
        async with (
            asyncssh.connect(
                parts.hostname or "",
                parts.port or 22,
                username=unquote(parts.username or "anonymous"),
                password=unquote(parts.password or ""),
                known_hosts=None,
                config=None,
                client_keys=None,
                agent_path=None,
                connect_timeout=PATIENCE,
                login_timeout=PATIENCE,
            ) as connection,
            connection.start_sftp_client() as files,
            files.open(unquote(parts.path), "rb" if data is None else "wb") as file,
        ):
            if data is None:
                found = cast(bytes, await file.read(self._limit + 1))
                self._check_size(len(found))
                return found
            await file.write(data)
            return b""

    def _check_size(self, size: int) -> None:
        if size > self._limit:
            raise OSError(f"it is larger than {self._limit} bytes")


def void(_: object) -> None:
    """Forget a result."""


async def _run(
    transfer: Transfer, work: Coroutine[Any, Any, bytes], tell: Callable[[], None]
) -> None:
    try:
        transfer.data = await work
    except _FAULTS as bad:
        reason = getattr(bad, "reason", bad)  # of what urllib wraps
        said = getattr(reason, "strerror", None) or str(reason)
        transfer.fault = said.split("\n")[0] or type(bad).__name__
    transfer.done = True
    tell()


async def _in_thread(work: Callable[[], bytes]) -> bytes:
    """Do what blocks in a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()

    def settle(result: bytes, fault: BaseException | None) -> None:
        if done.cancelled():
            return
        if fault is None:
            done.set_result(result)
        else:
            done.set_exception(fault)

    def run() -> None:
        result, fault = b"", None
        try:
            result = work()
        except Exception as bad:
            fault = bad
        # The loop may be gone before the other machine has answered.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, daemon=True, name="transfer").start()
    return await done


def _failed(reason: str) -> Transfer:
    transfer = Transfer()
    transfer.done, transfer.fault = True, reason
    return transfer


def _ftp(parts: SplitResult) -> ftplib.FTP:
    """A server of FTP that somebody has logged in to."""
    server = ftplib.FTP(timeout=PATIENCE)
    try:
        server.connect(parts.hostname or "", parts.port or 21)
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _store(parts: SplitResult, data: bytes) -> bytes:
    with _ftp(parts) as server:
        server.storbinary(f"STOR {unquote(parts.path)}", io.BytesIO(data))
    return b""
