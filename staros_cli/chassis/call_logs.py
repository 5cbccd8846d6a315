"""The log lines about calls that somebody watches."""

from __future__ import annotations

from staros_cli.chassis.call_traces import CallEvent, Happening
from staros_cli.chassis.event_kind import Kind, Severity
from staros_cli.chassis.events import Event, Writer
from staros_cli.chassis.tasks import SESSMGR

_SERVED = "{user} at the service {service} of context {context}"


def _kind(number: int, text: str, severity: Severity = Severity.INFO) -> Kind:
    return Kind(number, "Call", text, severity, log=SESSMGR, by="", trap=False)


_KINDS = {
    Happening.FOUND: _kind(10040, f"Call found: {_SERVED}"),
    Happening.ARRIVED: _kind(10041, f"Call arrived: {_SERVED}"),
    Happening.CONNECTED: _kind(10042, "connected"),
    Happening.FULL: _kind(10043, "full checkpoint to aaamgr instance {instance}: {result}"),
    Happening.MICRO: _kind(10044, "micro checkpoint to aaamgr instance {instance}: {result}"),
    Happening.MANAGER_LOST: _kind(10045, "sessmgr instance {instance} failed", Severity.MAJOR),
    Happening.PEER_LOST: _kind(10046, "aaamgr instance {instance} failed", Severity.MAJOR),
    Happening.RECOVERED: _kind(
        10047, "recovered by sessmgr instance {instance} from aaamgr instance {instance}"
    ),
    Happening.PEER_RECOVERED: _kind(
        10048, "aaamgr instance {instance} has the state of the call again"
    ),
    Happening.QUOTA: _kind(10050, "quota is asked for"),
    Happening.ENDED: _kind(10049, "Call ended: {reason}"),
}
"""What is logged; the numbers are chosen from the range of the sessmgr."""


def log_of(event: CallEvent, writer: Writer | None = None) -> Event:
    """The log line about an event of a call, as `writer` writes it."""
    session = event.session
    context, service = session.group.place
    values: dict[str, object] = {
        "callid": session.callid,
        "user": session.username,
        "context": context,
        "service": service,
        "instance": session.sessmgr,
        "result": "success" if event.success else "failure",
        "reason": event.reason,
    }
    return Event(event.time, _KINDS[event.happening], values, writer)
