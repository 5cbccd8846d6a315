"""Interfaces of contexts and their addresses."""

from __future__ import annotations

from ipaddress import ip_interface

from msgspec import Struct

from staros_cli import messages
from staros_cli.messages import Refused

ETHERNET, LOOPBACK, TUNNEL = "ethernet", "loopback", "tunnel"


class Address(Struct, frozen=True):
    """An address of an interface, with the length of the prefix of its network."""

    ip: str
    length: int
    secondary: bool = False

    @classmethod
    def read(cls, text: str, secondary: bool = False) -> Address:
        """The address that stands in `text` with a length or a mask behind a slash."""
        found = ip_interface(text)
        return cls(str(found.ip), found.network.prefixlen, secondary)

    @property
    def is_ipv6(self) -> bool:
        """Whether it is an IPv6 address."""
        return ":" in self.ip


class Interface(Struct):
    """An interface; one that is not of Ethernet needs no port to be up."""

    name: str
    kind: str = ETHERNET
    addresses: list[Address] = []

    def has(self, ip: str) -> bool:
        """Whether it has an address, in any spelling."""
        return any(address.ip == ip for address in self.addresses)

    def put(self, address: Address) -> None:
        """Give it an address; a primary one takes the place of the one of its version."""
        self.addresses = [
            other
            for other in self.addresses
            if other.ip != address.ip
            and (address.secondary or other.secondary or other.is_ipv6 != address.is_ipv6)
        ]
        self.addresses.append(address)

    def remove(self, ip: str = "", *, ipv6: bool = False) -> None:
        """Take an address away, or all of a version.

        Raises Refused when it has no such address, and for a primary one while there are others.
        """
        left = [
            address
            for address in self.addresses
            if (address.ip != ip if ip else address.is_ipv6 != ipv6)
        ]
        if ip and len(left) == len(self.addresses):
            raise Refused(messages.NO_SUCH_ADDRESS, address=ip, name=self.name)
        alone = {address.is_ipv6 for address in left if address.secondary}
        if alone - {address.is_ipv6 for address in left if not address.secondary}:
            raise Refused(messages.SECONDARY_LEFT, name=self.name)
        self.addresses = left
