"""Random lines in all modes and with all privileges."""

from __future__ import annotations

import random
from collections.abc import Sequence

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import mode_names
from staros_cli.shell.replies import Awaits
from staros_cli.shell.session import CliSession
from tests.lab import Lab
from tests.language.command_lines import keywords_of

CHASSIS = ("asr5500", "asr5500-oos", "asr5000-chapter", "vpc-di", "vpc-si")
HOSTILE = (
    "*" * 40 + "X",
    "$*" * 30,
    "'*'",
    "((|a){500}){50}",
    "(a{900}){900}",
    "(x+x+)+y" * 10,
    "\x1b[2J",
    "\x9b31m",
    "\u202e",
    "\0",
    "\ud800",
    '"',
    '"a',
    "a\\",
    "\\",
    "/flash/../../etc/passwd",
    "/flash/" + "d/" * 20,
    "file:/flash/x",
    "ftp://a:b@192.0.2.1/x",
    "-noconfirm",
    "|",
    "| grep",
    "| more",
    "?",
    "#exit",
    "9" * 30,
    "0",
    "1/0",
    "a" * 300,
    "198.51.100.1",
    "255.255.255.0",
    "deadbeef",
)
PATTERNS = ("(a|b)*c", "[[:alpha:]]+", r"\<a\>", "a{3,}", ".*", "^$", "(", "[", "a**", r"\(a\)\1")


class Lines:
    """A source of lines: words of the grammar in and out of their places, and hostile values."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._words: dict[str, list[str]] = {}
        for name in mode_names():
            self._words[name] = sorted(keywords_of(name))
        self._all = sorted({word for words in self._words.values() for word in words})

    def line(self, mode: str) -> str:
        """A line for a mode."""
        rng = self._rng
        words = self._words.get(mode, self._all)
        count = rng.choice((1, 2, 2, 3, 3, 4, 5, 7))
        parts = [self._word(words) for _ in range(count)]
        if rng.random() < 0.1:
            parts += [
                "|",
                "grep",
                rng.choice(("-E", "-v", "-i")),
                rng.choice((*PATTERNS, *HOSTILE)),
            ]
        return " ".join(parts)

    def _word(self, words: Sequence[str]) -> str:
        rng = self._rng
        kind = rng.random()
        if kind < 0.7:
            word = rng.choice(words)
        elif kind < 0.8:
            word = rng.choice(self._all)
        elif kind < 0.95:
            word = rng.choice(HOSTILE)
        else:
            word = "".join(rng.choice("ab1 -*$\"'\\|é\t") for _ in range(rng.randrange(8)))
        return word[: rng.randrange(1, len(word) + 1)] if rng.random() < 0.2 and word else word


def sessions(rng: random.Random) -> tuple[Lab, list[CliSession]]:
    """A chassis with a session of each privilege."""
    lab = Lab(rng.choice(CHASSIS))
    found = [CliSession(lab.system, f"user{n}", level) for n, level in enumerate(Privilege)]
    found[-1].state.hidden_commands = rng.random() < 0.5
    return lab, found


def answer(session: CliSession, line: str, rng: random.Random) -> None:
    """Type a line, ask for help or complete, as chance has it; then answer what is asked."""
    choice = rng.random()
    if choice < 0.08:
        session.help(line)
    elif choice < 0.16:
        session.complete(line)
    else:
        reply = session.handle(line)
        for text in reply.lines:
            assert all(c.isprintable() or c == "\t" for c in text), repr(text)
    for _ in range(50):
        if session.awaits is Awaits.ANSWER:
            session.handle(rng.choice(("yes", "no", "", "maybe")))
        elif session.awaits is Awaits.KEY:
            session.handle(rng.choice((" ", "q", "")))
        elif session.awaits is Awaits.TURN:
            session.poll()
        else:
            return
