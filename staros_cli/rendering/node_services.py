"""Layouts about services that take calls."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.contexts import Context, Service
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Fields, Lines, Screen, blocks

_NONE = "None"
_TITLES = {"egtp": "EGTP Service", "sgtp": "SGTP Service", "ggsn": "Associated GGSN svc"}
_LABELS = {
    "pgw": ("egtp", "ggsn"),
    "saegw": ("sgw", "pgw", "gtpu"),
    "sgsn": ("sgtp",),
    "mme": ("egtp",),
}
"""The services that each kind names, whether it uses one or not."""


class NodeService(Struct, frozen=True):
    """A service that takes calls, with what is configured of it.

    `counter` is its restart counter, `networks` are those that it is part of, `setup` is the time
    that a call may take to set up, in seconds, `gateway` the SAE gateway that uses it.
    """

    context: Context
    service: Service
    started: bool
    counter: int
    networks: tuple[str, ...]
    setup: int
    newcall: str
    gateway: str
    calls: int

    def uses(self, kind: str) -> str:
        """The service of a kind that it uses."""
        return self.service.associations.get(kind, ("", _NONE))[1]

    @property
    def address(self) -> str:
        """The address that it is bound to, the first of several."""
        return next(iter(self.service.bindings.values()), _NONE)


@layout(
    "show pgw-service",
    "client",
    "`Service name`, `PLMN ID List`, `Newcall Policy` and one line with `Status` are looked for by "
    "clients. The others are remembered; services of other kinds have the same shape.",
)
def services(rows: Sequence[NodeService]) -> Screen:
    """Services of a kind, a block each."""
    return blocks(map(_service, rows))


def _service(row: NodeService) -> Fields:
    kind = row.service.kind
    used = [(_title(kind, other), row.uses(other)) for other in _LABELS.get(kind, ())]
    if kind == "sgw":
        used = [("Ingress EGTP Service", row.uses("egtp"))]
    bound = [] if kind in ("pgw", "sgw", "saegw", "sgsn") else [("Bind IP Address", row.address)]
    gateway = [("SAE-GW service", row.gateway or _NONE)] if kind in ("pgw", "sgw") else []
    networks = row.networks or (_NONE,)
    fields: list[tuple[str, Cell]] = [
        ("Service name", row.service.name),
        ("Service-Id", row.service.number),
        ("Context", row.context.name),
        ("Status", "STARTED" if row.started else "NOT STARTED"),
        ("Restart Counter", row.counter),
        *used,
        *bound,
        *gateway,
        ("Setup Timeout", f"{row.setup} (secs)"),
        ("PLMN ID List", networks[0]),
        *(("", network) for network in networks[1:]),
        ("Newcall Policy", row.newcall),
    ]
    return Fields(tuple(fields), width=30, indent=0, between=": ")


def _title(kind: str, other: str) -> str:
    if kind == "saegw":
        return f"{other.upper()} Service"
    return _TITLES.get(other, f"{other.upper()} Service")


@layout(
    "show ggsn-service",
    "client",
    "`Service name`, `Self PLMN Id.`, `Newcall Policy` are looked for by clients, the others are "
    "remembered.",
)
def ggsn(rows: Sequence[NodeService]) -> Screen:
    """GGSN services, a block each."""
    return blocks(map(_ggsn, rows))


def _ggsn(row: NodeService) -> Lines:
    pairs = [
        ("Service name", row.service.name),
        ("Context", row.context.name),
        ("Associated GTPU Service", row.uses("gtpu")),
        ("Associated PGW svc", row.uses("pgw")),
        ("Bind", "Done" if row.service.bindings else "Not Done"),
        ("Local IP Address", f"{row.address:<20}Local IP Port:          2123"),
        ("Self PLMN Id.", row.networks[0] if row.networks else _NONE),
        ("Restart Counter", str(row.counter)),
        ("Setup Timeout", f"{row.setup} (secs)"),
        ("Service Status", "Started" if row.started else "Not Started"),
        ("Newcall Policy", row.newcall),
    ]
    lines = [f"{label + ':':<24}{value}" for label, value in pairs]
    return Lines(lines, {"name": row.service.name, "started": row.started, "calls": row.calls})
