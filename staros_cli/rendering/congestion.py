"""Layouts about congestion."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.congestion import (
    DEFAULTS,
    LICENSE,
    RESOURCES,
    SERVICE,
    TOLERANCE,
    CongestionCount,
    CongestionSettings,
)
from staros_cli.chassis.tasks import Task
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Fields, Lines, Screen, blocks, key_of, screen, yes_no

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


_EXCEEDED = {
    "system-cpu-utilization": "system cpu use exceeded",
    "service-control-cpu-utilization": "service cpu use exceeded",
    "system-memory-utilization": "system memory use exceeded",
    "port-rx-utilization": "port rx use exceeded",
    "port-tx-utilization": "port tx use exceeded",
    LICENSE: "license use exceeded",
    SERVICE: "max sess use exceeded",
    "message-queue-utilization": "msg queue size use exceeded",
    "message-queue-wait-time": "msg queue wait time exceeded",
}


@layout(
    "show congestion-control statistics",
    "chosen",
    "Labels as remembered. Calls that are dropped are not counted; a session manager refuses none "
    "itself.",
)
def statistics(counts: Sequence[CongestionCount]) -> Screen:
    """What is too much for services, how often something was, and the calls refused."""
    return blocks(_statistics(f"{one.kind}-service", one) for one in counts)


def statistics_of_tasks(tasks: Sequence[Task], count: CongestionCount) -> Screen:
    """The same for the tasks of a facility."""
    return blocks(_statistics(f"{task.facility} instance {task.instance}", count) for task in tasks)


def _statistics(title: str, count: CongestionCount) -> Screen:
    policy = [("Congestion policy", count.policy)] if count.policy else []
    head: list[tuple[str, Cell]] = [
        ("Current congestion status", "Applied" if count.resource else "Cleared"),
        ("Current congestion type", RESOURCES.get(count.resource, "None")),
        *policy,
        ("Congestion applied", f"{count.applied} times"),
        ("New calls rejected", count.rejected),
    ]
    limits: list[tuple[str, Cell]] = [
        (label, yes_no(name == count.resource)) for name, label in _EXCEEDED.items()
    ]
    return screen(
        Fields(tuple(head), f"{title}:", width=28, between=": "),
        Fields(
            tuple(limits),
            "  Congestion Control Resource Limits",
            width=30,
            indent=4,
            between=": ",
        ),
    )
