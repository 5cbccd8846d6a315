"""Layouts about contexts, services and what they carry."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.contexts import Context, Service
from staros_cli.chassis.session_use import SessionUse
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Rows, Screen, Table, screen

_CONTEXTS = Table[Context](
    Column("Context Name", 15, lambda context: context.name),
    Column("ContextID", 9, lambda context: context.number),
    Column("State", 10, lambda context: "Active", gap=4),
    heads=(
        "Context Name    ContextID    State     Description",
        "--------------- --------- ----------   -----------------------",
    ),
)


@layout("show context", "capture")
def table(contexts: Sequence[Context]) -> Rows:
    """The contexts."""
    return _CONTEXTS.of(contexts)


class ServiceRow(Struct, frozen=True):
    """A service in its context, whether it is started, and how many sessions it may have."""

    context: Context
    service: Service
    started: bool
    most: int

    @property
    def state(self) -> str:
        """The state as it is shown."""
        return "Started" if self.started else "Initialized"


_SERVICES = Table[ServiceRow](
    Column("ContextID", 11, lambda row: row.context.number),
    Column("ServiceID", 11, lambda row: row.service.number),
    Column("ContextName", 13, lambda row: row.context.name),
    Column("ServiceName", 13, lambda row: row.service.name),
    Column("State", 13, lambda row: row.state),
    Column("Sessions", 13, lambda row: row.most),
    Column("Type", 20, lambda row: row.service.kind),
    heads=(
        "ContextID   ServiceID   ContextName   ServiceName   State         Sessions   Type",
        "---------   ---------   -----------   -----------   ----------    -----------   ----",
    ),
)


@layout(
    "show service all",
    "capture",
    "Sessions are those that the licence allows. `Initialized`, the state of a service not bound, "
    "is chosen, and so is 0 for a service that others use.",
)
def services(rows: Sequence[ServiceRow]) -> Rows:
    """The services, whether they are started, and how many sessions they may have."""
    return _SERVICES.of(rows)


@layout("show resources", "capture", "The words for a limit that is exceeded are chosen.")
def resources(uses: Sequence[SessionUse]) -> Screen:
    """Sessions in use and allowed, a service a block."""
    if not uses:
        return screen(Lines(["No services are configured or licensed"]))
    return screen(*map(_use, uses))


def _use(use: SessionUse) -> Fields:
    when = calendar.long_date(use.peak_at) if use.peak else "Never"
    within = use.in_use <= use.limit
    fields = (
        ("In Use", use.in_use),
        ("Max Used", f"{use.peak} ( {when} )"),
        ("Limit", use.limit),
        ("License Status", "Within Acceptable Limits" if within else "Over The Limit"),
    )
    return Fields(fields, f"{use.session_type} Service:", width=19, indent=4)
