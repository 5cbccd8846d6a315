"""The kinds of values that commands take: what is allowed, and the Python value it becomes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from msgspec import Struct

from staros_cli.language.words import Word

Value = int | str


class Unfit(ValueError):
    """A word that is not a value of the kind wanted."""


class Kind(Struct, frozen=True):
    """A kind of value: how a word is read, and how its limits read in help and in refusals.

    Where several kinds may stand, that of the lowest `rank` is tried first: it is more special.
    A `secret` value is not shown or stored as typed.
    """

    read: Callable[[Word, int, int], Value]
    allowed: str
    rank: int
    secret: bool = False


def _integer(word: Word, low: int, high: int) -> int:
    # str.isdecimal() also takes digits of other scripts, which no device would.
    if not re.fullmatch(r"[0-9]{1,19}", word.text) or not low <= int(word.text) <= high:
        raise Unfit(word.text)
    return int(word.text)


def _string(word: Word, low: int, high: int) -> str:
    if not low <= len(word.text) <= high:
        raise Unfit(word.text)
    return word.text


def _any(word: Word, low: int, high: int) -> str:
    return word.text


def _ipv4(word: Word, low: int, high: int) -> str:
    try:
        return str(ipaddress.IPv4Address(word.text))
    except ValueError:
        raise Unfit(word.text) from None


def _netmask(word: Word, low: int, high: int) -> str:
    try:
        ipaddress.IPv4Network(f"0.0.0.0/{word.text}")
        return str(ipaddress.IPv4Address(word.text))
    except ValueError:
        raise Unfit(word.text) from None


def _hexadecimal(word: Word, low: int, high: int) -> str:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{low},{high}}}", word.text):
        raise Unfit(word.text)
    return word.text.lower()


def _wildcard(word: Word, low: int, high: int) -> str:
    """A name in which `*` and `$` stand for others, unless it is in single quotes (SR-30).

    Single quotes are kept as a mark for the reader of the value.
    """
    _string(word, low, high)
    return f"'{word.text}'" if word.quote == "'" else word.text


_CHARACTERS = "a string of {low} to {high} characters"
KINDS: dict[str, Kind] = {
    "port": Kind(_any, "slot and port as 5/10", 0),
    "netmask": Kind(_netmask, "an IPv4 network mask in dotted decimal notation", 1),
    "ipv4": Kind(_ipv4, "an IPv4 address in dotted decimal notation", 2),
    "integer": Kind(_integer, "an integer from {low} to {high}", 3),
    "hexadecimal": Kind(_hexadecimal, "{low} hexadecimal digits", 4),
    "url": Kind(_string, "a file as /flash/name, /hd-raid/name or /usb1/name", 5),
    "name": Kind(
        _string, "a name of {low} to {high} letters, digits, dots, underscores and hyphens", 6
    ),
    "hostname": Kind(_string, "{low} to {high} letters, digits, underscores and hyphens", 6),
    "facility": Kind(_string, _CHARACTERS, 6),
    "identifier": Kind(_string, _CHARACTERS, 6),
    "word": Kind(_string, _CHARACTERS, 6),
    "digits": Kind(_wildcard, "{low} to {high} characters, * for many and $ for one", 7),
    "wildcard": Kind(_wildcard, "{low} to {high} characters, * for many and $ for one", 8),
    "secret": Kind(_string, _CHARACTERS, 8, secret=True),
    "password": Kind(_string, _CHARACTERS, 8, secret=True),
    "pattern": Kind(_string, _CHARACTERS, 8),
    "text": Kind(_string, _CHARACTERS, 8),
    "key": Kind(_string, _CHARACTERS, 9),
}
"""The kinds by their names in the grammar; the shape of each stands in `values.lark`."""
