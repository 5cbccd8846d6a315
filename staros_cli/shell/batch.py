"""Commands from the command line or from standard input, with nobody to answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from staros_cli.shell.realtime import RealTime
from staros_cli.shell.session import Awaits, CliSession

_ANSWERS = ("y", "yes", "n", "no")


def run(session: CliSession, lines: Iterable[str], time: RealTime, out: TextIO) -> int:
    """Run `lines` and write what they print; returns 0, or 1 when one of them failed.

    A question is answered by the next line when that is yes or no; otherwise the answer is yes,
    since nobody is there to be asked. Pages follow one another without a key. A line that ends in
    `?` shows help.
    """
    failed = False
    for line in lines:
        text = line.rstrip("\r\n")
        if session.awaits is Awaits.ANSWER and text.strip().lower() not in _ANSWERS:
            failed |= _put(session, "yes", time, out)
        if session.awaits is Awaits.NOTHING:
            break
        failed |= _put(session, text, time, out)
    if session.awaits is Awaits.ANSWER:
        failed |= _put(session, "yes", time, out)
    return int(failed)


def _put(session: CliSession, text: str, time: RealTime, out: TextIO) -> bool:
    if text.endswith("?") and session.awaits is Awaits.COMMAND and text.count('"') % 2 == 0:
        lines = session.help(text[:-1])
        failed = False
    else:
        reply = session.handle(text)
        lines, failed = list(reply.lines), reply.failed
        while session.awaits is Awaits.KEY:
            lines += session.handle(" ").lines
    lines += time.until_up(session)
    out.write("".join(f"{line}\n" for line in lines))
    out.flush()
    return failed
