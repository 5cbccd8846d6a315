"""Layouts about the system: version, clock, uptime, start."""

from __future__ import annotations

from staros_cli.chassis import calendar
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.console import BootRecord, BootStep
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Cell, Fields, Lines


@layout(
    "show version",
    "capture",
    "The kernel line of `verbose` is known from clients, its place is chosen.",
)
def version(chassis: Chassis, verbose: bool) -> Fields:
    """The running software."""
    software = chassis.definition.schema.software
    booted = chassis.booted_from
    image = booted.image if booted else "none"
    fields: list[tuple[str, Cell]] = [
        ("Image Version:", software.version),
        ("Image Build Number:", software.build),
        ("Image Description:", software.description),
        ("Image Date:", calendar.short_date(calendar.moment(software.date))),
        ("Boot Image:", image),
        ("Source Commit ID:", "0" * 40),
    ]
    if verbose:
        fields += [
            ("Kernel Version:", f"2.6.38-staros-v3-{chassis.platform.image}-64"),
            ("Kernel Machine Type:", "x86_64"),
        ]
    return Fields(tuple(fields), "Active Software:", width=32, between="")


@layout("show clock", "capture")
def clock(now: float) -> Lines:
    """Date and time; in data, seconds since 1970 UTC."""
    return Lines([calendar.long_date(now)], {"time": now})


@layout("show system uptime", "capture")
def uptime(seconds: float) -> Lines:
    """How long the system has been up."""
    text = f"System uptime: {calendar.days_of(seconds)}"
    return Lines([text], {"seconds": int(seconds)})


@layout("console during a start", "chosen", "A device prints pages of boot messages here.")
def boot_record(record: BootRecord, chassis: Chassis) -> list[str]:
    """One line of the console while the system starts."""
    text = {
        BootStep.GOING_DOWN: "The system is going down for reload",
        BootStep.MANAGEMENT_CARD: f"Management card {record.detail} is starting",
        BootStep.IMAGE: f"Loading image {record.detail}" if record.detail else "Loading image",
        BootStep.CONFIGURATION: (
            f"Applying configuration {record.detail}"
            if record.detail
            else "Starting without a configuration"
        ),
        BootStep.CARDS: f"Packet cards {record.detail} are starting",
        BootStep.UP: f"{record.detail} is up, {chassis.platform.title}",
    }[record.step]
    return [f"{calendar.console_date(record.time)} {text}"]
