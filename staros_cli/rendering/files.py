"""Layouts about files, the boot stack and the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5

from msgspec import to_builtins

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.boot_stack import BootEntry
from staros_cli.chassis.storage import Entry
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Screen, Table, screen


@layout("show boot", "capture")
def boot(entries: Sequence[BootEntry]) -> Lines:
    """The boot stack, the entry that boots first on top."""
    if not entries:
        return Lines([messages.NO_BOOT_ENTRIES()], {"entries": []})
    lines = [""]
    for entry in entries:
        lines += [
            f"boot system priority {entry.priority} \\",
            f"    image {entry.image} \\",
            f"    config {entry.config}",
            "",
        ]
    return Lines(lines, {"entries": [to_builtins(entry) for entry in entries]})


_ENTRIES = Table[Entry](
    Column("size", 12, lambda e: "<dir>" if e.is_directory else e.size, right=True),
    Column("modified", 19, lambda entry: calendar.file_date(entry.modified), gap=2),
    Column("name", 40, lambda entry: entry.name, gap=2),
    heads=(),
)


@layout("directory", "chosen", "The columns of a UNIX listing.")
def directory(url: str, entries: Sequence[Entry]) -> Screen:
    """The entries of a directory."""
    count = sum(not entry.is_directory for entry in entries)
    total = sum(entry.size for entry in entries)
    plural = "" if count == 1 else "s"
    head = Lines([f"Directory of {url}", ""], {"url": url})
    foot = Lines(["", f"{count} file{plural}, {total} bytes"], {"files": count, "bytes": total})
    return screen(head, _ENTRIES.of(entries), foot)


@layout("show configuration checksum", "chosen", "One line of 32 hexadecimal digits.")
def configuration_checksum(lines: Sequence[str]) -> Lines:
    """A checksum of the configuration, for those who look for changes."""
    digest = md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()
    return Lines([digest], {"checksum": digest})


@layout("show configuration errors", "chosen")
def configuration_errors(problems: Sequence[str]) -> Lines:
    """The errors in the configuration that the system started from."""
    if not problems:
        return Lines([messages.NO_CONFIGURATION_ERRORS()], {"errors": []})
    lines = [line for problem in problems for line in problem.split("\n")]
    plural = "" if len(problems) == 1 else "s"
    return Lines([*lines, "", f"Total {len(problems)} error{plural}"], {"errors": list(problems)})
