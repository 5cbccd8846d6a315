"""`monitor subscriber` and `monitor protocol`: screens, keys, and what happens to calls."""

from __future__ import annotations

import re

import pytest

from staros_cli.rendering.monitor import DIAMETER, OPTIONS, PROTOCOLS
from staros_cli.shell.line_terminal import LineTerminal
from staros_cli.shell.replies import CLEAR, Awaits
from tests.chassis.credit.labs import configured
from tests.configuration.test_peers import ENDPOINT, POLICY, SERVERS
from tests.lab import Lab
from tests.support import make_session

LAST = "  (Q)uit,   <ESC> Prev Menu,   <SPACE> Pause,   <ENTER> Re-Display Options"
PROMPT = "[local]asr5500# "


def watching(chassis: str = "asr5500", line: str = "next-call") -> Lab:
    lab = Lab(chassis)
    assert lab.reply(f"monitor subscriber {line}").awaits is Awaits.WATCH
    return lab


def shown_at_next_event(lab: Lab) -> str:
    return lab.device.advance_to_event()


def first_call(lab: Lab, kind: str = "ggsn") -> str:
    """The identifier of a call of a kind of service."""
    sessions, now = lab.chassis.sessions, lab.chassis.now
    found = (sessions.session(row, now) for row in sessions.rows())
    return next(f"{one.callid:08x}" for one in found if one.kind.service == kind)


# Screens


def test_the_numbers_of_the_protocols_are_those_of_the_device() -> None:
    assert OPTIONS["74"].name == "EGTPC"
    assert OPTIONS["40"].name == "IPSec IKEv2"
    assert OPTIONS["88"].name == "RTP(IMS)"
    assert OPTIONS["50"].name == "STUN (IMS)"
    assert [key for key, option in OPTIONS.items() if not key.isdigit() and not option.on] == list(
        "SXAYHN"
    )
    assert list(DIAMETER) == list("123456789")
    assert [name for name in PROTOCOLS if not PROTOCOLS[name].for_administrators] == ["11"]


def test_without_a_call_it_waits() -> None:
    lines = Lab().typed("monitor subscriber imsi 999999999999999").splitlines()
    assert lines[:4] == [
        "",
        "",
        "NO MATCHING CALL - waiting for a matching call to connect...",
        "",
    ]
    assert lines[4].startswith("C - Control Events  (ON )      11 - PPP ")
    waits = Lab().typed("monitor subscriber next-call")
    assert waits.startswith("\n\nWaiting for next call to connect...\n\nC - ")


def test_a_call_that_is_there_is_shown_above_the_options() -> None:
    lab = Lab()
    lines = lab.typed(f"monitor subscriber callid {first_call(lab)}").splitlines()
    assert lines[2:5] == ["-" * 70, "Matching Call Found:", "-" * 70]
    assert re.fullmatch(r" MSID/IMSI   : \d{15} {13}Callid      : [0-9a-f]{8}", lines[5])
    assert lines[10:14] == ["-" * 70, "", "", lines[13]]
    assert lines[13].startswith("C - Control Events")


@pytest.mark.parametrize(
    ("keys", "told", "line"),
    [
        ("+", "Verbosity Level (  2)", "+/- Verbosity Level (  2)"),
        ("+++++++", "Verbosity Level (  5)", "+/- Verbosity Level (  5)"),
        ("-", "Verbosity Level (  1)", "+/- Verbosity Level (  1)"),
        ("11", "PPP (OFF)", "11 - PPP         (OFF)"),
        ("a", "PDU Hex+Ascii dump (ON )", "A - PDU Hex/Ascii   (ON )"),
        ("U", "Mon Display (OFF)", "U - Mon Display     (OFF)"),
        ("Y", "Multi-Call Trace (ON )", "Y - Multi-Call Trace (ON )"),
        ("L", 'Display Events only from context "local"', "L - Limit Context   (ON )"),
        ("LL", "Display Events from ALL contexts", "L - Limit Context   (OFF)"),
        ("R", "RADIUS Dictionary custom1", "R - RADIUS Dict: (custom1)     34 - CSS Data"),
        ("G", "GTPP Dictionary custom1", "G - GTPP Dict: (custom1)       35 - CSS Signal"),
        ("x1x", "PDU Hexdump (OFF)", "X - PDU Hexdump     (OFF)"),
    ],
)
def test_a_key_is_told_and_the_options_are_shown_again(keys: str, told: str, line: str) -> None:
    lab = watching()
    shown = lab.reply(*keys)
    assert list(shown.lines[:2]) == [f"*** {told} ***", ""]
    assert line in shown.text
    assert shown.prompt == LAST


