"""Layouts about access point names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import to_builtins

from staros_cli.chassis.apn_records import ApnRecord
from staros_cli.chassis.service_statistics import ServiceCounts
from staros_cli.chassis.traffic import PACKET
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Rows, Screen, Table, blocks, key_of

_WIDTH = 38


@layout(
    "show apn",
    "chosen",
    "Labels as remembered from a sample of the manual; `access point name` and `Newcall` are words "
    "that clients look for. What is not configured has the value of the sample.",
)
def apns(found: Sequence[ApnRecord], calls: Mapping[str, int]) -> Screen:
    """APNs as they are configured, with the calls that each has."""
    return blocks(_block(apn, calls.get(apn.name.lower(), 0)) for apn in found)


_DROPPED = (
    *("pkts dropped", "bytes dropped", "Flow MBR excd byte drop", "Flow MBR excd packet drop"),
    *("Flow GBR excd byte drop", "Flow GBR excd packet drop"),
    *("AMBR excd byte drop", "AMBR excd packet drop"),
)
"""Counts of what was not carried: nothing, here."""


@layout(
    "show apn statistics",
    "doc",
    "Labels of the data block and their order are documented, the columns and the two lines above "
    "it are chosen; the blocks about calls are left out.",
)
def statistics(found: Sequence[tuple[ApnRecord, tuple[int, int]]]) -> Screen:
    """Octets from and to the subscribers of APNs."""
    return blocks(_statistics(apn, *octets) for apn, octets in found)


def _statistics(apn: ApnRecord, up: int, down: int) -> Lines:
    rows = [("bytes", up, down), ("pkts", up // PACKET, down // PACKET)]
    rows += [(label, 0, 0) for label in _DROPPED]
    lines = [
        f"APN Name: {apn.name}",
        f"VPN Name: {apn.context}",
        "Data Statistics ('uplink'=to PDN, 'downlink'=from PDN):",
    ]
    for label, first, second in rows:
        left = f"{'uplink ' + label + ':':<35}{first:>7}"
        lines.append(f"  {left}      {'downlink ' + label + ':':<35}{second:>7}")
    data = {key_of(f"uplink {label}"): first for label, first, _ in rows}
    data |= {key_of(f"downlink {label}"): second for label, _, second in rows}
    return Lines(lines, {"name": apn.name, "context": apn.context} | data)


def _block(apn: ApnRecord, calls: int) -> Lines:
    lines = [
        f"access point name (APN): {apn.name}",
        f"  authentication context: {apn.context}",
        f"  pdp type: {apn.pdp_type:<26}",
        f"  Selection Mode: {apn.selection}",
        _pair(f"ip source violation: {apn.source_violation}", f"drop limit: {apn.drop_limit}"),
        "  early pdu: Disabled",
        _pair(f"gtpp accounting context: {apn.gtpp_context}", f"accounting mode: {apn.accounting}"),
        "  Newcall Policy: None",
        _pair(
            f"max-primary-pdp-contexts: {apn.most_primary}", f"total-pdp-contexts: {apn.most_total}"
        ),
        _pair(f"primary contexts: {calls}", f"total contexts: {calls}"),
        f"  local ip: {apn.local_address}",
        _pair(f"primary dns: {apn.dns[0]}", f"secondary dns: {apn.dns[1]}"),
        _pair(f"absolute timeout : {apn.absolute}", f"idle timeout : {apn.idle}"),
        _pair(
            f"ip output access-group: {apn.access_out}", f"ip input access-group: {apn.access_in}"
        ),
        f"  ip address pool name: {apn.pool}",
        f"  active-charging rulebase: {apn.rulebase}",
        f"  IMS-auth-service: {apn.ims}",
    ]
    return Lines(lines, {**to_builtins(apn), "contexts": calls})


def _pair(left: str, right: str) -> str:
    return f"  {left:<{_WIDTH}}{right}"


_Counted = tuple[ApnRecord, ServiceCounts]
_COUNTERS = Table[_Counted](
    Column("APN", 40, lambda row: row[0].name),
    Column("Active", 10, lambda row: row[1].active, right=True),
    Column("Setup", 10, lambda row: row[1].setup, right=True),
    Column("Released", 10, lambda row: row[1].released, right=True),
    Column("Rejected", 10, lambda row: row[1].rejected, right=True),
)


@layout("show apn counters", "chosen", "No device was seen to print it.")
def counters(found: Sequence[_Counted]) -> Rows:
    """The calls of APNs: those there are, that were set up, that ended, and that were refused."""
    return _COUNTERS.of(found)
