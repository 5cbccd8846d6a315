"""Chassis definitions: the files that say what a chassis is made of and what state it is in.

A definition is a TOML file. Its form is checked by msgspec against the classes below, its sense by
`check`, which reports all faults at once.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from staros_cli.chassis import calendar
from staros_cli.chassis.access import KIND_BY_NAME, TRAITS
from staros_cli.chassis.allocations import most_pairs
from staros_cli.chassis.forms import Form, in_our_words
from staros_cli.chassis.hardware import Card, CardState, Cpu
from staros_cli.chassis.licence import ANY_CHASSIS, FEATURES, SESSION_TYPES, License
from staros_cli.chassis.placement import TaskPlacement
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS, Platform, Role
from staros_cli.chassis.rct import Action, RctRecord, TaskRef
from staros_cli.chassis.storage import locate
from staros_cli.chassis.traffic import Traffic
from staros_cli.errors import StarosError
from staros_cli.messages import Refused

Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class CardForm(Form, frozen=True):
    """`[[cards]]`: a card, its slot, and its state when the chassis is up."""

    slot: Annotated[int, Meta(ge=1, le=48)]
    kind: Text
    state: Literal["active", "standby", "offline"] = "active"
    serial: str = ""


class LicenseForm(Form, frozen=True):
    """`[license]`: the key that the factory configuration installs."""

    features: list[str] = []
    sessions: dict[str, Count] = {}
    chassis: str = ""
    number: Count = 100000
    comment: str = "Training lab license"
    issued: str = "2026-03-02T18:22:43Z"
    expires: str = ""


class PlacementForm(Form, frozen=True):
    """`[[placement]]`: tasks on one CPU, where the placement rules are not to decide."""

    cpu: Annotated[str, Meta(pattern=r"^\d{1,2}/\d$")]
    sessmgr: Count = 0
    aaamgr: Count = 0
    demux: Count = 0


class TasksForm(Form, frozen=True):
    """`[tasks]`: how many sessmgr instances, and aaamgr instances with them, the system runs."""

    sessmgr: Annotated[int, Meta(ge=1, le=2000)] = 16


class BootForm(Form, frozen=True):
    """`[[boot]]`: an entry of the boot stack."""

    priority: Annotated[int, Meta(ge=1, le=100)]
    image: Text
    config: Text


class CheckpointsForm(Form, frozen=True):
    """`checkpoints` of a group: since when they are made, in seconds, and what became of them.

    `micro-phase` is by how many seconds the micro ones began later, `missed` how many full ones
    failed, `peer-recovered` whether the peer lines were rebuilt just now.
    """

    age: Annotated[float, Meta(ge=0, le=1e9)]
    micro_phase: Annotated[float, Meta(ge=0, le=1e9)] = 0.0
    missed: Annotated[int, Meta(ge=0, le=60000)] = 0
    peer_recovered: bool = False


PerMillion = Annotated[int, Meta(ge=0, le=1_000_000)]


class TrafficForm(Form, frozen=True):
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


class SubscribersForm(Form, frozen=True):
    """`[[subscribers]]`: a group of subscribers alike, numbered from 1.

    `trait` is something that session recovery does not cover, `authenticating` calls that never
    get further than to their authentication, `callid` and `sessmgr` fix what chance would choose.
    """

    count: Count
    access: str
    context: Text
    service: Text
    username: Text = "user{number}@lab.example"
    msid: Annotated[str, Meta(pattern=r"^\d{6,15}$")] = "001010000000001"
    address: str = "10.0.0.1"
    trait: str = ""
    authenticating: bool = False
    callid: Annotated[str, Meta(pattern=r"^([0-9a-f]{8})?$")] = ""
    sessmgr: Annotated[int, Meta(ge=0, le=2000)] = 0
    checkpoints: CheckpointsForm | None = None
    traffic: TrafficForm = TrafficForm()


class CallsForm(Form, frozen=True):
    """`[calls]`: how fast waiting subscribers call, and how many calls end, each a second."""

    attach_rate: Annotated[float, Meta(ge=0, le=1_000_000)] = 50.0
    churn: Annotated[float, Meta(ge=0, le=100_000)] = 0.0


class RctForm(Form, frozen=True):
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


class SoftwareForm(Form, frozen=True):
    """`[software]`: what `show version` tells."""

    version: Annotated[str, Meta(pattern=r"^\d+\.\d+(\.\d+)?$")] = "21.28.1"
    build: Count = 90001
    description: str = "Deployment_Build"
    date: str = "2026-01-06T19:06:21Z"


class DefinitionForm(Form, frozen=True):
    """A definition file as a whole."""

    title: Text
    platform: str
    serial: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,30}$")]
    cards: list[CardForm]
    seed: int = 1
    uptime: Count = 0
    save_seconds: Annotated[float, Meta(ge=0, le=600)] = 0.0
    software: SoftwareForm = SoftwareForm()
    license: LicenseForm | None = None
    tasks: TasksForm = TasksForm()
    placement: list[PlacementForm] = []
    boot: list[BootForm] = []
    subscribers: list[SubscribersForm] = []
    calls: CallsForm = CallsForm()
    rct: list[RctForm] = []
    files: dict[str, str] = {}


class DefinitionError(StarosError):
    """A definition that cannot be used: the file, every key at fault, what was expected."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.source = source
        self.faults = faults


