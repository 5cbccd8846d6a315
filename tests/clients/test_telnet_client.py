"""A telnet client of its own, which negotiates: telnetlib3."""

from __future__ import annotations

import asyncio
from typing import Any

import telnetlib3


def test_a_session(served: dict[str, Any]) -> None:
    async def until(reader: Any, text: str) -> str:
        held = ""
        while not held.endswith(text):
            got = await asyncio.wait_for(reader.read(4096), 15)
            assert got, held
            held += got
        return held

    async def scenario() -> None:
        reader, writer = await telnetlib3.open_connection(
            served["telnet"]["host"], served["telnet"]["port"], encoding="utf8", cols=132, rows=50
        )
        await until(reader, "login: ")
        writer.write("admin\r")
        await until(reader, "password: ")
        writer.write("admin\r")
        assert (await until(reader, "# ")).endswith("[local]asr5500# ")
        writer.write("show terminal\r")
        shown = await until(reader, "# ")
        assert "length: 0 lines" in shown
        assert "width:  132 columns" in shown
        assert shown.count("show terminal") == 1
        writer.write("show subscribers full all\r")
        shown = await until(reader, "# ")
        assert shown.count("Username: ") > 1000
        assert "---(more" not in shown
        writer.write("exit\r")
        assert "".join(iter([await reader.read()])).strip() in ("", "exit")
        writer.close()

    asyncio.run(scenario())
