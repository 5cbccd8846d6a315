"""Layouts about charging gateways."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from staros_cli.chassis.peers.servers import GtppCounts
from staros_cli.chassis.peers.settings import GtppSettings
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Lines, Screen, blocks, key_of, screen

_END = 40
"""Characters of a label and its value together."""


class GatewayRow(Struct, frozen=True):
    """A charging gateway with its state, its place in its group from 0, and its counts."""

    settings: GtppSettings
    state: str
    place: int
    counts: GtppCounts


@layout(
    "show gtpp accounting servers",
    "doc",
    "Labels, their order and the states are documented, the form of the lines is chosen.",
)
def servers(rows: Sequence[GatewayRow]) -> Screen:
    """The charging gateways and their states, by context."""
    parts: list[Lines] = []
    before = ""
    for row in rows:
        settings = row.settings
        head = [f"context: {settings.context}"] if settings.context != before else []
        before = settings.context
        rank = "Secondary" if row.place else "Primary"
        lines = [
            f"{rank} Accounting server address {settings.address}, port {settings.port}, "
            f"priority {settings.priority}",
            f"    state {row.state}, group {settings.group}",
        ]
        values = {
            "context": settings.context,
            "address": settings.address,
            "port": settings.port,
            "priority": settings.priority,
            "state": row.state,
            "group": settings.group,
        }
        parts.append(Lines([*head, *lines], values))
    return screen(*parts)


@layout(
    "show gtpp statistics",
    "chosen",
    "A record is sent for every call that ends.",
)
def statistics(groups: Sequence[tuple[str, GtppCounts]]) -> Screen:
    """What the charging gateways of groups were sent and have sent."""
    return blocks(screen(f"GTPP Statistics for Group: {name}", _group(c)) for name, c in groups)


def _group(counts: GtppCounts) -> Lines:
    rows = (
        ("Outstanding CDRs", 0),
        ("GCDR", 0),
        ("Total G-CDR transmission", counts.records + counts.failed),
        ("Total G-CDR retransmission", 0),
        ("Total G-CDR accepted", counts.records),
        ("Total G-CDR transmission failures", counts.failed),
        ("Redirection requests rcvd", 0),
        ("Echo requests sent", counts.echoes),
        ("Echo responses rcvd", counts.echo_answers),
    )
    lines = [f"  {label}:{value:>{_END - len(label)}}" for label, value in rows]
    return Lines(lines, {key_of(label): value for label, value in rows})


_KINDS = ("GCDRs", "eGCDRs", "MCDRs", "SCDRs", "S-SMO-CDRs", "S-SMT-CDRs", "PGWCDRs", "SGWCDRs")


@layout(
    "show gtpp counters all",
    "doc",
    "The order of the first ten rows is documented; the other kinds of records are chosen. No "
    "record is held back here: the counts are those of an idle device.",
)
def counters() -> Screen:
    """The records that wait."""
    rows = (
        (text.format(kind), 0)
        for kind in _KINDS
        for text in (
            "Outstanding {}",
            "Possibly Duplicate Outstanding {}",
            "Archived {}",
            "{} buffered with AAAPROXY",
            "{} buffered with AAAMGR",
        )
    )
    found = list(rows)
    lines = [f"{label}: {value}" for label, value in found]
    return screen(Lines(lines, {label.lower().replace(" ", "_"): value for label, value in found}))


@layout("gtpp test accounting", "chosen")
def tested(settings: GtppSettings, answered: bool) -> Lines:
    """Whether a charging gateway answered an echo request."""
    first = f"Accounting from charging gateway {settings.address}, port {settings.port}"
    told = "Echo Success: Echo Response received" if answered else "Echo Failure: No response"
    return Lines([first, told, ""], {"address": settings.address, "answered": answered})
