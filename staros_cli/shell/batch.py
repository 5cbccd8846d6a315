"""Commands from the command line or from standard input, with nobody to answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from msgspec.structs import replace

from staros_cli.language.words import asks_for_help
from staros_cli.shell.console import Console
from staros_cli.shell.realtime import RealTime
from staros_cli.shell.replies import Awaits, Reply


def run_to_json(session: Console, lines: Iterable[str], time: RealTime, out: TextIO) -> int:
    """Run `lines` as `run` does and write what came of them as one JSON document.

    That is a list with an object a line: `command`, `failed`, `lines`, and `data`, which has tables
    as lists of rows and blocks as objects. Returns 0, or 1 when one of them failed.
    """
    import json

    results: list[dict[str, object]] = []
    for line in lines:
        text = line.rstrip("\r\n")
        if session.awaits is Awaits.NOTHING:
            break
        reply = _handled(session, text)
        printed = _all_lines(session, reply, time)
        data = printed if reply.shown is None else reply.data
        results.append({"command": text, "failed": reply.failed, "lines": printed, "data": data})
    if session.awaits in (Awaits.ANSWER, Awaits.WATCH):
        session.interrupt()
    json.dump(results, out, indent=2)
    out.write("\n")
    return int(any(result["failed"] for result in results))


def run(session: Console, lines: Iterable[str], time: RealTime, out: TextIO) -> int:
    """Run `lines` and write what they print; returns 0, or 1 when one of them failed.

    A question is answered by the next line, whatever that is, and declined where no line follows:
    only yes may restart a system (SR-20). A line that is none for the chassis leaves it open. Pages
    follow one another without a key. A line that ends in `?` shows help. Where keys act at once,
    the characters of a line are keys.
    """
    failed = False
    for line in lines:
        text = line.rstrip("\r\n")
        if session.awaits is Awaits.NOTHING:
            break
        failed |= _put(session, text, time, out)
    if session.awaits is Awaits.CONTINUATION:
        failed |= _show(session, session.end_of_input(), time, out)
    if session.awaits in (Awaits.ANSWER, Awaits.WATCH):
        failed |= _show(session, session.interrupt(), time, out)
    return int(failed)


def _put(session: Console, text: str, time: RealTime, out: TextIO) -> bool:
    _write([*session.poll().lines, *time.until_up(session)], out)
    if session.awaits is Awaits.COMMAND and asks_for_help(text):
        _write(session.help(text[:-1]), out)
        return False
    return _show(session, _handled(session, text), time, out)


def _handled(session: Console, text: str) -> Reply:
    """The reply to a line, or to its characters where keys act at once."""
    if session.awaits is not Awaits.WATCH:
        return session.handle(text)
    reply = session.handle(text[:1])
    for key in text[1:]:
        if reply.awaits is Awaits.WATCH:
            shown = [*reply.lines, *_waiting(reply)]
            reply = session.handle(key)
            reply = replace(reply, lines=[*shown, *reply.lines])
    return reply


def _waiting(reply: Reply) -> list[str]:
    """The line that stands without an end where keys act at once."""
    return [reply.prompt] if reply.awaits is Awaits.WATCH and reply.lines else []


def _show(session: Console, reply: Reply, time: RealTime, out: TextIO) -> bool:
    """Write a reply; tells whether it failed."""
    _write(_all_lines(session, reply, time), out)
    return reply.failed


def _all_lines(session: Console, reply: Reply, time: RealTime) -> list[str]:
    """The lines of a reply with all its pages, and of a restart if it began one."""
    lines = [*reply.lines, *_waiting(reply)]
    while session.awaits is Awaits.KEY:
        lines += session.handle(" ").lines
    return lines + time.until_up(session)


def _write(lines: list[str], out: TextIO) -> None:
    out.write("".join(f"{line}\n" for line in lines))
    out.flush()
