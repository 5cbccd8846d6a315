"""Commands that bind services to addresses and let them use each other."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.contexts import Service
from staros_cli.chassis.service_needs import GTPC, GTPU, GTPU_SIDES, S1_MME, association_of
from staros_cli.commands.contexts import named_kind
from staros_cli.commands.engine import Invocation, handles
from staros_cli.commands.interfaces import context_of
from staros_cli.messages import Refused

EGTP = "egtp"
"""The kind of service that an S-GW uses, which is named by its side there."""


def _service(invocation: Invocation) -> Service:
    """The service that the session configures."""
    return context_of(invocation).service(invocation.state.frames[-1].subject)


def _use(invocation: Invocation) -> str:
    """The part of the service that a binding is for, empty where it has one only."""
    words = invocation.command.words
    return next((use for use in (GTPC, GTPU, S1_MME) if use in words), "")


@handles(
    "bind_address",
    "bind_ip_address",
    "bind_gtpu",
    "bind_gtpc",
    "bind_sgtp",
    "bind_s1_mme",
    "bind_sx",
)
def bind(invocation: Invocation) -> None:
    """Bind a service to an address: it starts when it has all that it needs."""
    address = invocation.command.text("ip_address")
    _service(invocation).bindings[_use(invocation)] = address
    invocation.chassis.services_changed()


@handles("no_bind", "no_bind_gtpu", "no_bind_gtpc", "no_bind_s1_mme")
def no_bind(invocation: Invocation) -> None:
    """Release the address of a service, which stops it."""
    _service(invocation).bindings.pop(_use(invocation), None)
    invocation.chassis.services_changed()


@handles(
    "associate_egtp",
    "associate_egtp_of_context",
    "associate_ggsn",
    "associate_gtpu",
    "associate_ingress",
    "associate_pgw",
    "associate_sgtp",
    "associate_sgw",
    "associate_sx",
)
def associate(invocation: Invocation) -> None:
    """Let a service use another one, of this context unless one is named."""
    command = invocation.command
    context = command.text("context_name", context_of(invocation).name)
    kind, used = named_kind(invocation, EGTP), command.text("service_name")
    _service(invocation).associations[kind] = context, used
    invocation.chassis.services_changed()


@handles("no_associate", "no_associate_sx")
def no_associate(invocation: Invocation) -> None:
    """End the use of another service."""
    _service(invocation).associations.pop(named_kind(invocation, EGTP), None)
    invocation.chassis.services_changed()


@handles("associate_gtpu_side")
def associate_gtpu_side(invocation: Invocation) -> None:
    """Let a user plane use a GTP-U service on a side, which has one at most."""
    used, side = invocation.command.text("service_name"), _side(invocation)
    wanted = (context_of(invocation).name, used)
    associations = _service(invocation).associations
    before = associations.setdefault(association_of(GTPU, side), wanted)
    if before != wanted:
        raise Refused(messages.SIDE_TAKEN, side=side, name=before[1])
    invocation.chassis.services_changed()


@handles("no_associate_gtpu_side")
def no_associate_gtpu_side(invocation: Invocation) -> None:
    """End the use of a GTP-U service on a side."""
    command, key = invocation.command, association_of(GTPU, _side(invocation))
    associations = _service(invocation).associations
    if associations.get(key, ("", ""))[1] == command.text("service_name"):
        del associations[key]
        invocation.chassis.services_changed()


@handles("no_associate_gtpu_sides")
def no_associate_gtpu_sides(invocation: Invocation) -> None:
    """End the use of all GTP-U services."""
    associations = _service(invocation).associations
    for side in GTPU_SIDES:
        associations.pop(association_of(GTPU, side), None)
    invocation.chassis.services_changed()


def _side(invocation: Invocation) -> str:
    """The side of the service that a command names."""
    return next(side for side in GTPU_SIDES if invocation.command.has(side))
