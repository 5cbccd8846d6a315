"""A chassis of a pair, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from staros_cli.chassis.definition import Definition, load
from staros_cli.chassis.srp.operation import Srp
from staros_cli.chassis.srp.states import State
from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

OWN, PARTNER = "198.51.101.1", "198.51.101.2"
PRIMARY = ("chassis-mode primary", "hello-interval 3", "dead-interval 15", "priority 10")
BACKUP = ("chassis-mode backup", "hello-interval 3", "dead-interval 15", "priority 10")
EVERYBODY = 1024
IN_SRP = ("context SRP", "service-redundancy-protocol")


@cache
def _definition(lines: Sequence[str], more: Sequence[str]) -> Definition:
    schema = load("asr5500").schema
    assert schema.license is not None
    license = msgspec.structs.replace(schema.license, features=[*schema.license.features, "icsr"])
    context = [
        "  context SRP",
        "    interface SRP",
        f"      ip address {OWN} 255.255.255.252",
        "    #exit",
        "    service-redundancy-protocol",
        *(f"      {line}" for line in lines),
        f"      bind address {OWN}",
        f"      peer-ip-address {PARTNER}",
        "    #exit",
        "  #exit",
        *(f"  {line}" for line in more),
        "  port ethernet 5/12",
        "    no shutdown",
        "    bind interface SRP SRP",
        "  #exit",
        "end\n",
    ]
    url = "/flash/system.cfg"
    text = schema.files[url].removesuffix("end\n") + "\n".join(context if lines else ["end\n"])
    files = {**schema.files, url: text}
    return Definition("asr5500", msgspec.structs.replace(schema, license=license, files=files))


def pair(lines: Sequence[str] = PRIMARY, more: Sequence[str] = ()) -> Lab:
    """A chassis with the protocol configured since long, licensed; without lines it has none."""
    return Lab(_definition(tuple(lines), tuple(more)))


def srp(lab: Lab) -> Srp:
    """The protocol of a chassis, with everything noticed that has happened until now."""
    lab.chassis.catch_up()
    lab.chassis.srp.judge()
    return lab.chassis.srp


def states(lab: Lab) -> tuple[State, State]:
    """The states of the chassis and of the other one."""
    found = srp(lab)
    return found.state, found.partner.state


def silence(lab: Lab) -> None:
    """Let the other chassis fall silent."""
    happen(lab, f"test peer {PARTNER} fail srp")


def bring_back(lab: Lab) -> None:
    """Let the other chassis answer again."""
    happen(lab, f"test peer {PARTNER} restore srp")


def traps(lab: Lab) -> list[str]:
    """The names of the traps about the protocol, the first one first."""
    names = [event.kind.name for event in lab.chassis.events.history]
    return [name for name in names if name.startswith(("SRP", "BGPPeerR", "BGPPeerU"))]


def told(lab: Lab, label: str) -> str:
    """What `show srp info` says behind a label."""
    lines = lab.typed("show srp info").splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{label}:"))
