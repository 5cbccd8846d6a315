"""Layouts about fans, power, temperatures, disks and the hardware of cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

from staros_cli.chassis.environment import FAILED, Disk, FanTray
from staros_cli.chassis.hardware import Card, CardState
from staros_cli.chassis.platform import Role
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Cell,
    Column,
    Fields,
    Lines,
    Rows,
    Screen,
    Table,
    blocks,
    screen,
)

_FAN_STATES = {"": "Normal", FAILED: "Multiple fans failed"}
_ABSENT = "Not present"


def _fan_line(fan: FanTray) -> str:
    state = _FAN_STATES.get(fan.state, _ABSENT)
    head = f"{fan.title:<13}Fan Tray: State={state:<26}"
    return head if state == _ABSENT else f"{head}Speed={fan.speed}% Temp={fan.temperature} C"


@layout("show fans", "doc", "States other than `Normal` are chosen.")
def fans(trays: Sequence[FanTray]) -> Lines:
    """The fan trays."""
    values = {fan.name: {"state": fan.state or "normal", "speed": fan.speed} for fan in trays}
    return Lines([_fan_line(fan) for fan in trays], values)


class Warmth(Struct, frozen=True):
    """The temperature of a card, in degrees Celsius, and whether that is too much."""

    slot: int
    degrees: int
    hot: bool

    @property
    def word(self) -> str:
        """How the temperature is."""
        return "Over Temperature" if self.hot else "Normal"


@layout("show temperature", "capture", "The words for a hot card are chosen, and so is `verbose`.")
def temperatures(cards: Sequence[Warmth], trays: Sequence[FanTray], *, degrees: bool) -> Lines:
    """The temperatures of cards, in a word or in degrees, and of fan trays."""
    lines = []
    for card in cards:
        shown = (f"{card.degrees} C" if card.degrees else "n/a") if degrees else card.word
        lines.append(f"Card {card.slot:>2}:   {shown}")
    lines += [f"Fan {fan.title}: {fan.temperature} C" for fan in trays]
    values = {
        "cards": {str(card.slot): card.degrees for card in cards},
        "fans": {fan.name: fan.temperature for fan in trays},
    }
    return Lines(lines, values)


@layout("show power", "capture", "The line of a unit that failed is chosen.")
def power(failed: Sequence[str]) -> Lines:
    """Whether the system has power."""
    lines = [f"Power Filter Unit {unit}: Not OK" for unit in failed]
    return Lines(lines or ["All power sources are good"], {"failed": list(failed)})


@layout("show power all", "chosen")
def card_power(cards: Sequence[Card]) -> Lines:
    """Which cards have power."""
    states = {card.slot: "Off" if card.state is CardState.OFFLINE else "On" for card in cards}
    lines = [f"Card {slot:>2}: {state}" for slot, state in states.items()]
    return Lines(lines, {str(slot): state for slot, state in states.items()})


class Lights(Struct, frozen=True):
    """A card, whether it can be used, and whether nothing could take over from it."""

    card: Card
    usable: bool
    single: bool


@layout("show leds", "chosen", "What the colours mean is documented.")
def leds(lights: Sequence[Lights]) -> Lines:
    """The lights of cards."""
    lines, values = [], {}
    for one in lights:
        pairs = dict(_lights(one))
        texts = [f"{name}: {color}".ljust(len(name) + 8) for name, color in pairs.items()]
        shown = " | ".join(texts)
        lines.append(f"Slot {one.card.slot:02}: {shown}".rstrip())
        values[str(one.card.slot)] = pairs
    return Lines(lines, values)


def _lights(one: Lights) -> list[tuple[str, str]]:
    state = one.card.state
    run = {
        CardState.ACTIVE: "Green",
        CardState.STANDBY: "Green",
        CardState.BOOTING: "Blinking Green",
    }.get(state, "Off" if one.usable else "Red")
    active = "Green" if state is CardState.ACTIVE else "Off"
    runs = state in (CardState.ACTIVE, CardState.STANDBY)
    covered = ("Amber" if one.single else "Green") if runs else "Off"
    pairs = [("Run/Fail", run), ("Active", active), ("Redundant", covered)]
    if one.card.kind.role is Role.MANAGEMENT:
        pairs += [("Master", active), ("Busy", "Off")]
    return pairs


class Array(Struct, frozen=True):
    """The array of disks; it was made when the system started, in seconds since 1970 UTC."""

    disks: Sequence[Disk]
    available: bool
    serial: str
    made_at: float

    @property
    def degraded(self) -> bool:
        """Whether a disk is missing."""
        return any(not disk.in_sync for disk in self.disks)

    @property
    def size(self) -> int:
        """Octets that it holds: one disk of several is for the others."""
        count = len(self.disks)
        return sum(disk.size for disk in self.disks) * max(1, count - 1) // max(1, count)

    @property
    def identity(self) -> str:
        """Four numbers that tell it from others."""
        digits = sha256(self.serial.encode()).hexdigest()[:32]
        return ":".join(digits[start : start + 8] for start in range(0, 32, 8))


def _size(octets: int) -> str:
    giga = octets / 1e9
    short = f"{giga / 1000:.1f}TB" if giga >= 1000 else f"{giga:.0f}GB"
    return f"{short} ({octets} bytes)"


def _date(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%a %b %d %H:%M:%S %Y}"


@layout(
    "show hd raid",
    "capture",
    "States other than those of a good array are chosen. The events of the array and the models of "
    "its disks are not modelled and left out.",
)
def raid(array: Array, *, verbose: bool) -> Screen:
    """The array of disks, with its cards and disks if that is wanted."""
    state = "Available (degraded)" if array.degraded else "Available (clean)"
    head = Fields(
        (
            ("State", state if array.available else "Not Available"),
            ("Degraded", "Yes" if array.degraded else "No"),
            ("UUID", array.identity),
            ("Size", _size(array.size)),
            ("Action", "Idle"),
        ),
        "HD RAID:",
        width=26,
        between=": ",
    )
    return screen(head, *(_disk(disk, array.made_at) for disk in array.disks if verbose))


def _disk(disk: Disk, made_at: float) -> Lines:
    card = disk.card
    word = "In-sync" if disk.in_sync else "Not in array"
    lines = [f"  Card {card.slot}"]
    fields = [
        ("State", "In-sync card" if disk.in_sync else word),
        ("Created", _date(made_at)),
        ("Description", f"{card.kind.short}{card.slot} {card.serial}".rstrip()),
        ("Size", _size(disk.size)),
    ]
    lines += [f"    {label:<24}: {value}" for label, value in fields]
    lines += [
        f"    Disk hd{card.slot}a",
        f"      {'State':<22}: {'In-sync component' if disk.in_sync else word}",
        f"      {'Size':<22}: {_size(disk.size)}",
    ]
    return Lines(lines, {"card": card.slot, "in_sync": disk.in_sync, "size": disk.size})


_PRODUCTS = {"DPC2": "ASR55-DPC2-K9"}
"""The product identifiers that are known."""
_REVISION = "V01"
"""The version of every part (chosen)."""


@layout(
    "show card hardware",
    "capture",
    "Numbers of parts, versions of programmables and types of processors are not known and left "
    "out, and so is what virtual cards have instead.",
)
def hardware(cards: Sequence[Card]) -> Screen:
    """The hardware of cards, a card a block."""
    return blocks(_hardware(card) for card in cards)


def _hardware(card: Card) -> Fields:
    fields: list[tuple[str, Cell]] = [
        ("Card Type", card.kind.title),
        ("Description", card.kind.name),
    ]
    if card.serial:
        product = _PRODUCTS.get(card.kind.name)
        fields.append(("UDI Serial Number", card.serial))
        fields += [("UDI Product ID", product)] if product else []
        fields.append(("UDI Version ID", _REVISION))
    fields.append(("Card Programmables", "up to date"))
    memory = card.kind.memory // 1024
    fields += [(f"CPU {number} Type/Memory", f"{memory} GB") for number in card.kind.cpus]
    return Fields(tuple(fields), f"Card {card.slot}:", width=24, between=": ")


@layout(
    "show inventory",
    "client",
    "The two lines of a part follow at once. Identifiers that are not known are those of the card.",
)
def inventory(platform: str, serial: str, cards: Sequence[Card]) -> Screen:
    """The parts of the system."""
    parts = [_part("Chassis", f"{platform} Chassis", platform.replace(" ", ""), serial)]
    parts += [
        _part(
            f"Card {card.slot}",
            card.kind.title,
            _PRODUCTS.get(card.kind.name, card.kind.name),
            card.serial or "n/a",
        )
        for card in cards
    ]
    return blocks(parts)


_PARTS = Table[Card](
    Column("Slot", 4, lambda card: card.slot, right=True),
    Column("Part Number", 18, lambda card: _PRODUCTS.get(card.kind.name, card.kind.name), gap=2),
    Column("Rev", 3, lambda _: _REVISION, gap=2),
    Column("Serial Number", 15, lambda card: card.serial or "n/a", gap=2),
    Column("Description", 40, lambda card: card.kind.title, gap=2),
)


@layout(
    "show hardware inventory",
    "chosen",
    "The columns are remembered. Identifiers that are not known are those of the card.",
)
def hardware_inventory(cards: Sequence[Card]) -> Rows:
    """The cards of the system, a line each."""
    return _PARTS.of(cards)


def _part(name: str, description: str, product: str, serial: str) -> Lines:
    lines = [
        f'NAME: "{name}", DESCR: "{description}"',
        f"PID: {product}, VID: {_REVISION}, SN: {serial}",
    ]
    values = {"name": name, "description": description, "product": product, "serial": serial}
    return Lines(lines, values)