@pytest.mark.parametrize("key", ["z", "/", "F", "é", "8", "\x7f"])
def test_a_key_without_a_meaning_shows_nothing(key: str) -> None:
    reply = watching().reply(key)
    assert (list(reply.lines), reply.prompt) == ([], LAST)


def test_a_number_that_no_protocol_has_shows_nothing() -> None:
    lab = watching()
    assert lab.typed("3", "9") == ""
    assert lab.reply("7", "4").lines[0] == "*** EGTPC (OFF) ***"


def test_applications_of_diameter_have_a_screen_of_their_own() -> None:
    lab = watching()
    shown = lab.reply("7", "5")
    assert "   1 - DIABASE (OFF)" in shown.lines
    assert shown.prompt == "      Select: "
    assert "   3 - DIAMETER Gx/Ty/Gxx (ON )" in lab.reply("3").lines
    back = lab.reply("b")
    assert "75 - App Specific Diameter  (ON )" in back.text
    assert back.prompt == LAST
    assert lab.reply("7", "5").prompt == "      Select: "
    assert lab.reply("\x1b").prompt == LAST
    assert lab.reply("\x1b").awaits is Awaits.COMMAND


@pytest.mark.parametrize("key", ["q", "Q", "\x1b"])
def test_a_key_leaves(key: str) -> None:
    lab = watching()
    assert lab.reply(key).awaits is Awaits.COMMAND
    assert "UTC" in lab.typed("show clock")


def test_whoever_leaves_is_told_of_nothing_any_more() -> None:
    lab = watching()
    lab.reply("q")
    assert lab.chassis.call_traces.count == 0
    lab.reply("monitor protocol")
    lab.session.interrupt()
    assert lab.chassis.call_traces.count == 0


# Events


def test_a_call_that_ends_leaves_its_statistics() -> None:
    lab = Lab()
    call = first_call(lab)
    lab.reply(f"monitor subscriber callid {call}")
    other = lab.device.session("other")
    other.handle(f"clear subscribers callid {call} -noconfirm")
    lines = lab.session.poll().lines
    assert lines[0] == "Friday March 27 2026"
    assert lines[1] == "<<<<OUTBOUND  17:12:25:000 Eventid:47001(3)"
    assert (
        lines[3] == f"TEID: 0x{call.upper()}, Message type: GTP_DELETE_PDP_CONTEXT_REQ_MSG (0x14)"
    )
    assert "***CONTROL*** 17:12:25:000 Eventid:10285 " in lines
    start = next(at for at, line in enumerate(lines) if line.startswith("CALL STATS: <"))
    assert re.fullmatch(
        r"CALL STATS: <\S+>, msid <\d{15}>, Call-Duration\(sec\): \d+", lines[start]
    )
    assert re.fullmatch(r"  input pkts: \d+ +output pkts: \d+ +", lines[start + 1])
    assert lines[start + 1].index("output") == 41
    assert lines[-9:] == [
        "  Disconnect Reason: Admin-disconnect",
        "  Last Progress State: GTP CONNECTED",
        "",
        "",
        "",
        " ***",
        " *** Call Finished - Waiting to trace next matching call",
        " ***",
        "",
    ]


def test_a_call_of_a_gateway_is_named_as_in_its_record() -> None:
    lab = Lab()
    call = first_call(lab, "pgw")
    shown = lab.typed(f"monitor subscriber callid {call}")
    assert re.search(r"^ Username    : .{28}SessionType : gtp-pdn-type-ipv4$", shown, re.MULTILINE)
    lab.device.session("other").handle(f"clear subscribers callid {call} -noconfirm")
    assert "  Last Progress State: GTP-PDN-IPv4-Connected" in lab.session.poll().lines


