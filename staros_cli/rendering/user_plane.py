"""The records of sessions of user planes, and the rules that their packets go by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from staros_cli.chassis.user_plane import (
    CONTROL,
    CORRELATION_ID,
    QER_ID,
    URR_ID,
    Far,
    Pdr,
    UserPlaneSession,
)
from staros_cli.rendering.layout import layout
from staros_cli.rendering.subscriber_records import RATE_CONTROL, RATES, Call, filled, values_of
from staros_cli.rendering.subscribers import total_line
from staros_cli.rendering.values import Flow, Lines, Screen, in_order, screen

_HEAD = (
    "",
    "  Local SEID      : [{seid:#018x}] {seid}",
    "  Remote SEID     : [{remote_seid:#018x}] {remote_seid}",
    "  State           : {state}",
    "  Connect Time    : {connect_time}",
    "  Idle time       : {idle_time}",
    "  Access Type: {access:<26}Network Type: {network}",
    "  user-plane-service-name: {service}",
    "  Callid: {callid}",
    "  Rulebase: {rulebase}",
    "  Interface Type: {interface:<23}",
    "  eMPS Session: No",
    "  eMPS Session Priority: 0",
    "  Card/Cpu: {cpu:<29}Sessmgr Instance: {sessmgr}",
    "  IP address: {address}",
    "  Source context: {context:<23}Destination context: {destination}",
    "  PDN-Instance: {apn:<20}",
    "  User-plane-Sx-addr: {own}                ",
    "  Control-plane-Sx-addr: {control}                ",
    "  Number of associated PDRs : {rules}",
    "  Number of associated ADC PDRs : 0",
    "  Number of associated FARs : {rules}",
    "  Number of associated QERs : 1",
    "  Number of associated BARs : 0",
    "  Number of associated URRs : 1",
    "  Uplink APN AMBR (bps) : n/a           Downlink APN AMBR (bps) : n/a",
    "  active input acl: n/a                active output acl: n/a            ",
    "  active input ipv6 acl: n/a             active output ipv6 acl: n/a            ",
    "  Subscriber Parameters:",
    "  IMSI: {msid}",
    "  IMEI: n/a",
    "  MSISDN: {msisdn}",
    "  Charging Characteristics: n/a",
    "  Rat Type: n/a",
    "  MCC MNC: n/a",
    "  SGSN Address: n/a",
    "  ULI: n/a",
    "  Congestion Level: 0",
    "  GGSN Address: n/a",
    "  User-Name: {username}",
    "  Session-ID: n/a",
    "  input pkts: {input_pkts:<36}output pkts: {output_pkts:<12}",
    "  input bytes: {input_bytes:<35}output bytes: {output_bytes:<12}",
    "  input bytes dropped: 0                          output bytes dropped: 0         ",
    "  input pkts dropped: 0                           output pkts dropped: 0         ",
    "  CF Buffered Uplink Packets: 0                   CF Buffered Downlink Packets: 0           ",
    "  CF Buffered Uplink Bytes: 0                     CF Buffered Downlink Bytes: 0           ",
    "  Uplink Packets in Buffer: 0                     Downlink Packets in Buffer: 0           ",
    "  Buff Over-limit Uplink Pkts: 0                  Buff Over-limit Downlink Pkts: 0           ",
    "  DDN buffered pkts : 0                           DDN buffered bytes : 0           ",
    "  DDN buffer overflow drop pkts : 0               DDN buffer"
    " overflow drop bytes : 0           ",
)
_COUNTERS = (
    "  ipv4 bad hdr: 0                                 ipv4 ttl exceeded: 0         ",
    "  ipv4 fragments sent: 0                          ipv4 could not fragment: 0         ",
    "  ipv4 bad length trim: 0         ",
    "  input pkts dropped (0 mbr): 0                   output pkts dropped (0 mbr): 0         ",
    "  ipv4 input acl drop: 0                          ipv4 output acl drop: 0         ",
    "  ipv6 input acl drop: 0                          ipv6 output acl drop: 0         ",
    "  ip source violations: 0                         ipv4 output no-flow drop: 0         ",
    "  ipv6 bad hdr: 0                                 ipv6 bad length trim: 0         ",
    "  ipv4 icmp packets dropped: 0         ",
    "  APN AMBR Uplink Pkts Drop: 0                     APN AMBR Downlink Pkts Drop: 0         ",
    "  APN AMBR Uplink Bytes Drop: 0                    APN AMBR Downlink Bytes Drop: 0         ",
    "  APN AMBR Uplink Pkts IP pref lowered: 0          APN AMBR "
    "Downlink Pkts IP pref lowered: 0         ",
    "  APN AMBR Uplink Bytes IP pref lowered: 0         APN AMBR "
    "Downlink Bytes IP pref lowered: 0         ",
    "  ITC Uplink Pkts Drop: 0                          ITC Downlink Pkts Drop: 0         ",
    "  ITC Uplink Bytes Drop: 0                         ITC Downlink Bytes Drop: 0         ",
    "  ITC Uplink Pkts IP pref lowered: 0               ITC Downl"
    "ink Pkts IP pref lowered: 0         ",
    "  ITC Uplink Bytes IP pref lowered: 0              ITC Downl"
    "ink Bytes IP pref lowered: 0         ",
    "  ITC Terminated Flows:: 0                         ITC Redirected Flows: 0         ",
    "  Flow Action Terminated Flows: 0                  Flow Action Redirected Flows: 0         ",
    "  ToS marked Uplink Pkts: 0                        ToS marked Downlink Pkts: 0         ",
    "  ToS marked Uplink bytes: 0                       ToS marked Downlink Bytes: 0         ",
    "  CC Dropped Uplink Pkts: 0                        CC Dropped Downlink Pkts: 0         ",
    "  CC Dropped Uplink bytes: 0                       CC Dropped Downlink Bytes: 0         ",
    "  Uplink Inflight Pkts: 0                          Downlink Inflight Pkts: 0            ",
    "  QFI Mismatch Uplink Pkts Drop: 0         ",
    "",
    "  Flow information:",
    "    Current Active Flows:",
    "      TCP: 0",
    "      UDP: 0",
    "    Total Flows:",
    "      TCP: 0",
    "      UDP: 0",
    "      FP:  0",
    "",
)
_MATCHES = (
    "Pkts-Down  Bytes-Down Pkts-Up    Bytes-Up   Hits       Match-Bypassed  "
    "FP-Down(Pkts/Bytes)  FP-Up(Pkts/Bytes)",
    "---------- ---------- ---------- ---------- ---------- --------------  "
    "-------------------  -----------------",
)


def _matches(title: str, name: str, rule: str) -> tuple[str, ...]:
    """A table of rules that packets have matched, without any."""
    return (f"{title} Rule Match stats:", f"{name} {_MATCHES[0]}", f"{rule} {_MATCHES[1]}", "")


_NAME, _RULE = f"{'Rule Name':<20}", "-" * 20
_TABLES = (
    *_matches("Static & Predef", _NAME, _RULE),
    *_matches("Dynamic", f"PDR Id   {_NAME}", f"-------- {_RULE}"),
    *_matches("Post-Processing", _NAME, _RULE),
)
_RECORD = (*_HEAD, *RATES, *_COUNTERS, *_TABLES[:-1], *RATE_CONTROL)


@layout(
    "show subscribers user-plane-only full",
    "capture",
    "Identifiers of sessions are chosen. Locations, policies and limits of a call are not "
    "modelled: `n/a`, or 0. The traffic of a session is not divided among the rules of its "
    "rulebase. That two addresses stand beside each other is chosen.",
)
def full(found: Iterable[tuple[Call, UserPlaneSession]]) -> Flow:
    """Sessions of a user plane: their ends, subscribers and counters."""
    return in_order((_record(call, held) for call, held in found), total_line)


def _record(call: Call, held: UserPlaneSession) -> Lines:
    values = values_of(call) | {
        "seid": held.seid,
        "remote_seid": held.remote_seid,
        "interface": _interface(held),
        "destination": held.destination or "n/a",
        "own": held.own,
        "control": held.control,
        "rules": len(held.pdrs),
    }
    return Lines(filled(_RECORD, values), values)


def _interface(held: UserPlaneSession) -> str:
    return held.interface.capitalize()


def _head(held: UserPlaneSession) -> list[str]:
    callid = f"Callid: {held.session.callid:08x}"
    return ["", callid, f"Interface Type: {_interface(held):<23}"]


def _data(held: UserPlaneSession, **rules: object) -> dict[str, Any]:
    return {"callid": f"{held.session.callid:08x}", "interface": _interface(held), **rules}


def _closing(counts: Sequence[str], sessions: int, rules: int) -> Lines:
    """How many rules were found, and of how many sessions."""
    total = total_line(sessions)
    return Lines(["", *counts, "", *total.lines], {**total.data, "rules": rules})


def _found(kind: str, count: int) -> str:
    return f"Total Number of {kind}s found: {count}"


def _number(value: int) -> str:
    return f"{value:#x}" if value else "N/A"


def _id(value: int) -> str:
    return f"{value:#06x}"


_TUNNEL = "GTP-U/UDP/IPv4", "GTP-U/UDP/IPv6"


def _header(address: str) -> str:
    """The header of packets of a tunnel to or from an address; none without one."""
    return _TUNNEL[":" in address] if address else "N/A"


@layout(
    "show subscribers user-plane-only pdr full all",
    "capture",
    "Numbers of tunnels and traffic endpoints are chosen, as is the end of a rule with filters.",
)
def pdrs(found: Iterable[UserPlaneSession]) -> Flow:
    """The packet detection rules of sessions."""

    def whole(made: list[Lines]) -> Screen:
        total = _rules_in(made, "pdrs")
        counts = ("Total ADC PDRs found:  0", f"Total PDRs found:      {total}")
        return screen(*made, _closing(counts, len(made), total))

    return Flow(map(_pdrs, found), whole)


def _rules_in(made: list[Lines], rules: str) -> int:
    """How many rules of a kind there are in records."""
    return sum(len((record.values or {})[rules]) for record in made)


def _pdrs(held: UserPlaneSession) -> Lines:
    lines = [*_head(held), f"IP address: {' '.join(held.session.addresses)}"]
    for place, rule in enumerate(held.pdrs):
        tunnel = held.control if rule.source == CONTROL else held.node
        lines += [""] * bool(place) + _pdr(rule, tunnel)
    return Lines(lines, _data(held, pdrs=[_pdr_data(rule) for rule in held.pdrs]))


def _pdr_data(rule: Pdr) -> dict[str, Any]:
    return {
        "id": rule.number,
        "source": rule.source,
        "destination": rule.far.destination,
        "packets": rule.packets,
        "bytes": rule.octets,
        "teid": rule.teid,
        "remote_teid": rule.far.teid,
        "remote_address": rule.far.remote,
        "qci": rule.qci,
    }


def _pdr(rule: Pdr, tunnel: str) -> list[str]:
    """A rule; `tunnel` is the address of the other end of the tunnel that its packets come by."""
    return [
        f"PDR-ID:                    {_id(rule.number)}",
        " Rule Name:                N/A",
        " TDF App Id:              N/A",
        " TDF Notifications:       N/A",
        f" Hits:                     {rule.packets} Match Bypassed:             0",
        f" Matched Bytes:            {rule.octets} Matched Packets:            {rule.packets}",
        " Precedence:               0",
        f" Source Interface:{rule.source:>11}",
        " SDF Filter(s):              ",
        *_filters(rule.groups),
        f" Local F-TEID:           {_number(rule.teid)}",
        f" Outer header removal:   {_header(tunnel if rule.teid else '')}",
        " Application ID:         N/A",
        f" Associated FARID:       {_id(rule.far.number)}",
        *_far_of_pdr(rule.far),
        " Remote Port:            N/A",
        f" Associated QERIDs:      {f'{QER_ID:#x}' if rule.is_limited else 0}",
        " Associated URRIDs:      0",
        " Activation Time:        N/A",
        " Deactivation Time:      N/A",
        f" Traffic Endpoint-ID:      {_number(rule.endpoint)}",
        " Bearer QOS:",
        f"    QCI:                    {rule.qci}",
        "    ARP:                    0",
        "    Charging Id:            0",
    ]


def _filters(groups: Sequence[str]) -> list[str]:
    if not groups:
        return ["  No SDF filters present"]
    lines: list[str] = []
    for place, group in enumerate(groups, 1):
        lines += [
            f"  Filter {place}",
            "    Protocol:            ICMPV6",
            "    Src IP Addr:         ANY",
            "    Src Port:            ANY",
            f"    Dst IP Addr:         {group}",
            "    Dst Port:            ANY",
            "    SPI:                 0",
        ]
    return lines


def _far_of_pdr(far: Far) -> list[str]:
    return [
        f"  Destination Interface: {far.destination}",
        "  Apply Action:          FORWARD ",
        f"  Outer Header Creation: {_header(far.remote)}",
        f"  Remote TEID:           {_number(far.teid)}",
        "  Transport Level Marking:         N/A",
        "  Transport Level Marking Options:",
        "    Copy Inner:                    No",
        "    Copy Outer:                    No",
        "  Inner Packet Marking:            N/A",
        f"  Remote IP Address:     {far.remote or 'N/A'}",
    ]


@layout(
    "show subscribers user-plane-only far full all",
    "capture",
    "The line with the total is that of the other rules.",
)
def fars(found: Iterable[UserPlaneSession]) -> Flow:
    """The forwarding action rules of sessions."""

    def whole(made: list[Lines]) -> Screen:
        total = _rules_in(made, "fars")
        return screen(*made, _closing((_found("FAR", total),), len(made), total))

    return Flow(map(_fars, found), whole)


def _fars(held: UserPlaneSession) -> Lines:
    rules = [rule.far for rule in held.pdrs]
    lines = _head(held)
    for place, rule in enumerate(rules):
        lines += [""] * bool(place) + _far(rule)
    data = [{"id": far.number, "destination": far.destination, "teid": far.teid} for far in rules]
    return Lines(lines, _data(held, fars=data))


def _far(far: Far) -> list[str]:
    return [
        f"\t FAR-ID  \t\t  : {_id(far.number)} \t\t\t",
        f"\t Destination Interface\t  : {far.destination}",
        "\t Apply Action\t\t  : FORWARD ",
        f"\t Outer Header Creation\t  : {_header(far.remote)}",
        f"\t Remote TEID\t\t  : {_number(far.teid)}",
        "\t Transport Level Marking         : N/A",
        "\t Transport Level Marking Options :",
        "\t   Copy Inner:                     No",
        "\t   Copy Outer:                     No",
        "\t Inner Packet Marking            : N/A",
        "\t Layer2 Marking                  : N/A",
        f"\t Remote IP Address\t  : {far.remote or 'N/A'}",
        "\t Remote Port\t\t  : N/A",
        "\t Number of Associated PDRs: 1 ",
        f"\t Linked Traffic Endpoint : {_number(far.endpoint)}",
    ]


@layout(
    "show subscribers user-plane-only qer full all",
    "capture",
    "The limits of the rates of a call are not modelled: `n/a`.",
)
def qers(found: Iterable[UserPlaneSession]) -> Flow:
    """The rules of sessions for the quality of service."""
    return _counted("QER", map(_qer, found))


def _qer(held: UserPlaneSession) -> Lines:
    limited = sum(rule.is_limited for rule in held.pdrs)
    lines = [
        *_head(held),
        f"\t QER-id \t\t : {QER_ID:#x} \t\t\t Correlation-id \t : {CORRELATION_ID:#x} ",
        f"\t APN-AMBR uplink (bps) \t : {'n/a':<17}\t\t APN-AMBR downlink (bps) : {'n/a':<17}",
        " \t MBR uplink (bps) \t : n/a \t\t\t\t MBR downlink (bps) \t : n/a ",
        f" \t GBR uplink (bps) \t : {0:<17}\t\t GBR downlink (bps) \t : {0:<17}",
        "\t UL Gate Status \t : OPEN\t\t\t\t DL Gate Status \t : OPEN ",
        f"\t Number of Associated PDRs  :{limited} ",
        "",
    ]
    return Lines(lines, _data(held, id=QER_ID, pdrs=limited))


def _counted(kind: str, records: Iterable[Lines]) -> Flow:
    """The records of rules of which every session has one, and how many they are."""
    return in_order(records, lambda count: _closing((_found(kind, count),), count, count))


_URR = (
    "",
    f"URR-id\t\t\t\t  : {URR_ID:#x}",
    "Measurement Method\t\t  : Volume  Duration ",
    "Reporting Triggers\t\t  : N/A",
    "Volume Threshold\t\t  : Total: N/A\t\t\tUplink: N/A\t\t\tDownlink: N/A",
    "Volume Quota                      : Total: N/A                  "
    "Uplink: N/A                     Downlink: N/A                 ",
    "Time Threshold\t\t\t  : N/A",
    "Time Quota                        : N/A                 ",
    "Quota-Holding-Time                : N/A                 ",
    "Volume Measurement\t\t  : Uplink: N/A\t\t\tDownlink: N/A",
    "First-Packet-Time\t\t  : N/A\t\t\t\tLast-Packet-Time: N/A",
    "Next Usage Report Sequence Number : 1",
    "Next Monitoring Time\t\t  : Disabled",
    "Subsequent Time Threshold\t  : N/A",
    "Subsequent Volume Threshold\t  : Total: N/A\t\t\t Uplink: N/A\t\t\tDownlink: N/A",
    "Number of Associated PDRs\t  : 0 ",
    "Measurement Period\t\t  : N/A",
    "FAR ID for Quota Action\t\t  : N/A",
)


@layout(
    "show subscribers user-plane-only urr full all",
    "capture",
    "What the control plane asks to be reported is not modelled: thresholds, quotas and triggers "
    "are `N/A`.",
)
def urrs(found: Iterable[UserPlaneSession]) -> Flow:
    """The rules of sessions for the reports of their use."""
    records = (Lines([*_head(held), *_URR], _data(held, id=URR_ID, pdrs=0)) for held in found)
    return _counted("URR", records)
