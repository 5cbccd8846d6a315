"""Layouts about congestion."""

from __future__ import annotations

from staros_cli.chassis.congestion import DEFAULTS, LICENSE, SERVICE, TOLERANCE, CongestionSettings
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines, key_of

_LABELS = {
    "system-cpu-utilization": "system cpu utilization",
    "service-control-cpu-utilization": "service control cpu utilization",
    "system-memory-utilization": "system memory utilization",
    "message-queue-utilization": "message queue utilization",
    "message-queue-wait-time": "message queue wait time",
    "port-rx-utilization": "port rx utilization",
    "port-tx-utilization": "port tx utilization",
    LICENSE: "license utilization",
    SERVICE: "max-session-per-service utilization",
    TOLERANCE: "tolerence limit",
}
_SERVICES = (
    *("pdsn", "hsgw", "ha", "ggsn", "closedrp", "lns", "pgw", "sgw", "mme", "asngw", "epdg"),
    "samog",
)


@layout(
    "show congestion-control configuration",
    "chosen",
    "Remembered from a manual, with its spelling. Services of other kinds follow where something "
    "is configured for them.",
)
def configuration(settings: CongestionSettings) -> Lines:
    """Whether something is done about congestion, from when on, and what services do."""
    state = "enabled" if settings.enabled else "disabled"
    lines = [f"Congestion-control: {state}", "", "Congestion-control Threshold parameters"]
    for name in DEFAULTS:
        unit = " seconds" if name == "message-queue-wait-time" else "%"
        lines.append(f"   {_LABELS[name] + ':':<36} {settings.threshold(name)}{unit}")
    lines += ["", "Congestion-control Policy"]
    kinds = [*_SERVICES, *(kind for kind in settings.policies if kind not in _SERVICES)]
    lines += [f"   {kind + '-service:':<19} {settings.policy(kind)}" for kind in kinds]
    data = {
        "state": state,
        "thresholds": {key_of(_LABELS[name]): settings.threshold(name) for name in DEFAULTS},
        "policies": {kind: settings.policy(kind) for kind in kinds},
    }
    return Lines(lines, data)
