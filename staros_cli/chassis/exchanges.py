"""Requests about a call to servers, as somebody sees them who watches the call."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Interface(Enum):
    """What servers are asked over; the value is how it is named."""

    GX = "Gx"
    GY = "Gy"
    AUTHENTICATION = "AUTHENTICATION"
    ACCOUNTING = "ACCOUNTING"


class Stage(Enum):
    """Where in the life of a call it is asked; the value is that of credit control."""

    INITIAL = 1
    UPDATE = 2
    FINAL = 3


class Host(Struct, frozen=True):
    """One end of an exchange: address and port, with host and realm where the protocol has them."""

    address: str
    port: int
    name: str = ""
    realm: str = ""


class Quota(Struct, frozen=True):
    """A quota of a kind of traffic: its rating group, and the octets used of it, up and down."""

    rating_group: int
    up: int = 0
    down: int = 0


class Exchange(Struct, frozen=True):
    """A request to a server, and whether that answers.

    `number` counts the requests of a session from 0. Of credit control, `quotas` are those that are
    asked for, or reported in the end, `why` the reason for that, and `cause` why a session ends, as
    numbers of the specification.
    """

    interface: Interface
    stage: Stage
    own: Host
    server: Host
    answered: bool
    number: int = 0
    quotas: tuple[Quota, ...] = ()
    why: int = 0
    cause: int = 0
