"""What services need to start: addresses they are bound to, and other services."""

from __future__ import annotations

from msgspec import Struct

GTPC, GTPU, S1_MME = "gtpc", "gtpu", "s1-mme"
"""What a service with several bindings uses each for; one with a single binding has no word."""


class Needs(Struct, frozen=True):
    """The bindings that a kind of service needs, and the kinds of services."""

    bindings: tuple[str, ...] = ("",)
    services: tuple[str, ...] = ()


_NEEDS = {
    "egtp": Needs((GTPC,)),
    "mme": Needs((S1_MME,)),
    "pgw": Needs((), ("egtp",)),
    "saegw": Needs((), ("sgw", "pgw")),
    "sgsn": Needs((), ("sgtp",)),
    "sgtp": Needs((GTPC, GTPU)),
    "sgw": Needs((), ("egtp",)),
}
"""Those of services that are bound to an address directly are not listed."""
USED = ("egtp", "gtpu", "sgtp")
"""The services that others use: one that is associated has to run. They use none that uses them."""


def needs_of(kind: str) -> Needs:
    """What a kind of service needs to start."""
    return _NEEDS.get(kind, Needs())
