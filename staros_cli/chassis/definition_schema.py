"""The schema of a chassis definition: the tables of its file, their keys and their ranges."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from staros_cli.chassis.schema import Schema
from staros_cli.chassis.traffic import Traffic

Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class CardSchema(Schema, frozen=True):
    """`[[cards]]`: a card, its slot, and its state when the chassis is up."""

    slot: Annotated[int, Meta(ge=1, le=48)]
    kind: Text
    state: Literal["active", "standby", "offline"] = "active"
    serial: str = ""


class LicenseSchema(Schema, frozen=True):
    """`[license]`: the key that the factory configuration installs."""

    features: list[str] = []
    sessions: dict[str, Count] = {}
    chassis: str = ""
    number: Count = 100000
    comment: str = "Training lab license"
    issued: str = "2026-03-02T18:22:43Z"
    expires: str = ""


class PlacementSchema(Schema, frozen=True):
    """`[[placement]]`: tasks on one CPU, where the placement rules are not to decide."""

    cpu: Annotated[str, Meta(pattern=r"^\d{1,2}/\d$")]
    sessmgr: Count = 0
    aaamgr: Count = 0
    demux: Count = 0


class TasksSchema(Schema, frozen=True):
    """`[tasks]`: how many sessmgr instances, and aaamgr instances with them, the system runs."""

    sessmgr: Annotated[int, Meta(ge=1, le=2000)] = 16


class BootSchema(Schema, frozen=True):
    """`[[boot]]`: an entry of the boot stack."""

    priority: Annotated[int, Meta(ge=1, le=100)]
    image: Text
    config: Text


class CheckpointsSchema(Schema, frozen=True):
    """`checkpoints` of a group: since when they are made, in seconds, and what became of them.

    `micro-phase` is by how many seconds the micro ones began later, `missed` how many full ones
    failed, `peer-recovered` whether the peer lines were rebuilt just now.
    """

    age: Annotated[float, Meta(ge=0, le=1e9)]
    micro_phase: Annotated[float, Meta(ge=0, le=1e9)] = 0.0
    missed: Annotated[int, Meta(ge=0, le=60000)] = 0
    peer_recovered: bool = False


PerMillion = Annotated[int, Meta(ge=0, le=1_000_000)]


class TrafficSchema(Schema, frozen=True):
    """`traffic` of a group: what its calls carry; see Traffic."""

    rate: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    reordered: PerMillion = 0
    fragmented: PerMillion = 0
    fragments_lost: PerMillion = 0
    redirected: bool = False

    @property
    def value(self) -> Traffic:
        """It in the terms of the model."""
        return Traffic(
            self.rate, self.reordered, self.fragmented, self.fragments_lost, self.redirected
        )


class SubscribersSchema(Schema, frozen=True):
    """`[[subscribers]]`: a group of subscribers alike, numbered from 1.

    `trait` is something that session recovery does not cover, `authenticating` calls that never
    get further than to their authentication, `callid` and `sessmgr` fix what chance would choose.
    Without `msisdn` they have no telephone number, without `apn` no access point name. `nodes` are
    the addresses of the nodes that calls over GTP come through, without it chosen ones. Those of
    both versions of IP have `ipv6_address` beside `address`. `qci` is the class of their default
    bearers.
    """

    count: Count
    access: str
    context: Text
    service: Text
    username: Text = "user{number}@lab.example"
    msid: Annotated[str, Meta(pattern=r"^\d{6,15}$")] = "001010000000001"
    msisdn: Annotated[str, Meta(pattern=r"^(\d{5,15})?$")] = ""
    apn: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{0,62}$")] = ""
    address: str = "10.0.0.1"
    ipv6_address: str = ""
    qci: Annotated[int, Meta(ge=1, le=254)] = 9
    nodes: Annotated[list[str], Meta(max_length=16)] = []
    trait: str = ""
    authenticating: bool = False
    callid: Annotated[str, Meta(pattern=r"^([0-9a-f]{8})?$")] = ""
    sessmgr: Annotated[int, Meta(ge=0, le=2000)] = 0
    checkpoints: CheckpointsSchema | None = None
    traffic: TrafficSchema = TrafficSchema()


class CallsSchema(Schema, frozen=True):
    """`[calls]`: how fast waiting subscribers call, and how many calls end, each a second."""

    attach_rate: Annotated[float, Meta(ge=0, le=1_000_000)] = 50.0
    churn: Annotated[float, Meta(ge=0, le=100_000)] = 0.0


class RctSchema(Schema, frozen=True):
    """`[[rct]]`: a record of what the Recovery Control Task did before.

    Without `planned` the record does not say whether it was. `recovered` holds tasks as
    `sessmgr 6 5/0 13170`: facility, instance, CPU, process.
    """

    action: Literal["Migration", "Shutdown", "Switchover"]
    source: Annotated[int, Meta(ge=1, le=48)]
    target: Annotated[int, Meta(ge=0, le=48)]
    start: str
    duration: Annotated[float, Meta(ge=0, le=1e6)]
    failed_at: str = ""
    planned: bool | None = None
    management: bool = False
    reason: str = ""
    device: str = ""
    usable: bool = True
    status: str = "Success"
    facility: str = ""
    instance: int | None = None
    graceful: bool = True
    recovered: list[Annotated[str, Meta(pattern=r"^[a-z0-9]+ \d+ \d{1,2}/\d \d+$")]] = []


Line = Annotated[str, Meta(min_length=1, max_length=16384)]
Lines = Annotated[list[Line], Meta(max_length=20_000)]


class OpaqueSchema(Schema, frozen=True):
    """`[[opaque]]`: lines of a mode that the grammar does not know and the chassis keeps.

    `opens` are the beginnings of lines that open a block, `lines` those of other lines, `refused`
    whole lines that the chassis would refuse. `staros-cli chassis import` writes them.
    """

    mode: Text
    opens: Lines = []
    lines: Lines = []
    refused: Lines = []


class SoftwareSchema(Schema, frozen=True):
    """`[software]`: what `show version` tells, and the version of the P2P plugin in the image."""

    version: Annotated[str, Meta(pattern=r"^\d+\.\d+(\.\d+)?$")] = "21.28.1"
    build: Count = 90001
    description: str = "Deployment_Build"
    date: str = "2026-01-06T19:06:21Z"
    p2p: Annotated[str, Meta(pattern=r"^\d+(\.\d+){0,3}$")] = "2.41.1091"


class DefinitionSchema(Schema, frozen=True):
    """A definition file as a whole. `scenario` is played from the beginning: its name or file."""

    title: Text
    platform: str
    serial: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,30}$")]
    cards: list[CardSchema]
    seed: int = 1
    uptime: Count = 0
    save_seconds: Annotated[float, Meta(ge=0, le=600)] = 0.0
    software: SoftwareSchema = SoftwareSchema()
    license: LicenseSchema | None = None
    tasks: TasksSchema = TasksSchema()
    placement: list[PlacementSchema] = []
    boot: list[BootSchema] = []
    subscribers: list[SubscribersSchema] = []
    calls: CallsSchema = CallsSchema()
    rct: list[RctSchema] = []
    opaque: list[OpaqueSchema] = []
    scenario: str = ""
    files: dict[str, str] = {}
