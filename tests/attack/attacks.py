"""The attacks, each of which goes on as long as there is time and counts what it has done.

`python -m tests.attack.attacks NAME SSH TELNET SECONDS` attacks a server from a process of its own
and prints that count.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncssh

from tests.attack.clients import HERE, Shell, Target, packet, string

Attack = Callable[[Target], Awaitable[None]]
ATTACKS: dict[str, Attack] = {}

INSPECTORS = 10
"""Accounts `eve0` and so on, of the lowest privilege; `sam` is a security administrator."""

COSTLY = "show subscribers all | grep -E '(.{0,999})Z'"
PATTERNS = (
    "((|a){5000}){50}",
    "(a{3000}){3000}",
    "(a{30}){30}",
    "((((a{9}){9}){9}){9}){9}",
    "(x+x+)+y" * 25,
    "(a|b|ab)*c" * 20,
    ".*.*.*.*.*.*.*.*.*.*=x",
    "(" * 120 + ")" * 120,
    "[[:alnum:]]{500}x{500}",
    "(.{1,30}x){30}Z",
    "(.{0,1}){900}Z",
    "(.{0,999})Z",
)
HUGE = (1 << 31) - 1
UPLOAD = 16 << 20
WRITE_ALL = 0x02 | 0x08 | 0x10
OF_TELNET = (
    b"\xff\xfa\x1f",
    b"\xff\xfb\x1f\xff\xfd\x01\xff\xfe\x01" * 500,
    b"\xff\xfa\x1f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf0" * 500,
    b"show ?" * 2000,
    b"s\t" * 4000,
    b"\x10" * 8000,
    b"a" * 60_000 + b"\x01" + b"b" * 1000,
)


def attack(name: str) -> Callable[[Attack], Attack]:
    """Make a function an attack of that name."""

    def register(function: Attack) -> Attack:
        ATTACKS[name] = function
        return function

    return register


@attack("nothing")
async def nothing(target: Target) -> None:
    """The others are compared with this one."""
    target.rounds = 1
    await asyncio.sleep(target.left)


async def typing(target: Target, user: str, lines: tuple[str, ...]) -> None:
    """Type lines over and over in one session."""
    async with target.connected(user) as connection:
        shell = await Shell.on(connection)
        while target.goes_on:
            for line in lines:
                await shell.run(line)
                target.rounds += 1


@attack("patterns")
async def patterns(target: Target) -> None:
    """Expressions that are meant to take long or much memory."""
    lines = tuple(f"show task resources | grep -E '{pattern}'" for pattern in PATTERNS)
    await target.side_by_side(1, lambda n: typing(target, "eve0", lines))


@attack("ten greps")
async def ten_greps(target: Target) -> None:
    """Ten inspectors whose searches time out."""
    await target.side_by_side(INSPECTORS, lambda n: typing(target, f"eve{n}", (COSTLY,)))


@attack("a line each")
async def a_line_each(target: Target) -> None:
    """Such searches, each in a session of its own."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            while target.goes_on:
                await connection.run(COSTLY)
                target.rounds += 1

    await target.side_by_side(INSPECTORS, one)


@attack("wildcards")
async def wildcards(target: Target) -> None:
    """Names with many wildcards, by ten inspectors."""
    line = f"show subscribers username {'*a' * 60}X"
    await target.side_by_side(INSPECTORS, lambda n: typing(target, f"eve{n}", (line,)))


@attack("long output")
async def long_output(target: Target) -> None:
    """The longest output, by ten inspectors."""
    line = "show subscribers full all"
    await target.side_by_side(INSPECTORS, lambda n: typing(target, f"eve{n}", (line,)))


@attack("long lines")
async def long_lines(target: Target) -> None:
    """Lines without end, with quotes that are not closed."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            shell = await Shell.on(connection, term_type="vt100")
            while target.goes_on:
                for data in ('show "', "x" * (1 << 20), "\n", '"\\\n' * 10_000, "\x03"):
                    shell.process.stdin.write(data)
                    await shell.process.stdin.drain()
                target.rounds += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(shell.process.stdout.read(1 << 20), 0.1)

    await target.side_by_side(3, one)


@attack("unread output")
async def unread_output(target: Target) -> None:
    """Clients that write and never read."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            shell = await Shell.on(connection)
            channel: Any = shell.process.channel
            channel.pause_reading()
            while target.goes_on:
                shell.process.stdin.write("show subscribers full all\n" * 100)
                target.rounds += 1
                await asyncio.sleep(0.05)

    await target.side_by_side(INSPECTORS, one)


