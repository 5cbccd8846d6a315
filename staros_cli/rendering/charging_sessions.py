"""The records of `show active-charging sessions full`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.charging.objects import CHARGING, POST_PROCESSING
from staros_cli.chassis.hardware import Cpu
from staros_cli.chassis.session import Session
from staros_cli.chassis.traffic import PACKET
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import facts
from staros_cli.rendering.subscribers import clock
from staros_cli.rendering.values import Column, Flow, Lines, Table, in_order

_LEFT, _SECOND, _RIGHT = 38, 40, 75
_NOT_KNOWN = (
    *("Acct-Session-ID", "NAS-ID", "Access-NAS-ID(FA)", "3GPP2-BSID"),
    *("Access-Correlation-ID(FA)", "3GPP2-Correlation-ID", "MEID"),
)
_NOTHING_HAPPENED = (
    "  Injected Uplink Packets:           0  Injected Downlink Packets:        0",
    "  Buffered Uplink Packets:           0  Buffered Downlink Packets:        0",
    "  Buffered Uplink Bytes:             0  Buffered Downlink Bytes:          0",
    "  Uplink Packets in Buffer:          0  Downlink Packets in Buffer:       0",
    "  Buff Over-limit Uplink Pkts:       0  Buff Over-limit Downlink Pkts:    0",
    "  DCCA Buffered Packet Drops: ",
    "  Uplink:                            0  Downlink:                         0",
    "  Uplink Out of Order Packets:       0  Downlink Out of Order Packets:    0",
    "  Dyn FUI Redirected Flows:          0  Dyn FUI Discarded Pkts:           0",
    "  ITC Terminated Flows:              0  ITC Redirected Flows:             0",
    "  ITC Dropped Packets:               0  ITC ToS Remarked Packets:         0",
    "  ITC Dropped Upl Pkts:              0  ITC Dropped Dnl Pkts:             0",
    "  Flow action Terminated Flows:                                           0",
    "  PP Flow action Terminated Flows:                                        0",
    "  PP Dropped Packets:                                                     0",
    "  CC Dropped Uplink Packets:         0  CC Dropped Uplink Bytes:          0",
    "  CC Dropped Downlink Packets:       0  CC Dropped Downlink Bytes:        0",
    "  NRUPC Req Made:                    0  NRUPC Req Success:                0",
    "  NRUPC Req Failed:                  0  NRUPC Req Time Out:               0",
    "  Bearer Bandwidth Limiting: Disabled",
    "  Uplink MBR (bps):                  0  Downlink MBR (bps):               0",
    "  Uplink GBR (bps):                  0  Downlink GBR (bps):               0",
    "  Uplink Burst (bytes):            n/a  Downlink Burst (bytes):         n/a",
    "  Dropped Uplink Pkts:             n/a  Dropped Downlink Pkts:          n/a",
)
"""What happens to no packet here."""
_NOT_USED = (
    "  URL-Redir First-Request-Only:                                         n/a",
    "  Bandwidth Policy:                                                     n/a",
    "  Bandwidth Policy Fallback Applied:                                     No",
    "  Dynamic GBR Monitoring:                                          Disabled",
    "  FW-and-NAT Policy:                                                    n/a",
    "  FW-and-NAT Policy ID:                                                 n/a",
    "  Firewall Policy IPv4:                                                 n/a",
    "  Firewall Policy IPv6:                                                 n/a",
    "  NAT Policy NAT44:                                                     n/a",
    "  NAT Policy NAT64:                                                     n/a",
    "  Bypass NAT Flow Present:                                              n/a",
    "  Congestion Mgmt Policy:                                               n/a",
    "  CF Policy ID:                                                         n/a",
    "  Old CF Policy ID:                                                     n/a",
    "  Dynamic Charging:                                                Disabled",
    "  Dynamic Chrg Msg Received:         0  Rule Definitions Received:        0",
    "  Installs Received:                 0  Removes Received:                 0",
    "  Installs Succeeded:                0  Installs Failed:                  0",
    "  Removes Succeeded:                 0  Removes Failed:                   0",
    "  Uplink Dynamic Rule Packets:       0  Downlink Dynamic Rule Packets:    0",
    "  Predefined Rule Retention Succeeded:0 Predefined Retention Failed:      0",
    "  Time Based PCC Rule:",
    "  Installs Deferred:                 0  Removes Initiated:                0",
    "  Dynamic Charging Packet Drop statistics:",
    "  PCC Rule BW Limit Upl Pkts:        0  PCC Rule BW Limit Dnl Pkts:       0",
    "  PCC Rule Gating Upl Pkts:          0  PCC Rule Gating Dnl Pkts:         0",
    "  RuleMatch Fail Upl Pkts:           0  RuleMatch Fail Dnl Pkts:          0",
)
"""Functions that no call uses here, above whether it has credit control."""
_NOT_USED_EITHER = (
    "  Event-Triggers:                                                          ",
    "  QoS Renegotiate Up:                0  QoS Renegotiate Dn:               0",
    "  Max (L3) Flows:                    0",
    "  Max Flows Timestamp:                                                  n/a",
    "  ",
    "  TCP-Proxy Session Stats:                                              n/a",
    "  Partial HTTP Header Anomaly prevented:                                  0",
    "  Redirection Anomaly Prevented:                                          0",
    "  TRM Anomaly Prevented:                                                  0",
    "  VPP LOCAL UPLINK TEP Version:                                           0",
    "  VPP LOCAL DOWNLINK TEP Version :                                        0",
    "  VPP suppress offload:                                                   0",
    "  VPP onload failed:                                                      0",
    "  VPP onload succeeded:                                                   0",
    "  VPP sent packets:                                                       0",
    "  VPP dropped packets:                                                    0",
    "  ",
    "  Link Monitoring Average Throughput:                                0 kbps",
    "  Link Monitoring Average RTT:                                       0 ms",
    "",
    "  Charging Updates:                                                     n/a",
)
"""Functions that no call uses here, below it."""
_NO_CHARGING_RULES = "No Charging ruledef(s) match the specified criteria"
_NO_FIREWALL_RULES = ("No Firewall ruledef(s) match the specified criteria", "")
_NO_POST_PROCESSING = (
    "  Post-processing Rulestats : No Post-processing ruledef(s) match the specified criteria"
)
_NO_INSTALLED_RULES = (
    "Dynamic Charging Rule Name Statistics: n/a",
    "Total Dynamic Rules:             0",
    "Total Predefined Rules:          0",
    "Total ADC Rules:                 0",
    "Total Firewall Predefined Rules: 0",
    "Total Time Based Pending PCC Rules: 0",
    "Charging-Updates Statistics:         n/a",
    "Dynamic Charging Rule Definition(s) Configured: n/a",
    "Predefined Rules Enabled List: n/a",
    "Predefined Firewall Rules Enabled List: n/a",
)
"""Rules that servers install, which no call has here."""


class ChargedCall(Struct, frozen=True):
    """A session whose traffic is charged for by a rulebase, as of a time in seconds since 1970 UTC.

    `uses` are the applications of the ruledefs that its traffic can match. `cpu` is where its
    sessmgr runs, None while it does not; `has_credit_control` tells whether servers grant quota.
    """

    session: Session
    rulebase: str
    uses: Set[str]
    now: float
    cpu: Cpu | None
    has_credit_control: bool = False

    @property
    def identifier(self) -> str:
        """The sessmgr and the end of the call identifier."""
        return f"{self.session.sessmgr}:{self.session.callid & 0xFFFFFFF:x}"

    @property
    def created(self) -> str:
        """When it was connected."""
        if not self.session.is_connected(self.now):
            return ""
        return calendar.long_date(self.session.connected_at).replace(" UTC ", " GMT ")


def _one(label: str, value: object) -> str:
    """A value that takes the whole line."""
    text = f"  {label}:"
    return f"{text}{value!s:>{_RIGHT - len(text)}}"


def _two(label: str, value: object, other: str, second: object) -> str:
    """Two values beside each other."""
    text = f"  {label}:"
    left = f"{text}{value!s:>{_LEFT - len(text)}}"
    return f"{left}  {other}:{second!s:>{_RIGHT - _SECOND - len(other) - 1}}"


@layout(
    "show active-charging sessions full",
    "capture",
    "What is not known of a call is `n/a` or empty; what rules have counted of one call is left "
    "out.",
)
def full(calls: Iterable[ChargedCall]) -> Flow:
    """Sessions whose traffic is charged for, a record each."""
    return in_order(map(_record, calls), _total)


def _total(count: int) -> Lines:
    line = f"Total acs sessions matching specified criteria: {count}"
    return Lines(["", line], {"total": count})


def _record(call: ChargedCall) -> Lines:
    session, usage = call.session, call.session.usage()
    packets = (usage.received // PACKET, usage.sent // PACKET)
    name = f"  Session-ID:{call.identifier:>{_LEFT - 13}}  Username: {session.username}"
    lines = [
        "",
        name,
        f"  Callid:{session.callid:>29x}  IMSI/MSID:{session.msid:>25}",
        _one("MSISDN", session.msisdn or "n/a"),
        _two("SessMgr Instance", session.sessmgr, "SessMgr Card/Cpu", call.cpu or "n/a"),
        _one("Client-IP", session.address),
        _one("NAS-IP", "n/a"),
        _one("Access-NAS-IP(FA)", ""),
        f"  NAS-PORT:{'n/a':>26}   NSAPI:{'n/a':>29}",
        *(_one(label, "n/a") for label in _NOT_KNOWN),
        _two("Carrier-ID", "n/a", "ESN", "n/a"),
        "  PCO: ",
        "    Value/Interface:               n/a",
        _two("Uplink Bytes", usage.received, "Downlink Bytes", usage.sent),
        _two("Uplink Packets", packets[0], "Downlink Packets", packets[1]),
        *_NOTHING_HAPPENED,
        _one("Creation Time", call.created),
        _one("Last Pkt Time", ""),
        _one("Duration", _hours(session.duration(call.now))),
        _one("Rule Base name", call.rulebase),
        *_NOT_USED,
        _one("Credit-Control", "On" if call.has_credit_control else "Off"),
        *_NOT_USED_EITHER,
        *_rules(call.uses),
    ]
    return Lines(lines, _data(call))


def _rules(uses: Set[str]) -> list[str]:
    """What there is to say of the rules of a call, without what they have counted."""
    return [
        *(() if CHARGING in uses else [_NO_CHARGING_RULES]),
        *_NO_FIREWALL_RULES,
        *(() if POST_PROCESSING in uses else [_NO_POST_PROCESSING]),
        *_NO_INSTALLED_RULES,
    ]


def _hours(seconds: float) -> str:
    """`00h:00m:16s`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}h:{whole // 60 % 60:02d}m:{whole % 60:02d}s"


def _data(call: ChargedCall) -> dict[str, str | int]:
    usage = call.session.usage()
    return {
        "callid": f"{call.session.callid:08x}",
        "username": call.session.username,
        "msid": call.session.msid,
        "sessmgr": call.session.sessmgr,
        "address": call.session.address,
        "rulebase": call.rulebase,
        "uplink_bytes": usage.received,
        "downlink_bytes": usage.sent,
        "credit_control": "On" if call.has_credit_control else "Off",
    }


_SESSIONS = Table[ChargedCall](
    Column("Session-ID", 12, lambda call: call.identifier),
    Column("Callid", 8, lambda call: f"{call.session.callid:08x}"),
    Column("Username", 30, lambda call: call.session.username),
    Column("Client-IP", 15, lambda call: call.session.address),
    Column("Duration", 9, lambda call: clock(call.session.duration(call.now))),
    Column("Rulebase", 20, lambda call: call.rulebase),
)


@layout("show active-charging sessions", "chosen", "Only the record in full is seen.")
def table(calls: Iterable[ChargedCall]) -> Flow:
    """Sessions whose traffic is charged for, a line each."""
    return _SESSIONS.flow(calls, lambda count: (_total(count),))


def carried(calls: Iterable[ChargedCall]) -> tuple[int, int, int]:
    """How many sessions there are, and the octets that they have received and sent."""
    up = down = count = 0
    for call in calls:
        usage = call.session.usage()
        up, down, count = up + usage.received, down + usage.sent, count + 1
    return count, up, down


@layout("show active-charging sessions summary", "chosen", "The first label is remembered.")
def summary(found: Sequence[tuple[int, int, int]]) -> Lines:
    """How many sessions are charged for and what they carry, from what `carried` found."""
    count, up, down = (sum(part[place] for part in found) for place in range(3))
    rows = (
        ("Total Active Charging Sessions", count),
        ("Total Uplink Bytes", up),
        ("Total Downlink Bytes", down),
        ("Total Uplink Packets", up // PACKET),
        ("Total Downlink Packets", down // PACKET),
    )
    return facts(rows, 33)
