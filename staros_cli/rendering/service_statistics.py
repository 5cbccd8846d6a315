"""Layouts about what services have counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis.service_statistics import ServiceCounts
from staros_cli.chassis.traffic import PACKET
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters
from staros_cli.rendering.values import Lines, Screen, blocks, key_of, screen


class ServiceRow(Struct, frozen=True):
    """A service with the counts of its calls of each version of IP."""

    context: str
    name: str
    ipv4: ServiceCounts
    ipv6: ServiceCounts


@layout(
    "show pgw-service statistics",
    "chosen",
    "Labels as remembered, columns those of other counters. A subscriber has one PDN here. "
    "Bearers, handovers and causes are not modelled and left out. Services of other kinds have the "
    "same shape.",
)
def services(rows: Sequence[ServiceRow]) -> Screen:
    """How many subscribers have come to services, and what they have carried."""
    return blocks(map(_service, rows))


def _service(row: ServiceRow) -> Screen:
    total = row.ipv4.plus(row.ipv6)
    head = [f"Service name: {row.name}", f"Context: {row.context}"]
    octets, packets = (total.up, total.down), (total.up // PACKET, total.down // PACKET)
    data = (
        (("Uplink Pkts", packets[0]), ("Downlink Pkts", packets[1])),
        (("Uplink Bytes", octets[0]), ("Downlink Bytes", octets[1])),
    )
    return screen(
        Lines(head, {"name": row.name, "context": row.context}),
        _calls("Subscribers Total:", total),
        _calls("PDNs Total:", total),
        "PDNs By PDN-Type:",
        _calls("  IPv4 PDNs:", row.ipv4, 6),
        _calls("  IPv6 PDNs:", row.ipv6, 6),
        counters("Data Statistics:", data),
    )


def _calls(title: str, counts: ServiceCounts, indent: int = 2) -> Lines:
    rows = (
        (("Active", counts.active), ("Setup", counts.setup)),
        (("Released", counts.released), ("Rejected", counts.rejected)),
    )
    return counters(title, rows, indent)


MME_BLOCKS = ("emm-only", "esm-only", "s1ap")
"""The blocks of the counts of MME services, by the words that select them."""


@layout(
    "show mme-service statistics",
    "client",
    "`Attach Request`, `Attach Reject`, `No Attach Reject/Accept` and `ESM Failure` behind four "
    "blanks, with the total as third word, are looked for by a client; the rest is remembered. "
    "Every attach is taken to be one message of the access network, with one PDN.",
)
def mme(counts: ServiceCounts, wanted: Sequence[str], reasons: Mapping[str, int] | None) -> Screen:
    """The messages that the calls of MME services came to; `reasons` are those of rejections."""
    waiting = counts.connecting + counts.failed
    emm = [
        ("Attach Request:", counts.asked),
        ("Attach Accept:", counts.setup),
        ("Attach Complete:", counts.setup),
        ("Attach Reject:", counts.rejected),
        *((f"  {reason}:", count) for reason, count in sorted((reasons or {}).items())),
        ("No Attach Reject/Accept", waiting),
        ("Detach Total:", counts.released),
    ]
    esm = [
        ("PDN Connectivity Request:", counts.setup + waiting),
        ("PDN Connectivity Accept:", counts.setup),
        ("ESM Failure:", 0),
    ]
    s1ap = [
        ("Initial UE Message:", counts.asked),
        ("Initial Context Setup Response:", counts.setup),
        ("UE Context Release Complete:", counts.released + counts.rejected),
    ]
    found = dict(zip(MME_BLOCKS, (emm, esm, s1ap), strict=True))
    titles = dict(zip(MME_BLOCKS, ("EMM", "ESM", "S1AP"), strict=True))
    return blocks(_messages(f"{titles[block]} Statistics:", found[block]) for block in wanted)


def _messages(title: str, rows: Sequence[tuple[str, int]]) -> Lines:
    lines = [title, *(f"    {label:<34}{count}" for label, count in rows)]
    return Lines(lines, {"title": title.strip(":")} | {key_of(name): n for name, n in rows})
