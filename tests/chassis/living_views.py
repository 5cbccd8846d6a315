"""Whether the screens of a living node agree: ports, pools, peers, calls, traps, alarms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from tests.lab import Lab

Show = Callable[[str], str]


def disagreements(lab: Lab) -> list[str]:
    """Everything that one screen says and another denies; empty when all agree."""
    if not lab.chassis.is_up:
        return []
    show: Show = lambda line: lab.typed(f"show {line}")  # noqa: E731
    return [
        *_ports(show),
        *_interfaces(lab),
        *_pools(lab),
        *_peers(lab),
        *_neighbors(lab),
        *_time_servers(show),
        *_congestion(show, lab),
        *_calls(show, lab),
        *_credit(show),
        *_bulkstats(lab),
        *_alarms(show),
    ]


def port_rows(show: Show) -> dict[str, list[str]]:
    """Of each port whether it is enabled, works and has its link, and its state."""
    lines = show("port table").splitlines()[2:]
    return {line[:5].strip(): line[34:63].split() for line in lines}


def _ports(show: Show) -> Iterator[str]:
    """Port table, port information and alarms about links."""
    rows = port_rows(show)
    for name, (admin, works, link, _) in rows.items():
        information = show(f"port info {name}")
        for label, value in (("Administrative State", admin), ("Link State", link)):
            if not re.search(rf"{label} +: {value}\n", information):
                yield f"port {name}: the table says {value}, {label} another"
        if works == "Up" and link != "Up":
            yield f"port {name} works without a link"
    alarms = set(re.findall(r"Port (\d+/\d+) +Port link down", show("alarm outstanding")))
    for name in alarms:
        if rows[name][2] == "Up":
            yield f"port {name} has its link, and an alarm that it has none"


def _interfaces(lab: Lab) -> Iterator[str]:
    """Interfaces are up while a port works that carries them, and services while these are."""
    rows = port_rows(lambda line: lab.typed(f"show {line}"))
    up: set[str] = set()
    for context in ("local", "SAEGW", "GGSN"):
        lab.typed(f"context {context}")
        for name, port, state in _bound(lab.typed("show ip interface")):
            slot, number = port.split("/")
            pair = f"{11 - int(slot)}/{number}"
            works = "Up" in (rows[port][1], rows[pair][1])
            if works != (state == "UP"):
                yield f"interface {name} of {context} is {state}, port {port} works: {works}"
            up |= {context} if works else set()
    lab.typed("context local")
    for line in lab.typed("show service all").splitlines()[2:]:
        _, _, context, name, state, *_ = line.split()
        if (state == "Started") != (context in up):
            yield f"service {name} is {state}, the interface of {context} is up: {context in up}"


def _bound(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, port and state of the interfaces."""
    for block in re.split(r"(?=^Intf Name:)", text, flags=re.MULTILINE):
        name = re.search(r"^Intf Name: +(\S+)", block)
        state = re.search(r"^IP State: +(\S+) \(Bound to (\S+)", block, re.MULTILINE)
        if name and state:
            yield name[1], state[2], state[1]


def _pools(lab: Lab) -> Iterator[str]:
    """A pool has as many addresses in use as calls have addresses of it, each once."""
    lab.typed("context GGSN")
    shown = re.search(r"^PG00. +P .* (\d+) +(\d+)\n", lab.typed("show ip pool"), re.MULTILINE)
    lab.typed("context local")
    assert shown is not None
    text = lab.typed("show subscribers all")
    taken = re.findall(r"\b10\.1\.0\.\d+\b", text)
    if int(shown[1]) != len(taken):
        yield f"the pool has {shown[1]} addresses in use, {len(taken)} calls have one"
    if len(set(taken)) != len(taken):
        yield "two calls have one address"
    if int(shown[1]) + int(shown[2]) != POOL:
        yield f"the pool has {shown[1]} + {shown[2]} addresses"


POOL = 254
"""Addresses of the pool of the node."""