async def files(target: Target, count: int, texts: Callable[[int], str]) -> None:
    """So many administrators apply large files of their own."""

    async def one(number: int) -> None:
        async with target.connected("sam") as connection:
            async with (
                connection.start_sftp_client() as there,
                there.open(f"/flash/x{number}.cfg", "w") as file,
            ):
                await file.write(texts(number))
            shell = await Shell.on(connection)
            while target.goes_on:
                await shell.run(f"configure /flash/x{number}.cfg")
                target.rounds += 1

    target.rounds += 1  # one file takes longer than most attacks
    await target.side_by_side(count, one)


@attack("unknown lines")
async def unknown_lines(target: Target) -> None:
    """A file of 4 MiB that no line of is a command."""
    await files(target, 1, lambda n: "config\n" + "bogus\n" * 600_000)


@attack("five files")
async def five_files(target: Target) -> None:
    """Several such files at once."""
    await files(target, 5, lambda n: "config\n" + "system hostname x\nbogus\n" * 150_000)


@attack("passwords")
async def passwords(target: Target) -> None:
    """A file of passwords in clear, each of which has to be hashed."""
    users = (f"administrator u{n % 100} password p{n}\n" for n in range(600))
    text = "config\ncontext local\n" + "".join(users)
    await files(target, 1, lambda n: text)


@attack("unclosed quote")
async def unclosed_quote(target: Target) -> None:
    """A file with a quote that is never closed, and a megabyte after it."""
    text = 'config\nlicense key "\\\n' + "x" * 60 + "\n" + "abc\n" * 250_000
    await files(target, 1, lambda n: text)


@attack("test passwords")
async def test_passwords(target: Target) -> None:
    """Passwords that are typed by ten sessions."""

    async def one(number: int) -> None:
        async with target.connected("sam") as connection:
            shell = await Shell.on(connection)
            await shell.run("configure")
            while target.goes_on:
                await shell.run(f"cli test-commands password p{target.rounds}")
                target.rounds += 1

    await target.side_by_side(INSPECTORS, one)


@attack("wrong passwords")
async def wrong_passwords(target: Target) -> None:
    """Logins with wrong passwords."""

    async def one(number: int) -> None:
        target.rounds += 1
        async with target.connected("nobody", "wrong"):
            pass

    await target.side_by_side(INSPECTORS, one)


@attack("uncollected reads")
async def uncollected_reads(target: Target) -> None:
    """Requests to read a file of 8 MiB whose answers are never collected."""

    async def one(number: int) -> None:
        name = f"/flash/x{number}.bin"
        async with target.connected("sam") as connection:
            async with connection.start_sftp_client() as there, there.open(name, "wb") as file:
                await file.write(bytes(8 << 20))
            channel: Any = await connection.create_process(subsystem="sftp", encoding=None)
            opening = (b"\0\0\0\1", string(name.encode()), b"\0\0\0\1", b"\0\0\0\0")
            channel.stdin.write(packet(1, b"\0\0\0\3") + packet(3, *opening))
            await asyncio.sleep(0.3)
            channel.channel.pause_reading()
            where = (string(b"\0\0\0\0"), bytes(8), (4 << 20).to_bytes(4))
            while target.goes_on:
                for request in range(500):
                    channel.stdin.write(packet(5, request.to_bytes(4), *where))
                target.rounds += 1
                await asyncio.sleep(0.05)

    await target.side_by_side(3, one)


@attack("uploads")
async def uploads(target: Target) -> None:
    """Uploads of the largest size, one after the other."""
    data = bytes(UPLOAD)

    async def one(number: int) -> None:
        async with target.connected("sam") as connection, connection.start_sftp_client() as there:
            while target.goes_on:
                async with there.open(f"/flash/x{number}.bin", "wb") as file:
                    await file.write(data)
                target.rounds += 1

    await target.side_by_side(3, one)


