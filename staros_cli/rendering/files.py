"""Layouts about files, the boot stack and the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5

from msgspec import to_builtins

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.chassis.boot_stack import BootEntry
from staros_cli.chassis.findings import Finding, Section, Severity
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


@layout("show boot initial-config", "chosen", "Labels as remembered from a manual.")
def boot_initial(entry: BootEntry | None) -> Lines:
    """The entry of the boot stack that the system has started from."""
    if entry is None:
        return Lines([messages.NO_BOOT_ENTRIES()], {"entry": None})
    lines = [
        "Initial (boot time) configuration:",
        f"  image {entry.image} \\",
        f"  config {entry.config}",
        f"  priority {entry.priority}",
    ]
    return Lines(lines, {"entry": to_builtins(entry)})


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


_FRAME = "#" * 86


@layout(
    "show configuration errors",
    "capture",
    "Titles and order of the sections are captured, but for that of the system and for services "
    "that the capture does not have. Without `verbose` those with findings are shown.",
)
def configuration_errors(
    sections: Sequence[Section], findings: Sequence[Finding], *, every_section: bool
) -> Lines:
    """The errors and warnings of the configuration, section by section."""
    if not findings and not every_section:
        return Lines([messages.NO_CONFIGURATION_ERRORS()], {"findings": []})
    lines: list[str] = []
    for section in sections:
        among = [finding for finding in findings if finding.section == section]
        if among or every_section:
            lines += [_FRAME, f"#{'':19}Displaying {section.title}", _FRAME, *_section(among)]
    shown = [finding for finding in findings if finding.section in sections]
    return Lines(lines, {"findings": [_data(finding) for finding in shown]})


def _section(findings: Sequence[Finding]) -> list[str]:
    """The findings of a section: errors with their total, then the rest with theirs."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    others = [finding for finding in findings if finding.severity is not Severity.ERROR]
    lines = [line for error in errors for line in _finding(error)]
    lines += [f"Total {len(errors)} error(s) in this section !", ""]
    for other in others:
        lines += [*_finding(other), *([""] if other.severity is Severity.INFO else [])]
    return [*lines, f"Total {len(others)} warning(s) in this section!", ""]


def _finding(finding: Finding) -> list[str]:
    return f"{finding.severity.value:<8}: {finding.text}".split("\n")


def _data(finding: Finding) -> dict[str, str]:
    return {
        "section": finding.section.word,
        "severity": finding.severity.value.lower(),
        "text": finding.text,
    }
