"""Invariants of a chassis, which tests check after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from staros_cli.chassis.allocations import SESSIONS_OF_A_SESSMGR
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.event_kinds import KINDS
from staros_cli.chassis.hardware import CardState
from staros_cli.chassis.peers.notices import alarms_of
from staros_cli.chassis.peers.paths import Path
from staros_cli.chassis.srp.states import State
from staros_cli.chassis.tasks import (
    AAAMGR,
    CPU_TASKS,
    DEMUX,
    DEMUX_BY_SERVICE,
    MANAGERS,
    MANAGERS_BY_SERVICE,
    SESSMGR,
)

_OBJECTS = ("Peer ", "Server ", "CGF ", "Time server ")
"""How the objects of alarms about peers begin."""


def violations(chassis: Chassis) -> list[str]:
    """Everything about the chassis that cannot be; empty when all is well."""
    found = [*_sessions(chassis), *_alarms(chassis), *_records(chassis)]
    if chassis.is_up:
        found += [
            *_tasks(chassis),
            *_pairs(chassis),
            *_standby(chassis),
            *_tables(chassis),
            *_lines(chassis),
            *_services(chassis),
            *_peers(chassis),
            *_credit(chassis),
        ]
    return found


def _history(chassis: Chassis) -> Iterator[str]:
    """What was counted of calls agrees with those that are there."""
    history, sessions = chassis.callers.history, chassis.sessions
    total = history.total
    waiting = sum(map(history.authenticating, range(len(sessions.groups))))
    if total.arrived != total.rejected + total.connected + total.failed + waiting:
        yield f"{total} and {waiting} being authenticated do not add up"
    if len(sessions) != total.connected - total.disconnected + waiting:
        yield f"{len(sessions)} sessions, but {total}"
    if sum(history.reasons.values()) > total.disconnected + total.failed:
        yield f"more reasons than ends: {history.reasons}"
    if sum(history.rejections.values()) != total.rejected:
        yield f"{total.rejected} rejected, but for {history.rejections}"


def _sessions(chassis: Chassis) -> Iterator[str]:
    """No session without an owner, and all counts of sessions agree."""
    sessions = chassis.sessions
    owners: Counter[int] = Counter()
    groups: Counter[int] = Counter()
    for row in sessions.rows():
        session = sessions.session(row, chassis.now)
        owners[session.sessmgr] += 1
        groups[sessions.group_of(row)] += 1
        if sessions.with_callid(session.callid) != [row]:
            yield f"callid {session.callid:08x} does not lead to its session"
        if session.is_connected(chassis.now) and not (
            0 <= session.idle(chassis.now) <= session.duration(chassis.now) + 1e-6
        ):
            yield f"callid {session.callid:08x} has been idle for longer than it is connected"
    yield from _owners(chassis, owners)
    yield from _history(chassis)
    kinds = sum(count for _, count in sessions.kinds())
    if not len(sessions) == sum(owners.values()) == kinds:
        yield f"{len(sessions)} sessions, {sum(owners.values())} owned, {kinds} by kind"
    for number, group in enumerate(sessions.groups):
        attached = sum(sessions.row_of(number, member) >= 0 for member in range(group.count))
        if attached != groups[number]:
            yield f"group {number}: {attached} subscribers attached, {groups[number]} sessions"


def _owners(chassis: Chassis, owners: Counter[int]) -> Iterator[str]:
    """Every sessmgr runs that has sessions, and all ways of counting these agree."""
    sessions = chassis.sessions
    for instance, count in owners.items():
        if chassis.tasks.get(SESSMGR, instance) is None:
            yield f"{count} sessions of sessmgr {instance}, which does not run"
        if sessions.count_of_sessmgr(instance) != count:
            yield f"sessmgr {instance} has {count} sessions, counted otherwise"
        if len(list(sessions.rows_of_sessmgr(instance))) != count:
            yield f"sessmgr {instance} has {count} sessions, listed otherwise"
        if count > SESSIONS_OF_A_SESSMGR:
            yield f"sessmgr {instance} has {count} sessions, more than it may"


def _credit(chassis: Chassis) -> Iterator[str]:
    """Every group of credit control has as many sessions as calls that it looks after."""
    statistics = chassis.credit.statistics()
    calls = Counter(map(chassis.credit.group_of, chassis.sessions.rows()))
    for found in statistics:
        without = found.offline + found.assumed
        if found.current != calls[found.group] or not 0 <= without <= found.current:
            yield f"{calls[found.group]} calls of credit control group {found.group}, not {found}"


def _lines(chassis: Chassis) -> Iterator[str]:
    """Checkpoints that succeeded were attempted, and a line has no peer while that is away."""
    sessions = chassis.sessions
    for row in sessions.rows():
        session = sessions.session(row, chassis.now)
        primary, peer = sessions.lines(row, chassis.now)
        for line in (primary, peer):
            for made in (line.full, line.micro) if line else ():
                if not 0 <= made.success <= made.attempts:
                    yield f"callid {session.callid:08x}: {made.success} of {made.attempts}"
        aaamgr = chassis.tasks.get(AAAMGR, session.sessmgr)
        up = aaamgr is not None and aaamgr.is_up(chassis.now)
        if up != (peer is not None):
            yield f"callid {session.callid:08x}: its aaamgr is {'up' if up else 'away'}"


def _services(chassis: Chassis) -> Iterator[str]:
    """Only services that are started carry sessions, and only they have tasks."""
    started = {(context.name, service.name) for context, service in chassis.contexts.started()}
    for place in {group.place for group in chassis.sessions.groups} - started:
        if chassis.sessions.count_of_service(*place):
            yield f"service {place[1]} of context {place[0]} is not started and has sessions"
    kinds = {service.kind for _, service in chassis.contexts.started()}
    wanted = {
        name
        for kind in kinds
        for name in (*DEMUX_BY_SERVICE[kind], *MANAGERS_BY_SERVICE.get(kind, ()))
    }
    for name in {task.facility for task in chassis.tasks.tasks} & (DEMUX | MANAGERS) - wanted:
        yield f"{name} runs, and no service needs it"


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
            if task.facility not in CPU_TASKS and not card.taking_over:
                yield f"{task.facility} {task.instance} is active on standby card {card.slot}"
        elif task.cpu.number not in card.kind.cpus:
            yield f"{task.facility} {task.instance} runs on {task.cpu}, which does not exist"
    for transfer in chassis.transfers.running:
        task = transfer.task
        if not (chassis.tasks.is_alive(task) and chassis.tasks.is_alive(transfer.source)):
            yield f"{task.facility} {task.instance} is filled by or as a dead task"


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
    missing = {} if chassis.task_control.shortage() else wanted - there
    if missing or there - wanted:
        yield f"standby-mode tasks: {missing} are missing, {there - wanted} are too many"


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
    """An alarm is outstanding about every single point of failure, and about no other card.

    No alarm outlives its cause: a card that runs is not down, a licence that is valid not expired.
    """
    if not chassis.is_up:
        return
    hardware, outstanding = chassis.hardware, chassis.events.outstanding
    points = {
        card.slot for card in hardware.cards.values() if hardware.single_point_of_failure(card)
    }
    told = {alarm.card for alarm in outstanding if alarm.name == "CardSPOFAlarm"}
    if hardware.platform.card_recovery and points != told:
        yield f"single points of failure are {points}, alarms are about {told}"
    running = {card.slot for card in hardware.running}
    for alarm in outstanding:
        if alarm.name == "CardDown" and alarm.card in running:
            yield f"card {alarm.card} runs, and an alarm says that it is down"
    expired = chassis.license.expired(chassis.now) and chassis.license.matches()
    if expired != any(alarm.name == "LicenseExpired" for alarm in outstanding):
        yield f"that the license has expired is {expired}, the alarms say otherwise"


def _peers(chassis: Chassis) -> Iterator[str]:
    """No call goes through a path that failed, and alarms are about the peers that went down.

    What is to be noticed about a peer is still to come.
    """
    told = {(alarm.name, alarm.about) for alarm in chassis.events.outstanding}
    due: set[tuple[str, str]] = set()
    known: set[tuple[str, str]] = set()
    for peer in chassis.peers:
        alarms = set(alarms_of(peer)) & told
        known |= alarms
        if not peer.up and peer.failures and alarms_of(peer):
            due |= alarms or {("no alarm", str(peer.settings.key))}
        if peer.turn_at < chassis.now:
            yield f"{peer.settings.key}: it was to be noticed at {peer.turn_at}"
        if not isinstance(peer, Path) or peer.up or chassis.peers.is_ending(peer):
            continue
        if chassis.peers.sessions_of(peer)[0]:
            yield f"{peer.settings.key}: calls go through it, and it has failed"
    alarming = {alarm for alarm in told if KINDS[alarm[0]].about.startswith(_OBJECTS)}
    if due != known or alarming != known:
        yield f"peers that went down are {due}, alarms are about {alarming}"


def _pair(chassis: Chassis) -> Iterator[str]:
    """Calls are at one chassis of a pair only, and what the other one knows of them adds up."""
    srp, calls = chassis.srp, len(chassis.sessions)
    held = len(srp.handover.held)
    if srp.is_running and srp.state is State.STANDBY and calls:
        yield f"{calls} calls are at a standby chassis"
    if held and (not srp.is_running or srp.state is State.ACTIVE):
        yield f"{held} calls are held for another chassis, and this one serves"
    if calls + held > chassis.callers.total:
        yield f"{calls} calls and {held} that are held, of {chassis.callers.total} subscribers"
    if srp.checkpoints.is_sending:
        known, young = srp.checkpoints.known(), srp.checkpoints.young()
        if known + young != calls:
            yield f"{known} calls are known, {young} are too young, there are {calls}"


def _records(chassis: Chassis) -> Iterator[str]:
    """Every migration and switchover that began has ended or is under way, and is recorded."""
    counts = chassis.events.counts

    def times(*names: str) -> int:
        return sum(counts.get(name, (0, 0.0))[0] for name in names)

    began = times("MigrateStart", "SwitchoverStart")
    ended = times(
        "MigrateComplete", "CardMigrateFailed", "SwitchoverComplete", "CardSwitchoverFailed"
    )
    under_way = int(chassis.card_actions.current is not None) + len(chassis.card_faults.running)
    if began != ended + under_way:
        yield f"{began} actions with cards began, {ended} ended, {under_way} are under way"
    for record in chassis.rct.records:
        failed = record.status != "Success"
        if record.planned is not None and failed != (record.failed_at is not None):
            yield f"a record with the status {record.status} failed at {record.failed_at}"