@attack("directories")
async def directories(target: Target) -> None:
    """Directories and files without end."""

    async def one(number: int) -> None:
        async with target.connected("sam") as connection, connection.start_sftp_client() as there:
            count = 0
            while target.goes_on:
                with suppress(asyncssh.SFTPError):
                    await there.mkdir(f"/flash/d{number}-{count}")
                with suppress(asyncssh.SFTPError):
                    await there.listdir("/flash")
                count += 1
                target.rounds += 1

    await target.side_by_side(3, one)


@attack("environment")
async def environment(target: Target) -> None:
    """Variables of the environment without end."""
    variables = {f"V{n}": "x" * 30_000 for n in range(300)}

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            while target.goes_on:
                await connection.run("show clock", env=variables)
                target.rounds += 1

    await target.side_by_side(3, one)


@attack("no logins")
async def no_logins(target: Target) -> None:
    """Connections that never log in, more than there is room for."""
    held: list[asyncio.StreamWriter] = []

    async def one(number: int) -> None:
        port = target.ssh if number % 2 else target.telnet
        _, writer = await asyncio.open_connection(HERE, port)
        held.append(writer)
        target.rounds += 1
        if len(held) > 600:
            held.pop(0).close()
        await asyncio.sleep(0.05)

    await target.side_by_side(8, one)


@attack("sizes")
async def sizes(target: Target) -> None:
    """Windows of any size, and all output in them."""
    lines = ("show subscribers all", "", "q", "show task resources", " ", "q", "show ?")

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            while target.goes_on:
                for size in ((HUGE, HUGE), (1, 1), (HUGE, 1), (1, HUGE), (0, 0)):
                    process = await connection.create_process(
                        term_type="x" * 1000, term_size=(*size, HUGE, HUGE)
                    )
                    for line in lines:
                        process.stdin.write(f"{line}\n")
                        process.change_terminal_size(*reversed(size))
                        with suppress(TimeoutError):
                            await asyncio.wait_for(process.stdout.read(1 << 16), 0.05)
                    process.close()
                    target.rounds += 1

    await target.side_by_side(3, one)


@attack("key exchanges")
async def key_exchanges(target: Target) -> None:
    """New exchanges of keys, as often as the server takes part."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            client: Any = connection
            while target.goes_on and client._transport is not None:
                if not client._kexinit_sent and client._kex is None:
                    client._send_kexinit()
                    client._kexinit_sent = True
                    target.rounds += 1
                await asyncio.sleep(0)

    await target.side_by_side(3, one)


@attack("connections")
async def connections(target: Target) -> None:
    """Logins one after the other."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            await connection.run("show clock")
            target.rounds += 1

    await target.side_by_side(INSPECTORS, one)


@attack("telnet bytes")
async def telnet_bytes(target: Target) -> None:
    """Options, help, completion and history of telnet without end."""

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection(HERE, target.telnet)
        try:
            writer.write(f"eve{number}\r\n".encode())
            await reader.readuntil(b"assword")
            writer.write(f"{target._password}\r\n".encode())
            await reader.readuntil(b"> ")
            while target.goes_on:
                for data in OF_TELNET:
                    writer.write(data + b"\x15\r\n")
                    await writer.drain()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(1 << 16), 0.02)
                target.rounds += 1
        finally:
            writer.close()

    await target.side_by_side(5, one)


OF_CLASS: dict[str, Attack] = {}
"""Attacks on a lab that is served to a class."""


async def replay(target: Target) -> None:
    """Logins of learners whose long progress of costly lines is gone through again."""

    async def one(number: int) -> None:
        async with target.connected(f"eve{number}") as connection:
            target.rounds += 1
            shell = await Shell.on(connection)
            await shell.run("show clock")

    await target.side_by_side(3, one)


OF_CLASS["long progress"] = replay


async def main(name: str, ssh: int, telnet: int, seconds: float) -> None:
    """Attack and print what was done."""
    # That a connection is gone is what an attacker has to expect.
    logging.disable()
    attacks = ATTACKS | OF_CLASS
    password = {"password": "admin"} if name in OF_CLASS else {}
    target = Target(ssh, telnet, seconds, **password)
    with suppress(TimeoutError):
        async with asyncio.timeout(target.left + 2):
            await attacks[name](target)
    print(target.rounds, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