class Definition:
    """A definition that was found good, in the terms of the model."""

    def __init__(self, name: str, form: DefinitionForm) -> None:
        self.name = name
        self.form = form
        self.platform: Platform = PLATFORMS[form.platform]

    @property
    def chassis_id(self) -> str:
        """The identity that saved configurations carry: 44 characters of base 36."""
        return chassis_id(self.form.serial)

    def cards(self) -> list[Card]:
        """New cards, as they are when the chassis is up."""
        return [
            Card(card.slot, CARD_KINDS[card.kind], CardState(card.state.title()), card.serial)
            for card in self.form.cards
        ]

    def placements(self) -> list[TaskPlacement]:
        """Where the definition puts tasks; empty when the placement rules decide."""
        return [
            TaskPlacement(
                Cpu(*(int(part) for part in form.cpu.split("/"))),
                form.sessmgr,
                form.aaamgr,
                form.demux,
            )
            for form in self.form.placement
        ]

    def rct_records(self) -> list[RctRecord]:
        """What the Recovery Control Task did before."""
        return [_rct_record(form) for form in self.form.rct]

    def license(self) -> License | None:
        """The licence of the factory configuration, if there is one."""
        form = self.form.license
        if form is None:
            return None
        return License(
            chassis=form.chassis or (ANY_CHASSIS if self.platform.virtual else self.form.serial),
            features=tuple(form.features),
            sessions=dict(form.sessions),
            issued=calendar.moment(form.issued),
            expires=calendar.moment(form.expires) if form.expires else None,
            number=form.number,
            comment=form.comment,
        )


def _rct_record(form: RctForm) -> RctRecord:
    recovered: list[TaskRef] = []
    for text in form.recovered:
        facility, instance, cpu, pid = text.split()
        slot, number = cpu.split("/")
        task = TaskRef(facility, int(instance), int(slot), int(number), int(pid))
        recovered.append(task)
    began = calendar.moment(form.start)
    return RctRecord(
        Action(form.action),
        form.planned,
        form.source,
        form.target,
        began,
        form.duration,
        management=form.management,
        reason=form.reason,
        device=form.device,
        usable=form.usable,
        status=form.status,
        failed_at=calendar.moment(form.failed_at) if form.failed_at else None,
        facility=form.facility,
        instance=form.instance,
        graceful=form.graceful,
        recovered=tuple(recovered),
    )


def chassis_id(serial: str) -> str:
    """The identity of the chassis with that serial number."""
    import hashlib

    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    number = int.from_bytes(hashlib.sha256(serial.encode()).digest() * 2)
    text = ""
    for _ in range(44):
        number, digit = divmod(number, 36)
        text += digits[digit]
    return text


def _faults(form: DefinitionForm) -> Iterator[str]:
    platform = PLATFORMS.get(form.platform)
    if platform is None:
        yield f"platform: expected one of {', '.join(PLATFORMS)}, got {form.platform!r}"
        return
    texts = {"title": form.title, "license.comment": form.license.comment if form.license else ""}
    for index, group in enumerate(form.subscribers):
        texts[f"subscribers[{index}].username"] = group.username
    for key, text in texts.items():
        if not text.isprintable():
            yield f"{key}: expected no control characters, got {text!r}"
    yield from _card_faults(form, platform)
    yield from _placement_faults(form)
    yield from _memory_faults(form, platform)
    yield from _license_faults(form)
    yield from _subscriber_faults(form)
    for url in [*form.files, *(u for entry in form.boot for u in (entry.image, entry.config))]:
        try:
            locate(url)
        except Refused as refusal:
            yield f"files or boot: {refusal}"
    dates = [("software.date", form.software.date)]
    for index, record in enumerate(form.rct):
        dates.append((f"rct[{index}].start", record.start))
        dates += [(f"rct[{index}].failed-at", record.failed_at)] * bool(record.failed_at)
    for key, text in dates:
        try:
            calendar.moment(text)
        except (ValueError, OverflowError):
            yield f"{key}: expected an ISO 8601 date, got {text!r}"


