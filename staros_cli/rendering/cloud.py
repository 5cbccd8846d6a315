"""Layouts about virtual cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from staros_cli.chassis.hardware import Card
from staros_cli.chassis.port_traffic import Octets
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Fields, Lines, Screen, Table, blocks, screen

_MEGABIT = 1e6
_BETWEEN = "----- Average DINet Performance (in Mbps) -----"
_OVER_PORTS = "--- Average Aggregated Port Performance (in Mbps) ---"
_HEADS = (
    "Card       Current           5min             15min",
    "        Rx       Tx      Rx       Tx       Rx     Tx",
    "-----  ------- -------  ------- -------  ------- -------",
)
_WIDTHS = (8, 9) * 3
_Rates = Sequence[Mapping[int, Octets]]


@layout("show cloud performance dinet", "capture")
def between_cards(slots: Sequence[int], rates: _Rates) -> Lines:
    """Megabits a second that cards exchange: now, in 5 and in 15 minutes."""
    return _performance(_BETWEEN, slots, rates)


@layout("show cloud performance port", "capture", "The title is seen in the summary only.")
def over_ports(slots: Sequence[int], rates: _Rates) -> Lines:
    """Megabits a second over the ports of cards: now, in 5 and in 15 minutes."""
    return _performance(_OVER_PORTS, slots, rates)


@layout("show cloud performance summary", "capture")
def performance_summary(slots: Sequence[int], between: _Rates, ports: _Rates) -> Screen:
    """Both tables."""
    first, second = between_cards(slots, between), over_ports(slots, ports)
    return screen(first, "", second)


def _performance(title: str, slots: Sequence[int], rates: _Rates) -> Lines:
    lines = [title, *_HEADS]
    rows: list[dict[str, Any]] = []
    for slot in slots:
        figures = [_megabits(rate.get(slot, Octets())) for rate in rates]
        cells = [text for pair in figures for text in map(_figure, pair)]
        widths = zip(cells, _WIDTHS, strict=True)
        lines.append(f"{slot:<6}" + "".join(f"{cell:<{width}}" for cell, width in widths))
        names = ("current", "5min", "15min")
        rows.append(
            {"card": slot}
            | {f"rx_{name}": pair[0] for name, pair in zip(names, figures, strict=True)}
            | {f"tx_{name}": pair[1] for name, pair in zip(names, figures, strict=True)}
        )
    return Lines(lines, {"cards": rows})


def _megabits(octets: Octets) -> tuple[float, float]:
    received, sent = (8 * one / _MEGABIT for one in (octets.received, octets.sent))
    return round(received, 3), round(sent, 3)


def _figure(megabits: float) -> str:
    """Three decimals below a thousand, whole numbers above."""
    return f"{megabits:.3f}" if megabits < 1000 else f"{megabits:.0f}"


@layout("show cloud configuration", "chosen", "Remembered from a manual.")
def configuration(cards: Sequence[Card]) -> Screen:
    """How cards were told what they are: on a disk, and for themselves."""
    return blocks(_configuration(card) for card in cards)


def _configuration(card: Card) -> Lines:
    values: dict[str, Any] = {"CARDSLOT": card.slot, "CARDTYPE": card.kind.short, "CPUID": 0}
    parameters = [f"{name}={value}" for name, value in values.items()]
    rule = "-" * 25
    lines = [f"Card {card.slot}:", "  Config Disk Params:", rule, *parameters]
    lines += ["", "  Local Params:", rule, *parameters]
    return Lines(lines, {"card": card.slot, "parameters": values})


@layout(
    "show cloud hardware",
    "chosen",
    "Remembered from a manual; pages of memory and drivers of interfaces are not modelled and left "
    "out.",
)
def hardware(cards: Sequence[Card]) -> Screen:
    """What cards have of the machines that they run on."""
    return blocks(_hardware(card) for card in cards)


def _hardware(card: Card) -> Fields:
    kind = card.kind
    return Fields(
        (
            ("CPU Nodes", len(kind.cpus)),
            ("CPU Cores/Threads", len(kind.cpus) * kind.cores),
            ("Memory", f"{len(kind.cpus) * kind.memory}M"),
        ),
        f"Card {card.slot}:",
        width=24,
        between=": ",
    )


_GOOD, _NO_LOSS = "Good", "0.00%"
_Way = tuple[Card, Card]
_SUMMARY = Table[_Way](
    Column("To Card", 7, lambda way: way[1].slot),
    Column("Health", 6, lambda way: _GOOD),
)
_DETAIL = Table[_Way](
    *_SUMMARY.columns,
    Column("5MinLoss", 8, lambda way: _NO_LOSS, right=True, key="loss_5min"),
    Column("60MinLoss", 9, lambda way: _NO_LOSS, right=True, key="loss_60min"),
)


@layout(
    "show cloud monitor di-network",
    "chosen",
    "Remembered. Cards that run reach each other: the network between them does not fail here.",
)
def network(cards: Sequence[Card], running: Sequence[Card], *, detail: bool) -> Screen:
    """The ways from cards to the others that run."""
    table = _DETAIL if detail else _SUMMARY
    return blocks(
        screen(
            f"From Card {card.slot}:", table.of((card, other) for other in running if other != card)
        )
        for card in cards
    )
