"""Layouts of `monitor subscriber` and `monitor protocol`: screens that keys act on, and events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from msgspec import Struct

from staros_cli.chassis.call_logs import log_of
from staros_cli.chassis.call_traces import CallEvent, Happening
from staros_cli.rendering.layout import layout
from staros_cli.rendering.messages.heads import Detail, head
from staros_cli.rendering.subscriber_records import counted
from staros_cli.rendering.subscribers import access_type

_OPTIONS = (
    "C - Control Events  (ON )      11 - PPP         (ON )  21 - L2TP        (ON )",
    "D - Data Events     (ON )      12 - A11         (ON )  22 - L2TPMGR     (OFF)",
    "E - EventID Info    (ON )      13 - RADIUS Auth (ON )  23 - L2TP Data   (OFF)",
    "I - Inbound Events  (ON )      14 - RADIUS Acct (ON )  24 - GTPC        (ON )",
    "O - Outbound Events (ON )      15 - Mobile IPv4 (ON )  25 - TACACS  (ON )",
    "S - Sender Info     (OFF)      16 - A11MGR      (OFF)  26 - GTPU        (OFF)",
    "T - Timestamps      (ON )      17 - SESSMGR     (ON )  27 - GTPP        (ON )",
    "X - PDU Hexdump     (OFF)      18 - A10         (OFF)  28 - DHCP        (ON )",
    "A - PDU Hex/Ascii   (OFF)      19 - User L3     (OFF)  29 - CDR         (ON )",
    "+/- Verbosity Level ({verbosity:>3})      31 - Radius COA  (ON )  30 - DHCPV6      (ON )",
    "L - Limit Context   ({limit})      32 - MIP Tunnel  (ON )  53 - SCCP        (OFF)",
    "M - Match Newcalls  (ON )      33 - L3 Tunnel   (OFF)  54 - TCAP        (OFF)",
    "R - RADIUS Dict: {radius:<13} 34 - CSS Data    (OFF)  55 - MAP         (ON )",
    "G - GTPP Dict: {gtpp:<13}   35 - CSS Signal  (OFF)  56 - RANAP       (OFF)",
    "Y - Multi-Call Trace (OFF)     36 - EC Diameter (ON )  57 - GMM         (ON )",
    "H - Display ethernet (OFF)     37 - SIP (IMS)   (OFF)  58 - GPRS-NS     (OFF)",
    "U - Mon Display     (ON )      40 - IPSec IKEv2 (OFF)  59 - BSSGP       (OFF)",
    "V - PCAP Hexdump     (ON )      41 - IPSG RADIUS (ON )  60 - CAP         (ON )",
    "F - Packet Capture: (Full Pkt) 42 - ROHC        (OFF)  64 - LLC         (OFF)",
    "/ - Priority        ({priority:>3})      43 - WiMAX R6    (ON )  65 - SNDCP       (OFF)",
    "N - MEH Header      (OFF)      44 - WiMAX Data  (OFF)  66 - BSSAP+      (OFF)",
    "                             45 - SRP         (OFF)  67 - SMS         (OFF)",
    "                                                    68 - OpenFlow(ON )",
    "                               46 - BCMCS SERV AUTH(OFF)",
    "                               47 - RSVP        (ON )",
    "                               48 - Mobile IPv6 (ON )  69 - X2AP        (ON )",
    "                                                    77 - ICAP/UIDH   (ON )",
    "                               50 - STUN (IMS)  (OFF)  78 - Micro-Tunnel(ON )",
    "                               51 - SCTP        (OFF)                   ",
    "                               72 - HNBAP       (ON )  79 - ALCAP       (ON )",
    "                               73 - RUA         (ON )  80 - SSL         (ON )",
    "                               74 - EGTPC       (ON )",
    "                               75 - App Specific Diameter  (OFF)",
    "                               81 - S1-AP       (ON )  82 - NAS         (ON )",
    "                               83 - LDAP        (ON )  84 - SGS         (ON )",
    "                               85 - AAL2        (ON )  86 - S102         (ON )",
    "                               87 - PPPOE  (ON )",
    "                               88 - RTP(IMS)    (OFF)  89 - RTCP(IMS)   (OFF)",
    "                               91 - NPDB(IMS)  (OFF)",
    "                               92 - SABP  (ON )",
    "                               94 - SLS   (ON )",
    "                               96 - SBc-AP  (ON )",
    "                               97 - M3AP    (ON )",
    "                               49 - PFCP    (ON )",
    "                               76 - NSH    (ON )",
    "",
    "  (Q)uit,   <ESC> Prev Menu,   <SPACE> Pause,   <ENTER> Re-Display Options",
)
_DIAMETER = (
    "",
    "   1 - DIABASE (OFF)",
    "   2 - DIAMETER Gy (OFF)",
    "   3 - DIAMETER Gx/Ty/Gxx (OFF)",
    "   4 - DIAMETER Gq/Rx/Tx (OFF)",
    "   5 - DIAMETER Cx (OFF)",
    "   6 - DIAMETER Sh (OFF)",
    "   7 - DIAMETER Rf (OFF)",
    "   8 - DIAMETER EAP/STa/S6a/S6d/S6b/S13/SWm (OFF)",
    "   9 - DIAMETER HDD (OFF)",
    "",
    "  (B)egin Protocol Decoding  (Q)uit,   <ESC> Prev Menu,   <ENTER> Re-Display Options",
    "",
    "      Select: ",
)
_PROTOCOL_OPTIONS = (
    "C - Control Events     (ON )",
    "D - Data Events        (ON )",
    "E - EventID Info       (ON )",
    "H - Display ethernet   (OFF)",
    "I - Inbound Events     (ON )",
    "O - Outbound Events    (ON )",
    "S - Sender Info        (OFF)",
    "T - Timestamps         (ON )",
    "X - PDU Hexdump        (OFF)",
    "A - PDU Hex/Ascii      (OFF)",
    "+/- Verbosity Level    ({verbosity:>3})",
    "L - Limit Context      ({limit})",
    "M - Match Newcalls     (ON )",
    "R - RADIUS Dict        {radius}",
    "G - GTPP Dict          {gtpp}",
    "P - ECS Dynamic DDL    (OFF)",
    "Y - Multi-Call Trace   (OFF)",
    "U - Mon Display        (ON )",
    "V - PCAP Hexdump       NONE",
    "",
    "  (Q)uit,   <ESC> Prev Menu,   <SPACE> Pause,   <ENTER> Re-Display Options",
)
_PROTOCOLS = (
    "MONITOR GLOBAL PROTOCOLS:",
    "",
    "   11 - SNMP                                  21 - L2TP         (Admin only)",
    "   12 - RADIUS Authentication (Admin only)    22 - L2TPMGR      (Admin only)",
    "   13 - RADIUS Accounting     (Admin only)    23 - L2TP Data    (Admin only)",
    "   14 - A11 (R-P Interface)   (Admin only)    24 - GTPC         (Admin only)",
    "   15 - Mobile IPv4           (Admin only)    25 - TACACS       (Admin only)",
    "   16 - A11MGR                (Admin only)    26 - GTPU         (Admin only)",
    "   17 - PPP                   (Admin only)    27 - GTPP         (Admin only)",
    "   18 - A10                   (Admin only)    28 - DHCP         (Admin only)",
    "   19 - User L3               (Admin only)    29 - CDR          (Admin only)",
    "   20 - USERTCP STACK         (Admin only)    30 - DHCPV6       (Admin only)",
    "   31 - RADIUS COA            (Admin only)    51 - SCTP         (Admin only)",
    "   32 - MIP Tunnel            (Admin only)    52 - M3UA         (Admin only)",
    "   33 - L3 Tunnel             (Admin only)    53 - SCCP         (Admin only)",
    "   34 - CSS Data              (Admin only)    54 - TCAP         (Admin only)",
    "   35 - CSS Signaling         (Admin only)    55 - MAP          (Admin only)",
    "   36 - EC Diameter           (Admin only)    56 - RANAP        (Admin only)",
    "   37 - SIP (IMS)             (Admin only)    57 - GMM          (Admin only)",
    "   38 - IPSec IKE Inter-Node  (Admin only)    58 - GPRS-NS      (Admin only)",
    "                                              59 - BSSGP        (Admin only)",
    "   40 - IPSec IKE Subscriber  (Admin only)    60 - CAP          (Admin only)",
    "   41 - IPSG RADIUS Signal    (Admin only)    61 - SSCOP        (Admin only)",
    "   42 - ROHC                  (Admin only)    62 - SSCFNNI      (Admin only)",
    "   43 - WiMAX R6              (Admin only)    63 - MTP3         (Admin only)",
    "   44 - WiMAX Data            (Admin only)    64 - LLC          (Admin only)",
    "   45 - SRP                   (Admin only)    65 - SNDCP        (Admin only)",
    "   46 - BCMCS SERV AUTH       (Admin only)    66 - BSSAP+       (Admin only)",
    "   47 - RSVP                  (Admin only)    67 - SMS          (Admin only)",
    "                                              68 - OpenFlow     (Admin only)",
    "   48 - Mobile IPv6           (Admin only)    69 - X2-AP        (Admin only)",
    "   49 - PFCP                  (Admin only)",
    "   50 - STUN                  (Admin only)    70 - DNS Client   (Admin only)",
    "   71 - MTP2                  (Admin only)    76 - NSH         (Admin only)",
    "   72 - HNBAP                 (Admin only)    77 - ICAP/UIDH    (Admin only)",
    "   73 - RUA                   (Admin only)    78 - Micro-Tunnel (Admin only)",
    "   74 - EGTPC                 (Admin only)    79 - ALCAP        (Admin only)",
    "   75 - App Specific Diameter (Admin only)    80 - SSL          (Admin only)",
    "   81 - S1-AP                 (Admin only)    82 - NAS          (Admin only)",
    "   83 - LDAP                  (Admin only)    84 - SGS          (Admin only)",
    "   85 - AAL2                  (Admin only)    86 - S102         (Admin only)",
    "   87 - PPPOE                 (Admin only)",
    "   88 - RTP(IMS)              (Admin only)    89 - RTCP(IMS)    (Admin only)",
    "   90 - LMI                    (Admin only)   91 - NPDB(IMS)    (Admin only)",
    "   92 - SABP                  (Admin only)    93 - OCSP         (Admin only)",
    "   94 - SLS                  (Admin only)     96 - SBc-AP       (Admin only)",
    "   97 - M3AP                  (Admin only)",
    "",
    "   (B)egin Protocol Decoding,   (Q)uit,   <ESC> Prev Menu",
    "",
    "      Select:",
)
_WARNING = (
    "WARNING!!! You have selected options that can DISRUPT USER SERVICE",
    "           Existing CALLS MAY BE DROPPED and/or new CALLS MAY FAIL!!!",
    "           (Under heavy call load, some debugging output may not be displayed)",
    "",
    "Proceed? - Select (Y)es or (N)o",
)

_OPTION = re.compile(r"(?<!\S)([A-Z]|\d{1,2}) - ([^:]+?) *\((ON |OFF)\)")
_PROTOCOL = re.compile(r"(?<=  )(\d\d) - (.+?)(?: *(\(Admin only\))| {4,}|$)")
NO_OVERRIDE = "no-override"
DIAMETER_KEY = "75"
"""The number of the protocols that have a screen of their own."""


class Option(Struct, frozen=True):
    """Something that a key switches: its name, and whether it is on at first."""

    name: str
    on: bool


class Protocol(Struct, frozen=True):
    """A protocol that all messages of can be shown: its name, and who may have that."""

    name: str
    for_administrators: bool


class Settings(Struct):
    """What keys have set: options that are on, by their keys, and the rest of the screen.

    `limit` is the one context of which events are shown, empty for all.
    """

    on: dict[str, bool]
    verbosity: int = 1
    priority: int = 0
    limit: str = ""
    radius: str = NO_OVERRIDE
    gtpp: str = NO_OVERRIDE


def _options(lines: tuple[str, ...]) -> dict[str, Option]:
    found = (match for line in lines for match in _OPTION.finditer(line))
    return {key: Option(name, state == "ON ") for key, name, state in (m.groups() for m in found)}


OPTIONS = _options(_OPTIONS)
"""The options of `monitor subscriber`, by their keys."""
PROTOCOL_OPTIONS = _options(_PROTOCOL_OPTIONS)
"""The options of `monitor protocol` once it shows messages, by their keys."""
DIAMETER = _options(_DIAMETER)
"""The applications of Diameter, by their keys."""
PROTOCOLS = {
    number: Protocol(name.rstrip(), bool(admin))
    for line in _PROTOCOLS
    for number, name, admin in _PROTOCOL.findall(line)
}
"""The protocols of `monitor protocol`, by their numbers."""


def state(on: bool) -> str:
    """How a screen shows whether something is on."""
    return "ON " if on else "OFF"


def _drawn(lines: tuple[str, ...], settings: Settings, on: Mapping[str, bool]) -> list[str]:
    """A screen with the state of its options."""

    def option(found: re.Match[str]) -> str:
        shown = found[0][: -len("(OFF)")]
        return f"{shown}({state(on[found[1]])})"

    return [
        _OPTION.sub(option, line).format(
            verbosity=settings.verbosity,
            priority=settings.priority,
            limit=state(bool(settings.limit)),
            radius=f"({settings.radius})",
            gtpp=f"({settings.gtpp})",
        )
        for line in lines
    ]


@layout("monitor subscriber", "capture")
def options(settings: Settings) -> list[str]:
    """The options, of which keys switch one each."""
    return _drawn(_OPTIONS, settings, settings.on)


@layout("monitor protocol", "capture")
def protocol_options(settings: Settings) -> list[str]:
    """The options once messages of protocols are shown."""
    return _drawn(_PROTOCOL_OPTIONS, settings, settings.on)


@layout("monitor subscriber", "chosen", "Only the first and the last of the names are captured.")
def diameter(on: Mapping[str, bool]) -> list[str]:
    """The applications of Diameter, of which keys switch one each."""
    return _drawn(_DIAMETER, Settings({}), on)


@layout("monitor protocol", "capture")
def protocols(chosen: Set[str]) -> list[str]:
    """The protocols, with a mark at those that were chosen."""
    return [re.sub(r"  (\d\d) - ", lambda f: _marked(f, chosen), line) for line in _PROTOCOLS]


def _marked(found: re.Match[str], chosen: Set[str]) -> str:
    return f" >{found[0][2:]}" if found[1] in chosen else found[0]


@layout("monitor protocol", "capture")
def warning() -> list[str]:
    """What is asked before messages are shown."""
    return list(_WARNING)


@layout("monitor subscriber", "capture")
def announced(what: str) -> list[str]:
    """What a key has changed."""
    return [f"*** {what} ***", ""]


# Events

_RULE = "-" * 70
CONTROL_EVENT, STATISTICS_EVENT = 98683, 10285


@layout("monitor subscriber", "capture", "No call is dormant here; equipment is not modelled.")
def call(event: CallEvent) -> list[str]:
    """The record of a call that was found or has come."""
    session, context = event.session, event.session.group.place[0]
    title = "Matching Call Found:" if event.happening is Happening.FOUND else "Incoming Call:"
    title = "(Switching Trace) - New Incoming Call:" if event.instead else title
    pairs = (
        (("MSID/IMSI", session.msid), ("Callid", f"{session.callid:08x}")),
        (("IMEI", "n/a"), ("MSISDN", session.msisdn or "n/a")),
        (("Username", session.username), ("SessionType", access_type(session.kind))),
        (("Status", "Active"), ("Service Name", session.group.place[1])),
        (("Src Context", context), ("Dest Context", "n/a")),
    )
    rows = [f" {a:<12}: {x:<28}{b:<12}: {y}" for (a, x), (b, y) in pairs]
    return [_RULE, title, _RULE, *rows, _RULE, "", ""]


@layout("monitor subscriber", "capture")
def waits(identified: bool) -> list[str]:
    """There is no call yet."""
    if identified:
        return ["NO MATCHING CALL - waiting for a matching call to connect...", ""]
    return ["Waiting for next call to connect...", ""]


@layout("monitor subscriber", "capture")
def finished() -> list[str]:
    """A call that was traced is over."""
    text = " *** Call Finished - Waiting to trace next matching call"
    return ["", " ***", text, " ***", ""]


@layout(
    "monitor subscriber",
    "chosen",
    "The head of an event is captured; no text shows what a device says of checkpoints.",
)
def control(event: CallEvent, detail: Detail) -> list[str]:
    """An event of session recovery, or the connection of a call."""
    top = head(event.time, "***CONTROL***", f"{CONTROL_EVENT} ", detail, event.session)
    return [*top, f"Callid {event.session.callid:08x}: {log_of(event).text}", "", ""]


_PDN = re.compile(r"PDN-TYPE-(\S+) CONNECTED")
"""The state of a call of a gateway, which the end of a call words in another way."""
_PDN_AT_END = r"GTP-PDN-\1-Connected"
_COUNTERS = (
    "  input pkts: {input_pkts:<27}output pkts: {output_pkts:<12}",
    "  input bytes: {input_bytes:<26}output bytes: {output_bytes:<12}",
    "  input bytes dropped: 0                 output bytes dropped: 0         ",
    "  input pkts dropped: 0                  output pkts dropped: 0         ",
    "  pk rate from user(bps): {pk_bps_in:<15}pk rate to user(bps): {pk_bps_out:<12}",
    "  ave rate from user(bps): {ave_bps_in:<14}ave rate to user(bps): {ave_bps_out:<12}",
    "  sust rate from user(bps): {sust_bps_in:<13}sust rate to user(bps): {sust_bps_out:<12}",
    "  pk rate from user(pps): {pk_pps_in:<15}pk rate to user(pps): {pk_pps_out:<12}",
    "  ave rate from user(pps): {ave_pps_in:<14}ave rate to user(pps): {ave_pps_out:<12}",
    "  sust rate from user(pps): {sust_pps_in:<13}sust rate to user(pps): {sust_pps_out:<12}",
    "  link online/active percent: 0  ",
    "  ipv4 bad hdr: 0                        ipv4 ttl exceeded: 0         ",
    "  ipv4 fragments sent: 0                 ipv4 could not fragment: 0         ",
    "  ipv4 input acl drop: 0                 ipv4 output acl drop: 0         ",
    "  ipv4 bad length trim: 0         ",
    "  ipv4 input non-mip drop: 0             ipv4 output non-mip drop: 0         ",
    "  ipv4 input css drop: 0                 ipv4 output css drop: 0         ",
    "  output gre xoff pkts drop: 0           output gre xoff bytes drop: 0         ",
    "  ipv4 output no-flow drop: 0         ",
    "  ipv4 source violations: 0              ipv4 early pdu drop: 0         ",
    "  ipv4 proxy-dns redirect: 0             ipv4 proxy-dns pass-thru: 0         ",
    "  ipv4 proxy-dns drop: 0                 ipv4 proxy-dns redirect tcp connection: 0         ",
    "  ipv6 bad hdr: 0                        ipv6 bad length trim: 0         ",
    "  ip source violation no acct: 0          ip source violation ignored: 0         ",
    "  dlnk pkts exceeded bw: 0               dlnk pkts violated bw: 0         ",
    "  uplnk pkts exceeded bw: 0              uplnk pkts violated bw: 0         ",
    "  dormancy total: 0                      handoff total: 0         ",
)


@layout("monitor subscriber", "capture", "The state of a call of some kinds of access is chosen.")
def statistics(event: CallEvent, state: str, detail: Detail) -> list[str]:
    """What a call has carried, and why it ended; `state` is where it was last."""
    session, time = event.session, event.time
    values = counted(session, time)
    top = head(time, "***CONTROL***", f"{STATISTICS_EVENT} ", detail, session)
    duration = int(session.duration(time))
    names = f"<{session.username}>, msid <{session.msid}>"
    return [
        *top,
        f"CALL STATS: {names}, Call-Duration(sec): {duration}",
        *(line.format_map(values) for line in _COUNTERS),
        f"  Disconnect Reason: {event.reason}",
        f"  Last Progress State: {_PDN.sub(_PDN_AT_END, state)}",
        "",
        "",
    ]
