"""What is configured of the Service Redundancy Protocol."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from staros_cli.chassis.peers.settings import Key


class Mode(Enum):
    """The role that a chassis is configured for, as it is shown."""

    PRIMARY = "Primary"
    BACKUP = "Backup"

    @property
    def other(self) -> Mode:
        """The role of the other chassis of a pair."""
        return Mode.BACKUP if self is Mode.PRIMARY else Mode.PRIMARY


class Kind(Enum):
    """What is monitored: the letter and the name of it on screens."""

    PROBE = ("A", "Auth. probe")
    BGP = ("B", "BGP")
    DIAMETER = ("D", "Diameter")

    @property
    def letter(self) -> str:
        """The letter of the table of monitors."""
        return self.value[0]

    @property
    def title(self) -> str:
        """The name of the kind."""
        return self.value[1]


class MonitorSettings(Struct, frozen=True):
    """A peer that is monitored. `found` is the beginning of the key that it has among peers.

    With a group those of the group count together, else those of the context.
    """

    kind: Kind
    context: str
    address: str
    found: Key
    group: int | None = None
    port: int = 0
    vrf: str = ""

    @property
    def together(self) -> tuple[Kind, str, int | None]:
        """What it counts together with."""
        return self.kind, self.context, self.group


class SrpSettings(Struct, frozen=True):
    """What is configured; times are in seconds. Defaults of which no source tells are chosen.

    `checkpoint_after` is how old a call has to be for its first checkpoint, `checkpoint_every` how
    often it is made again in full; `aggressive` shortens what standby managers wait for.
    Audits are made every so often, unless that is 0, and at a second of the day, if there is one.
    `damping` has for the kinds with a guard timer its guard period and its damping period.
    """

    context: str
    mode: Mode = Mode.BACKUP
    priority: int = 125
    local: str = ""
    peer: str = ""
    hello: float = 10.0
    dead: float = 30.0
    delay: float = 0.0
    compare_every: float = 3600.0
    threshold: int = 16
    checkpoint_after: float = 60.0
    checkpoint_every: float = 2700.0
    aggressive: bool = False
    audit_every: float = 0.0
    audit_at: float | None = None
    monitors: tuple[MonitorSettings, ...] = ()
    damping: dict[Kind, tuple[float, float]] = {}

    @property
    def is_complete(self) -> bool:
        """Whether both ends of the connection are configured."""
        return bool(self.local and self.peer)
