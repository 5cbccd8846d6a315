"""Commands that show the active charging service and objects of it as they are configured."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration.charging import service_of
from staros_cli.configuration.reading import Part, words_of
from staros_cli.configuration.tree import Node, lines_of
from staros_cli.messages import Refused
from staros_cli.rendering import charging_objects as layouts
from staros_cli.rendering import configured_objects

_TIMEOUTS = ("tcp", "udp", "icmp", "alg-media", "flow-mapping")


def _service(invocation: Invocation, wanted: str = "") -> Node:
    """The service, of that name if one is given. Raises Refused without it."""
    service = service_of(invocation.system.running)
    if service is None or wanted not in ("", Part(service).name):
        raise Refused(messages.NO_CHARGING_SERVICE)
    return service


@handles("show_acs_service")
def show_acs_service(invocation: Invocation) -> Output:
    """Show the active charging service."""
    part = Part(_service(invocation, invocation.command.text("service")))
    timeouts = {name: part.number(f"idle-timeout {name}", 0) for name in _TIMEOUTS}
    passive = next(part.lines("passive-mode"), None) is not None
    chassis = invocation.chassis
    chassis.charging.look()
    configuration = chassis.charging.configuration
    return layouts.service(configuration, timeouts, passive)


@handles("show_acs_object")
def show_acs_object(invocation: Invocation) -> Output:
    """Show objects of the service as they are configured."""
    kind, name = invocation.command.words[2], invocation.command.text("object_name")
    found = []
    for node in _service(invocation).children.values():
        words = words_of(node.line)
        if words[0] == kind and name in ("", words[1]):
            found.append(
                (words[1], [line for one in node.children.values() for line in lines_of(one)])
            )
    if not found:
        raise Refused(messages.NO_OBJECT, kind=kind)
    return configured_objects.objects(kind, found)
