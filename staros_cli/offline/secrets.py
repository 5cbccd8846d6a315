"""Replacing the secrets of a configuration, before it goes anywhere."""

from __future__ import annotations

import re

from msgspec import Struct

PASSWORD = "lab-password"
"""The password of users whose own one was left out."""
REPLACED = "replaced"
"""Stands for any other secret."""

_VALUE = r'("(?:\\"|[^"])*"|\S+)'
_USER = re.compile(
    r"^(\s*(?:administrator|config-administrator|operator|inspector|local-user username)\s+\S+.*?)"
    rf"\s(?:encrypted\s+)?password\s+{_VALUE}"
)
_WORDS = (
    r"password|secret|key|shared-secret|shared-key|preshared-key|isakmp-secret|passphrase|community"
    r"|auth-key|priv-key|encrypted-key|md5-key|authentication-key|certificate-key|private-key"
)
_SECRET = re.compile(rf"(?<![\w-])((?:encrypted\s+)?(?:{_WORDS})\s+(?:encrypted\s+)?){_VALUE}")
_NO_SECRET = re.compile(
    r"^\s*(?:license\s+key|no\s|description|.*\bkey\s+(?:type|chain|size|length|id)\b)"
)
_NOT_THE_VALUE = frozenset(("encrypted", "name", "type", "id", "len"))
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
    cleaned = _SECRET.sub(_replaced, line)
    return _ENCRYPTED.sub(REPLACED, cleaned)


def _replaced(found: re.Match[str]) -> str:
    if found[2] in _NOT_THE_VALUE:
        return found[0]
    return f"{re.sub(r'encrypted +', '', found[1])}{REPLACED}"


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