def _peers(lab: Lab) -> Iterator[str]:
    """The calls of all GTP peers are those of their services; a peer that is down has none."""
    show = lab.typed
    counted = 0
    active: set[str] = set()
    for line in show("show egtpc peers").splitlines():
        if re.match(r"[AI][DE][SN][KU]\w ", line):
            status, _, address, _, _, now, _ = line.split()
            counted += int(now)
            active |= {address} if status[0] == "A" else set()
            if status[0] == "I" and int(now):
                yield f"peer {address} is down and has {now} calls"
    summary = show("show subscribers summary")
    calls = sum(int(n) for n in re.findall(r"pgw-gtp-ipv[46]: +(\d+)", summary))
    if calls != counted:
        yield f"{calls} calls of a PGW, its peers have {counted}"
    failed = set(
        re.findall(r"GTP-C path of .* to (\S+) has failed", show("show alarm outstanding"))
    )
    if failed & active:
        yield f"alarms are about {failed}, active are {active}"


def _neighbors(lab: Lab) -> Iterator[str]:
    """BGP sessions that are up have no alarm, and need an interface that is up."""
    lab.typed("context GGSN")
    up = lab.typed("show ip bgp summary").splitlines()[6].split()[9] == "0"
    interface = "IP State:         UP" in lab.typed("show ip interface name GN")
    lab.typed("context local")
    alarm = "BGP session" in lab.typed("show alarm outstanding")
    if up and (alarm or not interface):
        yield f"the BGP session is up, its interface: {interface}, an alarm: {alarm}"


def _time_servers(show: Show) -> Iterator[str]:
    """The clock follows the server that is marked, and an alarm tells when there is none."""
    rows = [line for line in show("ntp associations").splitlines() if "192.0.2." in line]
    marked = [line.split()[0][1:] for line in rows if line.startswith("*")]
    status = re.search(r"system peer: +(\S+)", show("ntp status"))
    assert status
    if [status[1]] != (marked or ["0.0.0.0"]):
        yield f"the clock follows {status[1]}, marked are {marked}"
    lost = "no time server that it can take the time from" in show("alarm outstanding")
    if lost and marked:
        yield f"the clock follows {marked}, and an alarm says that it follows none"


def _congestion(show: Show, lab: Lab) -> Iterator[str]:
    """An alarm is about each kind of service that is congested, and about no other."""
    told = set(re.findall(r"Service type (\w+) ", show("alarm outstanding")))
    congested = {kind for kind in ("ggsn", "pgw") if lab.chassis.congestion.resource(kind)}
    if told != congested:
        yield f"congested are {congested}, alarms are about {told}"


def _calls(show: Show, lab: Lab) -> Iterator[str]:
    """Progress, duration, reasons and intervals count the calls that there are and were."""
    summary = re.search(r"Total Subscribers: +(\d+)", show("subscribers summary"))
    progress = re.search(r"^ *(\d+) In-progress calls$", show("session progress"), re.MULTILINE)
    assert summary
    assert progress
    total = int(summary[1])
    if int(progress[1]) != total:
        yield f"{total} subscribers, {progress[1]} calls in progress"
    lasting = sum(map(int, re.findall(r"[<>]\w+ +(\d+)", show("session duration"))))
    if lasting != total:
        yield f"{total} subscribers, {lasting} durations"
    text = show("session disconnect-reasons")
    ended = re.search(r"Total Disconnects: (\d+)", text)
    assert ended
    by_reason = [int(line.split()[-2]) for line in text.split("----------\n")[-1].splitlines()]
    if sum(by_reason) != int(ended[1]):
        yield f"{ended[1]} calls ended, {sum(by_reason)} by reasons"
    intervals = lab.reply("show session counters historical all").data
    rows = intervals if isinstance(intervals, list) else intervals["intervals"]
    gone = sum(row["disconn"] + row["failed"] for row in rows)
    if gone != int(ended[1]):
        yield f"{ended[1]} calls ended, {gone} in the intervals"


