"""What must be true of a chassis at every moment. Tests look after every step they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.tasks import AAAMGR, CPU_TASKS, SESSMGR


def violations(chassis: Chassis) -> list[str]:
    """Everything about the chassis that cannot be; empty when all is well."""
    found = [*_sessions(chassis), *_alarms(chassis)]
    if chassis.is_up:
        found += [*_tasks(chassis), *_pairs(chassis), *_standby(chassis), *_tables(chassis)]
    return found


def _sessions(chassis: Chassis) -> Iterator[str]:
    """No session without an owner, and all counts of sessions agree."""
    sessions = chassis.sessions
    owners: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    for row in sessions.rows():
        session = sessions.session(row)
        owners[session.sessmgr] += 1
        groups[sessions.groups.index(session.group)] += 1
        if sessions.with_callid(session.callid) != [row]:
            yield f"callid {session.callid:08x} does not lead to its session"
    for instance, count in owners.items():
        if chassis.tasks.get(SESSMGR, instance) is None:
            yield f"{count} sessions of sessmgr {instance}, which does not run"
        if sessions.count_of_sessmgr(instance) != count:
            yield f"sessmgr {instance} has {count} sessions, counted otherwise"
    kinds = sum(count for _, count in sessions.kinds())
    if not len(sessions) == sum(owners.values()) == kinds:
        yield f"{len(sessions)} sessions, {sum(owners.values())} owned, {kinds} by kind"
    for number, group in enumerate(sessions.groups):
        attached = sum(sessions.is_attached(number, member) for member in range(group.count))
        if attached != groups[number]:
            yield f"group {number}: {attached} subscribers attached, {groups[number]} sessions"


def _tasks(chassis: Chassis) -> Iterator[str]:
    """Tasks run once, on cards that run, and active ones on active cards."""
    names = Counter((t.facility, t.instance) for t in chassis.tasks.tasks)
    yield from (f"{name} runs {count} times" for name, count in names.items() if count > 1)
    running = {card.slot: card for card in chassis.hardware.running}
    for task in chassis.tasks.tasks:
        card = running.get(task.cpu.slot)
        if card is None:
            yield f"{task.facility} {task.instance} runs on card {task.cpu.slot}, which is down"
        elif card.state is not CardState.ACTIVE and not task.standby:
            if task.facility not in CPU_TASKS:
                yield f"{task.facility} {task.instance} is active on standby card {card.slot}"
        elif task.cpu.number not in card.kind.cpus:
            yield f"{task.facility} {task.instance} runs on {task.cpu}, which does not exist"
    for rebuild in chassis.rebuilding.running:
        if rebuild.task not in chassis.tasks.tasks or rebuild.source not in chassis.tasks.tasks:
            yield f"{rebuild.task.facility} {rebuild.task.instance} is filled by or as a dead task"


def _pairs(chassis: Chassis) -> Iterator[str]:
    """No sessmgr and aaamgr of one number on one card while another choice exists."""
    if len(chassis.hardware.active_packet) < 2:
        return
    for task in chassis.tasks.of(SESSMGR, standby=False):
        peer = chassis.tasks.get(AAAMGR, task.instance)
        if peer is not None and peer.cpu.slot == task.cpu.slot:
            yield f"sessmgr and aaamgr {task.instance} are both on card {task.cpu.slot}"


def _standby(chassis: Chassis) -> Iterator[str]:
    """Standby-mode tasks are as many as wanted, and none without the feature in effect."""
    wanted = +chassis.task_control.wanted_standby()
    there = Counter((task.facility, task.cpu) for task in chassis.tasks.tasks if task.standby)
    if wanted != there:
        yield f"standby-mode tasks: {wanted - there} are missing, {there - wanted} are too many"


def _tables(chassis: Chassis) -> Iterator[str]:
    """The status table counts the tasks that are up."""
    counted = [row.count for row in chassis.recovery_rows()]
    if not counted:
        return
    up = Counter(
        (task.facility, task.standby)
        for task in chassis.tasks.tasks
        if task.facility in (SESSMGR, AAAMGR) and task.is_up(chassis.now)
    )
    shown = {
        (SESSMGR, False): sum(count.sessmgr_active for count in counted),
        (SESSMGR, True): sum(count.sessmgr_standby for count in counted),
        (AAAMGR, False): sum(count.aaamgr_active for count in counted),
        (AAAMGR, True): sum(count.aaamgr_standby for count in counted),
    }
    for key, count in shown.items():
        if up[key] != count:
            yield f"{key}: {up[key]} are up, {count} are shown"


def _alarms(chassis: Chassis) -> Iterator[str]:
    """An alarm is outstanding about every single point of failure, and about no other card."""
    hardware = chassis.hardware
    if not chassis.is_up or not chassis.platform.card_recovery:
        return
    points = {
        card.slot for card in hardware.cards.values() if hardware.single_point_of_failure(card)
    }
    told = {alarm.card for alarm in chassis.events.outstanding if alarm.name == "CardSPOFAlarm"}
    if points != told:
        yield f"single points of failure are {points}, alarms are about {told}"
