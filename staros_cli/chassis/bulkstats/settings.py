"""What is configured of bulk statistics."""

from __future__ import annotations

from msgspec import Struct

PRIMARY, SECONDARY = "primary", "secondary"
REDUNDANT, ON_FAILURE = "redundant", "secondary-on-failure"
SYSTEM = "system"
"""The kind of the schemas whose lines name no kind."""
FILES = 8
"""How many files there can be."""


class Receiver(Struct, frozen=True):
    """A server that files are sent to; `role` is PRIMARY or SECONDARY."""

    address: str
    role: str = PRIMARY
    mechanism: str = "ftp"
    login: str = ""


class Schema(Struct, frozen=True):
    """A schema: for each object of its kind the format makes a record.

    With `active_only` a standby chassis of a pair makes none.
    """

    kind: str
    name: str
    format: str = ""
    active_only: bool = False


class FileSettings(Struct, frozen=True):
    """A file: the formats of its name, its first and its last line, its receivers and schemas.

    `named_for` are the roles of the receivers that get it under its name, `mode` how two receivers
    are used.
    """

    number: int
    remote: str = ""
    header: str = ""
    footer: str = ""
    receivers: tuple[Receiver, ...] = ()
    schemas: tuple[Schema, ...] = ()
    named_for: tuple[str, ...] = (PRIMARY, SECONDARY)
    mode: str = ON_FAILURE

    def receiver(self, role: str) -> Receiver | None:
        """The first receiver of a role."""
        return next((one for one in self.receivers if one.role == role), None)


class BulkstatsSettings(Struct, frozen=True):
    """All of it: intervals in minutes, the limit in KB. `mode` is that of files without their own.

    With `on_standby` a standby chassis of a pair gathers as well.

    The default of the limit is chosen, that of the interval between samples a guess of clients.
    """

    enabled: bool = False
    historical: bool = False
    sample: int = 15
    transfer: int = 480
    limit: int = 1000
    mode: str = ON_FAILURE
    on_standby: bool = True
    files: tuple[FileSettings, ...] = ()

    @property
    def schedule(self) -> tuple[bool, int, int]:
        """What tells when something is due."""
        return self.enabled, self.sample, self.transfer

    def file(self, number: int) -> FileSettings | None:
        """A file, None where it is not configured."""
        return next((one for one in self.files if one.number == number), None)
