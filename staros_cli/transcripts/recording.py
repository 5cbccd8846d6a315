"""A shell at a real terminal that is recorded."""

from __future__ import annotations

import codecs
import os
import sys
import termios
import tty
from pathlib import Path

from staros_cli.errors import UsageError
from staros_cli.transcripts.directives import Settings
from staros_cli.transcripts.recorder import Recorder
from staros_cli.whole_files import write_whole


def run(settings: Settings, file: Path, source: int, target: int) -> int:
    """Serve the terminal with the file descriptors `source` and `target` until its session ends.

    The file is written after every line, so that a lost terminal loses nothing. Raises UsageError
    when there is no terminal or the file cannot be written.
    """
    if not os.isatty(source):
        raise UsageError("record needs a terminal on standard input; from-log takes a log")
    recorder = Recorder(settings, file.resolve().parent)
    before = termios.tcgetattr(source)
    try:
        tty.setraw(source)
        _serve(recorder, file, source, target)
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
    count = len(recorder.transcript().splitlines())
    print(f"{file}: {count} lines", file=sys.stderr)
    return 0


def _serve(recorder: Recorder, file: Path, source: int, target: int) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    _show(target, recorder.begin())
    _keep(recorder, file)
    while not recorder.closed:
        try:
            data = os.read(source, 4096)
        except OSError:
            return
        if not data:
            return
        shown = recorder.feed(decoder.decode(data))
        if "\n" in shown:
            _keep(recorder, file)
        _show(target, shown)


def _keep(recorder: Recorder, file: Path) -> None:
    try:
        write_whole(file, recorder.transcript().encode())
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None


def _show(target: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(target, data) :]
