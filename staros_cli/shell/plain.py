"""The local terminal of machines: `TERM=dumb`, or output that goes elsewhere."""

from __future__ import annotations

import codecs
import os
import select
import termios
import tty

from staros_cli.shell.console import Console
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.realtime import LOOK_EVERY, RealTime


def run(session: Console, time: RealTime, source: int, target: int) -> int:
    """Serve the terminal with the file descriptors `source` and `target` until its session ends."""
    terminal = LineTerminal(session)
    before = termios.tcgetattr(source)
    try:
        tty.setraw(source)
        _write(target, terminal.begin())
        _serve(terminal, time, source, target)
    except KeyboardInterrupt:
        return 130
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
        session.close()
    return 0


def _serve(terminal: LineTerminal, time: RealTime, source: int, target: int) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while not terminal.closed:
        patience = time.to_next(terminal.session) if terminal.waiting else LOOK_EVERY
        typed = bool(select.select([source], [], [], patience)[0])
        if typed:
            data = os.read(source, 4096)
            if not data:
                return
            _write(target, terminal.feed(decoder.decode(data)))
        if terminal.waiting or not typed:
            _write(target, terminal.poll())


def _write(target: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(target, data) :]
