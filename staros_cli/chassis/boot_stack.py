"""The boot stack: which image and configuration the system starts from, in order of priority."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.storage import Storage, is_file, locate
from staros_cli.messages import Refused

BOOT_FILE = PurePosixPath("flash/boot.sys")
LIMIT = 10
_LINE = re.compile(r"boot system priority (\d{1,3}) image (\S+) config (\S+)")


class BootEntry(Struct, frozen=True):
    """One line of the boot stack."""

    priority: int
    image: str
    config: str

    def __str__(self) -> str:
        return f"boot system priority {self.priority} image {self.image} config {self.config}"


class BootStack:
    """The boot stack of a chassis, kept in `/flash/boot.sys`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def entries(self) -> list[BootEntry]:
        """The entries of the boot file, lowest number first; lines of no use are passed over."""
        if not is_file(self._storage, BOOT_FILE):
            return []
        text = self._storage.read(BOOT_FILE).decode(errors="replace")
        found = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
        entries = [BootEntry(int(line[1]), line[2], line[3]) for line in found if line]
        return sorted(entries, key=lambda entry: entry.priority)

    def put(self, entry: BootEntry, now: float) -> None:
        """Add an entry, or replace the one of its priority. Raises Refused past the limit."""
        locate(entry.image)
        locate(entry.config)
        kept = [other for other in self.entries() if other.priority != entry.priority]
        if len(kept) >= LIMIT:
            raise Refused(messages.TOO_MANY_BOOT_ENTRIES, limit=LIMIT)
        self._write([*kept, entry], now)

    def remove(self, priority: int, now: float) -> None:
        """Remove the entry of a priority. Raises Refused when there is none."""
        entries = self.entries()
        kept = [entry for entry in entries if entry.priority != priority]
        if len(kept) == len(entries):
            raise Refused(messages.NO_BOOT_ENTRY, priority=priority)
        self._write(kept, now)

    def _write(self, entries: list[BootEntry], now: float) -> None:
        ordered = sorted(entries, key=lambda entry: entry.priority)
        text = "".join(f"{entry}\n" for entry in ordered)
        self._storage.write(BOOT_FILE, text.encode(), now)
