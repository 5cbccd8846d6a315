"""Layouts about cards and CPUs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from staros_cli.chassis import calendar
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.environment import TEMPERATURE_LIMIT
from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.platform import CARD_KINDS, Role
from staros_cli.chassis.usage import CpuUse
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import (
    Cell,
    Column,
    Fields,
    Rows,
    Screen,
    Table,
    gigabytes,
    key_of,
    screen,
    yes_no,
)

_CPU_STATES = {CardState.ACTIVE: "Actve", CardState.STANDBY: "Stdby"}


class _Slot(Struct, frozen=True):
    """A slot with its card, if there is one."""

    hardware: Hardware
    slot: int
    card: Card | None

    @property
    def label(self) -> str:
        """The slot with the short name of its card, or of one that fits."""
        kind = (
            self.card.kind if self.card else CARD_KINDS[self.hardware.platform.slots[self.slot][0]]
        )
        return f"{self.slot:>2}: {kind.short}"

    @property
    def single_point(self) -> str:
        """Whether nothing could take over from the card."""
        return "-" if self.card is None else _single_point(self.hardware, self.card)


def _single_point(hardware: Hardware, card: Card) -> str:
    """Whether nothing could take over from a card; `-` of one that nothing has to."""
    if card.state is not CardState.ACTIVE:
        return "-"
    if card.kind.role is Role.SUPPORT:
        return "No"
    return (
        yes_no(hardware.single_point_of_failure(card)) if hardware.platform.card_recovery else "-"
    )


_SLOTS = Table[_Slot](
    Column("Slot", 11, lambda row: row.label),
    Column("Card Type", 38, lambda row: row.card.kind.title if row.card else "None", gap=2),
    Column("Oper State", 13, lambda row: row.card.state.value if row.card else "-", gap=2),
    Column("SPOF", 4, lambda row: row.single_point, gap=2),
    Column("Attach", 5, lambda row: None, gap=2, rule=6),
    filled=True,
)


@layout("show card table", "capture", "ASR 5000 and its line cards after the manual.")
def card_table(hardware: Hardware) -> Rows:
    """Every slot with its card and state."""
    return _SLOTS.of(
        _Slot(hardware, slot, hardware.cards.get(slot)) for slot in hardware.platform.slots
    )


def _megabytes(amount: float) -> str:
    """An amount of memory in five places at most: 7035M, 64.0G."""
    return f"{amount:.0f}M" if amount < 9999.5 else gigabytes(amount)


_OVER_TIME = ("now", "5min", "15min")


def _figures(
    kind: str,
    heads: Sequence[str],
    width: int,
    figures: Callable[[CpuUse], Sequence[float]],
    show: Callable[[float], str],
) -> Iterator[Column[CpuUse]]:
    """Columns that stand together: figures of one kind, now and over some time."""
    for index, head in enumerate(heads):
        yield Column(
            head,
            width,
            lambda use, index=index: figures(use)[index],  # type: ignore[misc]
            show,
            right=True,
            gap=1 if index else 2,
            key=f"{kind}_{key_of(head)}",
        )


_CPUS = Table[CpuUse](
    Column("cpu", 4, lambda use: str(use.cpu), right=True),
    Column("state", 5, lambda use: _CPU_STATES[use.state], gap=2),
    *_figures("load", _OVER_TIME, 6, lambda use: use.load, "{:.2f}".format),
    *_figures("percent", _OVER_TIME, 6, lambda use: use.percent, "{:.1f}%".format),
    *_figures(
        "memory", (*_OVER_TIME, "total"), 5, lambda use: (*use.memory, use.total), _megabytes
    ),
    over=("             --------Load--------  ------CPU-Usage-----  ---------Memory--------",),
)


@layout("show cpu table", "capture", "`Actve` is the spelling of the device, `Stdby` is chosen.")
def cpu_table(cpus: Sequence[CpuUse]) -> Rows:
    """Load, use and memory of every CPU."""
    return _CPUS.of(cpus)


_STATE_TRAPS = ("CardActive", "CardDown", "CardStandby", "CardUp")
"""Traps of which each tells a change of the state of a card."""


@layout(
    "show card info",
    "doc",
    "The labels up to Reboot Pending are known, the others and the CPUs are chosen. Interlocks and "
    "upgrades are not modelled: always locked, never in progress. Voltages are left out, and "
    "temperatures of virtual cards.",
)
def card_info(chassis: Chassis, cards: Sequence[Card]) -> Screen:
    """Cards in detail, a card a block."""
    changed = {
        event.values.get("card"): event.time
        for event in chassis.events.history
        if event.kind.name in _STATE_TRAPS
    }
    desired = {card.slot: card.state.value for card in chassis.definition.cards()}
    booted_at, off = chassis.booted_at, chassis.cards.read().down
    return screen(
        *(
            _information(
                chassis,
                card,
                desired[card.slot],
                changed.get(card.slot, booted_at),
                enabled=card.slot not in off,
            )
            for card in cards
        )
    )


def _information(
    chassis: Chassis, card: Card, desired: str, changed_at: float, *, enabled: bool
) -> Fields:
    usable = chassis.cards.is_usable(card)
    halted = usable and card.state is CardState.OFFLINE
    fields: list[tuple[str, Cell]] = [
        ("Slot Type", card.kind.short),
        ("Card Type", card.kind.title),
        ("Operational State", card.state.value),
        ("Desired Mode", desired),
        ("Last State Change", calendar.long_date(changed_at)),
        ("Administrative State", "Enabled" if enabled else "Disabled"),
        ("Card Lock", "Locked"),
        ("Halt Issued", yes_no(halted)),
        ("Reboot Pending", "No"),
        ("Upgrade In Progress", "No"),
        ("Card Usable", yes_no(usable)),
        ("Single Point of Failure", _single_point(chassis.hardware, card)),
    ]
    degrees = chassis.environment.temperature(card)
    if degrees:
        fields.append(("Temperature", f"{degrees} C (limit {TEMPERATURE_LIMIT} C)"))
    state = "Diags/Kernel Running, Tasks Running" if _runs(card) else "Not Running"
    fields += [(f"CPU {number}", state) for number in card.kind.cpus]
    return Fields(tuple(fields), f"Card {card.slot}:", width=23)


@layout(
    "show card diag",
    "doc",
    "`Card Usable` and `Card Tests` are known, the others chosen. Boot counters and voltages are "
    "not modelled.",
)
def card_diag(chassis: Chassis, cards: Sequence[Card]) -> Screen:
    """The diagnostics of cards, a card a block."""
    failures = {record.source: record.reason for record in chassis.rct.records if record.reason}
    parts: list[Fields | str] = []
    for card in cards:
        failure = failures.get(card.slot, "None")
        parts += [f"Card {card.slot}:", _diagnostics(card, chassis.cards.is_usable(card), failure)]
        parts += _warmth(chassis.environment.temperature(card))
    return screen(*parts)


def _diagnostics(card: Card, usable: bool, failure: str) -> Fields:
    result = "Pass" if usable else "Fail"
    fields = (
        ("Boot Mode", "Normal" if _runs(card) else "None"),
        ("Card Diagnostics", result),
        ("Last Failure", failure),
        ("Card Usable", yes_no(usable)),
        ("Card Tests", result),
    )
    return Fields(fields, "  Status:", width=21, indent=4)


def _warmth(degrees: int) -> list[Fields]:
    """The block about the environment of a card whose temperature can be read."""
    if not degrees:
        return []
    fields = (("Temp: Card", f"{degrees} C (limit {TEMPERATURE_LIMIT} C)"),)
    return [Fields(fields, "  Current Environment:", width=21, indent=4)]


def _runs(card: Card) -> bool:
    return card.state in (CardState.ACTIVE, CardState.STANDBY)
