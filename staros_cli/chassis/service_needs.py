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
    "user-plane": Needs((), ("sx", "gtpu")),
}
"""Those of services that are bound to an address directly are not listed."""
USED = ("egtp", "gtpu", "sgtp", "sx")
"""The services that others use: one that is associated has to run. They use none that uses them."""


CP_TUNNEL, PGW_INGRESS, SGW_EGRESS, SGW_INGRESS = (
    "cp-tunnel",
    "pgw-ingress",
    "sgw-egress",
    "sgw-ingress",
)
GTPU_SIDES = (CP_TUNNEL, PGW_INGRESS, SGW_EGRESS, SGW_INGRESS)
"""What a user plane uses GTP-U services for."""


def association_of(kind: str, side: str = "") -> str:
    """How the use of a service of a kind is kept: by its kind, and by the side it is used for."""
    return f"{kind} {side}".rstrip()


def needs_of(kind: str) -> Needs:
    """What a kind of service needs to start."""
    return _NEEDS.get(kind, Needs())
