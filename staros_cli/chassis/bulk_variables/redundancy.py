"""The variables of a chassis of a pair: its last switchover, its last audit, its managers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.bulk_variables.catalog import NEVER, NOT_APPLICABLE, Kind, Variable
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.srp.operation import CONNECTING, READY, ManagerRow
from staros_cli.chassis.srp.records import Audit, Switchover


class PairFigures(Struct, frozen=True):
    """The last switchover and audit, None where there was none, and the session managers."""

    switchover: Switchover | None
    audit: Audit | None
    managers: tuple[ManagerRow, ...]
    now: float

    @property
    def ready(self) -> list[ManagerRow]:
        """The managers that are connected to those of the other chassis."""
        return [row for row in self.managers if row.partner == READY]

    @property
    def records(self) -> int:
        """The calls of the other chassis that are held here."""
        return sum(row.records for row in self.managers)


def _objects(chassis: Chassis) -> Iterable[PairFigures]:
    srp = chassis.srp
    srp.judge()
    kept = srp.switchovers.kept
    if srp.settings is None:
        return ()
    latest = kept[-1] if kept else None
    return (PairFigures(latest, srp.audit, tuple(srp.managers()), chassis.now),)


def _of_switchover(
    figure: Callable[[Switchover], object], none: object, row: PairFigures
) -> object:
    return none if row.switchover is None else figure(row.switchover)


def _of_audit(figure: Callable[[Audit, float], object], none: object, row: PairFigures) -> object:
    return none if row.audit is None else figure(row.audit, row.now)


def _took(switchover: Switchover) -> object:
    return NOT_APPLICABLE if switchover.took is None else round(switchover.took)


def _time(at: float, now: float) -> str:
    """A time that has come, as records have it (capture)."""
    return calendar.long_date(at) if at <= now else NOT_APPLICABLE


def _lasted(audit: Audit, now: float) -> object:
    over = now >= audit.ready_at
    return round(audit.ready_at - audit.began_at) if over else NOT_APPLICABLE


_SWITCHOVER: dict[str, tuple[str, Callable[[Switchover], object], object]] = {
    "switchover-number": ("Switchovers so far", lambda one: one.number, 0),
    "switchover-time": ("When it began", lambda one: calendar.long_date(one.started_at), NEVER),
    "switchover-reason": ("Why it was made", lambda one: one.reason.text, NOT_APPLICABLE),
    "switchover-duration": ("Seconds that it took", _took, 0),
    "total-num-act-calls-swo-time": ("Active calls then", lambda one: one.active, 0),
    "total-num-lost-calls-swo-time": ("Calls that were lost", lambda one: one.lost, 0),
    "total-num-act-sessions-swo-time": ("Active sessions then", lambda one: one.active, 0),
    "total-num-lost-sessions-swo-time": ("Sessions that were lost", lambda one: one.lost, 0),
    "checkpoints-never-sent": ("Calls without a checkpoint", lambda one: one.never_sent, 0),
    "checkpoints-send-failed": ("Checkpoints that were not sent", lambda _: 0, 0),
}
_AUDIT: dict[str, tuple[str, Callable[[Audit, float], object], object]] = {
    "audit_number": ("Audits so far", lambda one, _: one.number, 0),
    "audit_chassis_state": ("State of the chassis", lambda one, _: one.state, NOT_APPLICABLE),
    "audit_start_time": ("When it began", lambda one, now: _time(one.began_at, now), NEVER),
    "ext-audit-sync-start-time": (
        "When it was synchronized",
        lambda one, now: _time(one.synchronized_at, now),
        NEVER,
    ),
    "ready-for-switchover-time": (
        "When it was over",
        lambda one, now: _time(one.ready_at, now),
        NEVER,
    ),
    "audit_duration": ("Seconds that it took", _lasted, 0),
    "total_audit_active_sessions": ("Sessions compared", lambda one, _: one.sessions, 0),
}


ICSR = Kind(
    _objects,
    {
        **{
            name: Variable(f"Last switchover: {text}", partial(_of_switchover, figure, none))
            for name, (text, figure, none) in _SWITCHOVER.items()
        },
        **{
            name: Variable(f"Last audit: {text}", partial(_of_audit, figure, none))
            for name, (text, figure, none) in _AUDIT.items()
        },
        "total_sessmgr": Variable("Session managers", lambda row: len(row.managers)),
        "total_sessmgr_active_connected": Variable(
            "Active ones that are connected",
            lambda row: sum(one.is_active for one in row.ready),
        ),
        "total_sessmgr_standby_connected": Variable(
            "Standby ones that are connected",
            lambda row: sum(not one.is_active for one in row.ready),
        ),
        "total_sessmgr_pending_connected": Variable(
            "Those that wait for Hellos",
            lambda row: sum(one.partner == CONNECTING for one in row.managers),
        ),
        "total_sess_crr_count": Variable("Call recovery records", lambda row: row.records),
        "total_sess_crr_pre_installed": Variable("Pre-allocated calls", lambda row: row.records),
    },
)
