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


def _checked(check: Callable[[str], object]) -> Callable[[Word, int, int], str]:
    """The reader of a kind that `check` raises ValueError for; the text stays, in lower case."""

    def read(word: Word, low: int, high: int) -> str:
        try:
            check(word.text)
        except ValueError:
            raise Unfit(word.text) from None
        return word.text.lower()

    return read


def _check_mask(text: str) -> None:
    ipaddress.IPv4Network(f"0.0.0.0/{text}")
    ipaddress.IPv4Address(text)


_ipv4 = _checked(ipaddress.IPv4Address)
_ipv6 = _checked(ipaddress.IPv6Address)
_address = _checked(ipaddress.ip_address)
_network = _checked(ipaddress.ip_interface)  # the address may be one within the network
_netmask = _checked(_check_mask)


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
_NAMES = "{low} to {high} characters, * for many and $ for one"
_KINDS = (
    ("port", _any, "slot and port as 5/10"),
    (
        "network4",
        _checked(ipaddress.ip_interface),
        "an IPv4 address with the length of its prefix as 192.0.2.0/24",
    ),
    (
        "network6",
        _checked(ipaddress.ip_interface),
        "an IPv6 address with the length of its prefix as 2001:db8::/64",
    ),
    (
        "network",
        _checked(ipaddress.ip_interface),
        "an address with the length of its prefix as 192.0.2.0/24",
    ),
    ("mac", _any, "a MAC address as 02-00-5e-00-00-01"),
    ("date", _any, "a date and time as YYYY:MM:DD:HH:mm:ss"),
    ("netmask", _netmask, "an IPv4 network mask in dotted decimal notation"),
    ("ipv4", _ipv4, "an IPv4 address in dotted decimal notation"),
    ("ipv6", _ipv6, "an IPv6 address in colon separated notation"),
    ("address", _address, "an IPv4 or IPv6 address"),
    ("integer", _integer, "an integer from {low} to {high}"),
    ("numeral", _string, "{low} to {high} digits"),
    ("bits", _any, "a hexadecimal number as 0x1F"),
    ("hexadecimal", _hexadecimal, "{low} hexadecimal digits"),
    ("url", _string, "a file as /flash/name, /hd-raid/name or /usb1/name"),
    ("name", _string, "a name of {low} to {high} letters, digits, dots, underscores and hyphens"),
    ("hostname", _string, "{low} to {high} letters, digits, underscores and hyphens"),
    ("facility", _string, _CHARACTERS),
    ("identifier", _string, _CHARACTERS),
    ("word", _string, _CHARACTERS),
    ("digits", _wildcard, _NAMES),
    ("wildcard", _wildcard, _NAMES),
    ("secret", _string, _CHARACTERS),
    ("password", _string, _CHARACTERS),
    ("pattern", _string, _CHARACTERS),
    ("text", _string, _CHARACTERS),
    ("format", _string, _CHARACTERS),
    ("key", _string, _CHARACTERS),
    ("option", _any, "a word"),
)
_SAME_SHAPE = (
    ("network4", "network6", "network"),
    ("ipv4", "ipv6", "address"),
    ("integer", "numeral"),
    ("name", "hostname", "facility", "identifier", "word"),
    ("secret", "password", "pattern", "text", "format", "wildcard"),
)
"""Kinds that cannot be told apart by their shape and so cannot stand at one place."""
_SECRETS = ("secret", "password")


_RANKS = {name: rank for rank, (name, _, _) in enumerate(_KINDS)}
_RANKS |= {name: _RANKS[alike[0]] for alike in _SAME_SHAPE for name in alike}

KINDS: dict[str, Kind] = {
    name: Kind(read, allowed, _RANKS[name], name in _SECRETS) for name, read, allowed in _KINDS
}
"""The kinds by their names in the grammar; the shape of each stands in `values.lark`."""
