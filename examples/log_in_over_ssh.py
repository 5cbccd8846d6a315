"""Serve a chassis on loopback and log in to it over SSH, all in one program."""

import asyncio

import asyncssh

import staros_cli


async def main() -> None:
    """Run one command over SSH."""
    async with staros_cli.serve("asr5500") as lab:
        (chassis,) = lab
        at, login = chassis.ssh, chassis.login
        async with asyncssh.connect(
            at.host, at.port, username=login.user, password=login.password, known_hosts=None
        ) as connection:
            done = await connection.run("show version")
    print(done.stdout)


asyncio.run(main())
