"""Commands about bulk statistics."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.commands import peers
from staros_cli.commands.engine import Invocation, Output, checks, handles
from staros_cli.commands.suspension import Steps, Until
from staros_cli.messages import Refused
from staros_cli.rendering import bulkstats as layouts

_LOOK_AGAIN = 0.1
"""Seconds between two looks whether a sample is complete."""


@checks("receiver")
def receiver_is_a_host(invocation: Invocation) -> None:
    """A receiver has the address of one system. Raises Refused."""
    peers.check_host(invocation.command.text("ip_address"))


@handles("show_bulkstats")
def show_bulkstats(invocation: Invocation) -> Output:
    """Show what is gathered and was transferred, what waits, schemas, or variables."""
    command, bulkstats = invocation.command, invocation.chassis.bulkstats
    if command.has("variables"):
        return layouts.variables(_variables(invocation))
    if command.has("schemas"):
        if not any(file.schemas for file in bulkstats.settings.files):
            raise Refused(messages.NO_BULKSTATS_SCHEMAS)
        return layouts.schemas(bulkstats.settings.files)
    if command.has("data"):
        waiting = [file for file in bulkstats.files.values() if file.batches]
        if not waiting:
            raise Refused(messages.NO_BULKSTATS_WAIT)
        return layouts.data(waiting)
    if command.has("file"):
        return layouts.file(bulkstats, command.number("file_number"))
    return layouts.overview(bulkstats)


def _variables(invocation: Invocation) -> list[tuple[str, dict[str, str]]]:
    """The variables of the kind of schemas that is named, or those of all; these common last."""
    from staros_cli.chassis.bulk_variables.source import KINDS, texts

    words = [word for word in invocation.command.words[3:] if word != "obsolete"]
    kinds = [kind for kind in KINDS if not words or kind == words[0]]
    return [*((kind, texts(kind)) for kind in kinds), ("common", texts())]


@handles("clear_bulkstats")
def clear_bulkstats(invocation: Invocation) -> None:
    """Count from zero, or throw away what waits."""
    bulkstats = invocation.chassis.bulkstats
    bulkstats.discard() if invocation.command.has("data") else bulkstats.clear_counts()


@handles("bulkstats_force")
def bulkstats_force(invocation: Invocation) -> Steps[None]:
    """Gather or transfer now; a sample that is large takes a moment."""
    bulkstats = invocation.chassis.bulkstats
    if invocation.command.has("transfer"):
        bulkstats.force_transfer()
        return
    bulkstats.force_gather()
    while bulkstats.is_gathering:
        yield Until(invocation.now + _LOOK_AGAIN)
