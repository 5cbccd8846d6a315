"""Layouts about sessions that are authorized by policy servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from staros_cli.chassis.peers.policies import ImsCounts
from staros_cli.chassis.peers.settings import ImsAuthorization
from staros_cli.chassis.session import Session
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters, facts
from staros_cli.rendering.values import (
    Column,
    Flow,
    Lines,
    Screen,
    Shown,
    Table,
    in_order,
    screen,
)

_STATES = (
    ("Authorizing", "Auth Pending"),
    ("Auth Issued", "Auth Done"),
    ("Reauthorizing", "Abort Issued"),
    ("Pending Release", "Last State"),
    ("Reconnecting", "Reconnect Pending"),
    ("Pending Update", "Revoke Issued"),
    ("Preservation Issued", "Preservation Done"),
    ("Reactivation Issued", "Local Fallback"),
)


@layout(
    "show ims-authorization sessions summary",
    "capture",
    "A call is authorized as soon as it is there.",
)
def summary(total: int) -> Screen:
    """How many sessions are authorized, by state."""
    lines = []
    for pair in _STATES:
        one, two = (f"{label + ':':<31}{total if label == 'Auth Done' else 0}" for label in pair)
        lines += [f"{one:<45}{two}", ""]
    head = f"   Total IMS Auth sessions: {total}"
    return screen(head, "", "Session State:", Lines(lines, {"total": total, "auth_done": total}))


class AuthorizedCall(Struct, frozen=True):
    """A session that a service has authorized: its Session-Id, and the server that is asked."""

    session: Session
    service: str
    identity: str
    server: str

    @property
    def callid(self) -> str:
        """The call identifier."""
        return f"{self.session.callid:08x}"


_SESSIONS = Table[AuthorizedCall](
    Column("CallId", 8, lambda call: call.callid),
    Column("IMSI", 15, lambda call: call.session.msid),
    Column("Service Name", 20, lambda call: call.service),
    Column("State", 12, lambda call: _DONE),
)
_DONE = "Auth Done"


@layout("show ims-authorization sessions all", "chosen")
def sessions(calls: Iterable[AuthorizedCall]) -> Flow:
    """The sessions that are authorized, a line each."""
    return _SESSIONS.flow(calls, lambda count: ("", _total(count)))


def _total(count: int) -> Lines:
    return Lines([f"   Total IMS Auth sessions: {count}"], {"total": count})


@layout(
    "show ims-authorization sessions full",
    "chosen",
    "Some labels are remembered. What rules servers have installed is not modelled.",
)
def records(calls: Iterable[AuthorizedCall]) -> Flow:
    """The sessions that are authorized, a record each."""
    return in_order(map(_record, calls), _total)


def _record(call: AuthorizedCall) -> Screen:
    rows = (
        ("IMSI", call.session.msid),
        ("MSISDN", call.session.msisdn or "n/a"),
        ("APN", call.session.group.apn or "n/a"),
        ("Framed IP Address", call.session.address),
        ("Session ID", call.identity),
        ("State", _DONE),
        ("PCRF Host", call.server or "n/a"),
    )
    head = {"callid": call.callid, "service_name": call.service}
    title = Lines([f"CallId: {call.callid}  Service Name: {call.service}"], head)
    return screen(title, facts(rows, 20, 2), "")


@layout(
    "show ims-authorization service",
    "chosen",
    "Labels are remembered; those of what is not modelled are left out.",
)
def services(
    found: Sequence[tuple[ImsAuthorization, ImsCounts]], realms: Mapping[str, str]
) -> Screen:
    """How services that authorize sessions are configured; `realms` are those of endpoints."""
    parts: list[Shown | str] = []
    for service, counts in found:
        handling = service.handling or (("any-request", "terminate"),)
        head = {"Context": service.context, "IMS Authorization Service name": service.name}
        settings = (
            ("Service State", "Enabled" if service.is_enabled else "Disabled"),
            ("Current Sessions", counts.current),
            ("P-CSCF Discovery", service.discovery or "Not Configured"),
        )
        policy = (
            ("Endpoint", service.endpoint or "Not Configured"),
            ("Origin-Realm", realms.get(service.endpoint) or "n/a"),
            ("Dictionary", service.dictionary or "Default"),
            ("Request Timeout", f"{service.timeout:g} secs"),
        )
        parts += ["", facts(head.items(), 32)] if parts else [facts(head.items(), 32)]
        parts += [facts(settings, 20, 2), "  Diameter Policy Control:", facts(policy, 20, 4)]
        parts += ["    Failure Handling:", facts(handling, 20, 6)]
    return screen(*parts)


@layout("show ims-authorization service statistics", "chosen")
def service_statistics(found: Sequence[tuple[ImsAuthorization, ImsCounts]]) -> Screen:
    """What services have authorized."""
    parts: list[Shown | str] = []
    for service, counts in found:
        rows = (
            (("Total Current Sessions", counts.current),),
            (("Total Setup", counts.initial - counts.refused), ("Total Released", counts.final)),
            (("Total Failed", counts.refused),),
        )
        parts += [""] if parts else []
        parts += [
            Lines([f"Service Name: {service.name}"], {"service_name": service.name}),
            counters("    Session Stats:", rows, 6),
        ]
    return screen(*parts)


@layout(
    "show ims-authorization policy-control statistics",
    "doc",
    "The labels are documented, the columns chosen. A call is one initial and one final request.",
)
def statistics(found: Sequence[tuple[ImsAuthorization, ImsCounts]], *, named: bool) -> Screen:
    """What policy servers were asked."""
    total = ImsCounts()
    for _, counts in found:
        total = total.plus(counts)
    begun, sent = total.initial - total.refused, total.initial + total.final
    answers = total.initial_answers + total.final_answers
    sessions = counters(
        "    DPCA Session Stats:",
        (
            (("Total Current Sessions", total.current),),
            (("Total IMSA Adds", begun), ("Total DPCA Starts", begun)),
            (("Total Fallback Sessions", 0),),
            (("Total Session Updates", 0), ("Total Terminated", total.final)),
            (("DPCA Session Failovers", 0),),
        ),
        6,
        filled=True,
    )
    messages = counters(
        "    DPCA Message Stats:",
        (
            (("Total Messages Received", answers), ("Total Messages Sent", sent)),
            (("Total CCR", sent), ("Total CCA", answers)),
            (("CCR-Initial", total.initial), ("CCA-Initial", total.initial_answers)),
            (("CCA-Initial Accept", total.initial_answers), ("CCA-Initial Reject", 0)),
            (("CCA-Initial Timeouts", total.initial - total.initial_answers),),
            (("CCR-Update", 0), ("CCA-Update", 0)),
            (("CCA-Update Timeouts", 0),),
            (("CCR-Final", total.final), ("CCA-Final", total.final_answers)),
            (("RAR", 0), ("RAA", 0)),
        ),
        6,
        filled=True,
    )
    parts: list[Shown | str] = [f"Service Name: {found[0][0].name}"] if named else []
    return screen(*parts, sessions, "", messages)
