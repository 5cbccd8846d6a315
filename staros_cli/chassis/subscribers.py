"""Subscribers: who may call. Groups alike, of which a number tells the members apart."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from staros_cli import wildcards
from staros_cli.chassis.access import KIND_BY_NAME
from staros_cli.chassis.definition_schema import SubscribersSchema

CALL_LOAD = 0.00375
"""Percent of a CPU that a call takes, and as much again for its traffic at the usual rate (chosen:
a sessmgr then reaches 90 % of its allocation when it holds the calls it is allowed)."""


_FIRST_IPV6 = "2001:db8::1"
"""The IPv6 address of the first of subscribers that have both, where none is given (chosen)."""


class Wildcard:
    """A name to look for: `*` stands for many characters, `$` for one (SR-30).

    In single quotes both stand for themselves.
    """

    def __init__(self, text: str) -> None:
        literal = len(text) > 1 and text[0] == text[-1] == "'"
        self.text = text[1:-1] if literal else text
        self.is_exact = literal or not re.search(r"[*$]", text)
        self.matches = wildcards.matcher(self.text, "*", "$")


class Group:
    """Subscribers of one kind; their names, identities and addresses follow from a number.

    Numbers count from 0; the username shows them from 1.
    """

    def __init__(self, schema: SubscribersSchema) -> None:
        self.schema = schema
        self.count = schema.count
        self.kind = KIND_BY_NAME[schema.access]
        self.place = (schema.context, schema.service)
        self.callid = int(schema.callid, 16) if schema.callid else 0
        self._prefix, mark, self._suffix = schema.username.partition("{number}")
        self._numbered = bool(mark)
        self._msid = int(schema.msid)
        self._msid_width = len(schema.msid)
        self._msisdn = int(schema.msisdn or "0")
        self._msisdn_width = len(schema.msisdn)
        self.apn = schema.apn
        self._address = int(ipaddress.ip_address(schema.address))
        self._address6 = int(ipaddress.ip_address(schema.ipv6_address or _FIRST_IPV6))
        self.traffic = schema.traffic.value
        self.load = CALL_LOAD * (1 + self.traffic.rate)

    @property
    def qci(self) -> int:
        """The class of quality of the default bearers of its calls, 0 where they have none."""
        bearers = self.kind.has_bearers or self.kind.is_user_plane
        return self.schema.qci if bearers else 0

    def username(self, number: int) -> str:
        """The name of a subscriber."""
        return f"{self._prefix}{number + 1}{self._suffix}" if self._numbered else self._prefix

    def msid(self, number: int) -> str:
        """The mobile station identity of a subscriber."""
        return str(self._msid + number).zfill(self._msid_width)

    def msisdn(self, number: int) -> str:
        """The telephone number of a subscriber, empty where the group has none."""
        if not self._msisdn_width:
            return ""
        return str(self._msisdn + number).zfill(self._msisdn_width)

    def address(self, number: int) -> str:
        """The address of a subscriber."""
        if self.kind.is_ipv6:
            return str(ipaddress.IPv6Address((self._address + number) % (1 << 128)))
        value = (self._address + number) & 0xFFFFFFFF
        return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))

    def second_address(self, number: int) -> str:
        """The IPv6 address of a subscriber that has one beside that of IPv4, else nothing."""
        if not self.kind.is_dual:
            return ""
        return str(ipaddress.IPv6Address((self._address6 + number) % (1 << 128)))

    def has_second(self, address: str) -> bool:
        """Whether an address is of the version that subscribers have beside IPv4."""
        return self.kind.is_dual and ":" in address

    def number_of_username(self, name: str) -> int | None:
        """Which subscriber has that name, if one has."""
        if not self._numbered:
            return 0 if name == self._prefix and self.count else None
        if not (name.startswith(self._prefix) and name.endswith(self._suffix)):
            return None
        digits = name[len(self._prefix) : len(name) - len(self._suffix)]
        if not re.fullmatch(r"[1-9][0-9]{0,8}", digits) or int(digits) > self.count:
            return None
        return int(digits) - 1

    def number_of_msid(self, msid: str) -> int | None:
        """Which subscriber has that identity, if one has."""
        return self._number_of(msid, self._msid, self._msid_width)

    def number_of_msisdn(self, msisdn: str) -> int | None:
        """Which subscriber has that telephone number, if one has."""
        return self._number_of(msisdn, self._msisdn, self._msisdn_width)

    def _number_of(self, digits: str, first: int, width: int) -> int | None:
        if not digits.isdecimal() or digits != str(int(digits)).zfill(width):
            return None
        number = int(digits) - first
        return number if width and 0 <= number < self.count else None

    def number_of_address(self, address: str) -> int | None:
        """Which subscriber has that address, if one has."""
        wanted, second = ipaddress.ip_address(address), self.has_second(address)
        if (wanted.version == 6) is not (self.kind.is_ipv6 or second):
            return None
        first = self._address6 if second else self._address
        number = (int(wanted) - first) % (1 << wanted.max_prefixlen)
        return number if number < self.count else None

    def usernames(self, numbers: Iterable[int]) -> Iterator[str]:
        """The names of several subscribers."""
        if not self._numbered:
            return (self._prefix for _ in numbers)
        prefix, suffix = self._prefix, self._suffix
        return (f"{prefix}{number + 1}{suffix}" for number in numbers)

    def msids(self, numbers: Iterable[int]) -> Iterator[str]:
        """The identities of several subscribers."""
        base, width = self._msid, self._msid_width
        return (f"{base + number:0{width}d}" for number in numbers)

    def msisdns(self, numbers: Iterable[int]) -> Iterator[str]:
        """The telephone numbers of several subscribers, empty where the group has none."""
        return (self.msisdn(number) for number in numbers)
