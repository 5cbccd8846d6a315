"""What is configured about SNMP: the server, who may ask it, and who is told of traps."""

from __future__ import annotations

import hashlib

from msgspec import Struct

PORT, TRAP_PORT = 161, 162
MIBS = (
    "STARENT-MIB",
    "IF-MIB",
    "ENTITY-MIB",
    "ENTITY-STATE-MIB",
    "ENTITY-SENSORE-MIB",
    "HOST-RESOURCES-MIB",
    "CISCO-MOBILITY-MIB",
    "CISCO-ENTITY-DISPLAY-MIB",
    "CISCO-PROCESS-MIB",
    "CISCO-ENTITY-FRU-CONTROL-MIB",
)
"""The MIBs there are, as the device spells them; the first is in use by default."""


class Community(Struct, frozen=True):
    """A community: its name as it is kept, what it may do, and what it sees."""

    kept_name: str
    may_write: bool = False
    view: str = ""


class Target(Struct, frozen=True):
    """A manager that traps are sent to."""

    name: str
    address: str
    port: int = TRAP_PORT
    default: bool = True
    security_name: str = "public"
    version: str = "1"
    view: str = ""
    kind: str = "traps"


class User(Struct, frozen=True):
    """A user of SNMP version 3."""

    name: str
    group: str = ""
    model: str = "usm"
    level: str = "noauth"
    engine: str = ""


class Limit(Struct, frozen=True):
    """How many traps a period may have before no more are sent, and after which they are again."""

    most: int = 300
    low: int = 100
    seconds: int = 300


class SnmpSettings(Struct, frozen=True):
    """All that is configured about SNMP. `engine` is empty where it is not configured."""

    enabled: bool = True
    port: int = PORT
    location: str = ""
    contact: str = ""
    tells_of_failures: bool = False
    engine: str = ""
    remote_engine: str = ""
    limit: Limit = Limit()
    mibs: frozenset[str] = frozenset(MIBS[:1])
    communities: tuple[Community, ...] = ()
    targets: tuple[Target, ...] = ()
    users: tuple[User, ...] = ()


def engine_of(serial: str) -> str:
    """The engine identifier of a chassis that was given none: of its hardware address (chosen)."""
    return "8000000903020547" + hashlib.blake2b(serial.encode(), digest_size=3).hexdigest()
