"""Layouts about cards and CPUs."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.hardware import Card, CardState, Hardware
from staros_cli.chassis.platform import CARD_KINDS, Role
from staros_cli.chassis.usage import CpuUse
from staros_cli.rendering.layout import layout

_CPU_STATES = {CardState.ACTIVE: "Actve", CardState.STANDBY: "Stdby"}


@layout("show card table", "capture", "ASR 5000 and its line cards after the manual.")
def card_table(hardware: Hardware) -> list[str]:
    """Every slot with its card and state."""
    lines = [
        "Slot         Card Type                               Oper State     SPOF  Attach",
        "-----------  --------------------------------------  -------------  ----  ------",
    ]
    for slot, kinds in hardware.platform.slots.items():
        card = hardware.cards.get(slot)
        if card is None:
            short = CARD_KINDS[kinds[0]].short
            lines.append(f"{slot:>2}: {short:<7}  {'None':<38}  {'-':<13}  {'-':<11}")
            continue
        spof = "-"
        if card.state is CardState.ACTIVE and card.kind.role is Role.SUPPORT:
            spof = "No"
        elif card.state is CardState.ACTIVE and hardware.platform.card_recovery:
            spof = "Yes" if hardware.single_point_of_failure(card) else "No"
        lines.append(
            f"{slot:>2}: {card.kind.short:<7}  {card.kind.title:<38}  "
            f"{card.state.value:<13}  {spof:<11}"
        )
    return lines


def _megabytes(amount: float) -> str:
    """An amount of memory in five places at most."""
    return f"{amount:.0f}M" if amount < 9999.5 else f"{amount / 1024:.0f}G"


@layout("show cpu table", "capture", "`Actve` is the spelling of the device, `Stdby` is chosen.")
def cpu_table(cpus: Sequence[CpuUse]) -> list[str]:
    """Load, use and memory of every CPU."""
    lines = [
        "             --------Load--------  ------CPU-Usage-----  ---------Memory--------",
        " cpu  state     now   5min  15min     now   5min  15min    now  5min 15min total",
        "----  -----  ------ ------ ------  ------ ------ ------  ----- ----- ----- -----",
    ]
    for use in cpus:
        load = " ".join(f"{value:>6.2f}" for value in use.load)
        percent = " ".join(f"{f'{value:.1f}%':>6}" for value in use.percent)
        memory = " ".join(f"{_megabytes(value):>5}" for value in (*use.memory, use.total))
        lines.append(f"{use.cpu!s:>4}  {_CPU_STATES[use.state]:<5}  {load}  {percent}  {memory}")
    return lines


@layout("show card info", "chosen")
def card_info(cards: Sequence[tuple[Card, bool]]) -> list[str]:
    """Cards in detail, a card a block."""
    lines: list[str] = []
    for card, single_point in cards:
        lines += [
            f"Card {card.slot}:",
            f"  Slot Type               : {card.kind.short}",
            f"  Card Type               : {card.kind.title}",
            f"  Operational State       : {card.state.value}",
            f"  Card Role               : {card.kind.role.value}",
            f"  Single Point of Failure : {'Yes' if single_point else 'No'}",
            f"  Serial Number           : {card.serial or 'NA'}",
            f"  CPUs                    : {len(card.kind.cpus)}",
        ]
    return lines


@layout("show card diag", "chosen")
def card_diag(cards: Sequence[tuple[Card, bool]]) -> list[str]:
    """What the diagnostics of cards say, a card a block."""
    lines: list[str] = []
    for card, usable in cards:
        running = card.state in (CardState.ACTIVE, CardState.STANDBY)
        lines += [
            f"Card {card.slot}:",
            f"  Card Usable             : {'Yes' if usable else 'No'}",
            f"  Boot Mode               : {'Normal' if running else 'None'}",
            f"  Card Diagnostics        : {'Pass' if usable else 'Fail'}",
        ]
    return lines