def test_a_call_that_comes_is_shown_with_its_messages() -> None:
    lab = Lab("vpc-di")
    call = first_call(lab, "pgw")
    lab.reply("monitor subscriber type pgw", "+")
    other = lab.device.session("other")
    other.handle(f"clear subscribers callid {call} -noconfirm")
    shown = ""
    while "RESPONSE" not in shown:
        shown += shown_at_next_event(lab)
    assert "Incoming Call:\n" in shown
    assert "[PGW-S5/S2a/S2b]GTPv2C Rx PDU, from " in shown
    assert "Message type: EGTP_CREATE_SESSION_REQUEST (0x20)" in shown
    request = shown[shown.index("INBOUND>>>>> ") :]
    length = re.search(r"Rx PDU, .*:2123 \((\d+)\)", request)
    inside = re.search(r"Message Length: 0x([0-9A-F]{4}) \((\d+)\)", request)
    assert length is not None
    assert inside is not None
    assert int(inside[1], 16) == int(inside[2]) == int(length[1]) - 4
    assert "        IMSI: \n            Value: 001010" in request
    assert "Message type: EGTP_CREATE_SESSION_RESPONSE (0x21)" in request


def test_recovery_is_watched() -> None:
    lab = Lab("asr5000-chapter")
    session = lab.chassis.sessions.session(
        next(iter(lab.chassis.sessions.rows_of_sessmgr(3))), lab.chassis.now
    )
    lab.reply(f"monitor subscriber username {session.username}")
    lab.chassis.task_faults.kill("sessmgr", 3)
    shown = lab.wait(60)
    failed = shown.index(f"Callid {session.callid:08x}: sessmgr instance 3 failed")
    recovered = shown.index("recovered by sessmgr instance 3 from aaamgr instance 3")
    assert failed < recovered < shown.rindex("micro checkpoint to aaamgr instance 3: success")


def test_what_happens_in_a_pause_is_shown_after_it() -> None:
    lab = Lab("asr5000-chapter")
    lab.reply("monitor subscriber username simple1")
    assert lab.typed(" ") == "*** Pause (ON ) ***\n"
    assert lab.wait(300) == ""
    shown = lab.typed(" ")
    assert shown.startswith("*** Pause (OFF) ***\n")
    assert lab.wait(0).count("***CONTROL***") > 5


@pytest.mark.parametrize(("keys", "missing"), [("T", "Friday"), ("E", "Eventid"), ("C", "CONTROL")])
def test_what_is_switched_off_is_not_shown(keys: str, missing: str) -> None:
    lab = Lab("asr5000-chapter")
    lab.reply("monitor subscriber username simple1")
    assert missing in lab.wait(100)
    lab.reply(*keys)
    assert missing not in lab.wait(100)


def test_octets_are_shown_where_they_are_asked_for() -> None:
    lab = Lab()
    call = first_call(lab)
    lab.reply(f"monitor subscriber callid {call}", "x")
    lab.chassis.callers.end(lab.chassis.sessions.with_callid(int(call, 16))[0], "Remote-disconnect")
    assert f"PDU HEX DUMP\n0x0000   3214 0006 {call[:4]} {call[4:]} " in lab.session.poll().text


# Protocols


def test_protocols_are_chosen_and_their_messages_shown() -> None:
    lab = Lab()
    shown = lab.reply("monitor protocol")
    assert shown.clears
    assert shown.lines[0] == "MONITOR GLOBAL PROTOCOLS:"
    assert shown.prompt == "      Select:"
    typed = lab.reply("2")
    assert (list(typed.lines), typed.prompt) == ([], "      Select:2")
    chosen = lab.reply("4")
    assert chosen.clears
    assert "(R-P Interface)   (Admin only)   >24 - GTPC " in chosen.text
    asks = lab.reply("b")
    assert asks.lines[0].startswith("WARNING!!!")
    assert asks.prompt == "Proceed? - Select (Y)es or (N)o"
    assert lab.reply("y").prompt == LAST
    call = first_call(lab)
    lab.chassis.callers.end(lab.chassis.sessions.with_callid(int(call, 16))[0], "Remote-disconnect")
    shown = lab.session.poll()
    assert "GTPC Rx PDU, from 198.18.3." in shown.text
    assert "CALL STATS" not in shown.text


