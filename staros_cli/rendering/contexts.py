"""Layouts about contexts, services and what they carry."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis import calendar
from staros_cli.chassis.contexts import Context, Service
from staros_cli.chassis.session_use import SessionUse
from staros_cli.rendering.layout import layout


@layout("show context", "capture")
def table(contexts: Sequence[Context]) -> list[str]:
    """The contexts."""
    lines = [
        "Context Name    ContextID    State     Description",
        "--------------- --------- ----------   -----------------------",
    ]
    lines += [f"{context.name:<15} {context.number:<12} Active" for context in contexts]
    return lines


def _cell(value: object, width: int) -> str:
    return f"{value!s:<{width - 1}} "


@layout(
    "show service all", "capture", "`Initialized`, the state of a service not bound, is chosen."
)
def services(rows: Sequence[tuple[Context, Service, bool, int]]) -> list[str]:
    """The services, whether they are started, and their sessions."""
    lines = [
        "ContextID   ServiceID   ContextName   ServiceName   State         Sessions   Type",
        "---------   ---------   -----------   -----------   ----------    -----------   ----",
    ]
    for context, service, started, sessions in rows:
        state = "Started" if started else "Initialized"
        lines.append(
            _cell(context.number, 12)
            + _cell(service.number, 12)
            + _cell(context.name, 14)
            + _cell(service.name, 14)
            + _cell(state, 14)
            + _cell(sessions, 14)
            + service.kind
        )
    return lines


@layout("show resources", "capture", "The words for a limit that is exceeded are chosen.")
def resources(uses: Sequence[SessionUse]) -> list[str]:
    """Sessions in use and allowed, a service a block."""
    lines: list[str] = []
    for use in uses:
        when = calendar.long_date(use.peak_at) if use.peak else "Never"
        within = use.in_use <= use.limit
        lines += [
            f"{use.session_type} Service:",
            f"    In Use              : {use.in_use}",
            f"    Max Used            : {use.peak} ( {when} )",
            f"    Limit               : {use.limit}",
            f"    License Status      : "
            f"{'Within Acceptable Limits' if within else 'Over The Limit'}",
        ]
    return lines or ["No services are configured or licensed"]
