"""The records of `show subscribers full` and of `show subscribers saegw-only full`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.access import TRAITS
from staros_cli.chassis.data_rates import LONG, SHORT
from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.peers.usage import Use
from staros_cli.chassis.session import Session
from staros_cli.chassis.traffic import PACKET
from staros_cli.rendering.layout import layout
from staros_cli.rendering.subscribers import (
    access_type,
    clock,
    in_records,
    letters_of,
    meaning,
    total_line,
)
from staros_cli.rendering.values import Flow, Lines, in_order

_HEAD = (
    "Username: {username:<36}Status: {status}",
    "  Access Type: {access:<26}Network Type: {network}",
    "  Access Tech: {technology:<26}{service_kind}-service-name: {service}",
    "  Callid: {callid:<31}IMSI: {msid}",
    "  MSISDN: {msisdn}",
    "  Card/Cpu: {cpu:<29}Sessmgr Instance: {sessmgr}",
    "  state: {state}",
    "  connect time: {connect_time:<27}call duration: {call_duration}",
    "  idle time: {idle_time:<28}idle time left: n/a",
    "  session time left: n/a                 long duration time left: n/a",
    "  long duration action: n/a",
    "  always on: n/a",
    "  ip address: {address}",
    "  ggsn-service name: {ggsn_service:<20}source context: {context}",
    "  destination context: n/a",
    "  AAA context: n/a                       AAA domain: n/a",
    "  AAA start count: n/a                   AAA stop count: n/a",
    "  Acct-session-id: n/a",
    "  Charging id: n/a                       Charging chars: n/a",
    "  active input acl: n/a                  active output acl: n/a",
    "  ECS Rulebase: {rulebase:<25}Firewall Policy: n/a",
)
_SAEGW_HEAD = (
    "",
    "Username            : {username:<30}",
    "  SAEGW Call mode   : n/a",
    "  Subscriber Type   : n/a",
    "  Status            : {status}",
    "  State             : {state}",
    "  Bearer State      : N/A",
    "  Connect Time      : {connect_time}",
    "",
    "  SAEGW UID         : n/a",
    "  Idle time         : {idle_time}",
    "  Auto Delete        : No",
    "",
    "  Callid            : {callid:<28}IMSI                : {msid}",
    "  Card/Cpu          : {cpu:<28}Sessmgr Instance    : {sessmgr}",
    "  Source context    : {context:<28}Destination context : n/a",
    "  Bearer Type       : Default                     Bearer-Id           : 5",
    "  Access Type       : {access:<28}Network Type        : {network}",
    "  Access Tech       : {technology:<28}saegw-service-name  : {service}",
    "  MSISDN            : {msisdn}",
    "  TWAN Mode         : N/A",
    "  eMPS Bearer       : No",
    "  MS TimeZone       :                             Daylight Saving Time: n/a",
    "  MEI               : n/a                         Accounting mode     : n/a",
    "  Serving Nw        : n/a                         APN Selection mode  : n/a",
    "  Emergency Bearer  : n/a                         UnAutheticated IMSI : NO",
    "  Charging id       : n/a                      ",
    "  Charging chars (hex): n/a                       Charging chars      : n/a ",
    "  Charging Group    : n/a                         Charging Host Name  : n/a                 ",
    "  IP Source Validation : Disabled  ",
    "  Downlink APN AMBR : n/a                         Uplink APN AMBR     : n/a",
    "  S5/S8-APN         : {apn:<28}SGi-APN             : n/a                   ",
    "  S6b Returned Virtual APN:   n/a                      ",
    "  S6b Auth Status   : N/A",
    "  IMS-Media Bearer  : No                          "
    "NTSR state          : Normal                ",
    "  APN-OI            : n/a                         Low Access Priority : No",
    "  PGW PLMN ID       : n/a                      ",
    "  IMS Auth Service  : n/a",
    "  SGW Opr Policy    : None                        SGW APN Profile     : None                ",
    "  IP allocation type: no alloc                  ",
    "  IPv6 alloc type   : no alloc                  ",
    "  ECS Rulebase      : {rulebase}",
    "  Chrg Char Sel Mod : n/a",
    "  Restoration priority level : n/a",
    "  HLCOM Session     : No                        ",
    "  IP Address        : {address}",
    "  Bearer capable for restoration: No",
    "  UE P-CSCF Restoration Support : n/a",
    "",
    "  Peer Profile      : ",
    "    PGW Access      : n/a            ",
    "    SGW Access      : n/a            ",
    "    SGW Network     : n/a",
    "",
    "  ULI               : n/a",
    "    MCC             : n/a                         MNC              : n/a",
    "    LAC             : n/a                         TAC              : n/a",
    "    SAC             : n/a                         RAC              : n/a",
    "    CI              : n/a                         ECI              : n/a",
    "",
    "  Bearer QoS        : ",
    "   QCI              : {qci} ",
    "   ARP              : n/a ",
    "   PCI              : n/a ",
    "   PL               : n/a ",
    "   PVI              : n/a ",
    "   MBR Uplink(bps)  : 0                           MBR Downlink(bps)   : 0",
    "   GBR Uplink(bps)  : 0                           GBR Downlink(bps)   : 0",
    "",
    "  PCRF Authorized Bearer QoS:",
    "   QCI: n/a ",
    "   ARP: n/a",
    "   PCI: n/a",
    "   PL: n/a",
    "   PVI: n/a ",
    "   MBR uplink (bps): n/a                       MBR downlink (bps): n/a                  ",
    "   GBR uplink (bps): n/a                       GBR downlink (bps): n/a                  ",
    "   Uplink APN AMBR (bps): n/a                 Downlink APN AMBR (bps): n/a                  ",
    "",
    "  Access Ctrl Lists :",
    "   input ipv4 acl   :                             output ipv4 acl     :                     ",
    "   input ipv6 acl   :                             output ipv6 acl     :                     ",
    "   Idle-mode v4 acl : None                        Idle-mode v6 acl    : None                ",
    "",
    " ",
    "  P-CSCF Address Information: ",
    "    Primary IPv6  :   n/a",
    "    Secondary IPv6:   n/a",
    "    Tertiary IPv6 :   n/a",
    "",
    "    Primary IPv4  :   n/a",
    "    Secondary IPv4:   n/a",
    "    Tertiary IPv4 :   n/a",
    "",
    "  S5/S8 interface   : ",
    "    pgw c-addr      :  n/a",
    "    pgw u-addr      :  n/a",
    "    pgw c-teid      :  [0x00000000]               pgw u-teid          : [0x00000000]",
    "",
    "    sgw c-addr      :  n/a",
    "    sgw u-addr      :  n/a",
    "    sgw c-teid      :  [0x00000000]               sgw u-teid          : [0x00000000]",
    "",
    "",
    "  S11/S4/S12 i/f    :",
    "    ISR             : Inactive                    ISR Active Interface: None",
    "",
    "    sgw c-addr      : n/a                      ",
    "    sgw u-addr      : n/a                       ",
    "    sgw c-teid      : [0x00000000]                sgw u-teid          :[0x00000000] ",
    "",
    "    mme c-addr      : n/a                        ",
    "    enb u-addr      : n/a                        ",
    "    mme u-addr      :                           ",
    "    mme c-teid      : [0x00000000]                enb u-teid          :[0x00000000] ",
    "    mme u-teid      : [0x00000000] ",
    " ",
    "    sgsn c-addr     :                           ",
    "    sgsn u-addr     :                           ",
    "    rnc  u-addr     :                           ",
    "    sgsn c-teid     : [0x00000000]                sgsn u-teid         :[0x00000000] ",
    "    rnc  u-teid     : [0x00000000] ",
    "",
    "  Indirect Fwding   : Inactive",
    "  DL fwd local addr :                             DL fwd remote addr  :",
    "  DL fwd local teid :                             DL fwd remote teid  :",
    "  DL pkts forwarded :                             DL bytes forwarded  :",
    "  UL fwd local addr :                             UL fwd remote addr  :",
    "  UL fwd local teid :                             UL fwd remote teid  :",
    "  UL pkts forwarded :                             UL bytes forwarded  :",
    "  GTPU NPU Fast Path (Pure-S): Inactive",
    "    Uplink Flowid   : n/a",
    "    Downlink Flowid : n/a",
    "  Idle mode buffring:",
    "  buffered pkts     : 0                           buffered bytes      : 0       ",
    "",
    "  UE Local Address :  n/a",
    "  UE UDP Port      : n/a",
    "",
    " TWAN User Location Information: N/A",
    " UE WLAN Timestamp:  n/a",
    "",
    "",
    "",
    "  User Plane Address : n/a",
    "  Local SEID         : n/a",
    "  Remote SEID        : n/a",
    "",
)
RATES = (
    "  pk rate from user(bps): {pk_bps_in:<24}pk rate to user(bps): {pk_bps_out:<12}",
    "  ave rate from user(bps): {ave_bps_in:<23}ave rate to user(bps): {ave_bps_out:<12}",
    "  sust rate from user(bps): {sust_bps_in:<22}sust rate to user(bps): {sust_bps_out:<12}",
    "  pk rate from user(pps): {pk_pps_in:<24}pk rate to user(pps): {pk_pps_out:<12}",
    "  ave rate from user(pps): {ave_pps_in:<23}ave rate to user(pps): {ave_pps_out:<12}",
    "  sust rate from user(pps): {sust_pps_in:<22}sust rate to user(pps): {sust_pps_out:<12}",
)
_COUNTERS = (
    "  input pkts: {input_pkts:<36}output pkts: {output_pkts:<12}",
    "  input bytes: {input_bytes:<35}output bytes: {output_bytes:<12}",
    "  input bytes dropped: 0                          output bytes dropped: 0         ",
    "  input pkts dropped: 0                           output pkts dropped: 0         ",
    "  input pkts dropped due to lorc    "
    ": 0           output pkts dropped due to lorc    : 0         ",
    "  input bytes dropped due to lorc   : 0           ",
    "  in packet dropped suspended state: 0            "
    "out packet dropped suspended state: 0         ",
    "  in bytes dropped suspended state: 0             "
    "out bytes dropped suspended state: 0         ",
    "  in packet dropped sgw restoration state: 0      "
    "out packet dropped sgw restoration state: 0         ",
    "  in bytes dropped sgw restoration state: 0       "
    "out bytes dropped sgw restoration state: 0         ",
    *RATES,
    "  link online/active percent: 100 ",
    "  ipv4 bad hdr: 0                                 ipv4 ttl exceeded: 0         ",
    "  ipv4 fragments sent: 0                          ipv4 could not fragment: 0         ",
    "  ipv4 input acl drop: 0                          ipv4 output acl drop: 0         ",
    "  ipv4 bad length trim: 0         ",
    "  ipv6 input acl drop: 0                          ipv6 output acl drop: 0         ",
    "  ipv4 input css down drop: 0                     ipv4 output css down drop: 0         ",
    "  ipv4 input css down drop: 0                     ipv4 output css down drop: 0         ",
    "  ipv4 output xoff pkts drop: 0                   ipv4 output xoff bytes drop: 0         ",
    "  ipv6 output xoff pkts drop: 0                   ipv6 output xoff bytes drop: 0         ",
    "  ipv6 input ehrpd-access drop: 0                 ipv6 output ehrpd-access drop: 0         ",
    "  input pkts dropped (0 mbr): 0                   output pkts dropped (0 mbr): 0         ",
    "  ip source violations: 0                         ipv4 output no-flow drop: 0         ",
    "  ipv6 egress filtered: 0         ",
    "  ipv4 proxy-dns redirect: 0                      ipv4 proxy-dns pass-thru: 0         ",
    "  ipv4 proxy-dns drop: 0         ",
    "  ipv4 proxy-dns redirect tcp connection: 0         ",
    "  ipv6 bad hdr: 0                                 ipv6 bad length trim: 0         ",
    "  ip source violations no acct: 0         ",
    "  ip source violations ignored: 0         ",
    "  dormancy total: 0                               handoff total: 0         ",
    "  ipv4 icmp packets dropped: 0         ",
    "  APN AMBR Input Pkts Drop: 0                     APN AMBR Output Pkts Drop: 0         ",
    "  APN AMBR Input Bytes Drop: 0                    APN AMBR Output Bytes Drop: 0         ",
)
RATE_CONTROL = (
    "",
    "  CIoT APN Rate Control:",
    "    Allowed UL Limit:   0                         Allowed DL limit:    0           ",
    "    Remaining UL Limit: 0                         Remaining DL limit:  0           ",
    "    Allowed Time unit: unrestricted               Status Validity Time: N/A              ",
    "",
)
_SAEGW_END = (
    *RATE_CONTROL,
    "CAE Server Address: ",
)


class Call(Struct, frozen=True):
    """A session as of a time, in seconds since 1970 UTC.

    `cpu` is where its sessmgr runs, None while it does not. `not_covered` says why session recovery
    does not cover it, and is empty where it does (SR-08); `rulebase` is that of active charging,
    empty for none.
    """

    session: Session
    now: float
    cpu: Cpu | None
    not_covered: str
    rulebase: str


@layout(
    "show subscribers full",
    "chosen",
    "Labels as the manual is remembered, columns of the record of a user plane, counters of that "
    "of an SAE-GW. What session recovery makes of a call is told by no device.",
)
def full(calls: Iterable[Call]) -> Flow:
    """Subscribers with timers, accounting and counters, and what a failure would take."""
    return in_records(map(_full, calls))


def _full(call: Call) -> Lines:
    values = values_of(call)
    lines = [*filled(_HEAD, values), *_recovery(call), *filled(_COUNTERS, values)]
    return Lines(lines, values)


@layout(
    "show subscribers saegw-only full",
    "capture",
    "Bearers, tunnels, locations and policies of a call are not modelled: `n/a`, or no value.",
)
def saegw_full(calls: Iterable[Call]) -> Flow:
    """Subscribers of an SAE-GW: a record for the bearer of each."""
    return in_order(map(_saegw_full, calls), total_line)


def _saegw_full(call: Call) -> Lines:
    values = values_of(call)
    lines = [*filled(_SAEGW_HEAD, values), *filled(_COUNTERS, values), *_SAEGW_END]
    return Lines(lines, values)


_AAA = (
    "Username: {username:<36}Status: {status}",
    "  Access Type: {access:<26}Network Type: {network}",
    "  Access Tech: {technology}",
    "  callid: {callid:<31}msid: {msid}",
    "  imsi: {msid}",
    "  Authentication Context: {authentication_context:<15}Group: {authentication_group}",
    "  Accounting Context: {accounting_context:<19}Group: {accounting_group}",
    "  GTPP Context: {gtpp_context:<25}Group: {gtpp_group}",
    "  IMS Authorization Service: {ims}",
)


@layout(
    "show subscribers aaa-configuration",
    "doc",
    "The fields up to `imsi` are documented. Columns and the other fields are chosen.",
)
def aaa_configuration(found: Iterable[tuple[Session, Use]], now: float) -> Flow:
    """By which servers subscribers are authenticated, accounted for and authorized."""
    return in_records(_aaa(session, use, now) for session, use in found)


def _aaa(session: Session, use: Use, now: float) -> Lines:
    letters = letters_of(session, now)
    values: dict[str, str | int] = {
        "username": session.username,
        "status": meaning("link", letters[4]),
        "access": access_type(session.kind),
        "network": meaning("network", letters[5]),
        "technology": meaning("technology", letters[1]),
        "callid": f"{session.callid:08x}",
        "msid": session.msid,
        "ims": use.ims.name if use.ims else "n/a",
    }
    pools = {"authentication": use.authentication, "accounting": use.accounting}
    for name, pool in (*pools.items(), ("gtpp", use.gtpp)):
        values[f"{name}_context"], values[f"{name}_group"] = pool or ("n/a", "n/a")
    return Lines(filled(_AAA, values), values)


@layout(
    "show subscribers counters",
    "chosen",
    "The name above the counters of the record of an SAE-GW, whose columns are seen.",
)
def counters(calls: Iterable[Call]) -> Flow:
    """What subscribers have sent and received, a block each."""
    return in_records(map(_counters, calls))


def _counters(call: Call) -> Lines:
    session = call.session
    values: dict[str, str | int] = {"username": session.username, **counted(session, call.now)}
    return Lines([f"Username: {session.username}", *filled(_COUNTERS, values)], values)


def filled(lines: Sequence[str], values: Mapping[str, str | int]) -> tuple[str, ...]:
    """Lines with values put where they name them."""
    return tuple(line.format_map(values) if "{" in line else line for line in lines)


def values_of(call: Call) -> dict[str, str | int]:
    """What is known of a call, by the names that the lines have for it."""
    session, group, now = call.session, call.session.group, call.now
    letters = letters_of(session, now)
    context, service = group.place
    is_ggsn = session.kind.service == "ggsn"
    return {
        "username": session.username,
        "status": meaning("link", letters[4]),
        "access": access_type(session.kind),
        "network": meaning("network", letters[5]),
        "technology": meaning("technology", letters[1]),
        "service_kind": session.kind.service,
        "service": service,
        "ggsn_service": service if is_ggsn else "n/a",
        "callid": f"{session.callid:08x}",
        "msid": session.msid,
        "msisdn": session.msisdn or "n/a",
        "apn": group.apn or "n/a",
        "cpu": str(call.cpu or "n/a"),
        "sessmgr": session.sessmgr,
        "state": meaning("state", letters[2]),
        "connect_time": _connect_time(session, now),
        "call_duration": clock(session.duration(now)),
        "idle_time": clock(session.idle(now)),
        "address": " ".join(session.addresses),
        "context": context,
        "not_covered": call.not_covered,
        "rulebase": call.rulebase or "n/a",
        "qci": group.qci or "n/a",
        **counted(session, now),
    }


def _connect_time(session: Session, now: float) -> str:
    """When a call was connected; one that is not yet has no such time."""
    return calendar.trap_date(session.connected_at) if session.is_connected(now) else "n/a"


def counted(session: Session, now: float) -> dict[str, int]:
    """The counters of a call: what it has carried, and its rates."""
    usage, pattern = session.usage(), session.pattern
    peak = pattern.rate if session.is_connected(now) else 0.0
    found = {
        "input_pkts": usage.received // PACKET,
        "output_pkts": usage.sent // PACKET,
        "input_bytes": usage.received,
        "output_bytes": usage.sent,
    }
    rates = (
        ("pk", (peak, peak * pattern.ratio)),
        ("ave", session.rate(LONG)),
        ("sust", session.rate(SHORT)),
    )
    for name, (received, sent) in rates:
        found[f"{name}_bps_in"] = round(received * 8)
        found[f"{name}_bps_out"] = round(sent * 8)
        found[f"{name}_pps_in"] = round(received / PACKET)
        found[f"{name}_pps_out"] = round(sent / PACKET)
    return found


def _recovery(call: Call) -> list[str]:
    """What session recovery makes of a call, and by what it is known."""
    session = call.session
    trait = TRAITS.get(session.group.schema.trait)
    lines = [f"  {trait.shown[0]}: {trait.shown[1]}"] if trait else []
    if session.kind.registers:
        lines.append(f"  Re-registration Time Left: {clock(session.registration_left(call.now))}")
    if call.not_covered:
        lines.append(f"  Session Recovery: Not Supported ({call.not_covered})")
        lines.append(f"  A Failure Loses: {trait.lost if trait else 'the session'}")
    elif not session.is_connected(call.now):
        lines.append("  Session Recovery: Not Supported (the call is not fully connected)")
    else:
        lines.append("  Session Recovery: Supported")
    return lines
