"""Layouts about the active charging service and objects of it."""

from __future__ import annotations

from collections.abc import Mapping

from staros_cli.chassis.charging.objects import ChargingConfiguration
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Fields

_IDLE = 300
_MEDIA = 120
_LABELS = {
    "tcp": ("TCP Flow Idle Timeout", _IDLE),
    "udp": ("UDP Flow Idle Timeout", _IDLE),
    "icmp": ("ICMP Flow Idle Timeout", _IDLE),
    "alg-media": ("ALG Media Idle Timeout", _MEDIA),
    "flow-mapping": ("Flow-Mapping Idle Timeout", _IDLE),
}
"""Labels of time-outs, and their defaults in seconds (remembered)."""


@layout(
    "show active-charging service",
    "chosen",
    "The time-outs are labels as remembered, the numbers of objects are chosen.",
)
def service(
    configuration: ChargingConfiguration, timeouts: Mapping[str, float], passive: bool
) -> Fields:
    """The active charging service: its time-outs, 0 for those of the default, and its objects."""
    fields: list[tuple[str, Cell]] = [
        (label, f"{timeouts[name] or default:.0f} (secs)")
        for name, (label, default) in _LABELS.items()
    ]
    fields += [
        ("Passive Mode", "Enabled" if passive else "Disabled"),
        ("Ruledefs", len(configuration.ruledefs)),
        ("Groups of Ruledefs", len(configuration.groups)),
        ("Charging Actions", len(configuration.actions)),
        ("Rulebases", len(configuration.rulebases)),
    ]
    title = f"Service name: {configuration.service}"
    return Fields(tuple(fields), title, width=28, between=": ")
