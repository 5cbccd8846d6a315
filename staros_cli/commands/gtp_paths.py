"""Commands about the paths of GTP and the services that they belong to."""

from __future__ import annotations

from collections.abc import Callable

from staros_cli import messages
from staros_cli.chassis.peers.paths import (
    NO_RESPONSE,
    REASONS,
    RESTARTED,
    SIDES,
    EchoCounts,
    Path,
)
from staros_cli.chassis.peers.settings import ECHO_OF_GTPC, ECHO_OF_GTPU, GTPC, GTPU
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.commands.peers import current, wait
from staros_cli.commands.suspension import Steps
from staros_cli.messages import Refused
from staros_cli.rendering import gtp_paths as layouts

_FIRST_COUNTER = 9
"""The restart counter of a chassis that was switched on (chosen)."""
EGTP, GGSN = "egtp", "ggsn"


def _paths(invocation: Invocation, kind: str, *services: str) -> list[Path]:
    """The paths over services of these kinds that the command asks for."""
    command = invocation.command
    service, address = command.text("service_name"), command.text("peer_address")
    words = command.words
    interface = words[4] if words[3:4] == ("interface",) else ""
    return [
        path
        for path in current(invocation).paths
        if path.settings.kind == kind
        and path.settings.service_kind in services
        and service in ("", path.settings.service)
        and address in ("", path.settings.address)
        and interface in ("", path.settings.interface)
    ]


def _rows(invocation: Invocation, paths: list[Path]) -> list[layouts.PathRow]:
    peers = invocation.chassis.peers
    return [
        layouts.PathRow(
            path.settings,
            path.up,
            path.restart_counter,
            path.restarts,
            *peers.sessions_of(path),
            path.failures + path.restarts,
            path.last_failure,
        )
        for path in paths
    ]


@handles("show_egtpc_peers")
def show_egtpc_peers(invocation: Invocation) -> Output:
    """Show the nodes that calls come through."""
    found = _paths(invocation, GTPC, EGTP)
    return layouts.peers(_rows(invocation, found)) if found else [messages.NO_PATHS()]


@handles("show_egtpc_failures")
def show_egtpc_failures(invocation: Invocation) -> Output:
    """Show when paths have failed last."""
    found = [path for path in _paths(invocation, GTPC, EGTP) if path.last_failure]
    return layouts.failures(_rows(invocation, found)) if found else [messages.NO_PATHS()]


@handles("show_egtpc_failure_reasons")
def show_egtpc_failure_reasons(invocation: Invocation) -> Output:
    """Show how often paths have failed for which reason."""
    echoes = _totals(invocation, _paths(invocation, GTPC, EGTP)).echoes
    counts = {NO_RESPONSE: echoes.failures, RESTARTED: echoes.restarts}
    return layouts.failure_reasons([(reason, counts.get(reason, 0)) for reason in REASONS])


@handles("clear_egtpc_peers")
def clear_egtpc_peers(invocation: Invocation) -> None:
    """Forget the nodes that no call comes through."""
    invocation.chassis.peers.look()
    invocation.chassis.peers.forget_idle()


def _totals(invocation: Invocation, paths: list[Path]) -> layouts.PathTotals:
    peers = invocation.chassis.peers
    sessions = [peers.sessions_of(path) for path in paths]
    echoes = EchoCounts()
    for path in paths:
        echoes = echoes.plus(path.counts(invocation.now))
    return layouts.PathTotals(
        sum(current for current, _ in sessions),
        sum(most for _, most in sessions),
        peers.created(paths),
        echoes,
        echoes.failures,
    )


@handles("show_egtpc_statistics")
def show_egtpc_statistics(invocation: Invocation) -> Output:
    """Show requests and echoes over GTP-C of version 2."""
    totals = _totals(invocation, _paths(invocation, GTPC, EGTP))
    return layouts.gtpc_statistics(totals, "Create Session Request")


@handles("show_gtpc_statistics")
def show_gtpc_statistics(invocation: Invocation) -> Output:
    """Show requests and echoes over GTP-C of version 1."""
    totals = _totals(invocation, _paths(invocation, GTPC, GGSN))
    return layouts.gtpc_statistics(totals, "Create PDP Context Request")


