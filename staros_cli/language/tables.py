"""The LALR tables of a language, made by Lark and kept between two runs.

Lark turns a grammar into tables; running them takes a loop of a few lines (see `parser.Walk`), and
the tables as plain data load in a millisecond, without importing Lark. That is a third of the wait
for the first prompt.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

END = "$END"
_VERSION = 2
_digest = hashlib.sha256


class Reduction(Struct, frozen=True, array_like=True):
    """A rule that the parser finishes: its name, and of how many symbols it is made."""

    name: str
    size: int


class Tables(Struct, frozen=True, array_like=True):
    """States by number.

    `shifts` tell which state follows a word, `reductions` which rule a word finishes, `gotos` which
    state follows a finished rule. In the state `last` a line is complete.
    """

    key: str
    shifts: list[dict[str, int]]
    reductions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Reduction]
    first: int
    last: int


def load(source: str, file: Path | None) -> Tables:
    """The tables of a Lark grammar, from `file` where it holds them, else made and put there."""
    key = _digest(f"{_VERSION}\n{source}".encode()).hexdigest()
    if file is not None:
        found = _kept(file)
        if found is not None and found.key == key:
            return found
    tables = _make(source, key)
    if file is not None:
        _keep(tables, file)
    return tables


def _make(source: str, key: str) -> Tables:
    """Let Lark make the tables of a grammar."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        """Words are matched elsewhere: Lark is to make tables, and no lexer of its own."""

        def __init__(self, lexer_conf: Any) -> None:
            """Nothing is needed."""

        def lex(self, lexer_state: Any, parser_state: Any) -> Any:
            raise NotImplementedError

    frontend: Any = Lark(source, parser="lalr", lexer=NoLexer, maybe_placeholders=False).parser
    table = frontend.parser._parse_table
    numbers = {state: number for number, state in enumerate(table.states)}
    rules: dict[Any, int] = {}
    shifts: list[dict[str, int]] = []
    reductions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for actions in table.states.values():
        shifts.append({})
        reductions.append({})
        gotos.append({})
        for symbol, (action, argument) in actions.items():
            if action is not Shift:
                reductions[-1][symbol] = rules.setdefault(argument, len(rules))
            elif symbol.isupper():
                shifts[-1][symbol] = numbers[argument]
            else:
                gotos[-1][symbol] = numbers[argument]
    return Tables(
        key,
        shifts,
        reductions,
        gotos,
        [Reduction(str(rule.origin.name), len(rule.expansion)) for rule in rules],
        numbers[table.start_states["start"]],
        numbers[table.end_states["start"]],
    )


def _kept(file: Path) -> Tables | None:
    """The tables in a file, or None where there are none or a bit of them is not as it was kept."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    size = _digest().digest_size
    checksum, body = content[:size], content[size:]
    if _digest(body).digest() != checksum:
        return None
    try:
        return msgspec.msgpack.decode(body, type=Tables)
    except msgspec.MsgspecError:
        return None


def _keep(tables: Tables, file: Path) -> None:
    """Put tables where the next run finds them; without such a place it makes them again."""
    from staros_cli.whole_files import write_whole

    body = msgspec.msgpack.encode(tables)
    try:
        write_whole(file, _digest(body).digest() + body, durable=False)
    except OSError:
        return


@cache
def directory() -> Path | None:
    """The per-user directory of tables, or None where none can be made."""
    from platformdirs import user_cache_path

    try:
        found = user_cache_path("staros-cli")
        found.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return found