def test_an_operator_may_not_choose_what_is_for_administrators() -> None:
    other = Lab().device.session("operator1", "operator")
    other.handle("monitor protocol")
    other.handle("2")
    assert ">" not in "".join(other.handle("4").lines).replace("<ESC>", "")
    other.handle("1")
    assert "  >11 - SNMP" in "\n".join(other.handle("1").lines)
    assert other.handle("q").awaits is Awaits.COMMAND


# Terminals


def terminal() -> LineTerminal:
    session, _ = make_session()
    opened = LineTerminal(session)
    opened.begin()
    return opened


def test_at_a_terminal_keys_act_at_once_and_are_not_shown() -> None:
    typed = terminal()
    shown = typed.feed("monitor subscriber next-call\r")
    assert shown.endswith(f"\r\n\r\n{LAST}")
    assert typed.feed("+").startswith("\r\n*** Verbosity Level (  2) ***\r\n\r\nC - ")
    assert typed.feed("7") == ""
    assert typed.feed("\x1b[A") == ""
    assert typed.feed("q") == f"\r\n{PROMPT}"
    assert typed.feed("show clock\r").startswith("show clock\r\n")


def test_the_key_escape_leaves_and_that_of_an_arrow_does_not() -> None:
    typed = terminal()
    typed.feed("monitor subscriber next-call\r")
    assert typed.feed("\x1bOA\x1b[1~") == ""
    assert typed.feed("\x1b") == f"\r\n{PROMPT}"


def test_the_screen_is_emptied_for_the_protocols() -> None:
    typed = terminal()
    shown = typed.feed("monitor protocol\r")
    assert shown.startswith(f"monitor protocol\r\n{CLEAR}MONITOR GLOBAL PROTOCOLS:\r\n")
    assert shown.endswith("      Select:")
    assert typed.feed("1") == "1"
    assert typed.feed("1").startswith(f"{CLEAR}MONITOR")
    assert typed.feed("\x03") == f"\r\n{PROMPT}"


def test_events_come_below_the_options() -> None:
    session, clock = make_session("asr5000-chapter")
    typed = LineTerminal(session)
    typed.begin()
    typed.feed("monitor subscriber username simple1\r")
    clock.advance(31)
    shown = typed.poll()
    assert shown.startswith("\r\nFriday March 27 2026\r\n***CONTROL*** ")
    assert shown.endswith("success\r\n\r\n\r\n")
    clock.advance(31)
    assert typed.poll().startswith("Friday March 27 2026\r\n")
    assert typed.feed("q") == "[local]host_name# "


# Servers


def with_servers(line: str, *keys: str) -> Lab:
    """Somebody watches while a subscriber, who uses servers of all kinds, calls again."""
    lab = Lab()
    lab.configure(*configured("quota validity-time 30"))
    lab.configure("context SAEGW", *ENDPOINT, *SERVERS)
    lab.configure(*POLICY, "authentication imsi-auth", "accounting-mode radius-diameter")
    lab.wait(2)
    lab.typed("clear subscribers imsi 001010000000007 -noconfirm")
    lab.reply(line, *keys)
    return lab


TRACE = "monitor subscriber imsi 001010000000007"
REQUEST = """\
<<<<OUTBOUND  17:12:28:000 Eventid:81990(5)
Diameter message from 192.0.2.1:54658 to 192.0.2.9:3870
  Base Header Information:
   Version: 1
   Message Length: 332
   Command Flags: REQ PXY   (192) 
   Command Code: Credit-Control-Request (272)
   Application ID: 3GPP-Gx (16777238)
"""  # noqa: W291
ATTRIBUTES = """\
  AVP Information:
        [M] Session-Id: pgw.lab.example;"""