@handles("show_gtpc_counters")
def show_gtpc_counters(invocation: Invocation) -> Output:
    """Show the messages that have changed the calls of a GGSN service."""
    chassis, name = invocation.chassis, invocation.command.text("service_name")
    places = {
        (context.name, service.name)
        for context, service in chassis.contexts.services()
        if (service.kind, service.name) == (GGSN, name)
    }
    if not places:
        raise Refused(messages.NO_SERVICE_OF_KIND, kind=GGSN, name=f" {name}")
    sessions = chassis.sessions
    rows = sessions.rows_of_places(places)
    if not rows:
        return [messages.NO_SUBSCRIBERS()]
    return layouts.gtpc_counters(sessions.session(row, invocation.now) for row in rows)


@handles("show_gtpu_statistics")
def show_gtpu_statistics(invocation: Invocation) -> Output:
    """Show calls and echoes over GTP-U."""
    return layouts.gtpu_statistics(_totals(invocation, _paths(invocation, GTPU, "gtpu", GGSN)))


@handles("clear_egtpc_statistics", "clear_gtpc_statistics", "clear_gtpu_statistics")
def clear_statistics(invocation: Invocation) -> None:
    """Count messages from zero."""
    words = invocation.command.words
    if words[1] == "gtpu":
        found = _paths(invocation, GTPU, "gtpu", GGSN)
    else:
        found = _paths(invocation, GTPC, EGTP if words[1] == "egtpc" else GGSN)
    invocation.chassis.peers.clear_paths(found)


@handles("egtpc_test_echo")
def egtpc_test_echo(invocation: Invocation) -> Steps[Output]:
    """Send an echo to a node and see whether it answers; an unknown node does not."""
    command = invocation.command
    address, version = command.text("peer_address"), command.number("gtp_version")
    paths = _paths(invocation, GTPC, EGTP if version > 1 else GGSN)
    source = command.text("source_address")
    path = next((path for path in paths if path.settings.local == source), None)
    if path is not None and path.answers:
        return layouts.echo_test(address, path.restart_counter)
    yield from wait(invocation, ECHO_OF_GTPC.timeout * (1 + ECHO_OF_GTPC.retries))
    return layouts.echo_test(address, None)


# Services


@handles("show_egtp_service")
def show_egtp_service(invocation: Invocation) -> Output:
    """Show the services of GTP-C."""
    return layouts.egtp_services(_services(invocation, EGTP, _interface))


@handles("show_gtpu_service")
def show_gtpu_service(invocation: Invocation) -> Output:
    """Show the services of GTP-U."""
    return layouts.gtpu_services(_services(invocation, "gtpu", lambda *_: ""))


def _services(
    invocation: Invocation, kind: str, interface: Callable[[Invocation, str, str], str]
) -> list[layouts.GtpService]:
    """The services of a kind that the command asks for. Raises Refused when there are none."""
    chassis, wanted = invocation.chassis, invocation.command.text("service_name")
    chassis.peers.look()
    echoes = chassis.peers.configuration.echoes
    protocol, default = (GTPC, ECHO_OF_GTPC) if kind == EGTP else (GTPU, ECHO_OF_GTPU)
    found = [
        layouts.GtpService(
            context,
            service,
            chassis.contexts.is_started(context, service),
            echoes.get((protocol, context.name, service.name), default),
            interface(invocation, context.name, service.name),
            (_FIRST_COUNTER + chassis.starts) % 256,
            service.associations.get("gtpu", ("", "")),
        )
        for context, service in chassis.contexts.services()
        if service.kind == kind and wanted in ("", service.name)
    ]
    if not found:
        raise Refused(messages.NO_GTP_SERVICES, kind=kind)
    return found


def _interface(invocation: Invocation, context: str, name: str) -> str:
    """What a service is used for: as configured, else as the service that uses it does."""
    chassis = invocation.chassis
    echoes = chassis.peers.configuration.echoes
    configured = echoes.get((GTPC, context, name), ECHO_OF_GTPC).interface
    users = (
        SIDES[service.kind].interface
        for _, service in chassis.contexts.services()
        if service.kind in SIDES and service.associations.get(EGTP) == (context, name)
    )
    return configured or next(users, "None")
