"""The platforms: slots, cards, CPUs, and their needs for session recovery."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Role(Enum):
    """The purpose of a card."""

    PACKET = "packet processing"
    MANAGEMENT = "management"
    SUPPORT = "support"


class CardKind(Struct, frozen=True):
    """A type of card.

    `short` and `title` as `show card table` prints them; `memory` is in MB a CPU, `cores` are the
    cores of a CPU, `session_cpus` the CPUs that carry session tasks.
    """

    name: str
    short: str
    title: str
    role: Role
    cpus: tuple[int, ...]
    session_cpus: tuple[int, ...] = ()
    memory: int = 8192
    ports: tuple[int, ...] = ()
    cores: int = 16


class Platform(Struct, frozen=True):
    """A kind of chassis.

    `slots` says which kinds of cards fit where. `demux_cpus` are the CPUs of the demux card that
    are reserved for demux tasks when session recovery is in effect, `demux_card_only` whether that
    card then runs nothing else. `active_needed` and `standby_needed` count the packet cards that
    session recovery needs; `card_recovery` is false where there is no second card to go to.
    """

    name: str
    title: str
    image: str
    slots: dict[int, tuple[str, ...]]
    demux_cpus: tuple[int, ...]
    demux_card_only: bool
    active_needed: int
    standby_needed: int
    card_recovery: bool = True
    virtual: bool = False
    license_type: str = ""

    @property
    def banner(self) -> str:
        """Its name in the banner before a login."""
        return self.image.upper().replace("QVPC", "QvPC")


CARD_KINDS = {
    kind.name: kind
    for kind in (
        CardKind(
            "PSC",
            "PSC",
            "Packet Services Card",
            Role.PACKET,
            (0, 1, 2, 3),
            (1, 2, 3),
            4096,
            cores=8,
        ),
        CardKind("SMC", "SMC", "System Management Card", Role.MANAGEMENT, (0,), (), 4096),
        CardKind(
            "DPC2",
            "DPC",
            "Data Processing Card 2",
            Role.PACKET,
            (0, 1),
            (0, 1),
            65536,
            cores=48,
        ),
        CardKind("SPIO", "SPIO", "Switch Processor I/O Card", Role.SUPPORT, (), ports=(1, 2)),
        CardKind("RCC", "RCC", "Redundancy Crossbar Card", Role.SUPPORT, ()),
        CardKind("XGLC", "XGLC", "10 Gig Ethernet Line Card", Role.SUPPORT, (), ports=(1,)),
        CardKind(
            "MMIO",
            "MMIO",
            "Management & 20x10Gb I/O Card",
            Role.MANAGEMENT,
            (0,),
            memory=65536,
            ports=(1, 2, *range(10, 30)),
        ),
        CardKind("SSC", "SSC", "System Status Card", Role.SUPPORT, ()),
        CardKind("FSC", "FSC", "Fabric & 1x400GB Storage Card", Role.SUPPORT, ()),
        CardKind(
            "CF",
            "CFC",
            "Control Function Virtual Card",
            Role.MANAGEMENT,
            (0,),
            memory=16384,
            ports=(1,),
        ),
        CardKind(
            "SF",
            "FC",
            "1-Port Service Function Virtual Card",
            Role.PACKET,
            (0,),
            (0,),
            16384,
            ports=(10,),
        ),
        CardKind(
            "VC",
            "VC",
            "4-Port Virtual Card",
            Role.PACKET,
            (0,),
            (0,),
            16384,
            ports=(10, 11, 12, 13),
            cores=24,
        ),
    )
}


def _slots(*groups: tuple[range | tuple[int, ...], str]) -> dict[int, tuple[str, ...]]:
    slots = {slot: (kind,) for numbers, kind in groups for slot in numbers}
    return dict(sorted(slots.items()))


PLATFORMS = {
    platform.name: platform
    for platform in (
        Platform(
            "asr5000",
            "ASR 5000",
            "asr5000",
            _slots(
                (range(1, 8), "PSC"),
                ((8, 9), "SMC"),
                (range(10, 17), "PSC"),
                ((24, 25), "SPIO"),
                ((40, 41), "RCC"),
                ((*range(17, 24), *range(26, 40), *range(42, 49)), "XGLC"),
            ),
            demux_cpus=(0, 2),
            demux_card_only=True,
            active_needed=3,
            standby_needed=1,
        ),
        Platform(
            "asr5500",
            "ASR 5500",
            "asr5500",
            _slots(
                ((1, 2, 3, 4, 7, 8, 9, 10), "DPC2"),
                ((5, 6), "MMIO"),
                ((11, 12), "SSC"),
                (range(13, 19), "FSC"),
            ),
            demux_cpus=(0,),
            demux_card_only=False,
            active_needed=2,
            standby_needed=1,
        ),
        Platform(
            "vpc-di",
            "VPC-DI",
            "qvpc-di",
            _slots(((1, 2), "CF"), (range(3, 33), "SF")),
            demux_cpus=(0,),
            demux_card_only=True,
            active_needed=3,
            standby_needed=1,
            virtual=True,
            license_type="qvpc-di",
        ),
        Platform(
            "vpc-si",
            "VPC-SI",
            "qvpc-si",
            _slots(((1,), "VC")),
            demux_cpus=(),
            demux_card_only=False,
            active_needed=1,
            standby_needed=0,
            card_recovery=False,
            virtual=True,
            license_type="qvpc-si",
        ),
    )
}
