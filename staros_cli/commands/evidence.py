"""Commands that show what faults left behind: traps, alarms, logs, crashes, RCT, call lines."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.data_rates import data_rates
from staros_cli.chassis.hardware import Card
from staros_cli.chassis.tasks import AAAMGR, SESSMGR
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.subscribers import matching_rows
from staros_cli.commands.system import matching_tasks
from staros_cli.messages import Refused
from staros_cli.rendering import evidence, hardware, recovery, subscribers, tasks
from staros_cli.rendering.values import Shown, blocks


@handles("show_rct_stats")
def show_rct_stats(invocation: Invocation) -> Output:
    """Show what the Recovery Control Task did (SR-31 to SR-35)."""
    stats = invocation.chassis.rct
    if invocation.command.has("verbose"):
        return recovery.rct_verbose(stats.records, stats.summary())
    return recovery.rct_stats(stats.records, stats.summary())


@handles("show_crash")
def show_crash(invocation: Invocation) -> Output:
    """Show crash records."""
    crashes = invocation.chassis.crashes
    virtual = invocation.chassis.platform.virtual
    if invocation.command.has("number"):
        number = invocation.command.number("crash_number")
        crash = crashes.get(number)
        if crash is None:
            raise Refused(messages.NO_CRASH, number=number)
        return evidence.crash(crash, virtual)
    if not crashes.records:
        return [messages.NO_CRASHES()]
    return evidence.crash_list(crashes.records, crashes.total, virtual)


@handles("show_snmp_trap_history")
def show_snmp_trap_history(invocation: Invocation) -> Output:
    """Show the traps raised."""
    events = list(invocation.chassis.events.history)
    return evidence.traps(events) if events else [messages.NO_TRAPS()]


@handles("show_snmp_notifies")
def show_snmp_notifies(invocation: Invocation) -> Output:
    """Show how many traps of each kind were raised."""
    counts = invocation.chassis.events.counts
    return evidence.notifies(counts) if counts else [messages.NO_TRAPS()]


@handles("show_alarm")
def show_alarm(invocation: Invocation) -> Output:
    """Show alarms."""
    events = invocation.chassis.events
    alarms = list(events.outstanding)
    if invocation.command.has("all"):
        alarms = [*events.past, *alarms]
    return evidence.alarms(alarms) if alarms else [messages.NO_ALARMS()]


@handles("show_logs")
def show_logs(invocation: Invocation) -> Output:
    """Show the latest log lines."""
    events = list(invocation.chassis.events.log)
    return evidence.logs(events) if events else [messages.NO_LOGS()]


@handles("show_task_table")
def show_task_table(invocation: Invocation) -> Output:
    """Show the tasks with their processes."""
    found = matching_tasks(invocation)
    return tasks.table(found) if found else [messages.NO_TASKS()]


def _cards(invocation: Invocation) -> list[Card]:
    """The card that the command names, or all there are."""
    cards = invocation.chassis.hardware.cards
    if "card_number" not in invocation.command.values:
        return list(cards.values())
    slot = invocation.command.number("card_number")
    if slot not in cards:
        raise Refused(messages.NO_CARD, slot=slot)
    return [cards[slot]]


@handles("show_card_info")
def show_card_info(invocation: Invocation) -> Output:
    """Show cards in detail."""
    points = invocation.chassis.hardware.single_point_of_failure
    return hardware.card_info([(card, points(card)) for card in _cards(invocation)])


@handles("show_card_diag")
def show_card_diag(invocation: Invocation) -> Output:
    """Show what the diagnostics of cards say."""
    return hardware.card_diag(
        [(card, invocation.chassis.cards.is_usable(card)) for card in _cards(invocation)]
    )


@handles("show_subscribers_debug_info")
def show_subscribers_debug_info(invocation: Invocation) -> Output:
    """Show call lines (SR-28, SR-29)."""
    chassis, now = invocation.chassis, invocation.now
    found: list[Shown] = []
    for row in matching_rows(invocation):
        session = chassis.sessions.session(row, now)
        task = chassis.tasks.get(SESSMGR, session.sessmgr)
        lines = chassis.sessions.lines(row, now)
        counted = chassis.sessions.counters(row, now)
        found.append(subscribers.debug_info(session, task.cpu if task else None, lines, counted))
    return blocks(found) if found else [messages.NO_SUBSCRIBERS()]


@handles("show_subscribers_full")
def show_subscribers_full(invocation: Invocation) -> Output:
    """Show timers and accounting, and what a failure would take (SR-06, SR-08 to SR-10)."""
    chassis, now = invocation.chassis, invocation.now
    found: list[Shown] = []
    for row in matching_rows(invocation):
        session = chassis.sessions.session(row, now)
        group = chassis.sessions.group_of(row)
        found.append(subscribers.full(session, now, chassis.not_covered(group)))
    return blocks(found) if found else [messages.NO_SUBSCRIBERS()]


@handles("show_subscribers_data_rate")
def show_subscribers_data_rate(invocation: Invocation) -> Output:
    """Show the data rates of subscribers together."""
    chassis = invocation.chassis
    return subscribers.data_rate(
        data_rates(chassis.sessions, matching_rows(invocation), invocation.now)
    )


@handles("show_session_subsystem")
def show_session_subsystem(invocation: Invocation) -> Output:
    """Show what the managers of sessions have counted (SR-06)."""
    sessions, now = invocation.chassis.sessions, invocation.now
    wanted = (
        invocation.command.number("instance_number") if invocation.command.has("instance") else None
    )
    facility = AAAMGR if invocation.command.has("aaamgr") else SESSMGR
    instances = [
        task.instance
        for task in invocation.chassis.tasks.in_order()
        if task.facility == facility and not task.standby and wanted in (None, task.instance)
    ]
    if not instances:
        return [messages.NO_TASKS()]
    if facility == SESSMGR:
        return tasks.session_managers(
            [
                tasks.SessmgrRow(
                    n,
                    sessions.statistics.sessmgr(n),
                    sessions.count_of_sessmgr(n),
                    sessions.connecting(n, now),
                )
                for n in sorted(instances)
            ]
        )
    return tasks.aaa_managers(
        [
            tasks.AaamgrRow(
                n,
                sessions.statistics.aaamgr(n),
                sessions.count_of_sessmgr(n),
                sessions.connecting(n, now),
                sessions.recovery_records(n, now),
            )
            for n in sorted(instances)
        ]
    )
