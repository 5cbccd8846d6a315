"""Commands about sessions that are authorized by policy servers."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.peers.usage import ImsCounts
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import ims_authorization as layouts


def _services(invocation: Invocation) -> list[tuple[str, ImsCounts]]:
    """The services that the command asks for with their counts.

    Raises Refused when a service is named that there is not.
    """
    peers, wanted = invocation.chassis.peers, invocation.command.text("service_name")
    peers.look()
    found = [name for name in peers.configuration.ims if wanted in ("", name)]
    if wanted and not found:
        raise Refused(messages.NO_IMS_SERVICE)
    return [(name, peers.ims(name)) for name in found]


@handles("show_ims_sessions")
def show_ims_sessions(invocation: Invocation) -> Output:
    """Show how many sessions are authorized."""
    return layouts.summary(sum(counts.current for _, counts in _services(invocation)))


@handles("show_ims_statistics")
def show_ims_statistics(invocation: Invocation) -> Output:
    """Show what policy servers were asked."""
    return layouts.statistics(_services(invocation), named=invocation.command.has("service"))


@handles("clear_ims_statistics")
def clear_ims_statistics(invocation: Invocation) -> None:
    """Count what policy servers are asked from zero."""
    invocation.chassis.peers.look()
    invocation.chassis.peers.clear_ims()
