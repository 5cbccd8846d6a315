"""Layouts about files, the boot stack and the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.boot_stack import BootEntry
from staros_cli.chassis.storage import Entry
from staros_cli.rendering.layout import layout


@layout("show boot", "capture")
def boot(entries: Sequence[BootEntry]) -> list[str]:
    """The boot stack, the entry that boots first on top."""
    if not entries:
        return [messages.NO_BOOT_ENTRIES()]
    lines = [""]
    for entry in entries:
        lines += [
            f"boot system priority {entry.priority} \\",
            f"    image {entry.image} \\",
            f"    config {entry.config}",
            "",
        ]
    return lines


@layout("directory", "chosen", "The columns of a UNIX listing.")
def directory(url: str, entries: Sequence[Entry]) -> list[str]:
    """What is in a directory."""
    lines = [f"Directory of {url}", ""]
    for entry in entries:
        size = "<dir>" if entry.is_directory else str(entry.size)
        lines.append(f"{size:>12}  {calendar.file_date(entry.modified)}  {entry.name}")
    count = sum(not entry.is_directory for entry in entries)
    total = sum(entry.size for entry in entries)
    plural = "" if count == 1 else "s"
    return [*lines, "", f"{count} file{plural}, {total} bytes"]


@layout("show configuration errors", "chosen")
def configuration_errors(problems: Sequence[str]) -> list[str]:
    """What was wrong with the configuration that the system started from."""
    if not problems:
        return [messages.NO_CONFIGURATION_ERRORS()]
    lines = [line for problem in problems for line in problem.split("\n")]
    plural = "" if len(problems) == 1 else "s"
    return [*lines, "", f"Total {len(problems)} error{plural}"]