def _credit(show: Show) -> Iterator[str]:
    """The sessions of credit control are those of calls, and what was asked was answered or not."""
    text = show("active-charging credit-control statistics group gy")
    shown = {
        label.strip(): int(number)
        for label, number in re.findall(
            r"([A-Z][\w -]+): +(\d+)", text.split("CC Message Error")[0]
        )
    }
    calls = show("active-charging sessions full").count("Credit-Control:" + "On".rjust(58))
    begun = shown["Total CC Starts"] - shown["Total Terminated"]
    if shown["Total Current Sessions"] != begun:
        yield f"{begun} sessions have begun and not ended, {shown['Total Current Sessions']} last"
    if not 0 <= shown["Total Current Sessions"] - calls <= SETTING_UP:
        yield f"{shown['Total Current Sessions']} sessions, {calls} calls with credit control"
    for kind in ("Initial", "Update", "Final"):
        answered = shown[f"CCA-{kind}"] + shown[f"CCA-{kind} Timeouts"]
        if shown[f"CCR-{kind}"] != answered:
            yield f"{shown[f'CCR-{kind}']} requests of the kind {kind}, {answered} were answered"


SETTING_UP = 500
"""The most calls that are being set up; they have a session and are not shown as charged for."""


def _bulkstats(lab: Lab) -> Iterator[str]:
    """What was collected went somewhere, and a record says what the screens say."""
    lab.typed("bulkstats force gather")
    text = lab.typed("show bulkstats file 1")
    counts = {
        label: int(number)
        for label, number in re.findall(r"(?:Total r|R)ecords ([\w ]+): +(\d+)\n", text)
    }
    known = sum(count for label, count in counts.items() if label != "collected")
    if counts["collected"] != known:
        yield f"{counts['collected']} records were collected, {known} are somewhere"
    lines = lab.typed("show bulkstats data").splitlines()
    record = [line.split(",")[1:] for line in lines if line.startswith("S,")][-1]
    calls = len(lab.chassis.sessions)
    if int(record[0]) != calls:
        yield f"{calls} calls, a record says {record[0]}"
    arrived, *gone = map(int, record[1:])
    if arrived - sum(gone) != calls:
        yield f"{calls} calls, a record says that {arrived} arrived and {gone} are gone"
    shown = re.search(r"^PG00. +P .* (\d+) +(\d+)\n", _in_context(lab), re.MULTILINE)
    pool = [line.split(",")[1:] for line in lines if line.startswith("P,")][-1]
    if shown is None or [shown[1], shown[2]] != pool:
        yield f"the pool is {shown and shown.groups()}, a record says {pool}"


def _in_context(lab: Lab) -> str:
    """The pools of a context."""
    lab.typed("context GGSN")
    text = lab.typed("show ip pool")
    lab.typed("context local")
    return text


def _alarms(show: Show) -> Iterator[str]:
    """Every alarm has a trap, and the totals of alarms are those of the list."""
    text = show("alarm all")
    outstanding = [line for line in text.splitlines() if line[:3] in ("MN ", "MJ ", "CR ")]
    total = re.search(r"Current Outstanding\n +Total: +(\d+)", text)
    if total and int(total[1]) != len(outstanding):
        yield f"{len(outstanding)} alarms are listed, {total[1]} counted"
    traps = Counter(re.findall(r"notification \d+ \((\w+)\)", show("snmp trap history")))
    for words, trap in ALARMS.items():
        if any(words in line for line in outstanding) and not traps[trap]:
            yield f"an alarm says {words}, and no trap {trap} was raised"


ALARMS = {
    "Port link down": "PortLinkDown",
    "is overheated": "CardTempOverheat",
    "single point of failure": "CardSPOFAlarm",
    "license key": "LicenseExpired",
    "are congested": "Congestion",
}
"""Words of alarms, and the traps that raise them."""
