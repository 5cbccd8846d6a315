"""Commands of global configuration that reach into the active charging service."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.state import Frame
from staros_cli.configuration.tree import Node
from staros_cli.messages import Refused

SERVICE = "active-charging"
"""The mode of the service."""


def _service(invocation: Invocation) -> Node:
    """The active charging service, of which there is one. Raises Refused when there is not."""
    lines = invocation.state.frames[-1].node.children.values()
    found = [line for line in lines if line.mode == SERVICE]
    if len(found) != 1:
        raise Refused(messages.NO_CHARGING_SERVICE)
    return found[0]


def _key(invocation: Invocation) -> tuple[str, str]:
    """The kind of an object, which names its mode, and the line that opens it."""
    command = invocation.command
    kind = command.words[1] if command.has("no") else command.words[0]
    return kind, f"{kind} {command.text('object_name')}"


@handles("charging_object")
def charging_object(invocation: Invocation) -> None:
    """Create an object of the service or enter it."""
    service = _service(invocation)
    kind, key = _key(invocation)
    form = f"{kind} <object_name>"
    inner = service.put(key, key, kind, kept_as=form)
    invocation.state.frames += [
        Frame(SERVICE, service, service.key.split()[-1]),
        Frame(kind, inner, invocation.command.text("object_name"), invocation.state.indentation),
    ]


@handles("no_charging_object")
def no_charging_object(invocation: Invocation) -> None:
    """Remove an object of the service."""
    _service(invocation).drop(_key(invocation)[1])
