"""Commands about ports and what they carry."""

from __future__ import annotations

from collections.abc import Container

from staros_cli import messages
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.links import Place
from staros_cli.chassis.port_traffic import NPU, WINDOWS
from staros_cli.chassis.ports import UNTAGGED, Ports
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.messages import Refused
from staros_cli.rendering import ports as layouts
from staros_cli.rendering.ports import PortRow

CARD_CAPACITY = 40e9
"""Bits a second that a packet card can forward (chosen)."""


def place_of(invocation: Invocation) -> tuple[int, int]:
    """Slot and number of the port that the session configures, or that is named."""
    text = invocation.command.text("slot/port") or invocation.state.configured("port")
    slot, number = (int(part) for part in text.split("/"))
    return slot, number


def _vlan(invocation: Invocation) -> int:
    """The VLAN that the session configures."""
    return int(invocation.state.configured("vlan") or UNTAGGED)


def release(invocation: Invocation, context: str, interfaces: Container[str]) -> None:
    """Let ports carry interfaces of a context no more that are removed, and remove these lines."""
    chassis, running = invocation.chassis, invocation.system.running
    for port, vlan, interface in list(chassis.contexts.ports.carriers(context)):
        if interface in interfaces:
            chassis.ports.release(port.slot, port.number, vlan)
            keys = (f"port ethernet {port.slot}/{port.number}", f"vlan {vlan}")
            node = running.find(*keys) if vlan else running.find(keys[0])
            if node is not None:
                node.drop("bind interface")


@handles("port")
def port(invocation: Invocation) -> None:
    """Enter the configuration of a port."""
    invocation.chassis.ports.configure(*place_of(invocation))


@handles("no_port")
def no_port(invocation: Invocation) -> None:
    """Remove the configuration of a port."""
    chassis = invocation.chassis
    chassis.ports.remove(*place_of(invocation), quiet=chassis.reading)
    chassis.services_changed()


@handles("vlan")
def vlan(invocation: Invocation) -> None:
    """Enter the configuration of a VLAN."""


@handles("no_vlan")
def no_vlan(invocation: Invocation) -> None:
    """Remove the configuration of a VLAN."""
    number = invocation.command.number("vlan_id")
    invocation.chassis.ports.remove_vlan(*place_of(invocation), number)
    invocation.chassis.services_changed()


@handles("bind_interface")
def bind_interface(invocation: Invocation) -> None:
    """Let a port or a VLAN carry an interface."""
    command = invocation.command
    context, interface = command.text("context_name"), command.text("interface_name")
    invocation.chassis.ports.bind(*place_of(invocation), _vlan(invocation), context, interface)
    invocation.chassis.services_changed()


@handles("no_bind_interface")
def no_bind_interface(invocation: Invocation) -> None:
    """Let a port or a VLAN carry nothing."""
    invocation.chassis.ports.release(*place_of(invocation), _vlan(invocation))
    invocation.chassis.services_changed()


@handles("shutdown", "no_shutdown")
def shutdown(invocation: Invocation) -> None:
    """Put a port or a VLAN in use or out of use."""
    chassis = invocation.chassis
    enabled = invocation.command.has("no")
    chassis.ports.enable(*place_of(invocation), _vlan(invocation), enabled, quiet=chassis.reading)
    chassis.services_changed()


# Showing ports


def _rows(invocation: Invocation) -> list[PortRow]:
    """The ports of all cards, or the one that is named. Raises Refused without that one."""
    chassis = invocation.chassis
    wanted = place_of(invocation) if invocation.command.has_value("slot/port") else None
    rows = [
        row_of(invocation, card.slot, number)
        for card in chassis.hardware.cards.values()
        for number in card.kind.ports
        if wanted in (None, (card.slot, number))
    ]
    if not rows and wanted is not None:
        chassis.ports.check(*wanted)
    return rows


def row_of(invocation: Invocation, slot: int, number: int) -> PortRow:
    """A port as it is shown."""
    chassis = invocation.chassis
    card = chassis.hardware.cards[slot]
    ports, place = chassis.contexts.ports, (slot, number)
    port = ports.by_place.get(place)
    group = ports.group_of(place)
    node = invocation.system.running.find(f"port ethernet {slot}/{number}", "description")
    return PortRow(
        slot,
        number,
        "Virtual Ethernet" if chassis.platform.virtual else chassis.ports.kind(slot, number),
        chassis.ports.is_service_port(slot, number),
        ports.serves(place),
        card.state,
        chassis.hardware.pair(slot),
        tuple(sorted(vlan for vlan in port.vlans if vlan != UNTAGGED)) if port else (),
        node.line.partition(" ")[2] if node else "",
        chassis.platform.virtual,
        group,
        ports.serves(place) and place not in ports.links.lost,
        _acts(ports, card, place),
        group is not None and place in ports.aggregated(group),
    )


