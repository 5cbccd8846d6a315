"""Layouts about the system: version, clock, uptime, start."""

from __future__ import annotations

from staros_cli.chassis import calendar
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.console import BootRecord, BootStep
from staros_cli.rendering.layout import layout


@layout("show version", "capture", "What `verbose` adds is chosen.")
def version(chassis: Chassis, verbose: bool) -> list[str]:
    """The running software."""
    software = chassis.definition.form.software
    booted = chassis.booted_from
    image = booted.image if booted else "none"
    lines = [
        "Active Software:",
        f"  Image Version:                  {software.version}",
        f"  Image Build Number:             {software.build}",
        f"  Image Description:              {software.description}",
        f"  Image Date:                     {calendar.short_date(calendar.moment(software.date))}",
        f"  Boot Image:                     {image}",
        "  Source Commit ID:               0000000000000000000000000000000000000000",
    ]
    if verbose:
        form = chassis.definition.form
        lines += [
            f"  Boot Configuration:             {booted.config if booted else 'none'}",
            f"  Platform:                       {chassis.platform.title}",
            f"  Chassis Serial Number:          {form.serial}",
        ]
    return lines


@layout("show clock", "capture")
def clock(now: float) -> list[str]:
    """Date and time."""
    return [calendar.long_date(now)]


@layout("show system uptime", "capture")
def uptime(seconds: float) -> list[str]:
    """How long the system has been up."""
    minutes = int(seconds) // 60
    return [f"System uptime: {minutes // 1440}D {minutes // 60 % 24}H {minutes % 60}M"]


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