PARTS = """\
        [M] Subscription-Id: 
          [M] Subscription-Id-Type: END_USER_E164 (0)
          [M] Subscription-Id-Data: 99900000000007
        [M] Subscription-Id: 
          [M] Subscription-Id-Type: END_USER_IMSI (1)
          [M] Subscription-Id-Data: 001010000000007
        [M] Framed-IP-Address: 10.10.0.7
        [M] Called-Station-Id: lab.example
        [V] [M] IP-CAN-Type: 3GPP-EPS (5)


Friday March 27 2026
INBOUND>>>>>  17:12:28:000 Eventid:81991(5)
"""  # noqa: W291


def test_messages_to_servers_stand_between_request_and_answer_of_a_call() -> None:
    lab = with_servers(TRACE)
    shown = lab.wait(3)
    order = re.findall(
        r"EGTP_CREATE_SESSION_\w+|RADIUS \w+ [RT]x PDU|Credit-Control-\w+|3GPP-Gx|Diameter Credit",
        shown,
    )
    gx = ["Credit-Control-Request", "3GPP-Gx", "Credit-Control-Answer", "3GPP-Gx"]
    assert order == [
        "EGTP_CREATE_SESSION_REQUEST",
        *("RADIUS AUTHENTICATION Tx PDU", "RADIUS AUTHENTICATION Rx PDU"),
        *gx,
        *(word.replace("3GPP-Gx", "Diameter Credit") for word in gx),
        *("RADIUS ACCOUNTING Tx PDU", "RADIUS ACCOUNTING Rx PDU"),
        "EGTP_CREATE_SESSION_RESPONSE",
    ]
    assert REQUEST in shown
    assert "AVP Information" not in shown


def test_attributes_are_shown_from_the_second_level_on() -> None:
    lab = with_servers(TRACE, "+")
    shown = lab.wait(3)
    assert ATTRIBUTES in shown
    assert PARTS in shown
    assert "   Acct-Status-Type = Start\n" in shown
    shown = lab.wait(30)
    assert "        [M] CC-Request-Type: UPDATE_REQUEST (2)\n" in shown
    assert "            [V] [M] Reporting-Reason: VALIDITY_TIME (4)\n" in shown


@pytest.mark.parametrize(
    ("keys", "gone", "left"),
    [
        ("13", "RADIUS AUTHENTICATION", "RADIUS ACCOUNTING"),
        ("14", "RADIUS ACCOUNTING", "RADIUS AUTHENTICATION"),
        ("36", "Diameter message", "RADIUS"),
        ("36752b", "3GPP-Gx", "Diameter Credit Control"),
        ("36753b", "Diameter Credit Control", "3GPP-Gx"),
        ("I", "Credit-Control-Answer", "Credit-Control-Request"),
        ("O", "Access-Request", "Access-Accept"),
    ],
)
def test_keys_choose_the_messages_to_servers(keys: str, gone: str, left: str) -> None:
    shown = with_servers(TRACE, *keys).wait(3)
    assert gone not in shown
    assert left in shown


def test_a_dictionary_that_was_chosen_is_named() -> None:
    shown = with_servers(TRACE, "R").wait(3)
    assert re.search(r"RADIUS AUTHENTICATION Tx PDU, from .* \(\d+\) PDU-dict=custom1\n", shown)


@pytest.mark.parametrize(
    ("number", "shows"),
    [("12", "Access-Request"), ("13", "Accounting-Request"), ("36", "3GPP-Gx"), ("75", "3GPP-Gx")],
)
def test_protocols_of_servers_are_shown_for_all_calls(number: str, shows: str) -> None:
    shown = with_servers("monitor protocol", *number, "B", "y").wait(3)
    assert shows in shown
    assert "EGTP" not in shown


def test_octets_of_messages_to_servers_are_shown() -> None:
    shown = with_servers(TRACE, "36", "X").wait(3)
    assert re.search(r"RADIUS .*\n Code: 1 .*\n.*\n.*\nPDU HEX DUMP\n0x0000   01", shown)
