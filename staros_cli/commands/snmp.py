"""Commands about SNMP: communities, managers, users."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.snmp import Community
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration import snmp
from staros_cli.messages import Refused
from staros_cli.rendering import snmp as layouts

_USE = "snmp community"
_LONGEST = 127


def _kept_name(invocation: Invocation) -> str:
    """The form in which the name of a community is kept, the same for each way to type it.

    Raises Refused for a name that is too long.
    """
    command, key = invocation.command, invocation.system.secret_key
    name = command.text("community")
    if command.has("encrypted"):
        plain = key.decrypted(name, _USE)
        return name if plain is None else key.encrypted(plain, _USE)
    if len(name) > _LONGEST:
        allowed = f"a string of 1 to {_LONGEST} characters"
        raise Refused(messages.BAD_VALUE, word="", placeholder="<community>", allowed=allowed)
    return key.encrypted(name, _USE)


@handles("snmp_community", "snmp_community_short")
def snmp_community(invocation: Invocation) -> None:
    """Let managers of a community in; its name is kept encrypted."""
    command, kept = invocation.command, _kept_name(invocation)
    options = command.words[command.secrets[0][0] + 1 :]
    invocation.kept_key = f"{_USE} {kept}"
    invocation.kept_line = " ".join([_USE, snmp.ENCRYPTED, kept, *options])


@handles("no_snmp_community")
def no_snmp_community(invocation: Invocation) -> None:
    """Let managers of a community in no more."""
    invocation.kept_key = f"{_USE} {_kept_name(invocation)}"


@handles("show_snmp_communities")
def show_snmp_communities(invocation: Invocation) -> Output:
    """Show the communities with their names."""
    key = invocation.system.secret_key
    settings = snmp.read(invocation.system.running)
    named: list[tuple[str, Community]] = [
        (key.decrypted(community.kept_name, _USE) or "", community)
        for community in settings.communities
    ]
    return layouts.communities(sorted(named, key=lambda one: one[0]))


@handles("show_snmp_server")
def show_snmp_server(invocation: Invocation) -> Output:
    """Show what is set for the server."""
    serial = invocation.chassis.definition.schema.serial
    return layouts.server(snmp.read(invocation.system.running), serial)


@handles("show_snmp_engine")
def show_snmp_engine(invocation: Invocation) -> Output:
    """Show the engine identifiers of the system, and of managers."""
    serial = invocation.chassis.definition.schema.serial
    return layouts.engines(snmp.read(invocation.system.running), serial)


@handles("show_snmp_transports")
def show_snmp_transports(invocation: Invocation) -> Output:
    """Show the managers that traps are sent to."""
    return layouts.transports(snmp.read(invocation.system.running).targets)


@handles("show_snmp_users")
def show_snmp_users(invocation: Invocation) -> Output:
    """Show the users of SNMP version 3."""
    return layouts.users(snmp.read(invocation.system.running).users)


@handles("show_snmp_accesses")
def show_snmp_accesses(invocation: Invocation) -> Output:
    """Show how many requests were answered."""
    return layouts.accesses()
