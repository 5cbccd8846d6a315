"""Replacing the secrets of a configuration, before it goes anywhere."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.compiled import UNLISTED, mode_names
from staros_cli.language.errors import LineError
from staros_cli.language.parser import Command, parse

PASSWORD = "lab-password"
"""The password of users whose own one was left out."""
REPLACED = "replaced"
"""Stands for any other secret."""

_VALUE = r'("(?:\\"|[^"])*"|\S+)'
_USER = re.compile(
    r"^(\s*(?:administrator|config-administrator|operator|inspector|local-user username)\s+\S+.*?)"
    rf"\s(?:encrypted\s+)?password\s+{_VALUE}"
)
_STRONG = (
    r"(?:[\w-]*[-_])?(?:password|passwd|secret|pass-?phrase|psk)|encrypted|(?:snmp-)?community"
    r"|(?:[\w-]*[-_])?(?:shared|preshared|auth|priv|private|encrypted|md5|authentication|certificate)"
    r"[-_]key|key"
)
_MARK = re.compile(rf"(?P<strong>{_STRONG})|[\w-]+[-_]key", re.IGNORECASE)
"""A word that a secret follows; one that is not strong has other values in lines that are known."""
_BETWEEN = re.compile(r"name|hex|ascii|string|value|text|clear|plain|md5|is|=|:|\d", re.IGNORECASE)
"""Words that may stand between such a word and the secret."""
_NOT_A_SECRET = frozenset(("chain", "id", "len", "length", "size", "type"))
"""Words that follow `key` and are about something else."""
_ASSIGNED = re.compile(rf"(?P<mark>(?:{_STRONG}|[\w-]+[-_]key)[=:])(?P<secret>.+)", re.IGNORECASE)
_IN_URL = re.compile(r"(?<=://)[^/\s@]{1,200}:[^/\s@]{1,200}(?=@)")
_TOKEN = re.compile(r'"(?:\\"|[^"])*"?|\'[^\']*\'?|\S+')
_NO_SECRET = re.compile(
    r"^\s*(?:no\s+)?(?:license\s+key|description|(?:match|set)\s+(?:ext)?community)\b"
)
_MARKED_ENCRYPTED = re.compile(rf"\bencrypted +((?:(?!encrypted)\S+ +)?{REPLACED}\b)")
_ENCRYPTED = re.compile(r"\+[AB][0-9A-Za-z]{6,}")
_KEY_LINE = re.compile(r"^\s*license\s+key\b")


class Cleaned(Struct, frozen=True):
    """A text without its secrets: how many there were, and the users whose password is another."""

    text: str
    count: int
    users: tuple[str, ...]


def without(text: str) -> Cleaned:
    """A configuration with every secret replaced, in lines that the grammar knows or not."""
    lines, users, count = [], [], 0
    for line in text.split("\n"):
        changed = _clean(line)
        if changed != line:
            count += 1
            if _USER.match(line):
                users.append(line.split()[2 if "username" in line.split() else 1])
        lines.append(changed)
    return Cleaned("\n".join(lines), count, tuple(users))


def _clean(line: str) -> str:
    user = _USER.match(line)
    if user:
        return f"{user[1]} password {PASSWORD}{line[user.end() :]}"
    if _NO_SECRET.match(line):
        return line
    tokens = list(_TOKEN.finditer(line))
    cleaned = line
    for start, end in reversed(_spans(line, tokens)):
        cleaned = cleaned[:start] + REPLACED + cleaned[end:]
    if cleaned != line:
        cleaned = _MARKED_ENCRYPTED.sub(r"\1", cleaned)
    return _IN_URL.sub(REPLACED, _ENCRYPTED.sub(REPLACED, cleaned))


def _spans(line: str, tokens: list[re.Match[str]]) -> list[tuple[int, int]]:
    """Where the secrets of a line stand, in order."""
    spans: list[tuple[int, int]] = []
    if not any(_MARK.fullmatch(token[0]) or _ASSIGNED.fullmatch(token[0]) for token in tokens):
        return spans
    known = {at for command in _commands(line) for at, _ in command.secrets}
    mark: re.Match[str] | None = None
    for place, token in enumerate(tokens):
        word, last = token[0], place + 1 == len(tokens)
        assigned = _ASSIGNED.fullmatch(word)
        found = _MARK.fullmatch(word)
        if place in known:
            spans.append(token.span())
            mark = None
        elif assigned:
            spans.append((token.start() + len(assigned["mark"]), token.end()))
            mark = None
        elif found and not (mark and last):
            mark = found
        elif mark is not None and (last or not _BETWEEN.fullmatch(word)):
            if not (_is_about_keys(mark, word) or _is_known(line, word, mark)):
                spans.append(token.span())
            mark = None
    return spans


def _is_about_keys(mark: re.Match[str], word: str) -> bool:
    return mark[0].lower().endswith("key") and word.lower() in _NOT_A_SECRET


def _is_known(line: str, word: str, mark: re.Match[str]) -> bool:
    """Whether the grammar knows a line, in any mode, and a word of it behind a mark as no secret.

    Behind a strong mark all but keywords may be secrets.
    """
    return any(
        command.has(word)
        or (command.has(mark[0]) and _is_number(command, word))
        or (not mark["strong"] and not command.secrets and command.has(mark[0]))
        for command in _commands(line)
    )


def _is_number(command: Command, word: str) -> bool:
    return any(isinstance(value, int) and str(value) == word for _, value in command.every)


@lru_cache(maxsize=16)
def _commands(line: str) -> list[Command]:
    """What a line is in the modes that know it."""
    found: list[Command] = []
    for mode in mode_names():
        if mode in ("exec", UNLISTED):
            continue
        try:
            found.append(parse(line, mode, Privilege.SECURITY))
        except LineError:
            continue
    return found


def without_license(text: str) -> tuple[str, bool]:
    """A configuration without license keys, which fit one chassis only, and whether it had one.

    The text of a key goes over several lines in quotes.
    """
    lines: list[str] = []
    inside, found = False, False
    for line in text.split("\n"):
        if inside:
            inside = '"' not in line
            lines.append("")  # so that the others have their numbers
        elif _KEY_LINE.match(line):
            found = True
            inside = line.count('"') == 1
            lines.append("")
        else:
            lines.append(line)
    return "\n".join(lines), found