def _card_faults(form: DefinitionForm, platform: Platform) -> Iterator[str]:
    seen: set[int] = set()
    for index, card in enumerate(form.cards):
        kinds = platform.slots.get(card.slot)
        if kinds is None:
            slots = ", ".join(str(slot) for slot in platform.slots)
            yield f"cards[{index}].slot: expected one of {slots}, got {card.slot}"
        elif card.kind not in kinds:
            yield f"cards[{index}].kind: expected {' or '.join(kinds)}, got {card.kind!r}"
        if card.slot in seen:
            yield f"cards[{index}].slot: expected each slot once, got {card.slot} again"
        seen.add(card.slot)
    roles = {
        CARD_KINDS[card.kind].role
        for card in form.cards
        if card.kind in CARD_KINDS and card.state == "active"
    }
    if Role.PACKET not in roles:
        yield "cards: expected at least one active packet card"
    if Role.MANAGEMENT not in roles and platform.card_recovery:
        yield "cards: expected an active management card"


def _placement_faults(form: DefinitionForm) -> Iterator[str]:
    active = {card.slot: card.kind for card in form.cards if card.state == "active"}
    for index, seat in enumerate(form.placement):
        slot, number = (int(part) for part in seat.cpu.split("/"))
        kind = CARD_KINDS.get(active.get(slot, ""))
        if kind is None or number not in kind.cpus:
            yield f"placement[{index}].cpu: expected a CPU of an active card, got {seat.cpu!r}"
    sessmgrs = sum(seat.sessmgr for seat in form.placement)
    aaamgrs = sum(seat.aaamgr for seat in form.placement)
    if form.placement and (sessmgrs != form.tasks.sessmgr or aaamgrs != form.tasks.sessmgr):
        yield (
            f"placement: expected {form.tasks.sessmgr} sessmgr and as many aaamgr as in "
            f"tasks.sessmgr, got {sessmgrs} and {aaamgrs}"
        )


def _memory_faults(form: DefinitionForm, platform: Platform) -> Iterator[str]:
    """More sessmgrs than the active packet cards have memory for; demux tasks have their CPUs."""
    packet = [
        CARD_KINDS[card.kind]
        for card in form.cards
        if card.state == "active"
        and card.kind in platform.slots.get(card.slot, ())
        and CARD_KINDS[card.kind].role is Role.PACKET
    ]
    most = sum(most_pairs(kind) * len(kind.session_cpus) for kind in packet)
    if len(packet) > (2 if platform.demux_card_only else 1):
        reserved = packet[-1].session_cpus if platform.demux_card_only else platform.demux_cpus
        most -= most_pairs(packet[-1]) * len(reserved)
    if packet and not form.placement and form.tasks.sessmgr > most:
        yield (
            f"tasks.sessmgr: expected at most {most} for the memory of the active packet cards, "
            f"got {form.tasks.sessmgr}"
        )


def _license_faults(form: DefinitionForm) -> Iterator[str]:
    if form.license is None:
        return
    for name in form.license.features:
        if name not in FEATURES:
            yield f"license.features: expected any of {', '.join(FEATURES)}, got {name!r}"
    for name in form.license.sessions:
        if name not in SESSION_TYPES:
            yield f"license.sessions: expected any of {', '.join(SESSION_TYPES)}, got {name!r}"
    for key, text in (("issued", form.license.issued), ("expires", form.license.expires)):
        try:
            if text:
                calendar.moment(text)
        except ValueError:
            yield f"license.{key}: expected an ISO 8601 date, got {text!r}"


def _subscriber_faults(form: DefinitionForm) -> Iterator[str]:
    for index, group in enumerate(form.subscribers):
        place = f"subscribers[{index}]"
        if group.access not in KIND_BY_NAME:
            names = ", ".join(KIND_BY_NAME)
            yield f"{place}.access: expected one of {names}, got {group.access!r}"
        yield from _address_faults(place, group)
        yield from _trait_faults(place, group)
        if group.sessmgr > form.tasks.sessmgr:
            yield f"{place}.sessmgr: expected at most {form.tasks.sessmgr}, got {group.sessmgr}"
        if group.callid and group.count != 1:
            yield f"{place}.count: expected 1 beside a callid, got {group.count}"
        if group.count > 1 and "{number}" not in group.username:
            yield f"{place}.username: expected {{number}} in it, got {group.username!r}"


