"""Fans, power, temperatures and disks: what is well with them follows from cards and faults.

Faults come from outside and stay until they are taken away, over restarts as well. Virtual systems
have no environment of their own but for their disks.
"""

from __future__ import annotations

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.platform import Role
from staros_cli.messages import Refused

FANS = {
    "asr5500": ("lower-rear", "lower-front", "upper-rear", "upper-front"),
    "asr5000": ("lower", "upper"),
}
"""The fan trays by platform, in the order in which the device shows them."""
POWER_UNITS = ("A", "B")
DISK_CARDS = {"asr5500": "FSC", "asr5000": "SMC", "vpc-di": "CF", "vpc-si": "VC"}
"""The kinds of cards that have the disks of the array."""
DISK_SIZE = {"FSC": 400_088_457_216}
OTHER_DISK_SIZE = 17_179_869_184
"""Octets of a disk of other cards (chosen)."""
ARRAY = "hd-raid"
TEMPERATURE_LIMIT, HOT = 101, 96
"""Degrees at which a card switches itself off, and that of one that is too hot."""
SHUTDOWN_AFTER = 60.0
"""Seconds after which a card that stays too hot is shut down (chosen)."""
_NORMAL_SPEED = {"lower": 65, "upper": 70}
_FULL_SPEED = 100
FAILED, REMOVED = "failed", "removed"


class CardTooHot(Struct, frozen=True):
    """A card has been too hot for so long that it goes down."""

    slot: int


class FanTray(Struct, frozen=True):
    """A tray of fans: `state` is empty when all is well, the speed is in percent."""

    number: int
    name: str
    state: str
    speed: int
    temperature: int

    @property
    def title(self) -> str:
        """Its place, as the device writes it."""
        return self.name.replace("-", " ").title()


class Disk(Struct, frozen=True):
    """A disk of the array on its card, and whether it is in use."""

    card: Card
    in_sync: bool
    size: int


