"""Layouts about sessions that are authorized by policy servers."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.peers.usage import ImsCounts
from staros_cli.rendering.layout import layout
from staros_cli.rendering.peers import counters
from staros_cli.rendering.values import Lines, Screen, Shown, screen

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


@layout(
    "show ims-authorization policy-control statistics",
    "doc",
    "The labels are documented, the columns chosen. A call is one initial and one final request.",
)
def statistics(found: Sequence[tuple[str, ImsCounts]], *, named: bool) -> Screen:
    """What policy servers were asked."""
    total = ImsCounts(
        sum(counts.current for _, counts in found),
        sum(counts.initial for _, counts in found),
        sum(counts.final for _, counts in found),
    )
    asked = total.initial + total.final
    sessions = counters(
        "    DPCA Session Stats:",
        (
            (("Total Current Sessions", total.current),),
            (("Total IMSA Adds", total.initial), ("Total DPCA Starts", total.initial)),
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
            (("Total Messages Received", asked), ("Total Messages Sent", asked)),
            (("Total CCR", asked), ("Total CCA", asked)),
            (("CCR-Initial", total.initial), ("CCA-Initial", total.initial)),
            (("CCA-Initial Accept", total.initial), ("CCA-Initial Reject", 0)),
            (("CCA-Initial Timeouts", 0),),
            (("CCR-Update", 0), ("CCA-Update", 0)),
            (("CCA-Update Timeouts", 0),),
            (("CCR-Final", total.final), ("CCA-Final", total.final)),
            (("RAR", 0), ("RAA", 0)),
        ),
        6,
        filled=True,
    )
    parts: list[Shown | str] = [f"Service Name: {found[0][0]}"] if named else []
    return screen(*parts, sessions, "", messages)
