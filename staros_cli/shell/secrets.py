"""Passwords in lines that are typed: finding them, so that they are stored nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from staros_cli.language.parser import Command

_PASSWORD_WORD = re.compile(r"(?<!\S)(p(a\S*)?|ke(y\S*)?|secr\S*|comm?u\S*)(?!\S)", re.IGNORECASE)
"""The word before a password, perhaps cut short or misspelt, in a line that is not understood."""

_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]{0,200}:[^/\s@]{0,200}@")

PASSWORD_COMMANDS = (
    "administrator",
    "cli",
    "config-administrator",
    "inspector",
    "local-user",
    "operator",
    "tech-support",
)
"""First words of commands that take a password."""


def holds_secret(line: str, command: Command | None) -> bool:
    """Whether there is a password in a line; `command` is what was understood, None for nothing."""
    if _PASSWORD_IN_URL.search(line):
        return True
    if command is None:
        first = line.split(maxsplit=1)[:1]
        return _PASSWORD_WORD.search(line) is not None or _takes_password(first)
    return bool(command.secrets)


def replaced(line: str, command: Command | None, replace: Callable[[str], str]) -> str | None:
    """A line with each password in it replaced; `command` is what was understood.

    That is the line itself when it holds none, and None when it may hold one but is no command.
    """
    if not holds_secret(line, command):
        return line
    if command is None:
        return None
    return _PASSWORD_IN_URL.sub("://", command.with_secrets(replace))


def _takes_password(words: list[str]) -> bool:
    """Whether a line that was not understood may be a command with a password.

    Any word of it can be misspelt, so what counts is what the first one is like.
    """
    from difflib import get_close_matches  # not for the first prompt

    return any(
        secret.startswith(word.lower()) or get_close_matches(word.lower(), [secret], cutoff=0.7)
        for word in words
        for secret in PASSWORD_COMMANDS
        if len(word) > 1
    )