def _acts(ports: Ports, card: Card, place: Place) -> bool:
    """Whether a port is the one of its pair that carries frames, if any does."""
    group, pair = ports.group_of(place), ports.pair(place)
    if group is not None:
        return card.state is CardState.ACTIVE or place in ports.aggregated(group)
    used = ports.serves(place) or (pair is not None and ports.serves(pair))
    acting = ports.acting(place) if used else None
    return card.state is CardState.ACTIVE if acting is None else acting == place


@handles("show_port_table")
def show_port_table(invocation: Invocation) -> Output:
    """Show the ports of the cards and their states."""
    return layouts.table(_rows(invocation))


@handles("test_port")
def test_port(invocation: Invocation) -> None:
    """Let a port lose its link, or have it again."""
    ports, place = invocation.chassis.ports, place_of(invocation)
    ports.restore_link(*place) if invocation.command.has("restore") else ports.fail_link(*place)


@handles("show_port_info")
def show_port_info(invocation: Invocation) -> Output:
    """Show ports in full."""
    return layouts.info(_rows(invocation))


@handles("show_port_utilization")
def show_port_utilization(invocation: Invocation) -> Output:
    """Show how many megabits a second ports carry."""
    traffic = invocation.chassis.port_traffic
    return layouts.utilization(_rows(invocation), [traffic.rates(window) for window in WINDOWS])


@handles("show_port_datalink", "show_port_npu")
def show_port_counters(invocation: Invocation) -> Output:
    """Show what ports have carried."""
    command, traffic = invocation.command, invocation.chassis.port_traffic
    if command.has("untagged") or command.has_value("vlan_id"):
        return _of_vlan(invocation, command.number("vlan_id", UNTAGGED))
    counters = NPU if command.has("npu") else "datalink"
    rows = [
        (row, traffic.since_cleared((row.slot, row.number), counters)) for row in _rows(invocation)
    ]
    return layouts.npu_counters(rows) if counters == "npu" else layouts.datalink_counters(rows)


def _of_vlan(invocation: Invocation, vlan: int) -> Output:
    """What a VLAN of ports has carried, or the frames without a tag."""
    by_place, traffic = invocation.chassis.contexts.ports.by_place, invocation.chassis.port_traffic
    rows = [row for row in _rows(invocation) if row.at in by_place]
    found = [(row, traffic.of_vlan(row.at, vlan)) for row in rows if vlan in by_place[row.at].vlans]
    if not found:
        raise Refused(messages.NO_SUCH_VLAN, vlan=vlan)
    return layouts.npu_counters(found, f" vlan {vlan}" if vlan else " untagged")


@handles("clear_port_counters")
def clear_port_counters(invocation: Invocation) -> None:
    """Count what ports carry anew."""
    counters = "npu" if invocation.command.has("npu") else "datalink"
    for row in _rows(invocation):
        invocation.chassis.port_traffic.clear_counters((row.slot, row.number), counters)


@handles("show_npu_utilization")
def show_npu_utilization(invocation: Invocation) -> Output:
    """Show how busy network processors are."""
    chassis = invocation.chassis
    totals = []
    for window in WINDOWS:
        rates = chassis.port_traffic.rates(window).values()
        totals.append(8 * sum(octets.received + octets.sent for octets in rates))
    hardware = chassis.hardware
    if chassis.platform.virtual:
        cards = [card.slot for card in hardware.active_packet]
        return layouts.lcores(cards, [_percent(total, len(cards)) for total in totals])
    ports = [card.slot for card in hardware.cards.values() if len(card.kind.ports) > 1]
    cards = [card.slot for card in hardware.active_packet]
    return layouts.npus(ports, cards, [_percent(total, len(cards)) for total in totals])


def _percent(bits: float, cards: int) -> int:
    """The percent of what the cards can do together that so many bits a second take."""
    return min(100, round(100 * bits / (CARD_CAPACITY * max(1, cards))))