class Environment:
    """What is around the cards. `look` is to be called after cards came up or went down."""

    def __init__(self, hardware: Hardware, events: EventStream, timeline: Timeline) -> None:
        self._hardware = hardware
        self._events = events
        self._timeline = timeline
        self._fans: dict[str, str] = {}
        self._power: set[str] = set()
        self._hot: dict[int, float] = {}
        self._disks: set[int] = set()
        self._array_missing: tuple[int, ...] = ()

    @property
    def is_virtual(self) -> bool:
        """Whether the system runs on somebody else's hardware."""
        return self._hardware.platform.virtual

    def _notify(self, name: str, **values: object) -> None:
        self._events.add(self._timeline.now, name, **values)

    # Fans

    def fans(self) -> list[FanTray]:
        """The fan trays; those that are left run faster when one is missing."""
        names = FANS.get(self._hardware.platform.name, ())
        found: list[FanTray] = []
        for number, name in enumerate(names, 1):
            speed = _FULL_SPEED if self._fans else _NORMAL_SPEED[name.partition("-")[0]]
            state = self._fans.get(name, "")
            warm = 27 + (name.startswith("upper")) + 9 * bool(self._fans)
            found.append(FanTray(number, name, state, 0 if state else speed, warm))
        return found

    def _fan(self, name: str) -> FanTray:
        for fan in self.fans():
            if fan.name == name:
                return fan
        known = ", ".join(fan.name for fan in self.fans()) or "none, it is virtual"
        raise Refused(messages.NO_SUCH_FAN, name=name, known=known)

    def fail_fan(self, name: str, state: str = FAILED) -> None:
        """Let a fan tray fail, or be removed. Raises Refused without such a tray."""
        fan = self._fan(name)
        if fan.state != state:
            self._fans[name] = state
            self._notify("FanRemoved" if state == REMOVED else "FanFailed", fan=fan.number)

    def restore_fan(self, name: str) -> None:
        """Put a good fan tray in. Raises Refused when nothing is wrong with that one."""
        fan = self._fan(name)
        if not fan.state:
            raise Refused(messages.NOTHING_FAILED, name=f"fan tray {name}")
        del self._fans[name]
        self._notify("FanInserted", fan=fan.number)

    # Power

    def failed_power(self) -> list[str]:
        """The power filter units that have failed."""
        return sorted(self._power)

    def fail_power(self, unit: str) -> None:
        """Let a power filter unit fail. Raises Refused on virtual systems."""
        if self.is_virtual:
            raise Refused(messages.NO_ENVIRONMENT)
        if unit not in self._power:
            self._power.add(unit)
            self._notify("PowerFilterUnitUnavail", unit=unit)

    def restore_power(self, unit: str) -> None:
        """Let a power filter unit work again. Raises Refused when it does."""
        if unit not in self._power:
            raise Refused(messages.NOTHING_FAILED, name=f"power filter unit {unit}")
        self._power.remove(unit)
        self._notify("PowerFilterUnitAvail", unit=unit)

    # Temperatures

    def temperature(self, card: Card) -> int:
        """The temperature of a card, in degrees Celsius; 0 where it cannot be read."""
        if self.is_virtual or card.state is CardState.OFFLINE:
            return 0
        if card.slot in self._hot:
            return HOT
        works = {Role.PACKET: 12, Role.MANAGEMENT: 10}.get(card.kind.role, 4)
        return 26 + works + card.slot % 4 + 8 * bool(self._fans)

    def is_hot(self, slot: int) -> bool:
        """Whether the card in a slot is too hot."""
        return slot in self._hot

    def overheat(self, slot: int) -> None:
        """Let a card become too hot; it goes down when it stays so. Raises Refused without it."""
        card = self._hardware.cards.get(slot)
        if self.is_virtual:
            raise Refused(messages.NO_ENVIRONMENT)
        if card is None:
            slots = ", ".join(map(str, self._hardware.cards))
            raise Refused(messages.NO_SUCH_CARD, slot=slot, slots=slots)
        if slot not in self._hot:
            since = self._hot[slot] = self._timeline.now
            self._notify("CardTempOverheat", card=slot, degrees=HOT)
            self._timeline.after(SHUTDOWN_AFTER, lambda: self._still_hot(slot, since))

    def _still_hot(self, slot: int, since: float) -> None:
        if self._hot.get(slot) == since:
            self._timeline.publish(CardTooHot(slot))

    def cool(self, slot: int) -> None:
        """Let a card have its usual temperature. Raises Refused when it has."""
        if slot not in self._hot:
            raise Refused(messages.NOTHING_FAILED, name=f"the temperature of card {slot}")
        del self._hot[slot]
        card = self._hardware.cards[slot]
        if card in self._hardware.running:
            self._notify("CardTempOK", card=slot, degrees=self.temperature(card))
        else:
            # Nothing tells how warm a card is that is down.
            self._events.end_alarm("CardTempOverheat", f"Card {slot} heat")

    # Disks

    def disks(self) -> list[Disk]:
        """The disks of the array."""
        kind = DISK_CARDS[self._hardware.platform.name]
        return [
            Disk(card, self._is_in_sync(card), DISK_SIZE.get(kind, OTHER_DISK_SIZE))
            for card in self._hardware.cards.values()
            if card.kind.name == kind
        ]

    def _is_in_sync(self, card: Card) -> bool:
        runs = card.state in (CardState.ACTIVE, CardState.STANDBY)
        return runs and card.slot not in self._disks

    def _disk(self, slot: int) -> Disk:
        for disk in self.disks():
            if disk.card.slot == slot:
                return disk
        slots = ", ".join(str(disk.card.slot) for disk in self.disks()) or "none"
        raise Refused(messages.NO_SUCH_DISK, slot=slot, slots=slots)

    def fail_disk(self, slot: int) -> None:
        """Let the disk of a card fail. Raises Refused when the card has none."""
        self._disks.add(self._disk(slot).card.slot)
        self.look()

    def restore_disk(self, slot: int) -> None:
        """Put a good disk in. Raises Refused when nothing is wrong with the disk of that card."""
        if self._disk(slot).card.slot not in self._disks:
            raise Refused(messages.NOTHING_FAILED, name=f"the disk of card {slot}")
        self._disks.remove(slot)
        self.look()

    @property
    def array_is_available(self) -> bool:
        """Whether the array has all its data: one disk of several may be missing."""
        disks = self.disks()
        missing = sum(not disk.in_sync for disk in disks)
        return bool(disks) and missing <= (len(disks) > 1)

    def look(self) -> None:
        """Notice which disks of the array are missing."""
        missing = tuple(disk.card.slot for disk in self.disks() if not disk.in_sync)
        before, self._array_missing = self._array_missing, missing
        for slot in sorted(set(missing) - set(before)):
            self._notify("RaidDegraded", array=ARRAY, card=slot, disk=_name(slot))
        for slot in sorted(set(before) - set(missing)):
            self._notify("RaidRecovered", array=ARRAY, card=slot, disk=_name(slot))


def _name(slot: int) -> str:
    return f"hd{slot}a"
