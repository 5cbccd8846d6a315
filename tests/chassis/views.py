"""Whether all screens of a chassis tell one story: what they show is read and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.tasks import DEMUX
from tests.lab import Lab

COLUMN = {"sessmgr": 0, "aaamgr": 2}


def disagreements(lab: Lab) -> list[str]:
    """Everything that one screen says and another denies; empty when all agree."""
    if not lab.chassis.is_up:
        return []
    show: Callable[[str], str] = lambda line: lab.typed(f"show {line}")  # noqa: E731
    return [
        *_tasks(show),
        *_sessions(show),
        *_cards(show, lab.chassis.events),
        *_evidence(show, lab),
        *_configuration(show, lab),
    ]


Show = Callable[[str], str]


def _rows(text: str) -> Iterator[list[str]]:
    """The rows of the verbose status table: CPU, state, five counts, status."""
    for line in text.splitlines():
        if re.match(r" ?\d+/\d (Active|Standby)", line):
            yield line.split()


def _tasks(show: Show) -> Iterator[str]:
    """The recovery table, `show task resources` and `show task table` count the same tasks."""
    counted: dict[str, list[int]] = {}
    resources: Counter[tuple[str, str, str]] = Counter()
    for line in show("task resources").splitlines():
        words = line.split()
        if not re.match(r"\d+/\d$", words[0] if words else ""):
            continue
        cpu, facility, instance = words[:3]
        resources[cpu, facility, instance] += 1
        place = COLUMN.get(facility, 4 if facility in DEMUX else -1)
        if place >= 0 and words[-1] != "start":
            place += int(place < 4 and int(instance) > 5000)
            counted.setdefault(cpu, [0] * 5)[place] += 1
    shown = {
        row[0]: [int(n) for n in row[2:7]] for row in _rows(show("session recovery status verbose"))
    }
    for cpu, counts in shown.items():
        if counts != counted.get(cpu, [0] * 5):
            yield f"CPU {cpu}: the recovery table has {counts}, the tasks are {counted.get(cpu)}"
    table = Counter(
        tuple(line.split()[:3])
        for line in show("task table").splitlines()
        if re.match(r" ?\d+/\d ", line)
    )
    if table != resources:
        yield f"the task tables differ by {table - resources} and {resources - table}"


def _sessions(show: Show) -> Iterator[str]:
    """Subscribers, tasks, services and licences count the same sessions."""
    summary = re.search(r"Total Subscribers: +(\d+)", show("subscribers summary"))
    assert summary is not None
    total = int(summary[1])
    listed = re.search(r"matching specified criteria: (\d+)", show("subscribers all"))
    counts = {
        "tasks": int(show("task resources").splitlines()[-1].split()[-1]),
        "list": int(listed[1]) if listed else 0,
        "resources": sum(map(int, re.findall(r"In Use +: (\d+)", show("resources")))),
        "managers": sum(
            map(
                int,
                re.findall(
                    r"(\d+) Current sessions", show("session subsystem facility sessmgr all")
                ),
            )
        ),
    }
    for name, count in counts.items():
        if count != total:
            yield f"{total} subscribers, {name}: {count}"
    limits = re.findall(r"(\w+) Service:\n.*\n.*\n +Limit +: (\d+)", show("resources"))
    allowed = {session_type: int(limit) for session_type, limit in limits}
    for line in show("service all").splitlines()[2:]:
        *_, most, kind = line.split()
        limit = allowed.get(SESSION_TYPE_OF_SERVICE.get(kind, ""), 0)
        if int(most) != limit:
            yield f"a {kind} service may have {most} sessions, the resources say {limit}"


def _cards(show: Show, events: EventStream) -> Iterator[str]:
    """The card table and the alarms agree on single points of failure and on what runs."""
    states: dict[int, tuple[str, str]] = {}
    for line in show("card table").splitlines()[2:]:
        if "None" not in line:
            states[int(line[:2])] = (line[53:66].strip(), line[68:71].strip())
    alarms = [a for a in show("alarm outstanding").splitlines() if a.startswith(("MN", "MJ", "CR"))]
    points = {int(a.split()[2]) for a in alarms if "single point of failure" in a}
    marked = {slot for slot, (_, spof) in states.items() if spof == "Yes"}
    if points != marked:
        yield f"cards {marked} are marked, alarms are about {points}"
    for alarm in alarms:
        down = re.search(r"in slot (\d+) (has failed|has been halted|is restarting)", alarm)
        if down and states[int(down[1])][0] in ("Active", "Standby"):
            yield f"card {down[1]} is {states[int(down[1])][0]}, and an alarm says {down[2]}"
    rows = _rows(show("session recovery status verbose"))
    for row in rows:
        if states[int(row[0].split("/")[0])][0] != row[1]:
            yield f"CPU {row[0]} is {row[1]}, its card is not"


def _evidence(show: Show, lab: Lab) -> Iterator[str]:
    """Traps and their counts, the two forms of the records, crashes and deaths agree."""
    history = Counter(re.findall(r"notification \d+ \((\w+)\)", show("snmp trap history")))
    counts = {name: count for name, (count, _) in lab.chassis.events.counts.items()}
    if len(lab.chassis.events.history) < 5000 and history != counts:
        yield f"the traps are {history}, counted {counts}"
    lines = [line.split() for line in show("rct stats").splitlines() if re.match(r"\d", line)]
    blocks = re.findall(r"^Stats (\d+):$", show("rct stats verbose"), re.MULTILINE)
    if [line[0] for line in lines] != blocks:
        yield f"{len(lines)} records, blocks {blocks}"
    crashes = re.search(r"Total Crashes : (\d+)", show("crash list"))
    killed = lab.chassis.crashes.total
    if int(crashes[1] if crashes else 0) != killed:
        yield f"{killed} tasks aborted, the crash list says {crashes}"


def _configuration(show: Show, lab: Lab) -> Iterator[str]:
    """The running configuration says what the model does."""
    text = show("configuration")
    required = "\n  require session recovery\n" in text
    if required != lab.chassis.recovery.configured:
        yield f"session recovery is configured: {required}, in the model otherwise"
    if ("license key" in text) != (lab.chassis.license.license is not None):
        yield "the license key is in one of configuration and model only"
    bound = Counter(re.findall(r"bind (?:s1-mme )?(?:ipv4-)?address (\S+)", text))
    services = [service for _, service in lab.chassis.contexts.services()]
    bindings = Counter(address for s in services for address in s.bindings.values())
    if bound != bindings:
        yield f"configured are the addresses {bound}, bound are {bindings}"
    associated = Counter(re.findall(r"associate (?:ingress )?\S+-service (\S+)", text))
    associations = Counter(name for s in services for _, name in s.associations.values())
    if associated != associations:
        yield f"configured are the services {associated}, used are {associations}"
    addresses = Counter(re.findall(r"(?<!v6 )ip address (\S+)", text))
    interfaces = Counter(
        address.ip
        for context in lab.chassis.contexts
        for interface in context.interfaces.values()
        for address in interface.addresses
        if not address.is_ipv6
    )
    if addresses != interfaces:
        yield f"configured are {addresses}, the interfaces have {interfaces}"