def _address_faults(place: str, group: SubscribersForm) -> Iterator[str]:
    kind = KIND_BY_NAME.get(group.access)
    version = 6 if kind and kind.is_ipv6 else 4
    try:
        fits = ipaddress.ip_address(group.address).version == version
    except ValueError:
        fits = False
    if not fits:
        yield f"{place}.address: expected an IPv{version} address, got {group.address!r}"


def _trait_faults(place: str, group: SubscribersForm) -> Iterator[str]:
    trait = TRAITS.get(group.trait)
    if group.trait and trait is None:
        yield f"{place}.trait: expected one of {', '.join(TRAITS)}, got {group.trait!r}"
    elif trait and group.access in KIND_BY_NAME and group.access not in trait.kinds:
        kinds = ", ".join(sorted(trait.kinds))
        yield f"{place}.trait: expected access to be one of {kinds}, got {group.access!r}"


def parse(name: str, text: str, source: str) -> Definition:
    """Make a definition of the text of a file; `source` names the file in faults.

    Raises DefinitionError.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise DefinitionError(
            source, ["expected a TOML file: this one is nested too deep"]
        ) from None
    except (ValueError, OverflowError) as error:  # among them numbers of thousands of digits
        raise DefinitionError(source, [f"expected a TOML file: {error}"]) from None
    return from_table(name, with_base(table, source), source)


def with_base(table: dict[str, object], source: str) -> dict[str, object]:
    """The table with what it does not say itself from the built-in definition `base`.

    Raises DefinitionError when there is no such definition.
    """
    if "base" not in table:
        return table
    base = table.pop("base")
    if base not in built_in_names():
        names = ", ".join(built_in_names())
        raise DefinitionError(source, [f"base: expected one of {names}, got {base!r}"])
    below = tomllib.loads((shipped() / f"{base}.toml").read_text())
    return {**with_base(below, source), **table}


def from_table(name: str, table: dict[str, object], source: str) -> Definition:
    """Make a definition of a table, as a TOML file holds it. Raises DefinitionError."""
    if not re.fullmatch(r"\w[\w .-]{0,99}", name):
        expected = "a letter or digit first, then letters, digits, blanks, dots, hyphens"
        raise DefinitionError(source, [f"the name of the file: expected {expected}, got {name!r}"])
    try:
        form = msgspec.convert(table, DefinitionForm)
    except msgspec.ValidationError as fault:
        raise DefinitionError(source, [in_our_words(str(fault), _FORMS)]) from None
    except RecursionError:
        raise DefinitionError(source, ["expected fewer tables within each other"]) from None
    faults = list(_faults(form))
    if faults:
        raise DefinitionError(source, faults)
    return Definition(name, form)


_FORMS: dict[str, type[Form]] = {
    "": DefinitionForm,
    "cards": CardForm,
    "license": LicenseForm,
    "placement": PlacementForm,
    "tasks": TasksForm,
    "boot": BootForm,
    "subscribers": SubscribersForm,
    "calls": CallsForm,
    "software": SoftwareForm,
    "rct": RctForm,
}


def shipped() -> Path:
    """Where the built-in definitions are."""
    return Path(__file__).resolve().parent.parent / "definitions"


def built_in_names() -> list[str]:
    """The names of the definitions that ship with the package."""
    return sorted(path.stem for path in shipped().glob("*.toml"))


@cache
def built_in(name: str) -> Definition:
    """The built-in definition `name`, which must be one of `built_in_names`."""
    path = shipped() / f"{name}.toml"
    return parse(name, path.read_text(), path.name)


def load(name_or_file: str) -> Definition:
    """The built-in definition of that name, or the definition in that file.

    Raises DefinitionError when there is neither or the file is no good.
    """
    if (shipped() / f"{name_or_file}.toml").is_file() and re.fullmatch(r"[\w-]+", name_or_file):
        return built_in(name_or_file)
    path = Path(name_or_file)
    try:
        text = path.read_text()
    except FileNotFoundError:
        names = ", ".join(built_in_names())
        fault = f"expected a definition file or one of {names}"
        raise DefinitionError(name_or_file, [fault]) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise DefinitionError(name_or_file, [f"cannot be read: {fault}"]) from None
    return parse(path.stem, text, name_or_file)
